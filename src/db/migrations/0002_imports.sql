-- What comes from an AutoGPT Platform's database: API keys, and tokens that are found by their hash.

-- A key acts for a person. head and tail are its first and last eight characters, by which its row is found; a key
-- without salt is stored as its SHA-256, as early versions of the Platform did.
CREATE TABLE api_keys (
        id           TEXT   PRIMARY KEY,
        user_id      TEXT   NOT NULL,
        name         TEXT   NOT NULL,
        description  TEXT,
        head         TEXT   NOT NULL,
        tail         TEXT   NOT NULL,
        hash         TEXT   NOT NULL,
        salt         TEXT,
        status       TEXT   NOT NULL,
        permissions  TEXT   NOT NULL,
        created_at   BIGINT NOT NULL,
        updated_at   BIGINT NOT NULL,
        last_used_at BIGINT NOT NULL,
        revoked_at   BIGINT NOT NULL
);
CREATE INDEX api_keys_head_tail ON api_keys (head, tail);
CREATE INDEX api_keys_user ON api_keys (user_id);

-- The authorization under which a person's imported tokens of one app and one set of scopes stand: a family as any other.
CREATE TABLE imported_families (
        app_id           TEXT   NOT NULL,
        user_id          TEXT   NOT NULL,
        scopes           TEXT   NOT NULL,
        authorization_id BIGINT NOT NULL,
        PRIMARY KEY (app_id, user_id, scopes)
);

-- Access and refresh tokens that another server made: random throughout, without an id.
CREATE TABLE imported_tokens (
        hash                BYTEA   PRIMARY KEY,
        is_refresh          BOOLEAN NOT NULL,
        authorization_id    BIGINT  NOT NULL,
        expires_at          BIGINT  NOT NULL,
        revoked_at          BIGINT  NOT NULL,
        spent_at            BIGINT  NOT NULL,
        successor_id        BIGINT  NOT NULL,
        successor_access_id BIGINT  NOT NULL
);
CREATE INDEX imported_tokens_expires_at ON imported_tokens (expires_at);
