-- One action on many tasks, with its progress. Tasks are gone through from the newest to the oldest; `cursor` is the last one.

CREATE TABLE bulks (
    id {identity},
    account_id {int} NOT NULL REFERENCES accounts (id),
    key_id {int},
    action {text} NOT NULL,
    reason {text} NOT NULL,
    selector {text} NOT NULL,
    state {text} NOT NULL,
    total {int} NOT NULL,
    done {int} NOT NULL,
    refused {int} NOT NULL,
    refusals {text} NOT NULL,
    cursor {int} NOT NULL,
    epoch {int} NOT NULL,
    held_until {int} NOT NULL,
    address {text},
    device {text},
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    ended_at {int}
){strict};
CREATE INDEX bulks_of_account ON bulks (account_id, id);
CREATE INDEX bulks_running ON bulks (id) WHERE state = 'running';
