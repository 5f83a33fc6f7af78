-- People's accounts and keys elsewhere. What is secret is sealed under a key that is not in the database (src/integrations/vault.h).

-- The keys that secrets of this database are sealed under. proof: a known text sealed under the key, by which a wrong one is found
-- out. retired_at: when nothing was sealed under it any more, 0 before; only backups may need it then.
CREATE TABLE vault_keys (
        id         TEXT    PRIMARY KEY,
        proof      BYTEA   NOT NULL,
        is_current BOOLEAN NOT NULL,
        created_at BIGINT  NOT NULL,
        retired_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX vault_keys_current ON vault_keys (is_current) WHERE is_current;

-- kind, state: as on the wire. scopes, username: oauth2; host: host_scoped. revision: raised with each new secret.
-- refresh_until: somebody renews its tokens until then.
CREATE TABLE credentials (
        id                 TEXT   PRIMARY KEY,
        user_id            TEXT   NOT NULL,
        provider           TEXT   NOT NULL,
        kind               TEXT   NOT NULL,
        title              TEXT,
        scopes             TEXT,
        username           TEXT,
        host               TEXT,
        expires_at         BIGINT NOT NULL,
        refresh_expires_at BIGINT NOT NULL,
        state              TEXT   NOT NULL,
        revision           BIGINT NOT NULL,
        refresh_until      BIGINT NOT NULL,
        key_id             TEXT   NOT NULL,
        sealed             BYTEA  NOT NULL,
        created_at         BIGINT NOT NULL,
        updated_at         BIGINT NOT NULL,
        last_used_at       BIGINT NOT NULL
);
CREATE INDEX credentials_user ON credentials (user_id, provider, id);
CREATE INDEX credentials_host ON credentials (user_id, host) WHERE host IS NOT NULL;
CREATE INDEX credentials_key ON credentials (key_id, id);
