-- API keys: what is kept of a key is a keyed hash, and the ends by which its owner recognises it.

CREATE TABLE api_keys (
    id {identity},
    account_id {int} NOT NULL REFERENCES accounts (id),
    name {text} NOT NULL,
    hash {bytes} NOT NULL UNIQUE,
    shown {text} NOT NULL,
    scopes {text} NOT NULL,
    networks {text} NOT NULL,
    daily_cap {int},
    spent_day {int} NOT NULL DEFAULT 0,
    spent {int} NOT NULL DEFAULT 0,
    created_at {int} NOT NULL,
    expires_at {int},
    used_at {int},
    used_from {text},
    revoked_at {int}
){strict};
CREATE INDEX api_keys_of_account ON api_keys (account_id, id);
