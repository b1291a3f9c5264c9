-- What is uploaded to the built-in endpoint: under which name whose file lies where, and what arrives in parts.

CREATE TABLE uploads (
    object {text} PRIMARY KEY,
    account_id {int} NOT NULL REFERENCES accounts (id),
    file {text} NOT NULL,
    size {int} NOT NULL,
    etag {text} NOT NULL,
    created_at {int} NOT NULL
){strict};
CREATE INDEX uploads_of_account ON uploads (account_id);

CREATE TABLE upload_sessions (
    id {text} PRIMARY KEY,
    account_id {int} NOT NULL REFERENCES accounts (id),
    object {text} NOT NULL,
    created_at {int} NOT NULL,
    etag {text}
){strict};
CREATE INDEX upload_sessions_of_account ON upload_sessions (account_id);
CREATE INDEX upload_sessions_by_time ON upload_sessions (created_at);

CREATE TABLE upload_parts (
    session {text} NOT NULL REFERENCES upload_sessions (id),
    number {int} NOT NULL,
    file {text} NOT NULL,
    size {int} NOT NULL,
    etag {text} NOT NULL,
    PRIMARY KEY (session, number)
){strict};
