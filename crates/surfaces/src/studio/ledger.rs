//! Chapter seven: transactions, as a list and as a file.

use axum::{Json, extract::State, response::Response};
use bytes::Bytes;
use domain::money::Money;
use engine::{
    ledger::{self, NamedEntry, Wanted},
    session,
};
use futures_util::stream;

use super::{Administrator, Refusing, query, wire};
use crate::http::{
    App, ClientOrigin, Options, Page, RequestError, Values,
    table::{self, disarmed},
};

/// The columns of an export, as the original front end has them.
const COLUMNS: [&str; 12] = [
    "ID",
    "Time",
    "User ID",
    "Type",
    "Amount",
    "Balance Before",
    "Balance After",
    "Reason",
    "Operator",
    "IP Address",
    "Device Info",
    "Hash",
];

fn wanted(values: &Values, options: &Options) -> Result<Wanted, RequestError> {
    let (from, until) = query::span(values, &options.zone, "start_time", "end_time")?;
    let (least, most) = query::amounts(values)?;
    let cause = match values.text("type").filter(|word| !word.is_empty()) {
        Some(word) => Some(wire::cause(word).ok_or(RequestError::Query { field: "type" })?),
        None => None,
    };
    Ok(Wanted { account: query::account(values, "user_id")?, cause, from, until, least, most })
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Administrator,
    values: Values,
) -> Result<Json<wire::Answer<wire::Transactions>>, Refusing> {
    let page = Page::sized(&values, "page", "limit", 20)?;
    let (entries, total) = ledger::list(&app.engine, &caller.0, wanted(&values, &app.options)?, page.offset(), page.size).await?;
    let transactions = entries.iter().map(wire::Transaction::of).collect();
    let data = wire::Transactions { transactions, total, page: page.number, limit: page.size };
    Ok(wire::answer("Transactions retrieved successfully", data))
}

/// The whole ledger as a file, piece by piece: memory is that of one piece, however long it is.
pub(super) async fn export(
    State(app): State<App>,
    caller: Administrator,
    whence: ClientOrigin,
    values: Values,
) -> Result<Response, Refusing> {
    let wanted = wanted(&values, &app.options)?;
    ledger::exported(&app.engine, &caller.0, &wanted, whence.0).await?;
    // The first piece is read before the answer begins, so that a refusal is one.
    let first = ledger::before(&app.engine, &caller.0, wanted.clone(), None).await?;
    let name = jiff::Timestamp::from_second(app.engine.now().seconds()).unwrap_or_default().strftime("transactions_%Y%m%d%H%M%S.csv");
    let walk = Walk { app, caller: caller.0, wanted, next: Some(first), begun: false };
    Ok(table::file(&name.to_string(), stream::try_unfold(walk, Walk::step)))
}

/// A walk through the ledger from the newest entry on.
struct Walk {
    app: App,
    caller: session::Caller,
    wanted: Wanted,
    /// The piece that is written next.
    next: Option<Vec<NamedEntry>>,
    begun: bool,
}

impl Walk {
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, engine::Error> {
        let Some(piece) = self.next.take() else { return Ok(None) };
        let text = csv(&piece, !self.begun);
        self.begun = true;
        if let Some(last) = piece.last() {
            let behind = (last.entry.created_at, last.entry.id);
            let more = ledger::before(&self.app.engine, &self.caller, self.wanted.clone(), Some(behind)).await?;
            self.next = Some(more).filter(|more| !more.is_empty());
        }
        Ok(Some((text, self)))
    }
}

/// Entries as lines of a file; before the first of them the columns.
fn csv(entries: &[NamedEntry], begins: bool) -> Bytes {
    let line = |named: &NamedEntry| {
        let (entry, shown) = (&named.entry, wire::Transaction::of(named));
        let [amount, before, after] = [entry.amount, entry.before, entry.after].map(|amount| Money(amount).with_fen());
        [
            shown.id.to_string(),
            shown.created_at,
            shown.user_id.to_string(),
            shown.sort.to_owned(),
            amount,
            before,
            after,
            disarmed(&shown.reason),
            disarmed(&shown.operator),
            disarmed(&shown.ip_address),
            disarmed(&shown.device_info),
            shown.hash,
        ]
    };
    table::lines(begins.then_some(&COLUMNS), entries.iter().map(line))
}

#[cfg(test)]
mod tests {
    use domain::{
        id::{AccountId, WalletId},
        ledger::{Cause, ChainKey, Change},
        origin::Origin,
        time::Timestamp,
        wallet::{Asset, Wallet},
    };

    use super::*;

    #[test]
    fn e38_cells_are_quoted_and_no_formula() {
        let wallet = Wallet {
            id: WalletId(1),
            account: AccountId(7),
            asset: Asset::Money,
            balance: 5_000_000,
            credit_limit: 0,
            consumed: 0,
            entries: 0,
            head: [0; 32],
            alert_below: None,
        };
        let cause = Cause::Adjustment { actor: Some(AccountId(1)), reference: "r".to_owned() };
        let origin = Origin { address: Some("127.0.0.1".to_owned()), device: Some("@x \"y\"\r\nz".to_owned()) };
        let change = Change { amount: -1_500_000, cause, note: "=cmd|' /C calc'!A0,;".to_owned(), origin };
        let entry = ChainKey::new(1, [1; 32]).follow(&wallet, &change, Timestamp(1_704_067_200_123_456)).unwrap();
        let named = NamedEntry { entry, actor: [Some("+admin".to_owned()), None, None] };
        let text = String::from_utf8(csv(&[named], true).to_vec()).unwrap();
        let (head, line) = text.split_once("\r\n").unwrap();
        assert_eq!(head, format!("\u{feff}{}", COLUMNS.join(",")));
        let expected = "0,2024-01-01T00:00:00.123Z,7,admin_adjustment,-1.50,5.00,3.50,\"'=cmd|' /C calc'!A0,;\",'+admin,127.0.0.1,\"'@x \"\"y\"\"\r\nz\",";
        assert!(line.starts_with(expected), "{line}");
    }
}
