-- A second factor beside the password: the secret of somebody's authenticator, and codes for the day it is lost. Sessions remember when
-- their owner last proved who they are.

CREATE TABLE second_factors (
    account_id {int} PRIMARY KEY REFERENCES accounts (id),
    secret {text} NOT NULL,
    begun_at {int} NOT NULL,
    on_since {int},
    last_step {int} NOT NULL
){strict};

CREATE TABLE recovery_codes (
    account_id {int} NOT NULL REFERENCES accounts (id),
    hash {bytes} NOT NULL,
    used_at {int},
    PRIMARY KEY (account_id, hash)
){strict};

ALTER TABLE sessions ADD COLUMN proved_at {int};
-- A browser's session ends when nobody used it for this long; it is written now and then when it was used.
ALTER TABLE sessions ADD COLUMN idle_s {int};
ALTER TABLE sessions ADD COLUMN used_at {int};
