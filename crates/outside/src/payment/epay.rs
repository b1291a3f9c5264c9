//! epay 易支付, first version (MD5) and second (RSA): redirecting payers, callbacks, and asking about an order (docs/protocols.md, epay).

use std::time::Duration;

use bytes::Bytes;
use domain::text::{COMPONENT, percent_encoded};
use ports::{
    fault::Fault,
    lenient,
    payment::{Bill, Config, Disbelief, Gateway, Notice, OrderStatus},
    web::{Method, Request, Web},
};
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::sign;
use crate::egress::Egress;

/// How long a gateway may take to answer about an order.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer about an order, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The protocol.
#[derive(Debug, Clone)]
pub struct Epay {
    /// The guarded client.
    pub egress: Egress,
    /// Whether gateways must be reached over https: production.
    pub https_only: bool,
}

/// An amount as gateways write it (`100`, `1.5`, `100.00`) in fen; `None` for anything else.
fn fen(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole, 9) || !plain(fraction, 2) {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 100 + format!("{fraction:0<2}").parse::<i64>().ok()?)
}

/// An amount as we write it.
fn money(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// A value of an answer as text: gateways write numbers as numbers or as texts.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_number() { value.to_string() } else { String::new() }, str::to_owned)
}

fn query(fields: &[(String, String)]) -> String {
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encoded(name, COMPONENT), percent_encoded(value, COMPONENT)))
        .collect::<Vec<_>>()
        .join("&")
}

fn owned<const N: usize>(fields: [(&str, String); N]) -> Vec<(String, String)> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[async_trait::async_trait]
impl Gateway for Epay {
    fn fault(&self, config: &Config) -> Option<String> {
        let gateway = config.gateway();
        let begins = |with: &str| gateway.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        let scheme = begins("https://") || (!self.https_only && begins("http://"));
        let missing = |name: &str| config.text(name).is_empty();
        if !scheme {
            Some(format!("gateway must be an http{} address", if self.https_only { "s" } else { "" }))
        } else if !self.egress.allows(&gateway) {
            Some("gateway is not an address that may be called".to_owned())
        } else if gateway.contains(['?', '#']) {
            Some("gateway must be an address without a query".to_owned())
        } else if missing("pid") {
            Some("pid is required".to_owned())
        } else if sign::rsa(config) && sign::private(config).is_none() {
            Some("private_key must be an RSA key".to_owned())
        } else if sign::rsa(config) && sign::der(&config.text("platform_key")).is_none() {
            Some("platform_key must be an RSA key".to_owned())
        } else if !sign::rsa(config) && missing("key") {
            Some("key is required".to_owned())
        } else {
            None
        }
    }

    fn jump(&self, config: &Config, bill: &Bill) -> Result<String, Fault> {
        let mut fields = owned([
            ("pid", config.text("pid")),
            ("type", bill.channel.to_owned()),
            ("out_trade_no", bill.order.clone()),
            ("notify_url", bill.notify_url.clone()),
            ("return_url", bill.return_url.clone()),
            ("name", bill.name.clone()),
            ("money", money(bill.fen)),
        ]);
        let mut page = "submit.php";
        if sign::rsa(config) {
            page = "api/pay/submit";
            fields.push(("timestamp".to_owned(), bill.now_s.to_string()));
        }
        Ok(format!("{}/{page}?{}", config.gateway(), query(&sign::signed(config, fields)?)))
    }

