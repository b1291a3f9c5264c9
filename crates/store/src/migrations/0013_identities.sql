-- Who somebody is at an identity provider (OpenID Connect).

CREATE TABLE identities (
    id {identity},
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    account_id {int} NOT NULL REFERENCES accounts (id),
    email {text},
    created_at {int} NOT NULL,
    used_at {int} NOT NULL,
    UNIQUE (issuer, subject)
){strict};
CREATE INDEX identities_of_account ON identities (account_id, id);
