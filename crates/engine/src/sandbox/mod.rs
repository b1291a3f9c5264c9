//! Stand-ins for development: a payment gateway with buttons to click, a model that draws what its prompt says, and a campus.
//!
//! They act as other people's servers that happen to run here: they know the protocols, but no accounts or orders.

pub mod campus;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{
    problem::Problem,
    refusal::{Noun, Refusal},
    text::{COMPONENT, hex, percent_encoded},
};
use ports::{
    film::{Aspect, Brief, Language, Style},
    image::{ImageModel, Picture, Subject},
    payment::Config,
    script::ScriptModel,
    web::Request,
};
pub use store::sandbox::Trade;

use crate::{Engine, Error, Fault};

/// How long the sandbox model pretends to work.
const WORKS_FOR: Duration = Duration::from_secs(2);
/// The longest prompt that is drawn, in characters.
const MAX_PROMPT: usize = 2000;
/// Statuses of a trade, as the protocol numbers them; `REFUSED` is our own.
const PAID: i64 = 1;
const REFUSED: i64 = 2;

/// What the stand-ins need.
#[derive(Clone)]
pub struct Sandbox {
    /// Their base URL, without a slash at the end.
    pub base: String,
    /// Turns a prompt into a scene.
    pub scripts: Arc<dyn ScriptModel>,
    /// Draws the scene.
    pub drawing: Arc<dyn ImageModel>,
}

pub(super) fn sandbox(engine: &Engine) -> Result<&Sandbox, Refusal> {
    engine.reach.sandbox.as_ref().ok_or(Refusal::NotFound(Noun::Order))
}

/// The base URL of the stand-ins; empty if there are none.
#[must_use]
pub fn base(engine: &Engine) -> &str {
    engine.reach.sandbox.as_ref().map_or("", |sandbox| &sandbox.base)
}

/// The configuration for calling the sandbox gateway and signing for it.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none.
pub fn gateway(engine: &Engine) -> Result<Config, Error> {
    let base = &sandbox(engine)?.base;
    let mut config = Config::default();
    config.0.insert("gateway".to_owned(), format!("{base}/sandbox/epay").into());
    config.0.insert("pid".to_owned(), "1000".into());
    config.0.insert("key".to_owned(), hex(&engine.secrets.keyed(&["sandbox gateway", base])[..16]).into());
    Ok(config)
}

fn wrong(text: &str) -> Error {
    Refusal::Invalid { field: "sign", problem: Problem::Because(text.to_owned()) }.into()
}

/// Opens a trade that a merchant signed for, or finds the existing one of that order.
///
/// # Errors
/// [`Refusal::Invalid`] with what a gateway would say.
pub async fn open_trade(engine: &Engine, fields: &[(String, String)]) -> Result<Trade, Error> {
    let config = gateway(engine)?;
    let field = |name: &str| fields.iter().find(|field| field.0 == name).map(|field| field.1.clone()).unwrap_or_default();
    if field("pid") != config.text("pid") {
        return Err(wrong("no such merchant"));
    }
    if !engine.reach.gateway.verifies(&config, fields) {
        return Err(wrong("the signature does not verify"));
    }
    let (order, money) = (field("out_trade_no"), field("money"));
    let named = (1..=64).contains(&order.len()) && order.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._|-".contains(&byte));
    let amount = domain::money::Money::parse(&money).and_then(domain::money::Money::fen).filter(|fen| *fen > 0);
    if !named || amount.is_none() || field("notify_url").is_empty() {
        return Err(wrong("out_trade_no, money and notify_url must be given"));
    }
    let mut bytes = [0; 4];
    engine.random.fill(&mut bytes);
    let now = engine.now();
    let new = Trade {
        trade: format!("{}{:05}", now.0, u32::from_be_bytes(bytes) % 100_000),
        order,
        money,
        name: field("name").chars().take(127).collect(),
        channel: field("type"),
        notify_url: field("notify_url"),
        return_url: field("return_url"),
        param: field("param"),
        status: 0,
        created_at: now,
        ended_at: None,
    };
    let kept = new.clone();
    let found = engine.db.write(async move |tx| Ok(store::sandbox::open_trade(tx, &kept).await?)).await?;
    if found.money == new.money && found.notify_url == new.notify_url {
        Ok(found)
    } else {
        Err(wrong("that out_trade_no was used for something else"))
    }
}

/// The trade with this number of the gateway.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn trade(engine: &Engine, number: &str) -> Result<Trade, Error> {
    sandbox(engine)?;
    let number = number.to_owned();
    let found = engine.db.read(async move |tx| Ok(store::sandbox::trade(tx, &number).await?)).await?;
    found.ok_or_else(|| Refusal::NotFound(Noun::Order).into())
}

/// The answer to a merchant who asks with its key about one of its orders: by the gateway's number, else by its own.
///
/// # Errors
/// [`Refusal::Forbidden`] for another key, [`Refusal::NotFound`].
pub async fn asked(engine: &Engine, pid: &str, key: &str, number: &str, order: &str) -> Result<Trade, Error> {
    let config = gateway(engine)?;
    if pid != config.text("pid") || engine.secrets.keyed(&["compare", key]) != engine.secrets.keyed(&["compare", &config.text("key")]) {
        return Err(Refusal::Forbidden.into());
    }
    if !number.is_empty() {
        return trade(engine, number).await;
    }
    let order = order.to_owned();
    let found = engine.db.read(async move |tx| Ok(store::sandbox::trade_of_order(tx, &order).await?)).await?;
    found.ok_or_else(|| Refusal::NotFound(Noun::Order).into())
}

