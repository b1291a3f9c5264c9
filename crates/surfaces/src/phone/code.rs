//! Redemption codes: generate, redeem, history.

use axum::{Json, extract::State};
use domain::refusal::Refusal;
use engine::code;

use super::{Body, Caller, Refusing, wire};
use crate::http::{Address, App, Field, malformed};

pub(super) async fn generate(
    State(app): State<App>,
    caller: Caller,
    body: Option<Body<wire::Generate>>,
) -> Result<Json<wire::Answer<wire::Codes>>, Refusing> {
    let wire::Generate { count, uses_granted } = body.map(|body| body.0).unwrap_or_default();
    let (count, uses) = (number(count, "count")?, number(uses_granted, "uses")?);
    let texts = code::mint(&app.engine, &caller.0, count, uses).await?;
    Ok(wire::answer(format!("成功生成{count}个兑换码"), wire::Codes::of(texts, uses)))
}

/// A count as it stands in a body; one where it is absent.
fn number(field: Field<i64>, name: &'static str) -> Result<i64, Refusal> {
    match field {
        Field::Absent => Ok(1),
        Field::Given(number) => Ok(number),
        Field::Null | Field::Odd => Err(malformed(name)),
    }
}

pub(super) async fn redeem(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    body: Body<wire::Redeem>,
) -> Result<Json<wire::Answer<wire::Redeemed>>, Refusing> {
    let redeemed = code::redeem(&app.engine, caller.0.account, &body.0.code.text(), address.0).await?;
    Ok(wire::answer("兑换成功", wire::Redeemed { remaining_uses: redeemed.remaining, added_uses: redeemed.added }))
}

pub(super) async fn history(State(app): State<App>, caller: Caller) -> Result<Json<wire::Answer<wire::History>>, Refusing> {
    let codes = code::history(&app.engine, caller.0.account).await?;
    Ok(wire::answer("获取兑换历史成功", wire::History::of(&app.options.zone, codes)))
}
