-- Answers that are given again, the audit log, models, orders, payment methods, templates, and the sandbox of development.

-- An answer under its caller's key. Its row and the effect it speaks of are one transaction.
CREATE TABLE answers (
    account_id {int} NOT NULL REFERENCES accounts (id),
    route {text} NOT NULL,
    key {text} NOT NULL,
    request {bytes} NOT NULL,
    answer {text},
    created_at {int} NOT NULL,
    PRIMARY KEY (account_id, route, key)
){strict};
CREATE INDEX answers_by_age ON answers (created_at);

CREATE TABLE acts (
    id {identity},
    created_at {int} NOT NULL,
    actor_id {int},
    action {text} NOT NULL,
    subject {text} NOT NULL,
    detail {text} NOT NULL,
    address {text},
    device {text}
){strict};
CREATE INDEX acts_of_actor ON acts (actor_id, id);

CREATE TABLE models (
    id {identity},
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    description {text} NOT NULL,
    status {text} NOT NULL,
    url {text} NOT NULL,
    price {int} NOT NULL CHECK (price >= 0),
    parameters {text} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL
){strict};
CREATE INDEX models_by_status ON models (status, id);
CREATE INDEX models_by_url ON models (url);

-- What a generation task has beside its row: its model, who let it run, and the call to the model's server, written before it is made.
CREATE TABLE generations (
    task_id {int} PRIMARY KEY REFERENCES tasks (id),
    model_id {int} NOT NULL REFERENCES models (id),
    model_name {text} NOT NULL,
    approved_by {int},
    approved_at {int},
    call_attempt {int},
    call_run {int},
    call_key {text},
    call_sent_at {int},
    remote_id {text}
){strict};

-- The ledger as a list: everybody's in entries_by_time, one account's here.
DROP INDEX entries_of_account;
CREATE INDEX entries_of_account ON entries (account_id, asset, created_at, id);

-- An administrator's list of everybody's tasks of a kind.
CREATE INDEX tasks_of_kind ON tasks (kind, id);
CREATE INDEX tasks_of_kind_in_state ON tasks (kind, state, id);

CREATE TABLE payment_methods (
    id {identity},
    uuid {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    protocol {text} NOT NULL,
    config {text} NOT NULL,
    enabled {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    disabled_at {int},
    deleted_at {int}
){strict};

CREATE TABLE orders (
    id {text} PRIMARY KEY,
    account_id {int} NOT NULL REFERENCES accounts (id),
    sort {text} NOT NULL,
    amount {int} NOT NULL CHECK (amount > 0),
    method_id {int} REFERENCES payment_methods (id),
    channel {text},
    return_url {text},
    status {text} NOT NULL,
    trade {text},
    remark {text} NOT NULL,
    actor_id {int},
    address {text},
    device {text},
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    paid_at {int},
    due_at {int},
    checks {int} NOT NULL
){strict};
CREATE INDEX orders_of_account ON orders (account_id, status);
CREATE INDEX orders_of_account_by_time ON orders (account_id, created_at, id);
CREATE INDEX orders_by_time ON orders (created_at, id);
CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX orders_by_trade ON orders (method_id, trade) WHERE trade IS NOT NULL;

CREATE TABLE order_events (
    id {identity},
    order_id {text} NOT NULL REFERENCES orders (id),
    created_at {int} NOT NULL,
    what {text} NOT NULL,
    detail {text} NOT NULL
){strict};
CREATE INDEX order_events_of_order ON order_events (order_id, id);

CREATE TABLE templates (
    id {identity},
    account_id {int} NOT NULL REFERENCES accounts (id),
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    description {text} NOT NULL,
    content {text} NOT NULL,
    public {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    UNIQUE (account_id, name_key)
){strict};
CREATE INDEX templates_public ON templates (name_key, id) WHERE public = 1;

CREATE TABLE prompts (
    code {text} PRIMARY KEY,
    name {text} NOT NULL,
    content {text} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL
){strict};

-- What the stand-ins of development remember: payments at the sandbox gateway, jobs at the sandbox model.
CREATE TABLE sandbox_trades (
    trade {text} PRIMARY KEY,
    order_id {text} NOT NULL UNIQUE,
    money {text} NOT NULL,
    name {text} NOT NULL,
    channel {text} NOT NULL,
    notify_url {text} NOT NULL,
    return_url {text} NOT NULL,
    param {text} NOT NULL,
    status {int} NOT NULL,
    created_at {int} NOT NULL,
    ended_at {int}
){strict};
CREATE TABLE sandbox_jobs (
    id {text} PRIMARY KEY,
    prompt {text} NOT NULL,
    created_at {int} NOT NULL
){strict};
