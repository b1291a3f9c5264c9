-- What proves that the rest is whole: which keys the database was made with, and a seal on each row that promises something and
-- that no entry of the ledger covers.

CREATE TABLE installation (
    name {text} PRIMARY KEY,
    value {text} NOT NULL,
    updated_at {int} NOT NULL
){strict};

ALTER TABLE wallets ADD COLUMN seal {bytes};
ALTER TABLE orders ADD COLUMN seal {bytes};
ALTER TABLE codes ADD COLUMN seal {bytes};
ALTER TABLE models ADD COLUMN seal {bytes};
ALTER TABLE payment_methods ADD COLUMN seal {bytes};
ALTER TABLE options ADD COLUMN seal {bytes};

-- What is voided with another password is found by its account.
CREATE INDEX tickets_of_account ON tickets (account_id);
