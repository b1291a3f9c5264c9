//! Verification codes, deliveries, redemption codes and worker tokens, on SQLite, and on PostgreSQL where
//! `GONGFANG_TEST_POSTGRES` names a server.

#[macro_use]
mod common;

use common::{Case, NOW, make_account, write};
use domain::{
    delivery::{Channel, Letter, State},
    id::{BatchId, CodeId},
    ledger::{Cause, ChainKey, Change},
    task::{Move, State as TaskState},
    time::Timestamp,
    verification::{Purpose, TRIES},
    wallet::Asset,
};
use store::{
    Error, Tx, code,
    delivery::{self, Scope},
    ledger, task,
    verification::{self, consume, expired, fits, miss},
    wallet, worker_token,
};

on_both!(
    a_new_code_voids_the_older_one,
    a_code_fits_until_it_is_used_up,
    wrong_tries_are_counted_up_to_the_bound,
    a_code_past_its_time_is_told_from_a_wrong_one,
    deliveries_are_counted_by_mailbox_network_and_channel,
    only_the_outbox_keeps_what_was_said,
    what_is_old_is_dropped,
    a_code_goes_to_its_first_redeemer,
    a_code_that_is_revoked_or_expired_goes_to_nobody,
    uses_that_are_not_booked_are_found,
    a_worker_token_stands_until_it_is_taken_back,
    open_tasks_are_listed_whoever_owns_them,
);

const TARGET: &str = "+8613800138000";
const LATER: Timestamp = Timestamp(NOW.0 + 600_000_000);

fn issued(hash: u8) -> verification::New {
    verification::New { purpose: Purpose::SignIn, target: TARGET.to_owned(), hash: [hash; 32], now: NOW, expires_at: LATER }
}

fn sent(channel: Channel, mailbox: &str, origin: Option<&str>, state: State, now: Timestamp) -> delivery::New {
    delivery::New {
        channel,
        to: mailbox.to_owned(),
        mailbox: mailbox.to_owned(),
        origin: origin.map(str::to_owned),
        purpose: Purpose::Register,
        carrier: "outbox",
        state,
        letter: None,
        now,
    }
}

async fn mint(tx: &mut Tx, batch: BatchId, hash: u8, expires_at: Option<Timestamp>) -> Result<bool, Error> {
    Ok(code::insert(tx, &code::New { batch, hash: [hash; 32], uses: 3, now: NOW, expires_at }).await?.is_some())
}

mod cases {
    use super::*;

    pub(super) async fn a_new_code_voids_the_older_one(case: &Case) {
        let seen = write(case, async move |tx| {
            let mut seen = Vec::new();
            for hash in [1, 2] {
                verification::issue(tx, &issued(hash)).await?;
            }
            for hash in [1, 2] {
                seen.push(fits(tx, Purpose::SignIn, TARGET, [hash; 32], TRIES, NOW).await?);
            }
            seen.push(fits(tx, Purpose::Register, TARGET, [2; 32], TRIES, NOW).await?);
            seen.push(fits(tx, Purpose::SignIn, "+8613900139000", [2; 32], TRIES, NOW).await?);
            verification::void(tx, Purpose::SignIn, TARGET, [1; 32]).await?;
            seen.push(fits(tx, Purpose::SignIn, TARGET, [2; 32], TRIES, NOW).await?);
            verification::void(tx, Purpose::SignIn, TARGET, [2; 32]).await?;
            seen.push(fits(tx, Purpose::SignIn, TARGET, [2; 32], TRIES, NOW).await?);
            Ok(seen)
        });
        assert_eq!(seen.await.unwrap(), [false, true, false, false, true, false]);
    }

    pub(super) async fn a_code_fits_until_it_is_used_up(case: &Case) {
        let seen = write(case, async move |tx| {
            verification::issue(tx, &issued(1)).await?;
            Ok([
                fits(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, NOW).await?,
                fits(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, NOW).await?,
                consume(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, NOW).await?,
                consume(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, NOW).await?,
                fits(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, NOW).await?,
                miss(tx, Purpose::SignIn, TARGET, TRIES, NOW).await?,
            ])
        });
        assert_eq!(seen.await.unwrap(), [true, true, true, false, false, false]);
    }

    pub(super) async fn wrong_tries_are_counted_up_to_the_bound(case: &Case) {
        let (counted, good) = write(case, async move |tx| {
            verification::issue(tx, &issued(1)).await?;
            let mut counted = 0;
            for _ in 0..8 {
                counted += i64::from(miss(tx, Purpose::SignIn, TARGET, TRIES, NOW).await?);
            }
            Ok((counted, consume(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, NOW).await?))
        })
        .await
        .unwrap();
        assert_eq!((counted, good), (TRIES, false));
    }

