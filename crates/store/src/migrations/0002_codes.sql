-- Verification codes, deliveries, redemption codes, worker tokens.

-- One row a purpose and target: a new code voids the older one by taking its place. What is kept of a code is a keyed hash.
CREATE TABLE verifications (
    purpose {text} NOT NULL,
    target {text} NOT NULL,
    hash {bytes} NOT NULL,
    tries {int} NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    consumed_at {int},
    PRIMARY KEY (purpose, target)
){strict};
CREATE INDEX verifications_by_age ON verifications (expires_at);

-- What was sent, or would have been: only the outbox of development keeps subject, text, code and link.
CREATE TABLE deliveries (
    id {identity},
    channel {text} NOT NULL,
    recipient {text} NOT NULL,
    mailbox {text} NOT NULL,
    origin {text},
    purpose {text} NOT NULL,
    carrier {text} NOT NULL,
    state {text} NOT NULL,
    tries {int} NOT NULL,
    detail {text},
    subject {text},
    text {text},
    code {text},
    link {text},
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL
){strict};
CREATE INDEX deliveries_by_mailbox ON deliveries (channel, mailbox, created_at);
CREATE INDEX deliveries_by_origin ON deliveries (origin, created_at) WHERE origin IS NOT NULL;
CREATE INDEX deliveries_by_channel ON deliveries (channel, created_at);
CREATE INDEX deliveries_waiting ON deliveries (updated_at) WHERE state = 'waiting';

CREATE TABLE code_batches (
    id {identity},
    account_id {int} REFERENCES accounts (id),
    note {text} NOT NULL,
    created_at {int} NOT NULL
){strict};

-- The text of a code is kept once it has been redeemed, and is worthless then; before, its keyed hash alone.
CREATE TABLE codes (
    id {identity},
    batch_id {int} NOT NULL REFERENCES code_batches (id),
    hash {bytes} NOT NULL UNIQUE,
    uses {int} NOT NULL CHECK (uses > 0),
    text {text},
    created_at {int} NOT NULL,
    expires_at {int},
    redeemed_by {int} REFERENCES accounts (id),
    redeemed_at {int},
    revoked_at {int}
){strict};
CREATE INDEX codes_of_batch ON codes (batch_id, id);
CREATE INDEX codes_of_redeemer ON codes (redeemed_by, redeemed_at, id) WHERE redeemed_by IS NOT NULL;

CREATE TABLE worker_tokens (
    id {identity},
    name {text} NOT NULL,
    hash {bytes} NOT NULL UNIQUE,
    created_at {int} NOT NULL,
    used_at {int},
    revoked_at {int}
){strict};

-- What an outside worker looks for: everybody's tasks that wait for one or are in one's hands.
CREATE INDEX tasks_open ON tasks (kind, id) WHERE state IN ('draft', 'running');
