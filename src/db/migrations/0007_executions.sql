-- Executions of graphs, which are the queue too: a process takes what is QUEUED, for as long as its lease lasts.

-- turn: the place in the queue, which goes round all people (src/agents/execution_store.h).
-- owner: the process that runs it; empty while none does. changes: raised with each checkpoint.
CREATE TABLE executions (
        id            TEXT    PRIMARY KEY,
        user_id       TEXT    NOT NULL,
        graph_id      TEXT    NOT NULL,
        graph_version BIGINT  NOT NULL,
        status        TEXT    NOT NULL,
        inputs        TEXT    NOT NULL,
        outputs       TEXT,
        problem       TEXT    NOT NULL,
        turn          BIGINT  NOT NULL,
        owner         TEXT    NOT NULL,
        leased_until  BIGINT  NOT NULL,
        is_stopped    BOOLEAN NOT NULL,
        steps         BIGINT  NOT NULL,
        ran_ms        BIGINT  NOT NULL,
        changes       BIGINT  NOT NULL,
        created_at    BIGINT  NOT NULL,
        started_at    BIGINT  NOT NULL,
        ended_at      BIGINT  NOT NULL
);
CREATE INDEX executions_queued ON executions (turn, id) WHERE status = 'QUEUED';
CREATE INDEX executions_queued_user ON executions (user_id, turn) WHERE status = 'QUEUED';
CREATE INDEX executions_running ON executions (leased_until) WHERE status = 'RUNNING';
CREATE INDEX executions_owner ON executions (owner) WHERE status = 'RUNNING';
CREATE INDEX executions_running_user ON executions (user_id) WHERE status = 'RUNNING';
CREATE INDEX executions_ended ON executions (ended_at) WHERE ended_at > 0;

-- Runs of nodes. parent: the one whose agent this is part of, 0 at the top. queued: order of queueing, 0 before.
-- pins, input, output: JSON; review: a person's answer to one in REVIEW. changed: the checkpoint that wrote it.
CREATE TABLE node_executions (
        execution_id TEXT   NOT NULL,
        number       BIGINT NOT NULL,
        parent       BIGINT NOT NULL,
        node_id      TEXT   NOT NULL,
        status       TEXT   NOT NULL,
        queued       BIGINT NOT NULL,
        pins         TEXT,
        input        TEXT,
        output       TEXT,
        review       TEXT,
        changed      BIGINT NOT NULL,
        PRIMARY KEY (execution_id, number)
);
CREATE INDEX node_executions_changed ON node_executions (execution_id, changed, number);

-- What agents keep for later runs, per person.
CREATE TABLE agent_memories (
        user_id    TEXT   NOT NULL,
        name       TEXT   NOT NULL,
        value      TEXT   NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (user_id, name)
);
