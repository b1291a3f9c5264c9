//! The sandbox gateway: the three addresses of epay's first version, and the cashier's page where one pays or refuses.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use domain::{problem::Problem, refusal::Refusal};
use engine::{
    Error,
    sandbox::{self, Told, Trade},
};
use serde_json::json;

use super::page::{escaped, page};
use crate::http::{self, App};

fn fields(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn value(fields: &[(String, String)], name: &str) -> String {
    fields.iter().find(|field| field.0 == name).map(|field| field.1.clone()).unwrap_or_default()
}

/// What a gateway says is wrong.
fn describe(error: &Error) -> String {
    match error {
        Error::Refused(Refusal::Invalid { problem: Problem::Because(text), .. }) => text.clone(),
        Error::Refused(_) => "no such order".to_owned(),
        Error::Fault(_) => "please try again".to_owned(),
    }
}

fn failure(error: &Error) -> Response {
    page(StatusCode::BAD_REQUEST, "沙箱支付", &format!("<h1>无法支付</h1><p class=\"bad\">{}</p>", escaped(&describe(error))))
}

fn cashier_of(trade: &Trade) -> String {
    format!("/sandbox/epay/pay/{}", trade.trade)
}

/// Where a payer's browser arrives: by a query, or a form that its page posts.
pub(super) async fn submit(State(app): State<App>, method: Method, uri: Uri, body: Bytes) -> Response {
    let given = if method == Method::POST { fields(&body) } else { fields(uri.query().unwrap_or_default().as_bytes()) };
    match sandbox::open_trade(&app.engine, &given).await {
        Ok(trade) => Redirect::to(&cashier_of(&trade)).into_response(),
        Err(error) => failure(&error),
    }
}

/// The same for servers: where to send the payer.
pub(super) async fn mapi(State(app): State<App>, body: Bytes) -> Response {
    let answer = match sandbox::open_trade(&app.engine, &fields(&body)).await {
        Ok(trade) => match sandbox::gateway(&app.engine) {
            Ok(config) => {
                let origin = config.gateway();
                let origin = origin.strip_suffix("/sandbox/epay").unwrap_or_default().to_owned();
                json!({ "code": 1, "msg": "success", "trade_no": trade.trade, "payurl": format!("{origin}{}", cashier_of(&trade)) })
            }
            Err(error) => json!({ "code": -1, "msg": describe(&error) }),
        },
        Err(error) => json!({ "code": -1, "msg": describe(&error) }),
    };
    http::json(StatusCode::OK, &answer)
}

/// What a merchant asks about its orders.
pub(super) async fn api(State(app): State<App>, uri: Uri) -> Response {
    let given = fields(uri.query().unwrap_or_default().as_bytes());
    let value = |name: &str| value(&given, name);
    if value("act") != "order" {
        return http::json(StatusCode::OK, &json!({ "code": -1, "msg": "this gateway answers act=order" }));
    }
    let answer = match sandbox::asked(&app.engine, &value("pid"), &value("key"), &value("trade_no"), &value("out_trade_no")).await {
        Ok(trade) => json!({
            "code": 1, "msg": "success", "trade_no": trade.trade, "out_trade_no": trade.order, "type": trade.channel, "pid": value("pid"),
            "name": trade.name, "money": trade.money, "param": trade.param, "status": i64::from(trade.status == 1)
        }),
        Err(Error::Refused(Refusal::Forbidden)) => json!({ "code": -3, "msg": "the key is wrong" }),
        Err(error) => json!({ "code": -1, "msg": describe(&error) }),
    };
    http::json(StatusCode::OK, &answer)
}

fn table(trade: &Trade) -> String {
    let channel = if trade.channel == "wxpay" { "微信支付" } else { "支付宝" };
    format!(
        "<p class=\"money\">¥ {}</p><dl><dt>商品</dt><dd>{}</dd><dt>方式</dt><dd>{channel}</dd><dt>订单号</dt><dd>{}</dd><dt>交易号</dt><dd>{}</dd></dl>",
        escaped(&trade.money),
        escaped(&trade.name),
        escaped(&trade.order),
        escaped(&trade.trade)
    )
}

const HEAD: &str = "<h1>沙箱支付</h1><p class=\"note\">仅供开发：不会真的付款。 Sandbox gateway: no money moves.</p>";

/// The cashier's page.
pub(super) async fn cashier(State(app): State<App>, Path(trade): Path<String>) -> Response {
    let trade = match sandbox::trade(&app.engine, &trade).await {
        Ok(trade) => trade,
        Err(error) => return failure(&error),
    };
    let buttons = match trade.status {
        0 => {
            "<form method=\"post\"><button class=\"main\" name=\"action\" value=\"pay\">确认支付</button>\
             <button name=\"action\" value=\"silent\">支付，但回调丢失</button><button name=\"action\" value=\"refuse\">拒绝支付</button></form>"
        }
        1 => "<p class=\"good\">已支付</p><form method=\"post\"><button name=\"action\" value=\"again\">再次通知商户</button></form>",
        _ => "<p class=\"bad\">已拒绝</p>",
    };
    page(StatusCode::OK, "沙箱支付", &format!("{HEAD}{}{buttons}", table(&trade)))
}

/// What was clicked.
pub(super) async fn decide(State(app): State<App>, Path(trade): Path<String>, body: Bytes) -> Response {
    let (pays, announces) = match value(&fields(&body), "action").as_str() {
        "pay" | "again" => (true, true),
        "silent" => (true, false),
        "refuse" => (false, false),
        _ => return page(StatusCode::BAD_REQUEST, "沙箱支付", "<h1>无法识别的操作</h1>"),
    };
    match sandbox::decide(&app.engine, &trade, pays, announces).await {
        Ok(told) => decided(&told),
        Err(error) => failure(&error),
    }
}

fn decided(told: &Told) -> Response {
    let answer = match (&told.answer, told.trade.status) {
        (Some(answer), _) if answer.contains("success") => "<p class=\"good\">支付成功，商户已确认 (success)</p>".to_owned(),
        (Some(answer), _) => format!("<p class=\"bad\">支付成功，商户答复：{}</p>", escaped(answer)),
        (None, 1) => "<p class=\"note\">支付成功，商户没有收到通知</p>".to_owned(),
        (None, _) => "<p class=\"bad\">已拒绝支付</p>".to_owned(),
    };
    let back = if told.back.starts_with("http://") || told.back.starts_with("https://") {
        format!("<form><a class=\"button main\" href=\"{}\">返回商户</a></form>", escaped(&told.back))
    } else {
        String::new()
    };
    page(StatusCode::OK, "沙箱支付", &format!("{HEAD}{}{answer}{back}", table(&told.trade)))
}
