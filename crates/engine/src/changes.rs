//! That lists are others than before: hints for people who look at them, who read the list again.
//!
//! A hint may get lost, and one too many does no harm; whoever watches reads again now and then in any case. Hints stay in this process:
//! what another one changes is seen then.

use std::{collections::HashMap, sync::Mutex};

use domain::{event::List, id::AccountId, refusal::Refusal};
use tokio::sync::watch;

use crate::{
    Engine,
    session::{Caller, Whose},
};

/// A list of somebody's, or of everybody's.
type Watched = (List, Option<AccountId>);

/// Those who watch lists.
#[derive(Debug, Default)]
pub(crate) struct Changes(Mutex<HashMap<Watched, watch::Sender<()>>>);

impl Changes {
    /// Tells those who watch a list of an account's, and those who watch everybody's.
    pub(crate) fn tell(&self, list: List, account: AccountId) {
        let mut watched = self.0.lock().expect("no holder of this lock panics");
        for key in [(list, Some(account)), (list, None)] {
            let Some(sender) = watched.get(&key) else { continue };
            if sender.send(()).is_err() {
                watched.remove(&key);
            }
        }
    }

    fn watch(&self, list: List, whose: Option<AccountId>) -> watch::Receiver<()> {
        let mut watched = self.0.lock().expect("no holder of this lock panics");
        if watched.len() > 1000 {
            watched.retain(|_, sender| sender.receiver_count() > 0);
        }
        watched.entry((list, whose)).or_insert_with(|| watch::Sender::new(())).subscribe()
    }
}

/// Watches a list.
///
/// # Errors
/// [`Refusal::Forbidden`] for others' lists, for everybody but administrators.
pub fn watch(engine: &Engine, caller: &Caller, list: List, whose: Whose) -> Result<watch::Receiver<()>, Refusal> {
    Ok(engine.changes.watch(list, caller.sees(whose)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_to_its_owner_and_to_those_who_watch_everybody() {
        let changes = Changes::default();
        let mut mine = changes.watch(List::Orders, Some(AccountId(1)));
        let mut yours = changes.watch(List::Orders, Some(AccountId(2)));
        let mut all = changes.watch(List::Orders, None);
        let mut tasks = changes.watch(List::Tasks, Some(AccountId(1)));
        changes.tell(List::Orders, AccountId(1));
        let told = [&mut mine, &mut yours, &mut all, &mut tasks].map(|one| {
            let told = one.has_changed().unwrap();
            one.mark_unchanged();
            told
        });
        assert_eq!(told, [true, false, true, false]);
        drop(all);
        changes.tell(List::Orders, AccountId(2));
        assert_eq!(changes.0.lock().unwrap().len(), 3, "nobody watching costs nothing");
    }
}