    pub(super) async fn a_code_past_its_time_is_told_from_a_wrong_one(case: &Case) {
        let seen = write(case, async move |tx| {
            verification::issue(tx, &issued(1)).await?;
            Ok([
                expired(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, NOW).await?,
                consume(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, LATER).await?,
                expired(tx, Purpose::SignIn, TARGET, [1; 32], TRIES, LATER).await?,
                expired(tx, Purpose::SignIn, TARGET, [2; 32], TRIES, LATER).await?,
                miss(tx, Purpose::SignIn, TARGET, TRIES, LATER).await?,
            ])
        });
        assert_eq!(seen.await.unwrap(), [false, false, true, false, false]);
    }

    pub(super) async fn deliveries_are_counted_by_mailbox_network_and_channel(case: &Case) {
        let counts = write(case, async move |tx| {
            for (channel, mailbox, origin, state) in [
                (Channel::Mail, "a@b.cn", Some("10.0.0.1"), State::Sent),
                (Channel::Mail, "a@b.cn", Some("10.0.0.2"), State::Failed),
                (Channel::Mail, "c@b.cn", Some("10.0.0.1"), State::Kept),
                (Channel::Sms, "a@b.cn", None, State::Waiting),
            ] {
                delivery::insert(tx, &sent(channel, mailbox, origin, state, NOW)).await?;
            }
            let mut counts = Vec::new();
            for scope in [
                Scope::Mailbox(Channel::Mail, "a@b.cn".to_owned()),
                Scope::Mailbox(Channel::Sms, "a@b.cn".to_owned()),
                Scope::Origin("10.0.0.1".to_owned()),
                Scope::Origin("10.0.0.2".to_owned()),
                Scope::Channel(Channel::Mail),
                Scope::Channel(Channel::Sms),
            ] {
                counts.push(delivery::newest(tx, &scope, Timestamp(NOW.0 - 1), 10).await?.len());
            }
            counts.push(delivery::newest(tx, &Scope::Channel(Channel::Mail), NOW, 10).await?.len());
            counts.push(usize::try_from(delivery::spent(tx, Channel::Mail, Timestamp(0)).await?).unwrap());
            Ok(counts)
        });
        assert_eq!(
            counts.await.unwrap(),
            [1, 1, 2, 1, 3, 1, 0, 2],
            "what was given up counts against the network, not against the mailbox"
        );
    }

    pub(super) async fn only_the_outbox_keeps_what_was_said(case: &Case) {
        let listed = write(case, async move |tx| {
            let letter = Letter { subject: "s".into(), text: "t".into(), html: "h".into(), code: "123456".into(), link: String::new() };
            let kept = delivery::New { letter: Some(letter), ..sent(Channel::Mail, "a@b.cn", None, State::Kept, NOW) };
            delivery::insert(tx, &kept).await?;
            let id = delivery::insert(tx, &sent(Channel::Mail, "c@b.cn", None, State::Waiting, NOW)).await?;
            delivery::note(tx, id, State::Failed, 3, Some("no connection"), LATER).await?;
            let of_one = delivery::list(tx, Some("a@b.cn"), 10).await?;
            Ok((delivery::list(tx, None, 10).await?, of_one))
        });
        let (all, of_one) = listed.await.unwrap();
        assert_eq!(all.iter().map(|delivery| delivery.to.as_str()).collect::<Vec<_>>(), ["c@b.cn", "a@b.cn"], "newest first");
        assert_eq!(
            (all[0].state, all[0].tries, all[0].detail.as_deref(), all[0].text.as_ref()),
            (State::Failed, 3, Some("no connection"), None)
        );
        assert_eq!((of_one.len(), of_one[0].code.as_deref(), of_one[0].text.as_deref()), (1, Some("123456"), Some("t")));
    }

    pub(super) async fn what_is_old_is_dropped(case: &Case) {
        let dropped = write(case, async move |tx| {
            verification::issue(tx, &issued(1)).await?;
            delivery::insert(tx, &sent(Channel::Sms, TARGET, None, State::Sent, NOW)).await?;
            delivery::insert(tx, &sent(Channel::Sms, TARGET, None, State::Waiting, NOW)).await?;
            let lost = (delivery::give_up_lost(tx, NOW, LATER).await?, delivery::give_up_lost(tx, LATER, LATER).await?);
            assert_eq!(lost, (0, 1), "what is on its way for too long is given up");
            let early = (verification::tidy(tx, LATER).await?, delivery::tidy(tx, NOW, 100).await?);
            let late = Timestamp(LATER.0 + 1);
            Ok((early, (verification::tidy(tx, late).await?, delivery::tidy(tx, late, 100).await?)))
        });
        assert_eq!(dropped.await.unwrap(), ((0, 0), (1, 2)));
    }

    pub(super) async fn a_code_goes_to_its_first_redeemer(case: &Case) {
        let (first, second, known, unknown, history, others) = write(case, async move |tx| {
            let (alice, bob) = (make_account(tx, "alice").await?, make_account(tx, "bob").await?);
            let batch = code::open_batch(tx, Some(alice), "", NOW).await?;
            assert!(mint(tx, batch, 1, None).await?);
            assert!(!mint(tx, batch, 1, None).await?, "one text is one code");
            Ok((
                code::redeem(tx, [1; 32], "TEXT", alice, NOW).await?,
                code::redeem(tx, [1; 32], "TEXT", bob, NOW).await?,
                code::exists(tx, [1; 32]).await?,
                code::exists(tx, [2; 32]).await?,
                code::of_redeemer(tx, alice, 10).await?,
                code::of_redeemer(tx, bob, 10).await?,
            ))
        })
        .await
        .unwrap();
        assert_eq!((first.map(|(_, uses)| uses), second, known, unknown), (Some(3), None, true, false));
        assert_eq!((history.len(), history[0].text.as_deref(), history[0].redeemed_at), (1, Some("TEXT"), Some(NOW)));
        assert_eq!(others, []);
    }

