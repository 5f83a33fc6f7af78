-- Executions of graphs, and of their nodes.

-- row: execution_turn
--   turn bigint, least bigint

-- row: execution_id
--   id text

-- waiting: in the queue, as far as they were counted. left_behind: 1 if a lease has run out, else 0.
-- row: execution_backlog
--   waiting bigint, left_behind bigint

-- What a process needs to run one, with the person that it runs for.
-- row: execution_work
--   id text, user_id text, timezone text, is_active boolean, graph_id text, graph_version bigint, inputs text,
--   credentials text, is_stopped boolean, ran_ms bigint, changes bigint

-- row: execution
--   id text, status text, outputs text?, problem text, changes bigint

-- row: node_execution
--   number bigint, parent bigint, node_id text, status text, queued bigint, pins text?, input text?, output text?,
--   review text?, changed bigint

-- row: node_execution_place
--   number bigint

-- The place for a person's next execution: behind their own last one, or where the queue begins; and where that is.
-- name: execution_turn(user_id text) -> execution_turn?
SELECT COALESCE((SELECT MAX(turn) + 1 FROM executions WHERE user_id = :user_id AND status = 'QUEUED'),
                (SELECT MIN(turn) FROM executions WHERE status = 'QUEUED'), 0) AS turn,
       COALESCE((SELECT MIN(turn) FROM executions WHERE status = 'QUEUED'), 0) AS least;

-- name: execution_insert(id text, user_id text, graph_id text, graph_version bigint, inputs text,
--   credentials text, turn bigint, now bigint) -> count
INSERT INTO executions (id, user_id, graph_id, graph_version, status, inputs, credentials, outputs, problem, turn, owner, leased_until,
                        is_stopped, steps, ran_ms, changes, created_at, started_at, ended_at)
VALUES (:id, :user_id, :graph_id, :graph_version, 'QUEUED', :inputs, :credentials, NULL, '', :turn, '', 0, FALSE, 0, 0, 0, :now, 0, 0);

-- Whether there is anything to take; counts at most `limit`.
-- name: executions_backlog(now bigint, limit bigint) -> execution_backlog?
SELECT (SELECT COUNT(*) FROM (SELECT id FROM executions WHERE status = 'QUEUED' LIMIT :limit) AS queued) AS waiting,
       (SELECT COUNT(*) FROM (SELECT id FROM executions WHERE status = 'RUNNING' AND leased_until <= :now LIMIT 1) AS late)
       AS left_behind;

-- Takes those that are next, of each person no more than may run at a time. People who already have as many running stand
-- at the front of the queue as well, so more are looked at than are taken.
-- name: executions_claim(owner text, now bigint, until bigint, per_person bigint, limit bigint) -> execution_id*
-- sqlite: there is one writer at a time anyway
UPDATE executions SET status = 'RUNNING', owner = :owner, leased_until = :until,
       started_at = CASE WHEN started_at = 0 THEN :now ELSE started_at END
WHERE id IN (
      SELECT id FROM (
             SELECT q.id AS id, q.turn AS turn,
                    ROW_NUMBER() OVER (PARTITION BY q.user_id ORDER BY q.turn, q.id) +
                    (SELECT COUNT(*) FROM executions r WHERE r.user_id = q.user_id AND r.status = 'RUNNING') AS place
             FROM (SELECT id, user_id, turn FROM executions WHERE status = 'QUEUED' ORDER BY turn, id LIMIT 256) AS q
             ) AS placed
      WHERE place <= :per_person ORDER BY turn, id LIMIT :limit)
RETURNING id;
-- postgres: others take what this one passes over
UPDATE executions SET status = 'RUNNING', owner = :owner, leased_until = :until,
       started_at = CASE WHEN started_at = 0 THEN :now ELSE started_at END
WHERE id IN (
      SELECT id FROM (
             SELECT q.id AS id, q.turn AS turn,
                    ROW_NUMBER() OVER (PARTITION BY q.user_id ORDER BY q.turn, q.id) +
                    (SELECT COUNT(*) FROM executions r WHERE r.user_id = q.user_id AND r.status = 'RUNNING') AS place
             FROM (SELECT id, user_id, turn FROM executions WHERE status = 'QUEUED' ORDER BY turn, id LIMIT 256
                   FOR UPDATE SKIP LOCKED) AS q
             ) AS placed
      WHERE place <= :per_person ORDER BY turn, id LIMIT :limit)
RETURNING id;

