-- Courses studied as tasks: what a task has beside its row, its diary, an account's place at a learning platform; links in letters,
-- the operator's settings, and the demo campus of development.

ALTER TABLE accounts ADD COLUMN email_verified_at {int};
ALTER TABLE accounts ADD COLUMN signed_in_at {int};
-- Whoever has an address and no user name registered with a code that was sent there.
UPDATE accounts SET email_verified_at = created_at WHERE email IS NOT NULL AND username IS NULL AND anonymised_at IS NULL;
CREATE INDEX accounts_open ON accounts (active) WHERE anonymised_at IS NULL;
CREATE INDEX accounts_administering ON accounts (active) WHERE role <> 'user';

CREATE TABLE studies (
    task_id {int} PRIMARY KEY REFERENCES tasks (id),
    name {text} NOT NULL,
    courses {text} NOT NULL,
    titles {text} NOT NULL,
    completed {int} NOT NULL,
    total {int} NOT NULL,
    ticks {int} NOT NULL
){strict};

CREATE TABLE task_logs (
    id {identity},
    task_id {int} NOT NULL REFERENCES tasks (id),
    level {text} NOT NULL,
    message {text} NOT NULL,
    created_at {int} NOT NULL
){strict};
CREATE INDEX task_logs_of_task ON task_logs (task_id, id);

-- What was done on a day.
CREATE INDEX tasks_ended ON tasks (kind, state, ended_at) WHERE kind = 'study' AND ended_at IS NOT NULL;
-- What of somebody's has just ended.
CREATE INDEX tasks_ended_of_account ON tasks (account_id, ended_at) WHERE kind = 'study' AND ended_at IS NOT NULL;

-- Sealed are the password, until it was exchanged, and the token that it was exchanged for. Each change raises the version, so that
-- what was learned with an older password is not kept for a newer one. While a process exchanges a password, no other one does.
CREATE TABLE campus_places (
    id {identity},
    account_id {int} NOT NULL UNIQUE REFERENCES accounts (id),
    platform {text} NOT NULL,
    site {text} NOT NULL,
    username {text},
    password {text},
    token {text},
    refused {int} NOT NULL,
    use_cookies {int} NOT NULL,
    speed {text} NOT NULL,
    not_open {text} NOT NULL,
    questions {text} NOT NULL,
    notifications {text} NOT NULL,
    version {int} NOT NULL,
    exchanged_until {int},
    updated_at {int} NOT NULL
){strict};

-- One link a purpose and account: a newer one takes the older one's place. What is kept of it is a keyed hash.
CREATE TABLE tickets (
    purpose {text} NOT NULL,
    account_id {int} NOT NULL REFERENCES accounts (id),
    hash {bytes} NOT NULL UNIQUE,
    email {text} NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    PRIMARY KEY (purpose, account_id)
){strict};
CREATE INDEX tickets_by_age ON tickets (expires_at);

-- What an administrator set through the API, over the configuration.
CREATE TABLE options (
    name {text} PRIMARY KEY,
    value {text} NOT NULL,
    updated_at {int} NOT NULL
){strict};

-- How far a learner is at the demo campus: what was really delivered of an item, in its own units.
CREATE TABLE sandbox_lessons (
    learner {text} NOT NULL,
    item {text} NOT NULL,
    delivered {int} NOT NULL,
    updated_at {int} NOT NULL,
    PRIMARY KEY (learner, item)
){strict};
