-- What people keep in storage, and how much they have under way. Triggers count (migrations/0014).

-- row: storage_used
--   bytes bigint

-- row: under_way
--   n bigint

-- What a person keeps; the row is held until the transaction ends, so that others who add to the same person's wait.
-- name: storage_used_hold(user_id text) -> storage_used?
INSERT INTO storage_used (user_id, bytes) VALUES (:user_id, 0)
ON CONFLICT (user_id) DO UPDATE SET bytes = storage_used.bytes
RETURNING bytes;

-- A person's executions that have not ended; counts at most `limit`.
-- name: executions_under_way(user_id text, limit bigint) -> under_way?
SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM executions WHERE user_id = :user_id AND status IN ('QUEUED', 'RUNNING', 'REVIEW')
                           LIMIT :limit) AS found;
