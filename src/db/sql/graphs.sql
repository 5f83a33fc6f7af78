-- Graphs and their versions. Who may see a graph is decided by each statement: its owner.

-- A version of a graph, without its body.
-- row: graph_version
--   id bigint, graph_id text, version bigint, active_version bigint, newest_version bigint, parent_id text,
--   created_at bigint, summary text

-- row: graph_body
--   body text

-- A sub-graph, as it came with a version of its parent.
-- row: graph_part
--   graph_id text, version bigint, active_version bigint, summary text, body text

-- row: graph_count
--   n bigint

-- row: graph_owner
--   user_id text

-- row: library_agent
--   id text, graph_version bigint

-- A version by its number; for 0 the active one, or the newest if none is active.
-- name: graph_version_find(graph_id text, user_id text, version bigint) -> graph_version?
SELECT v.id AS id, g.id AS graph_id, v.version AS version, g.active_version AS active_version,
       g.newest_version AS newest_version, g.parent_id AS parent_id, v.created_at AS created_at, v.summary AS summary
FROM graphs g JOIN graph_versions v ON v.graph_id = g.id
WHERE g.id = :graph_id AND g.user_id = :user_id AND g.deleted_at = 0
      AND v.version = CASE WHEN :version > 0 THEN :version WHEN g.active_version > 0 THEN g.active_version
                      ELSE g.newest_version END;

-- A version of somebody else's graph that a person took from the store into their library: any that was approved, by its
-- number; for 0 the one that they took.
-- name: graph_version_taken(graph_id text, user_id text, version bigint) -> graph_version?
SELECT v.id AS id, g.id AS graph_id, v.version AS version, g.active_version AS active_version,
       g.newest_version AS newest_version, g.parent_id AS parent_id, v.created_at AS created_at, v.summary AS summary
FROM library_agents a JOIN graphs g ON g.id = a.graph_id
     JOIN graph_versions v ON v.graph_id = g.id
                              AND v.version = CASE WHEN :version > 0 THEN :version ELSE a.graph_version END
WHERE a.user_id = :user_id AND a.graph_id = :graph_id AND EXISTS
      (SELECT 1 FROM store_versions s WHERE s.graph_id = v.graph_id AND s.graph_version = v.version AND s.status = 'APPROVED');

-- name: graph_owner(id text) -> graph_owner?
SELECT user_id FROM graphs WHERE id = :id;

-- Whether a person may run a version, their own or one that they took from the store; nothing more of it.
-- name: graph_runnable(graph_id text, user_id text, version bigint) -> graph_count?
SELECT v.version AS n FROM graphs g JOIN graph_versions v ON v.graph_id = g.id AND v.version = :version
WHERE g.id = :graph_id AND ((g.user_id = :user_id AND g.deleted_at = 0) OR EXISTS
      (SELECT 1 FROM library_agents a JOIN store_versions s ON s.graph_id = a.graph_id AND s.graph_version = :version
       WHERE a.user_id = :user_id AND a.graph_id = g.id AND s.status = 'APPROVED'));

-- name: graph_body(id bigint) -> graph_body?
SELECT body FROM graph_versions WHERE id = :id;

-- The sub-graphs of a version, in their order.
-- name: graph_parts(parent bigint, limit bigint) -> graph_part*
SELECT g.id AS graph_id, v.version AS version, g.active_version AS active_version, v.summary AS summary, v.body AS body
FROM graph_versions v JOIN graphs g ON g.id = v.graph_id
WHERE v.parent = :parent ORDER BY v.id LIMIT :limit;

-- A person's graphs, newest first, each in its active version or the newest if none is active.
-- name: graphs_newest(user_id text, limit bigint, offset bigint) -> graph_version*
SELECT v.id AS id, g.id AS graph_id, v.version AS version, g.active_version AS active_version,
       g.newest_version AS newest_version, g.parent_id AS parent_id, v.created_at AS created_at, v.summary AS summary
FROM graphs g JOIN graph_versions v
     ON v.graph_id = g.id AND v.version = CASE WHEN g.active_version > 0 THEN g.active_version ELSE g.newest_version END
WHERE g.user_id = :user_id AND g.parent_id = '' AND g.deleted_at = 0
ORDER BY g.id DESC LIMIT :limit OFFSET :offset;

-- name: graphs_count(user_id text) -> graph_count?
SELECT COUNT(*) AS n FROM graphs WHERE user_id = :user_id AND parent_id = '' AND deleted_at = 0;