    pub(super) async fn a_code_that_is_revoked_or_expired_goes_to_nobody(case: &Case) {
        let (redeemed, revoked, missing, listed) = write(case, async move |tx| {
            let alice = make_account(tx, "alice").await?;
            let batch = code::open_batch(tx, None, "spring", NOW).await?;
            let other = code::open_batch(tx, None, "", NOW).await?;
            for (batch, hash, expires_at) in [(batch, 1, None), (batch, 2, None), (other, 3, Some(NOW)), (other, 4, Some(LATER))] {
                mint(tx, batch, hash, expires_at).await?;
            }
            code::redeem(tx, [1; 32], "ONE", alice, NOW).await?;
            let revoked = code::revoke(tx, batch, NOW).await?;
            let mut redeemed = Vec::new();
            for hash in [2, 3, 4] {
                redeemed.push(code::redeem(tx, [hash; 32], "TEXT", alice, NOW).await?.is_some());
            }
            let missing = code::revoke(tx, BatchId(999), NOW).await?;
            Ok((redeemed, revoked, missing, code::page(tx, Some(batch), CodeId(i64::MAX), 10).await?))
        })
        .await
        .unwrap();
        assert_eq!((redeemed, revoked, missing), (vec![false, false, true], Some(1), None), "what was redeemed is not taken back");
        assert_eq!(
            listed.iter().map(|code| (code.text.as_deref(), code.revoked_at.is_some())).collect::<Vec<_>>(),
            [(None, true), (Some("ONE"), false)]
        );
    }

    pub(super) async fn uses_that_are_not_booked_are_found(case: &Case) {
        let (unbooked, booked) = write(case, async move |tx| {
            let alice = make_account(tx, "alice").await?;
            let batch = code::open_batch(tx, None, "", NOW).await?;
            mint(tx, batch, 1, None).await?;
            let (id, uses) = code::redeem(tx, [1; 32], "TEXT", alice, NOW).await?.unwrap();
            let unbooked = code::misbooked(tx).await?;
            let held = wallet::get_for_update(tx, alice, Asset::Uses).await?.unwrap();
            let entry = ChainKey::new(1, [7; 32]).follow(&held, &Change::of(uses, Cause::Redemption { code: id }), NOW).unwrap();
            ledger::insert(tx, &entry).await?;
            Ok((unbooked == [id], code::misbooked(tx).await?))
        })
        .await
        .unwrap();
        assert_eq!((unbooked, booked), (true, vec![]));
    }

    pub(super) async fn a_worker_token_stands_until_it_is_taken_back(case: &Case) {
        let seen = write(case, async move |tx| {
            let id = worker_token::insert(tx, "render-1", [1; 32], NOW).await?;
            worker_token::used(tx, id, LATER).await?;
            let standing = worker_token::valid(tx, [1; 32]).await?.unwrap();
            assert_eq!((standing.id, standing.name.as_str(), standing.used_at), (id, "render-1", Some(LATER)));
            let other = worker_token::valid(tx, [2; 32]).await?.is_some();
            let revoked = (worker_token::revoke(tx, id, NOW).await?, worker_token::revoke(tx, id, NOW).await?);
            Ok((other, revoked, worker_token::valid(tx, [1; 32]).await?.is_some(), worker_token::list(tx, 10).await?.len()))
        });
        assert_eq!(seen.await.unwrap(), (false, (true, false), false, 1));
    }

    pub(super) async fn open_tasks_are_listed_whoever_owns_them(case: &Case) {
        let (all, running, total) = write(case, async move |tx| {
            for (owner, step) in [("alice", None), ("bob", Some(Move::Begin)), ("carol", Some(Move::Cancel))] {
                let account = make_account(tx, owner).await?;
                let new = task::New {
                    account,
                    kind: "metered",
                    state: TaskState::Draft,
                    asset: Asset::Uses,
                    price: 1,
                    deadline_at: None,
                    input: "{}".to_owned(),
                    now: NOW,
                };
                let draft = task::insert(tx, &new).await?;
                if let Some(step) = step {
                    task::save(tx, &draft, &draft.after(step, NOW).unwrap()).await?;
                }
            }
            let (all, total) = task::list_open(tx, "metered", None, 0, 10).await?;
            let (running, _) = task::list_open(tx, "metered", Some(TaskState::Running), 0, 10).await?;
            Ok((all.len(), running.len(), total))
        })
        .await
        .unwrap();
        assert_eq!((all, running, total), (2, 1, 2));
    }
}
