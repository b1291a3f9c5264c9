-- Accounts, sessions, wallets, ledger, tasks. Times are microseconds UTC, amounts whole units of the asset.

CREATE TABLE accounts (
    id {identity},
    username {text},
    username_key {text} UNIQUE,
    email {text} UNIQUE,
    phone {text} UNIQUE,
    password_hash {text},
    role {text} NOT NULL,
    active {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    anonymised_at {int}
){strict};

CREATE TABLE sessions (
    id {text} PRIMARY KEY,
    account_id {int} NOT NULL REFERENCES accounts (id),
    surface {text} NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    ended_at {int}
){strict};
CREATE INDEX sessions_by_account ON sessions (account_id) WHERE ended_at IS NULL;

CREATE TABLE wallets (
    id {identity},
    account_id {int} NOT NULL REFERENCES accounts (id),
    asset {text} NOT NULL,
    balance {int} NOT NULL,
    credit_limit {int} NOT NULL,
    entries {int} NOT NULL,
    head {bytes} NOT NULL,
    UNIQUE (account_id, asset)
){strict};

CREATE TABLE entries (
    id {identity},
    wallet_id {int} NOT NULL REFERENCES wallets (id),
    account_id {int} NOT NULL,
    asset {text} NOT NULL,
    sequence {int} NOT NULL,
    amount {int} NOT NULL CHECK (amount <> 0),
    balance_before {int} NOT NULL,
    balance_after {int} NOT NULL CHECK (balance_after = balance_before + amount),
    counterpart {text} NOT NULL,
    effect {text} NOT NULL UNIQUE,
    cause {text} NOT NULL,
    task_id {int},
    attempt {int},
    actor_id {int},
    note {text} NOT NULL,
    created_at {int} NOT NULL,
    key_id {int} NOT NULL,
    hash {bytes} NOT NULL,
    UNIQUE (wallet_id, sequence)
){strict};
CREATE INDEX entries_by_task ON entries (task_id) WHERE task_id IS NOT NULL;

-- A task's row is its queue entry. due_at: when a worker should look at it next (queued: the next run; running: the end of the
-- lease, or the next look where worker is NULL and the task is parked).
CREATE TABLE tasks (
    id {identity},
    account_id {int} NOT NULL REFERENCES accounts (id),
    kind {text} NOT NULL,
    state {text} NOT NULL,
    attempt {int} NOT NULL,
    run {int} NOT NULL,
    epoch {int} NOT NULL,
    deaths {int} NOT NULL,
    worker {text},
    due_at {int} NOT NULL,
    deadline_at {int},
    asset {text} NOT NULL,
    price {int} NOT NULL,
    progress {int} NOT NULL,
    step {text},
    message {text},
    error_code {text},
    error_message {text},
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    started_at {int},
    ended_at {int},
    output {text}
){strict};
CREATE INDEX tasks_of_account ON tasks (account_id, kind, id);
CREATE INDEX tasks_of_account_in_state ON tasks (account_id, kind, state, id);
CREATE INDEX tasks_queued ON tasks (kind, account_id, id) WHERE state = 'queued';
CREATE INDEX tasks_running ON tasks (kind, due_at) WHERE state = 'running';

-- What was handed in, apart from the row that every report writes anew.
CREATE TABLE task_inputs (
    task_id {int} PRIMARY KEY REFERENCES tasks (id),
    input {text} NOT NULL
){strict};

CREATE TABLE task_steps (
    task_id {int} NOT NULL REFERENCES tasks (id),
    attempt {int} NOT NULL,
    name {text} NOT NULL,
    output {text} NOT NULL,
    recorded_at {int} NOT NULL,
    PRIMARY KEY (task_id, attempt, name)
){strict};

-- How many tasks of a kind each account has waiting and in workers' hands: what the fair claim reads instead of counting.
CREATE TABLE queues (
    kind {text} NOT NULL,
    account_id {int} NOT NULL,
    waiting {int} NOT NULL CHECK (waiting >= 0),
    running {int} NOT NULL CHECK (running >= 0),
    due_at {int} NOT NULL,
    served_at {int} NOT NULL,
    PRIMARY KEY (kind, account_id)
){strict};
CREATE INDEX queues_waiting ON queues (kind, running, served_at, account_id) WHERE waiting > 0;

-- What was made once and need not be made again: pictures, speech, segments, by account and content.
CREATE TABLE artifacts (
    account_id {int} NOT NULL REFERENCES accounts (id),
    content {text} NOT NULL,
    object {text} NOT NULL,
    engine {text} NOT NULL,
    cost {int} NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (account_id, content)
){strict};