-- Takes those whose process has not prolonged its lease.
-- name: executions_take_over(owner text, now bigint, until bigint, limit bigint) -> execution_id*
-- sqlite: there is one writer at a time anyway
UPDATE executions SET owner = :owner, leased_until = :until
WHERE id IN (SELECT id FROM executions WHERE status = 'RUNNING' AND leased_until <= :now ORDER BY leased_until LIMIT :limit)
RETURNING id;
-- postgres: several may look for them at the same instant
UPDATE executions SET owner = :owner, leased_until = :until
WHERE id IN (SELECT id FROM executions WHERE status = 'RUNNING' AND leased_until <= :now ORDER BY leased_until LIMIT :limit
             FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: execution_work(id text) -> execution_work?
SELECT e.id AS id, e.user_id AS user_id, u.timezone AS timezone, u.is_active AS is_active, e.graph_id AS graph_id,
       e.graph_version AS graph_version, e.inputs AS inputs, e.credentials AS credentials, e.is_stopped AS is_stopped, e.ran_ms AS ran_ms,
       e.changes AS changes
FROM executions e JOIN users u ON u.id = e.user_id WHERE e.id = :id;

-- Prolongs the leases of all that a process runs.
-- name: executions_renew(owner text, until bigint) -> count
UPDATE executions SET leased_until = :until WHERE status = 'RUNNING' AND owner = :owner;

-- Those of a process that somebody wants stopped.
-- name: executions_stopped(owner text, limit bigint) -> execution_id*
SELECT id FROM executions WHERE status = 'RUNNING' AND owner = :owner AND is_stopped LIMIT :limit;

-- Stores how far it has come; 0 when the lease has passed to another process.
-- name: execution_checkpoint(id text, owner text, status text, outputs text?, problem text, steps bigint, ran_ms bigint,
--   changes bigint, ended_at bigint, node_bytes bigint) -> count
UPDATE executions SET status = :status, outputs = :outputs, problem = :problem, steps = :steps, ran_ms = :ran_ms,
       changes = :changes, ended_at = :ended_at,
       node_bytes = CASE WHEN :node_bytes > node_bytes THEN :node_bytes ELSE node_bytes END, owner = CASE WHEN :status = 'RUNNING' THEN owner ELSE '' END
WHERE id = :id AND status = 'RUNNING' AND owner = :owner;

-- name: node_execution_save(execution_id text, number bigint, parent bigint, node_id text, status text, queued bigint,
--   pins text?, input text?, output text?, changed bigint) -> count
INSERT INTO node_executions (execution_id, number, parent, node_id, status, queued, pins, input, output, review, changed)
VALUES (:execution_id, :number, :parent, :node_id, :status, :queued, :pins, :input, :output, NULL, :changed)
ON CONFLICT (execution_id, number) DO UPDATE
SET status = :status, queued = :queued, pins = :pins, input = :input, output = :output, changed = :changed;

-- name: node_executions_after(execution_id text, number bigint, limit bigint) -> node_execution*
SELECT number, parent, node_id, status, queued, pins, input, output, review, changed FROM node_executions
WHERE execution_id = :execution_id AND number > :number ORDER BY number LIMIT :limit;

-- The first of the last `limit` at the top.
-- name: node_executions_first(execution_id text, limit bigint) -> node_execution_place?
SELECT COALESCE(MIN(number), 0) AS number FROM
       (SELECT number FROM node_executions WHERE execution_id = :execution_id AND parent = 0
        ORDER BY number DESC LIMIT :limit) AS last;

-- Those at the top, from a number on.
-- name: node_executions_top(execution_id text, number bigint, limit bigint) -> node_execution*
SELECT number, parent, node_id, status, queued, pins, input, output, review, changed FROM node_executions
WHERE execution_id = :execution_id AND parent = 0 AND number >= :number ORDER BY number LIMIT :limit;

-- What a checkpoint after `changed` wrote, or that one itself behind `number`.
-- name: node_executions_changed(execution_id text, changed bigint, number bigint, limit bigint) -> node_execution*
SELECT number, parent, node_id, status, queued, pins, input, output, review, changed FROM node_executions
WHERE execution_id = :execution_id AND (changed > :changed OR (changed = :changed AND number > :number))
ORDER BY changed, number LIMIT :limit;

-- name: execution_find(id text, user_id text, graph_id text) -> execution?
SELECT id, status, outputs, problem, changes FROM executions
WHERE id = :id AND user_id = :user_id AND graph_id = :graph_id;

-- Asks for its end: at once where no process runs it.
-- name: execution_stop(id text, user_id text, graph_id text, now bigint) -> count
UPDATE executions SET is_stopped = TRUE, changes = changes + CASE WHEN status = 'RUNNING' THEN 0 ELSE 1 END,
       ended_at = CASE WHEN status = 'RUNNING' THEN 0 ELSE :now END,
       status = CASE WHEN status = 'RUNNING' THEN status ELSE 'TERMINATED' END
WHERE id = :id AND user_id = :user_id AND graph_id = :graph_id AND status IN ('QUEUED', 'RUNNING', 'REVIEW')
      AND NOT is_stopped;

-- name: node_executions_terminate(execution_id text) -> count
UPDATE node_executions SET status = 'TERMINATED',
       changed = (SELECT e.changes FROM executions e WHERE e.id = :execution_id)
WHERE execution_id = :execution_id AND status IN ('INCOMPLETE', 'QUEUED', 'RUNNING', 'REVIEW');

-- Keeps a person's first answer to a node execution that waits for one.
-- name: node_execution_review(execution_id text, number bigint, review text) -> count
UPDATE node_executions SET review = :review
WHERE execution_id = :execution_id AND number = :number AND status = 'REVIEW' AND review IS NULL;

-- Goes on with one that waited for people, once one of them has answered.
-- name: execution_resume(id text, turn bigint) -> count
UPDATE executions SET status = 'QUEUED', turn = :turn
WHERE id = :id AND status = 'REVIEW' AND EXISTS
      (SELECT 1 FROM node_executions n WHERE n.execution_id = :id AND n.status = 'REVIEW' AND n.review IS NOT NULL);

-- Those that ended by then, longest ago first.
-- name: executions_ended(ended bigint, limit bigint) -> execution_id*
SELECT id FROM executions WHERE ended_at > 0 AND ended_at <= :ended ORDER BY ended_at LIMIT :limit;

-- Removes at most `limit` of its nodes' executions.
-- name: node_executions_delete(execution_id text, limit bigint) -> count
DELETE FROM node_executions WHERE execution_id = :execution_id AND number IN
       (SELECT number FROM node_executions WHERE execution_id = :execution_id ORDER BY number LIMIT :limit);

-- name: execution_delete(id text) -> count
DELETE FROM executions WHERE id = :id;