-- name: graph_versions_newest(graph_id text, user_id text, limit bigint, offset bigint) -> graph_version*
SELECT v.id AS id, g.id AS graph_id, v.version AS version, g.active_version AS active_version,
       g.newest_version AS newest_version, g.parent_id AS parent_id, v.created_at AS created_at, v.summary AS summary
FROM graphs g JOIN graph_versions v ON v.graph_id = g.id
WHERE g.id = :graph_id AND g.user_id = :user_id AND g.deleted_at = 0
ORDER BY v.version DESC LIMIT :limit OFFSET :offset;

-- 0 when there is no such graph.
-- name: graph_versions_count(graph_id text, user_id text) -> graph_count?
SELECT COUNT(*) AS n FROM graphs g JOIN graph_versions v ON v.graph_id = g.id
WHERE g.id = :graph_id AND g.user_id = :user_id AND g.deleted_at = 0;

-- name: graph_insert(id text, user_id text, parent_id text, version bigint, active_version bigint, now bigint) -> count
INSERT INTO graphs (id, user_id, parent_id, active_version, newest_version, created_at, updated_at, deleted_at)
VALUES (:id, :user_id, :parent_id, :active_version, :version, :now, :now, 0);

-- name: graph_version_insert(id bigint, graph_id text, version bigint, parent bigint, summary text, body text, now bigint)
--   -> count
INSERT INTO graph_versions (id, graph_id, version, parent, summary, body, created_at)
VALUES (:id, :graph_id, :version, :parent, :summary, :body, :now);

-- Takes the next version's number, if `newest` is still the newest; 0 if it isn't.
-- name: graph_next_version(id text, user_id text, newest bigint, is_active boolean, now bigint) -> count
UPDATE graphs SET newest_version = :newest + 1,
                  active_version = CASE WHEN :is_active THEN :newest + 1 ELSE active_version END, updated_at = :now
WHERE id = :id AND user_id = :user_id AND deleted_at = 0 AND newest_version = :newest;

-- Deletes a graph with its sub-graphs.
-- name: graph_delete(id text, user_id text, now bigint) -> count
UPDATE graphs SET deleted_at = :now WHERE (id = :id OR parent_id = :id) AND user_id = :user_id AND deleted_at = 0;

-- Removes at most `limit` versions of deleted graphs, and what is left of graphs without any. What others took from the store
-- stays as long as it is in their libraries.
-- name: graph_versions_delete_gone(limit bigint) -> count
DELETE FROM graph_versions WHERE id IN
       (SELECT v.id FROM graphs g JOIN graph_versions v ON v.graph_id = g.id
        WHERE g.deleted_at > 0 AND NOT EXISTS
              (SELECT 1 FROM library_agents a WHERE a.graph_id = CASE g.parent_id WHEN '' THEN g.id ELSE g.parent_id END)
        LIMIT :limit);

-- name: graphs_delete_gone(limit bigint) -> count
DELETE FROM graphs WHERE id IN
       (SELECT g.id FROM graphs g WHERE g.deleted_at > 0
               AND NOT EXISTS (SELECT 1 FROM graph_versions v WHERE v.graph_id = g.id) LIMIT :limit);

-- Adds a graph to a person's library.
-- name: library_agent_insert(id text, user_id text, graph_id text, graph_version bigint, now bigint) -> count
INSERT INTO library_agents (id, user_id, graph_id, graph_version, created_at, updated_at)
VALUES (:id, :user_id, :graph_id, :graph_version, :now, :now)
ON CONFLICT (user_id, graph_id) DO NOTHING;

-- name: library_agent_set_version(user_id text, graph_id text, graph_version bigint, now bigint) -> count
UPDATE library_agents SET graph_version = :graph_version, updated_at = :now
WHERE user_id = :user_id AND graph_id = :graph_id;

-- name: library_agent_delete(user_id text, graph_id text) -> count
DELETE FROM library_agents WHERE user_id = :user_id AND graph_id = :graph_id;

-- name: library_agent(user_id text, graph_id text) -> library_agent?
SELECT id, graph_version FROM library_agents WHERE user_id = :user_id AND graph_id = :graph_id;

-- Adds a graph to a person's library, or has its entry follow to a newer version.
-- name: library_agent_take(id text, user_id text, graph_id text, graph_version bigint, now bigint) -> library_agent?
INSERT INTO library_agents (id, user_id, graph_id, graph_version, created_at, updated_at)
VALUES (:id, :user_id, :graph_id, :graph_version, :now, :now)
ON CONFLICT (user_id, graph_id) DO UPDATE
SET updated_at = :now,
    graph_version = CASE WHEN library_agents.graph_version < :graph_version THEN :graph_version
                         ELSE library_agents.graph_version END
RETURNING id, graph_version;