/// The outcome of announcing a payment to the merchant, and where the payer is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The trade.
    pub trade: Trade,
    /// The merchant's answer to the callback; `None` if it could not be called.
    pub answer: Option<String>,
    /// Where the payer is sent.
    pub back: String,
}

/// The payer pays, or refuses. A payment is announced to the merchant, a refusal is not, as with real gateways. Repeating it announces it
/// again.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn decide(engine: &Engine, number: &str, pays: bool, announces: bool) -> Result<Told, Error> {
    trade(engine, number).await?;
    let status = if pays { PAID } else { REFUSED };
    let (named, now) = (number.to_owned(), engine.now());
    engine.db.write(async move |tx| Ok(store::sandbox::end_trade(tx, &named, status, now).await.map(drop)?)).await?;
    let trade = trade(engine, number).await?;
    if trade.status != PAID {
        return Ok(Told { back: trade.return_url.clone(), trade, answer: None });
    }
    let config = gateway(engine)?;
    // Real gateways drop trailing zeros after the decimal point.
    let money =
        if trade.money.contains('.') { trade.money.trim_end_matches('0').trim_end_matches('.').to_owned() } else { trade.money.clone() };
    let fields = [
        ("pid", config.text("pid")),
        ("trade_no", trade.trade.clone()),
        ("out_trade_no", trade.order.clone()),
        ("type", trade.channel.clone()),
        ("name", trade.name.clone()),
        ("money", money),
        ("trade_status", "TRADE_SUCCESS".to_owned()),
        ("param", trade.param.clone()),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value)).collect();
    let signed = engine.reach.gateway.sign(&config, fields).map_err(|fault| Fault::Database(fault.to_string()))?;
    let query: Vec<String> = signed.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value, COMPONENT))).collect();
    let query = query.join("&");
    let answer = if announces {
        let call = Request { redirects: 0, ..Request::get(format!("{}?{query}", trade.notify_url), 4096, Duration::from_secs(10)) };
        engine.reach.web.send(call).await.ok().map(|reply| String::from_utf8_lossy(&reply.body).chars().take(40).collect())
    } else {
        None
    };
    let join = if trade.return_url.contains('?') { '&' } else { '?' };
    let back = if trade.return_url.is_empty() { String::new() } else { format!("{}{join}{query}", trade.return_url) };
    Ok(Told { trade, answer, back })
}

/// Submits a prompt to the sandbox model; the same key twice yields one job.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none.
pub async fn open_job(engine: &Engine, prompt: &str, key: Option<&str>) -> Result<String, Error> {
    sandbox(engine)?;
    let id = match key {
        Some(key) => hex(&engine.secrets.keyed(&["sandbox job", key])[..12]),
        None => ports::random::hex::<12>(&*engine.random),
    };
    let prompt: String = prompt.replace('\0', " ").chars().take(MAX_PROMPT).collect();
    let (named, now) = (id.clone(), engine.now());
    engine.db.write(async move |tx| Ok(store::sandbox::open_job(tx, &named, &prompt, now).await?)).await?;
    Ok(id)
}

/// Whether a job of the sandbox model is done.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn job_done(engine: &Engine, id: &str) -> Result<bool, Error> {
    Ok(engine.now().since(job(engine, id).await?.1) >= WORKS_FOR)
}

async fn job(engine: &Engine, id: &str) -> Result<(String, domain::time::Timestamp), Error> {
    sandbox(engine)?;
    let id = id.to_owned();
    let found = engine.db.read(async move |tx| Ok(store::sandbox::job(tx, &id).await?)).await?;
    found.ok_or_else(|| Refusal::NotFound(Noun::Task).into())
}

/// The picture of a job. It is drawn each time; the same prompt yields the same picture.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn picture(engine: &Engine, id: &str) -> Result<Bytes, Error> {
    let (prompt, _) = job(engine, id).await?;
    let sandbox = sandbox(engine)?;
    let chinese = prompt.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let text = if prompt.trim().is_empty() { "清晨的山谷，远处有一座小屋。".to_owned() } else { prompt };
    let brief = Brief {
        text,
        language: if chinese { Language::Chinese } else { Language::English },
        style: Style::Anime,
        aspect: Aspect::Wide,
        scene_seconds: 30.0,
        voice_speed: 1.0,
        subtitles: false,
    };
    // Drawing a picture takes a core and tens of MiB, so the number of pictures drawn at once is bounded.
    let _place = engine.drawing.acquire().await.map_err(|_| Fault::Closed)?;
    let drawn = async {
        let script = sandbox.scripts.write(&brief).await?;
        let scene = script.scenes.first().ok_or_else(|| ports::fault::Fault::lasting("the prompt has no scene"))?;
        sandbox.drawing.draw(Picture { subject: Subject::Scene(&script, scene), style: brief.style, aspect: brief.aspect, seed: 1 }).await
    };
    drawn.await.map_err(|fault| Fault::Database(fault.to_string()).into())
}
