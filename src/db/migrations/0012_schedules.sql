-- Schedules: agents that run at times of a cron line.

-- next_run: when it is due next, milliseconds; 0 while it is paused, and once it never is again. It moves on in the transaction
-- that queues the execution, so that no due time is lost and none runs twice.
-- last_skip, last_skip_at: why it did not run last time that it did not, and the time that was due.
CREATE TABLE schedules (
        id                TEXT    PRIMARY KEY,
        user_id           TEXT    NOT NULL,
        graph_id          TEXT    NOT NULL,
        graph_version     BIGINT  NOT NULL,
        name              TEXT    NOT NULL,
        cron              TEXT    NOT NULL,
        timezone          TEXT    NOT NULL,
        inputs            TEXT    NOT NULL, -- JSON object
        credentials       TEXT    NOT NULL, -- JSON object
        is_paused         BOOLEAN NOT NULL,
        next_run          BIGINT  NOT NULL,
        last_run_at       BIGINT  NOT NULL,
        last_execution_id TEXT    NOT NULL,
        last_skip_at      BIGINT  NOT NULL,
        last_skip         TEXT    NOT NULL,
        created_at        BIGINT  NOT NULL,
        updated_at        BIGINT  NOT NULL
);
CREATE INDEX schedules_due ON schedules (next_run) WHERE next_run > 0;
CREATE INDEX schedules_user ON schedules (user_id, id);
