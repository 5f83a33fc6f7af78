-- API keys: what acts for a person without an app (dialect: API keys).

-- A key with the person whom it acts for.
-- row: api_key
--   id text, digest bytea?, hash text, salt text?, permissions text, last_used_at bigint,
--   user_id text, email text, name text?, timezone text, is_active boolean

-- Active keys that begin and end alike: hardly ever more than one.
-- name: api_keys_alike(head text, tail text, limit bigint) -> api_key*
SELECT k.id AS id, k.digest AS digest, k.hash AS hash, k.salt AS salt, k.permissions AS permissions, k.last_used_at AS last_used_at,
       u.id AS user_id, u.email AS email, u.name AS name, u.timezone AS timezone, u.is_active AS is_active
FROM api_keys k JOIN users u ON u.id = k.user_id
WHERE k.head = :head AND k.tail = :tail AND k.status = 'ACTIVE'
ORDER BY k.id LIMIT :limit;

-- The same of keys that are suspended or revoked: to tell whose they are.
-- name: api_keys_ended_alike(head text, tail text, limit bigint) -> api_key*
SELECT k.id AS id, k.digest AS digest, k.hash AS hash, k.salt AS salt, k.permissions AS permissions, k.last_used_at AS last_used_at,
       u.id AS user_id, u.email AS email, u.name AS name, u.timezone AS timezone, u.is_active AS is_active
FROM api_keys k JOIN users u ON u.id = k.user_id
WHERE k.head = :head AND k.tail = :tail AND k.status <> 'ACTIVE'
ORDER BY k.id LIMIT :limit;

-- Stores a key's new hash; 0 when somebody else was faster.
-- name: api_key_rehash(id text, old_hash text, hash text, salt text) -> count
UPDATE api_keys SET hash = :hash, salt = :salt WHERE id = :id AND hash = :old_hash;

-- Notes that a key is in use; never goes back.
-- name: api_key_touch(id text, now bigint) -> count
UPDATE api_keys SET last_used_at = :now WHERE id = :id AND last_used_at < :now;

-- What its owner may know of a key.
-- row: api_key_info
--   id text, user_id text, name text, description text?, head text, tail text, status text, permissions text,
--   created_at bigint, last_used_at bigint, revoked_at bigint

-- Adds a key; 0 when there is one with this id: a form that was sent twice.
-- name: api_key_insert(id text, user_id text, name text, description text?, head text, tail text, digest bytea,
--   permissions text, now bigint) -> count
INSERT INTO api_keys (id, user_id, name, description, head, tail, digest, hash, status, permissions, created_at,
                      updated_at, last_used_at, revoked_at)
VALUES (:id, :user_id, :name, :description, :head, :tail, :digest, '', 'ACTIVE', :permissions, :now, :now, 0, 0)
ON CONFLICT (id) DO NOTHING;

-- A person's keys of one status, or of all when it is empty; newest first.
-- name: api_keys_of_user(user_id text, status text, limit bigint, offset bigint) -> api_key_info*
SELECT id, user_id, name, description, head, tail, status, permissions, created_at, last_used_at, revoked_at
FROM api_keys WHERE user_id = :user_id AND (status = :status OR :status = '')
ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset;

-- name: api_keys_count(user_id text, status text) -> total?
SELECT COUNT(*) AS total FROM api_keys WHERE user_id = :user_id AND (status = :status OR :status = '');

-- name: api_key_of_user(id text, user_id text) -> api_key_info?
SELECT id, user_id, name, description, head, tail, status, permissions, created_at, last_used_at, revoked_at
FROM api_keys WHERE id = :id AND user_id = :user_id;

-- Suspends a key, makes it active again, or revokes it, which nothing undoes. The key as it then is.
-- name: api_key_set_status(id text, user_id text, status text, revoked_at bigint, now bigint) -> api_key_info?
UPDATE api_keys SET status = :status, revoked_at = :revoked_at, updated_at = :now
WHERE id = :id AND user_id = :user_id AND status <> 'REVOKED'
RETURNING id, user_id, name, description, head, tail, status, permissions, created_at, last_used_at, revoked_at;

-- name: api_key_set_permissions(id text, user_id text, permissions text, now bigint) -> api_key_info?
UPDATE api_keys SET permissions = :permissions, updated_at = :now
WHERE id = :id AND user_id = :user_id AND status <> 'REVOKED'
RETURNING id, user_id, name, description, head, tail, status, permissions, created_at, last_used_at, revoked_at;

-- name: api_key_describe(id text, user_id text, name text, description text?, now bigint) -> api_key_info?
UPDATE api_keys SET name = :name, description = :description, updated_at = :now
WHERE id = :id AND user_id = :user_id
RETURNING id, user_id, name, description, head, tail, status, permissions, created_at, last_used_at, revoked_at;
