-- People on their way to a provider, to connect an account there (src/integrations/connection_state.h). digest: SHA-256 of the
-- state's token. used_at: when it was spent, 0 before.
CREATE TABLE connection_states (
        digest        BYTEA   PRIMARY KEY,
        user_id       TEXT    NOT NULL,
        provider      TEXT    NOT NULL,
        external      BOOLEAN NOT NULL,
        callback_url  TEXT    NOT NULL,
        scopes        TEXT    NOT NULL,
        metadata      TEXT    NOT NULL,
        credential_id TEXT,
        return_to     TEXT,
        expires_at    BIGINT  NOT NULL,
        used_at       BIGINT  NOT NULL
);
CREATE INDEX connection_states_expires ON connection_states (expires_at);
CREATE INDEX connection_states_user ON connection_states (user_id, expires_at);
