-- The first schema: people, sessions, apps, and what an authorization gives rise to.
--
-- Types are PostgreSQL's; for SQLite the build makes STRICT tables of them: TEXT, BIGINT -> INTEGER, BYTEA -> BLOB,
-- BOOLEAN -> INTEGER. A BIGINT PRIMARY KEY becomes the row id itself; a table with any other key lives in that key's
-- tree (WITHOUT ROWID).
-- Times are milliseconds since 1970 from the application's clock; 0 stands for "never", so that no time is null.
-- Lists (redirect URIs, grant types, scopes) are words separated by single spaces: none of them can hold a space.
-- Tokens of every kind have a time-ordered id and the SHA-256 of their text. There are no foreign keys: rows of the token
-- tables are only ever deleted by age, in ranges of ids, and a token counts for nothing without its parents.

CREATE TABLE nodes (
        node         BIGINT PRIMARY KEY,
        owner        TEXT   NOT NULL,
        leased_until BIGINT NOT NULL
);

CREATE TABLE users (
        id            TEXT    PRIMARY KEY,
        email         TEXT    NOT NULL UNIQUE,
        name          TEXT,
        timezone      TEXT    NOT NULL,
        password_hash TEXT    NOT NULL,
        is_admin      BOOLEAN NOT NULL,
        is_active     BOOLEAN NOT NULL,
        created_at    BIGINT  NOT NULL,
        updated_at    BIGINT  NOT NULL
);

CREATE TABLE sessions (
        id         BIGINT PRIMARY KEY,
        hash       BYTEA  NOT NULL,
        user_id    TEXT   NOT NULL,
        created_at BIGINT NOT NULL,
        seen_at    BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        address    TEXT   NOT NULL,
        user_agent TEXT   NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

-- Guesses, counted by the generic cell rate algorithm: one time per thing that is limited.
CREATE TABLE throttles (
        name    TEXT   PRIMARY KEY,
        free_at BIGINT NOT NULL
);
CREATE INDEX throttles_free_at ON throttles (free_at);

-- Links that work once: the set-up link of a new server.
CREATE TABLE links (
        id         BIGINT PRIMARY KEY,
        hash       BYTEA  NOT NULL,
        purpose    TEXT   NOT NULL,
        expires_at BIGINT NOT NULL
);

CREATE TABLE apps (
        id            TEXT    PRIMARY KEY,
        client_id     TEXT    NOT NULL UNIQUE,
        name          TEXT    NOT NULL,
        description   TEXT,
        logo_url      TEXT,
        secret_hash   TEXT,
        secret_salt   TEXT,
        redirect_uris TEXT    NOT NULL,
        grant_types   TEXT    NOT NULL,
        scopes        TEXT    NOT NULL,
        owner_id      TEXT,
        is_active     BOOLEAN NOT NULL,
        created_at    BIGINT  NOT NULL,
        updated_at    BIGINT  NOT NULL
);
CREATE INDEX apps_owner ON apps (owner_id);

-- One person's yes to one app for some scopes: the family of every code and token that descends from it.
CREATE TABLE authorizations (
        id         BIGINT PRIMARY KEY,
        app_id     TEXT   NOT NULL,
        user_id    TEXT   NOT NULL,
        scopes     TEXT   NOT NULL,
        expires_at BIGINT NOT NULL,
        revoked_at BIGINT NOT NULL
);
CREATE INDEX authorizations_user_app ON authorizations (user_id, app_id);

-- A person's remembered answer to an app.
CREATE TABLE consents (
        user_id    TEXT   NOT NULL,
        app_id     TEXT   NOT NULL,
        scopes     TEXT   NOT NULL,
        granted_at BIGINT NOT NULL,
        PRIMARY KEY (user_id, app_id)
);

CREATE TABLE codes (
        id               BIGINT PRIMARY KEY,
        hash             BYTEA  NOT NULL,
        authorization_id BIGINT NOT NULL,
        redirect_uri     TEXT   NOT NULL,
        code_challenge   TEXT   NOT NULL,
        expires_at       BIGINT NOT NULL,
        spent_at         BIGINT NOT NULL
);

CREATE TABLE access_tokens (
        id               BIGINT PRIMARY KEY,
        hash             BYTEA  NOT NULL,
        authorization_id BIGINT NOT NULL,
        scopes           TEXT   NOT NULL,
        expires_at       BIGINT NOT NULL,
        revoked_at       BIGINT NOT NULL
);

-- A spent token remembers the ids of what replaced it: within the grace window a replay gets the same successor.
CREATE TABLE refresh_tokens (
        id                  BIGINT PRIMARY KEY,
        hash                BYTEA  NOT NULL,
        authorization_id    BIGINT NOT NULL,
        expires_at          BIGINT NOT NULL,
        spent_at            BIGINT NOT NULL,
        successor_id        BIGINT NOT NULL,
        successor_access_id BIGINT NOT NULL
);
