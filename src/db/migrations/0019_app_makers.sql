-- What makers of apps change: secrets with a former one that goes on for a while, the end of all tokens, logos.
ALTER TABLE apps ADD COLUMN secret_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE apps ADD COLUMN former_hash TEXT;
ALTER TABLE apps ADD COLUMN former_salt TEXT;
ALTER TABLE apps ADD COLUMN former_until BIGINT NOT NULL DEFAULT 0;

-- Families with this id or a lower one are revoked: one row ends them all, however many they are.
ALTER TABLE apps ADD COLUMN revoked_through BIGINT NOT NULL DEFAULT 0;

CREATE TABLE app_logos (
        app_id     TEXT   NOT NULL PRIMARY KEY,
        hash       TEXT   NOT NULL,
        image      BYTEA  NOT NULL,
        created_at BIGINT NOT NULL
);
