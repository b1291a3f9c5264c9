//! What people see of themselves across the parts of the engine, each in one call.

use std::collections::BTreeMap;

use domain::{account::Account, refusal::Refusal, task::State, time::Timestamp, wallet::Asset};

use crate::{
    Engine, Error,
    account::{Holder, own},
    campus::{self, CampusAccount},
    kinds::study,
    queue,
    session::{Caller, Whose},
};

/// The caller's account with its wallets: money, and uses.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the account was closed meanwhile.
pub async fn holdings(engine: &Engine, caller: &Caller) -> Result<Holder, Error> {
    let id = caller.account;
    let found = engine.db.read(async move |tx| Ok(store::account::holder(tx, id).await?)).await?;
    found.ok_or_else(|| Refusal::Unauthorized.into())
}

/// The caller's account, their place at a learning platform, and how many of their study tasks are in each state.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the account was closed meanwhile.
pub async fn learner(engine: &Engine, caller: &Caller) -> Result<(Account, CampusAccount, Vec<(State, i64)>), Error> {
    let own = own::get(engine, caller).await?;
    let place = campus::place(engine, own.id).await?;
    let counts = study::counts(engine, own.id).await?;
    Ok((own, place, counts))
}

/// What happened in a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// Tasks that were handed in, in the states that they are in now.
    pub tasks: Vec<(State, i64)>,
    /// What was booked in money, by cause: how often, and how much in micro-yuan.
    pub money: Vec<(String, i64, i64)>,
    /// What was booked in uses.
    pub uses: Vec<(String, i64, i64)>,
}

/// What happened between each two of `bounds`, which are in order: to the caller, or for administrators to somebody or to everybody.
///
/// # Errors
/// [`Refusal::Forbidden`] for others' numbers, for everybody but administrators.
pub async fn spans(engine: &Engine, caller: &Caller, whose: Whose, bounds: Vec<Timestamp>) -> Result<Vec<Span>, Error> {
    let account = caller.sees(whose)?;
    let kinds: Vec<&'static str> = engine.kinds.iter().map(|kind| kind.name()).collect();
    let read = engine.db.read(async move |tx| {
        let mut spans = Vec::new();
        for bound in bounds.windows(2) {
            let (from, until) = (bound[0], bound[1]);
            let (first, last) = (queue::first_since(tx, from).await?, queue::first_since(tx, until).await?);
            let mut tasks: BTreeMap<&'static str, (State, i64)> = BTreeMap::new();
            for kind in &kinds {
                for (state, count) in store::task::tally(tx, account, kind, first, last).await? {
                    tasks.entry(state.word()).or_insert((state, 0)).1 += count;
                }
            }
            spans.push(Span {
                tasks: tasks.into_values().collect(),
                money: store::ledger::sums(tx, account, Asset::Money, from, until).await?,
                uses: store::ledger::sums(tx, account, Asset::Uses, from, until).await?,
            });
        }
        Ok(spans)
    });
    read.await
}
