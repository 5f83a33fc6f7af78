-- When jobs last came to their end, and what waits for them.

-- row: job_mark
--   at bigint, amount bigint

-- name: job_mark(name text) -> job_mark?
SELECT at, amount FROM job_marks WHERE name = :name;

-- name: job_mark_put(name text, at bigint, amount bigint) -> count
INSERT INTO job_marks (name, at, amount) VALUES (:name, :at, :amount)
ON CONFLICT (name) DO UPDATE SET at = :at, amount = :amount;

-- row: backlog
--   queued bigint, running bigint, submissions bigint, journal bigint

-- Each counts at most `limit`.
-- name: backlog(limit bigint) -> backlog?
SELECT (SELECT COUNT(*) FROM (SELECT id FROM executions WHERE status = 'QUEUED' LIMIT :limit) AS a) AS queued,
       (SELECT COUNT(*) FROM (SELECT id FROM executions WHERE status = 'RUNNING' LIMIT :limit) AS b) AS running,
       (SELECT COUNT(*) FROM (SELECT id FROM store_versions WHERE status = 'PENDING' LIMIT :limit) AS c) AS submissions,
       (SELECT COUNT(*) FROM (SELECT id FROM audit_journal LIMIT :limit) AS d) AS journal;

-- row: engine_version
--   text text

-- name: engine_version() -> engine_version?
-- sqlite: has a function of its own for it
SELECT 'SQLite ' || sqlite_version() AS text;
-- postgres: has a setting for it
SELECT 'PostgreSQL ' || current_setting('server_version') AS text;
