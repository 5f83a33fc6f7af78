-- What people keep in storage, and how many of their executions have not ended. Triggers count (migrations/0014 and 0025).

-- row: storage_used
--   bytes bigint, executions bigint

-- What a person has; the row is held until the transaction ends, so that others who add to the same person's wait.
-- name: storage_used_hold(user_id text) -> storage_used?
INSERT INTO storage_used (user_id, bytes) VALUES (:user_id, 0)
ON CONFLICT (user_id) DO UPDATE SET bytes = storage_used.bytes
RETURNING bytes, executions;
