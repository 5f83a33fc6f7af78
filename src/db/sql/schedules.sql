-- Schedules of agents.

-- row: schedule
--   id text, user_id text, graph_id text, graph_version bigint, name text, cron text, timezone text, inputs text,
--   credentials text, is_paused boolean, next_run bigint, last_run_at bigint, last_execution_id text, last_skip_at bigint,
--   last_skip text, created_at bigint

-- One that is due, and whether its person's account is good.
-- row: due_schedule
--   id text, user_id text, graph_id text, graph_version bigint, cron text, timezone text, inputs text, credentials text,
--   next_run bigint, is_active boolean

-- row: schedule_time
--   next_run bigint

-- row: schedule_count
--   n bigint

-- name: schedule_insert(id text, user_id text, graph_id text, graph_version bigint, name text, cron text, timezone text,
--   inputs text, credentials text, next_run bigint, now bigint) -> count
INSERT INTO schedules (id, user_id, graph_id, graph_version, name, cron, timezone, inputs, credentials, is_paused, next_run,
                       last_run_at, last_execution_id, last_skip_at, last_skip, created_at, updated_at)
VALUES (:id, :user_id, :graph_id, :graph_version, :name, :cron, :timezone, :inputs, :credentials, FALSE, :next_run,
        0, '', 0, '', :now, :now);

-- name: schedules_count(user_id text) -> schedule_count?
SELECT COUNT(*) AS n FROM schedules WHERE user_id = :user_id;

-- name: schedule_find(id text, user_id text) -> schedule?
SELECT id, user_id, graph_id, graph_version, name, cron, timezone, inputs, credentials, is_paused, next_run, last_run_at,
       last_execution_id, last_skip_at, last_skip, created_at
FROM schedules WHERE id = :id AND user_id = :user_id;

-- A person's schedules, oldest first; with a graph's id, those of that graph.
-- name: schedules_list(user_id text, graph_id text, limit bigint, offset bigint) -> schedule*
SELECT id, user_id, graph_id, graph_version, name, cron, timezone, inputs, credentials, is_paused, next_run, last_run_at,
       last_execution_id, last_skip_at, last_skip, created_at
FROM schedules WHERE user_id = :user_id AND (:graph_id = '' OR graph_id = :graph_id)
ORDER BY id LIMIT :limit OFFSET :offset;

-- name: schedule_delete(id text, user_id text) -> count
DELETE FROM schedules WHERE id = :id AND user_id = :user_id;

-- Those of a graph that its owner deletes.
-- name: schedules_delete_of_graph(user_id text, graph_id text) -> count
DELETE FROM schedules WHERE user_id = :user_id AND graph_id = :graph_id;

-- name: schedule_pause(id text, user_id text, now bigint) -> count
UPDATE schedules SET is_paused = TRUE, next_run = 0, updated_at = :now
WHERE id = :id AND user_id = :user_id AND NOT is_paused;

-- name: schedule_resume(id text, user_id text, next_run bigint, now bigint) -> count
UPDATE schedules SET is_paused = FALSE, next_run = :next_run, updated_at = :now
WHERE id = :id AND user_id = :user_id AND is_paused;

-- When the next of all is due.
-- name: schedules_next() -> schedule_time?
SELECT next_run FROM schedules WHERE next_run > 0 ORDER BY next_run LIMIT 1;

-- Those that are due, longest first.
-- name: schedules_due(now bigint, limit bigint) -> due_schedule*
-- sqlite: there is one writer at a time anyway
SELECT s.id AS id, s.user_id AS user_id, s.graph_id AS graph_id, s.graph_version AS graph_version, s.cron AS cron,
       s.timezone AS timezone, s.inputs AS inputs, s.credentials AS credentials, s.next_run AS next_run,
       COALESCE(u.is_active, FALSE) AS is_active
FROM schedules s LEFT JOIN users u ON u.id = s.user_id
WHERE s.next_run > 0 AND s.next_run <= :now ORDER BY s.next_run LIMIT :limit;
-- postgres: what another node has at hand is passed over
SELECT s.id AS id, s.user_id AS user_id, s.graph_id AS graph_id, s.graph_version AS graph_version, s.cron AS cron,
       s.timezone AS timezone, s.inputs AS inputs, s.credentials AS credentials, s.next_run AS next_run,
       COALESCE(u.is_active, FALSE) AS is_active
FROM schedules s LEFT JOIN users u ON u.id = s.user_id
WHERE s.next_run > 0 AND s.next_run <= :now ORDER BY s.next_run LIMIT :limit
FOR UPDATE OF s SKIP LOCKED;

-- Moves on after a due time that ran; 0 when somebody else did.
-- name: schedule_ran(id text, was bigint, next_run bigint, now bigint, execution_id text) -> count
UPDATE schedules SET next_run = :next_run, last_run_at = :now, last_execution_id = :execution_id
WHERE id = :id AND next_run = :was;

-- Likewise after one that did not run.
-- name: schedule_skipped(id text, was bigint, next_run bigint, problem text) -> count
UPDATE schedules SET next_run = :next_run, last_skip_at = :was, last_skip = :problem
WHERE id = :id AND next_run = :was;
