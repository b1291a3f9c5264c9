//! Trying a payment method out: is it configured, do signatures go round, does its gateway answer, can the gateway reach us.

use std::time::Duration;

use ports::{payment::OrderStatus, web::Request};

use super::{Method, Named, all, found};
use crate::{Engine, Error, audit::administers, letter::Language, session::Caller};

/// How long our own address may take to answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What: `configuration`, `signature`, `gateway`, `callback_address` or `callback`.
    pub what: &'static str,
    /// Whether it is as it must be.
    pub well: bool,
    /// A sentence: what was found, and what to do.
    pub text: String,
}

/// Tries a method out. Nothing is ordered and nothing is paid.
///
/// # Errors
/// [`Refusal::Forbidden`](domain::refusal::Refusal::Forbidden), [`Refusal::NotFound`](domain::refusal::Refusal::NotFound).
pub async fn test(engine: &Engine, caller: &Caller, named: impl Into<Named>, language: Language) -> Result<Vec<Check>, Error> {
    administers(caller)?;
    let method = found(engine, &named.into()).await?;
    Ok(tried(engine, &method, language).await)
}

/// Tries out every method that is switched on, for whoever has the machine; with their names.
///
/// # Errors
/// [`Error::Fault`].
pub async fn test_all(engine: &Engine, language: Language) -> Result<Vec<(String, Vec<Check>)>, Error> {
    let mut tests = Vec::new();
    for method in all(engine).await?.into_iter().filter(|method| method.enabled) {
        let checks = tried(engine, &method, language).await;
        tests.push((method.name, checks));
    }
    Ok(tests)
}

async fn tried(engine: &Engine, method: &Method, language: Language) -> Vec<Check> {
    let mut checks = vec![configuration(engine, method, language)];
    if checks[0].well {
        checks.push(signature(engine, method, language));
        checks.push(gateway(engine, method, language).await);
    }
    checks.push(callback_address(engine, language));
    checks.push(callback(engine, method, language).await);
    checks
}

fn check(what: &'static str, well: bool, language: Language, chinese: impl Into<String>, english: impl Into<String>) -> Check {
    let text = match language {
        Language::Chinese => chinese.into(),
        Language::English => english.into(),
    };
    Check { what, well, text }
}

fn configuration(engine: &Engine, method: &Method, language: Language) -> Check {
    match engine.reach.gateway.fault(&method.config) {
        None => check("configuration", true, language, "配置完整", "The configuration is complete"),
        Some(wrong) => {
            check("configuration", false, language, format!("配置有误：{wrong}"), format!("The configuration is wrong: {wrong}"))
        }
    }
}

/// Signs as the gateway would and reads it as a callback. Where the two sides have keys of their own, only ours can be tried.
fn signature(engine: &Engine, method: &Method, language: Language) -> Check {
    const WHAT: &str = "signature";
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = vec![
        field("pid", &method.config.text("pid")),
        field("out_trade_no", "00000000000000000000000000000000"),
        field("trade_no", "1"),
        field("type", "alipay"),
        field("money", "1.00"),
        field("trade_status", "TRADE_SUCCESS"),
    ];
    let signed = match engine.reach.gateway.sign(&method.config, fields) {
        Ok(signed) => signed,
        Err(fault) => {
            return check(WHAT, false, language, format!("无法签名：{fault}"), format!("Nothing can be signed: {fault}"));
        }
    };
    if !method.config.text("platform_key").is_empty() {
        let chinese = "可以签名；平台公钥是否正确，要等第一次回调才知道";
        return check(WHAT, true, language, chinese, "We can sign; whether the platform's key is right shows with its first callback");
    }
    match engine.reach.gateway.read(&method.config, &signed) {
        Ok(_) => check(WHAT, true, language, "签名与验签一致", "What is signed verifies"),
        Err(why) => check(WHAT, false, language, format!("验签失败：{why}"), format!("What is signed does not verify: {why}")),
    }
}

/// Asks the gateway about an order that does not exist: whoever knows it answers from somewhere else.
async fn gateway(engine: &Engine, method: &Method, language: Language) -> Check {
    const WHAT: &str = "gateway";
    let order = ports::random::hex::<16>(&*engine.random);
    match engine.reach.gateway.ask(&method.config, &order, engine.now().seconds()).await {
        Ok(OrderStatus::Unknown | OrderStatus::Unpaid) => {
            check(WHAT, true, language, "网关有应答，商户号和密钥被接受", "The gateway answers, and takes the merchant and the key")
        }
        Ok(OrderStatus::Paid { .. } | OrderStatus::Other(_)) => {
            let chinese = "网关认识一个不存在的订单，请检查网关地址";
            check(WHAT, false, language, chinese, "The gateway knows an order that does not exist: look at its address")
        }
        Err(fault) => {
            check(WHAT, false, language, format!("网关没有正确应答：{fault}"), format!("The gateway gave no good answer: {fault}"))
        }
    }
}

/// The address that gateways call, as it is configured.
fn callback_address(engine: &Engine, language: Language) -> Check {
    const WHAT: &str = "callback_address";
    let address = engine.settings.payment.notify_url.as_str();
    if address.ends_with('/') {
        let chinese = format!("回调地址 {address} 末尾多了斜杠，请在 public_url 中去掉");
        return check(WHAT, false, language, chinese, format!("{address} ends in a slash: take it off public_url"));
    }
    let here = url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    if here.is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str())) {
        let chinese = format!("回调地址 {address} 只有本机能访问；真实网关需要公网地址（public_url）");
        let local = engine.reach.sandbox.is_some();
        return check(WHAT, local, language, chinese, format!("Only this machine reaches {address}; a real gateway needs public_url"));
    }
    check(WHAT, true, language, format!("回调地址 {address}"), format!("Gateways call {address}"))
}

/// Calls our own callback address, as a gateway would; any answer of ours shows that it leads here.
async fn callback(engine: &Engine, method: &Method, language: Language) -> Check {
    const WHAT: &str = "callback";
    let url = format!("{}/api/v1/payment/notify/{}", engine.settings.payment.notify_url, method.uuid);
    let request = Request { redirects: 0, ..Request::get(url, 64 * 1024, DEADLINE) };
    match engine.reach.web.send(request).await {
        Ok(reply) if reply.body.as_ref() == b"fail" => {
            check(WHAT, true, language, "回调地址可以到达本服务", "The callback address leads to this server")
        }
        Ok(reply) => {
            let status = reply.status;
            let chinese = format!("回调地址应答 {status}，但不是本服务；请检查代理转发");
            check(
                WHAT,
                false,
                language,
                chinese,
                format!("The callback address answers {status}, and is not this server: look at the proxy"),
            )
        }
        Err(fault) => {
            let chinese = format!("无法访问回调地址：{fault}");
            check(WHAT, false, language, chinese, format!("The callback address cannot be reached from here: {fault}"))
        }
    }
}
