-- Webhooks: endpoints of accounts, what happened, and the deliveries that tell the one of the other.

CREATE TABLE webhooks (
    id {identity},
    account_id {int} NOT NULL REFERENCES accounts (id),
    name {text} NOT NULL,
    url {text} NOT NULL,
    types {text} NOT NULL,
    low_money {int},
    low_uses {int},
    secret {text} NOT NULL,
    previous_secret {text},
    rolled_until {int},
    off {text},
    off_at {int},
    failing_since {int},
    failed_at {int},
    rests_until {int},
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    deleted_at {int}
){strict};
CREATE INDEX webhooks_of_account ON webhooks (account_id, id);

CREATE TABLE webhook_events (
    id {identity},
    account_id {int} NOT NULL REFERENCES accounts (id),
    type {text} NOT NULL,
    data {text} NOT NULL,
    created_at {int} NOT NULL
){strict};
CREATE INDEX webhook_events_by_time ON webhook_events (created_at);
CREATE INDEX webhook_tests_of_account ON webhook_events (account_id, id) WHERE type = 'test';

CREATE TABLE webhook_deliveries (
    id {identity},
    webhook_id {int} NOT NULL REFERENCES webhooks (id),
    event_id {int} NOT NULL REFERENCES webhook_events (id),
    state {text} NOT NULL,
    tries {int} NOT NULL,
    claims {int} NOT NULL,
    due_at {int},
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL
){strict};
CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE webhook_tries (
    id {identity},
    delivery_id {int} NOT NULL REFERENCES webhook_deliveries (id),
    at {int} NOT NULL,
    took_ms {int} NOT NULL,
    status {int},
    error {text},
    answer {text} NOT NULL
){strict};
CREATE INDEX webhook_tries_of_delivery ON webhook_tries (delivery_id, id);

-- Below what a wallet's owner wants to be told: the largest of what their endpoints name.
ALTER TABLE wallets ADD COLUMN alert_below {int};
