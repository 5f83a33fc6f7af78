-- What agents keep for later runs (blocks PersistInformation and RetrieveInformation).

-- row: agent_memory
--   value text

-- name: agent_memory_find(user_id text, name text) -> agent_memory?
SELECT value FROM agent_memories WHERE user_id = :user_id AND name = :name;

-- name: agent_memory_set(user_id text, name text, value text, now bigint) -> count
INSERT INTO agent_memories (user_id, name, value, updated_at) VALUES (:user_id, :name, :value, :now)
ON CONFLICT (user_id, name) DO UPDATE SET value = :value, updated_at = :now;

-- row: agent_memory_count
--   n bigint

-- name: agent_memory_count(user_id text) -> agent_memory_count?
SELECT COUNT(*) AS n FROM agent_memories WHERE user_id = :user_id;
