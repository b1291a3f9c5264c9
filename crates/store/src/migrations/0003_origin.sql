-- Where a change of money was asked for, what each wallet has consumed, and when an account was let in or shut out.

ALTER TABLE entries ADD COLUMN address {text};
ALTER TABLE entries ADD COLUMN device {text};
CREATE INDEX entries_by_time ON entries (asset, created_at, id);
CREATE INDEX entries_of_account ON entries (account_id, asset, id);

-- What was charged and not given back, and what was debited by hand: kept beside each entry, so that nobody adds up a history.
ALTER TABLE wallets ADD COLUMN consumed {int} NOT NULL DEFAULT 0;
UPDATE wallets SET consumed = COALESCE((SELECT CAST(SUM(-e.amount) AS BIGINT) FROM entries e
    WHERE e.wallet_id = wallets.id AND (e.cause = 'task_refund' OR e.amount < 0)), 0);

-- Each change of an account raises its version, so that one that was made from an older sight of it is refused.
ALTER TABLE accounts ADD COLUMN version {int} NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN activated_at {int};
ALTER TABLE accounts ADD COLUMN deactivated_at {int};
UPDATE accounts SET activated_at = created_at;
UPDATE accounts SET deactivated_at = updated_at WHERE active = 0;