    fn read(&self, config: &Config, fields: &[(String, String)]) -> Result<Notice, Disbelief> {
        if !sign::verifies(config, fields) {
            return Err(Disbelief::Signature);
        }
        let field = |name: &str| fields.iter().find(|field| field.0 == name).map_or("", |field| field.1.as_str());
        if !bool::from(field("pid").as_bytes().ct_eq(config.text("pid").as_bytes())) {
            return Err(Disbelief::Merchant);
        }
        let named =
            |text: &str| (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._|-".contains(&byte));
        let (order, trade, status) = (field("out_trade_no"), field("trade_no"), field("trade_status"));
        if !named(order) || !named(trade) || !named(status) {
            return Err(Disbelief::Malformed);
        }
        Ok(Notice {
            order: order.to_owned(),
            trade: trade.to_owned(),
            paid: status == "TRADE_SUCCESS",
            status: status.to_owned(),
            fen: fen(field("money")),
        })
    }

    fn sign(&self, config: &Config, fields: Vec<(String, String)>) -> Result<Vec<(String, String)>, Fault> {
        sign::signed(config, fields)
    }

    fn verifies(&self, config: &Config, fields: &[(String, String)]) -> bool {
        sign::verifies(config, fields)
    }

    async fn ask(&self, config: &Config, order: &str, now_s: i64) -> Result<OrderStatus, Fault> {
        let rsa = sign::rsa(config);
        let request = if rsa {
            let fields = owned([("pid", config.text("pid")), ("out_trade_no", order.to_owned()), ("timestamp", now_s.to_string())]);
            let body = Bytes::from(query(&sign::signed(config, fields)?));
            let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
            let url = format!("{}/api/pay/query", config.gateway());
            Request {
                method: Method::Post,
                body: Some(body),
                url,
                headers,
                most_bytes: MAX_BYTES,
                deadline: PATIENCE,
                redirects: 0,
                buys: false,
                verbatim: false,
            }
        } else {
            let fields = owned([
                ("act", "order".to_owned()),
                ("pid", config.text("pid")),
                ("key", config.text("key")),
                ("out_trade_no", order.to_owned()),
            ]);
            // The key is in the URL: no redirect may pass it on.
            Request { redirects: 0, ..Request::get(format!("{}/api.php?{}", config.gateway(), query(&fields)), MAX_BYTES, PATIENCE) }
        };
        let reply = self.egress.send(request).await?;
        if reply.status == 404 {
            return Ok(OrderStatus::Unknown);
        }
        let answer: Value = lenient::json(&reply.body).map_err(|_| Fault::passing("the gateway's answer is not JSON"))?;
        let answer = answer.as_object().ok_or_else(|| Fault::passing("the gateway's answer is no object"))?;
        let field = |name: &str| answer.get(name).map(plain).unwrap_or_default();
        match field("code").as_str() {
            "1" if !rsa => {}
            "0" if rsa => {
                let fields: Vec<_> = answer.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
                if !sign::verifies(config, &fields) {
                    return Err(Fault::passing("the gateway's answer has no good signature"));
                }
            }
            "-1" => return Ok(OrderStatus::Unknown),
            "-3" => return Err(Fault::lasting("the gateway refuses the merchant's key: it may take RSA only")),
            code => return Err(Fault::passing(format!("the gateway answered code {}", code.chars().take(8).collect::<String>()))),
        }
        if field("out_trade_no") != order {
            return Err(Fault::passing("the gateway answered about another order"));
        }
        Ok(match field("status").as_str() {
            "0" => OrderStatus::Unpaid,
            "1" => OrderStatus::Paid { trade: field("trade_no"), fen: fen(&field("money")) },
            other => OrderStatus::Other(other.chars().take(8).collect()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_gateways_write_them_and_nothing_else() {
        for (text, expected) in
            [("100", Some(10_000)), ("100.00", Some(10_000)), ("1.5", Some(150)), ("0.01", Some(1)), ("999999999.99", Some(99_999_999_999))]
        {
            assert_eq!(fen(text), expected, "{text}");
        }
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e2", "1.0E+15", "1.001", "1,5", "１", " 1", "0x1", "1000000000", "NaN"] {
            assert_eq!(fen(text), None, "{text}");
        }
        assert_eq!([money(1), money(150), money(10_000)], ["0.01", "1.50", "100.00"]);
    }
}
