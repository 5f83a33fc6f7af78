-- The audit trail (src/account/audit.h): who did what. Events are packed bytes, many in a row.

-- What transactions put on record and the sealer has not seen yet, one row for each commit.
CREATE TABLE audit_journal (
        id     BIGINT PRIMARY KEY,
        events BYTEA  NOT NULL
);

-- Sealed: each hash covers its row and the hash before it; mac is made of it with the server's key, which is not in the
-- database, and key_id tells with which one. first_id and last_id are the least and the greatest of its events' ids.
CREATE TABLE audit_segments (
        seq       BIGINT PRIMARY KEY,
        first_id  BIGINT NOT NULL,
        last_id   BIGINT NOT NULL,
        count     BIGINT NOT NULL,
        sealed_at BIGINT NOT NULL,
        events    BYTEA  NOT NULL,
        hash      BYTEA  NOT NULL,
        mac       BYTEA  NOT NULL,
        key_id    BYTEA  NOT NULL
);
CREATE INDEX audit_segments_first ON audit_segments (first_id);
CREATE INDEX audit_segments_last ON audit_segments (last_id);

-- Which segments tell of a person, an app, a key or a kind of event; made of the segments, and no part of the proof.
CREATE TABLE audit_index (
        name    TEXT   NOT NULL,
        segment BIGINT NOT NULL,
        PRIMARY KEY (name, segment)
);

-- 'head': the newest segment. 'anchor': the last one that was removed when its time was over; events: how many
-- were removed in all.
CREATE TABLE audit_marks (
        name   TEXT   PRIMARY KEY,
        seq    BIGINT NOT NULL,
        events BIGINT NOT NULL,
        hash   BYTEA  NOT NULL,
        mac    BYTEA  NOT NULL,
        key_id BYTEA  NOT NULL
);
