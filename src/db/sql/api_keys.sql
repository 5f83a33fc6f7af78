-- API keys: what acts for a person without an app (dialect: API keys).

-- A key with the person whom it acts for.
-- row: api_key
--   id text, hash text, salt text?, permissions text, last_used_at bigint,
--   user_id text, email text, name text?, timezone text, is_active boolean

-- Active keys that begin and end alike: hardly ever more than one.
-- name: api_keys_alike(head text, tail text, limit bigint) -> api_key*
SELECT k.id AS id, k.hash AS hash, k.salt AS salt, k.permissions AS permissions, k.last_used_at AS last_used_at,
       u.id AS user_id, u.email AS email, u.name AS name, u.timezone AS timezone, u.is_active AS is_active
FROM api_keys k JOIN users u ON u.id = k.user_id
WHERE k.head = :head AND k.tail = :tail AND k.status = 'ACTIVE'
ORDER BY k.id LIMIT :limit;

-- Stores a key's new hash; 0 when somebody else was faster.
-- name: api_key_rehash(id text, old_hash text, hash text, salt text) -> count
UPDATE api_keys SET hash = :hash, salt = :salt WHERE id = :id AND hash = :old_hash;

-- Notes that a key is in use; never goes back.
-- name: api_key_touch(id text, now bigint) -> count
UPDATE api_keys SET last_used_at = :now WHERE id = :id AND last_used_at < :now;
