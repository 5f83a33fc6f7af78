-- Agents: graphs, their versions, and the libraries that people keep them in.
--
-- A graph that came with another one, as a sub-graph that the other runs, names it as its parent; every other one has an
-- empty parent. Versions never change. A graph that its owner deleted is found no more; clean-up removes its versions, a few
-- at a time, since they are large.

CREATE TABLE graphs (
        id             TEXT   PRIMARY KEY,
        user_id        TEXT   NOT NULL,
        parent_id      TEXT   NOT NULL,
        active_version BIGINT NOT NULL, -- 0: none
        newest_version BIGINT NOT NULL,
        created_at     BIGINT NOT NULL,
        updated_at     BIGINT NOT NULL,
        deleted_at     BIGINT NOT NULL
);
CREATE INDEX graphs_user ON graphs (user_id, parent_id, deleted_at, id);
CREATE INDEX graphs_parent ON graphs (parent_id);
CREATE INDEX graphs_deleted ON graphs (deleted_at);

-- The document in two parts, each a JSON object: what lists show of it, and the rest.
CREATE TABLE graph_versions (
        id         BIGINT PRIMARY KEY,
        graph_id   TEXT   NOT NULL,
        version    BIGINT NOT NULL,
        parent     BIGINT NOT NULL, -- the version of another graph that brought it as a sub-graph; 0: none
        summary    TEXT   NOT NULL,
        body       TEXT   NOT NULL,
        created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX graph_versions_graph ON graph_versions (graph_id, version);
CREATE INDEX graph_versions_parent ON graph_versions (parent);

CREATE TABLE library_agents (
        id            TEXT   PRIMARY KEY,
        user_id       TEXT   NOT NULL,
        graph_id      TEXT   NOT NULL,
        graph_version BIGINT NOT NULL,
        created_at    BIGINT NOT NULL,
        updated_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX library_agents_graph ON library_agents (user_id, graph_id);
