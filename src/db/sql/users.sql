-- row: user
--   id text, email text, name text?, timezone text, password_hash text, is_admin boolean, is_active boolean,
--   created_at bigint, updated_at bigint

-- row: total
--   total bigint

-- Adds a person; 0 when the address is taken.
-- name: user_insert(id text, email text, name text?, timezone text, password_hash text,
--   is_admin boolean, now bigint) -> count
INSERT INTO users (id, email, name, timezone, password_hash, is_admin, is_active, created_at, updated_at)
VALUES (:id, :email, :name, :timezone, :password_hash, :is_admin, TRUE, :now, :now)
ON CONFLICT (email) DO NOTHING;

-- Adds a person whom the Platform knows by this id, without a password; 0 when the id or the address is taken, or what somebody of
-- this id had is still being removed.
-- name: user_insert_claimed(id text, email text, name text?, now bigint) -> count
INSERT INTO users (id, email, name, timezone, password_hash, is_admin, is_active, created_at, updated_at)
SELECT :id, :email, :name, 'not-set', '', FALSE, TRUE, :now, :now
WHERE NOT EXISTS (SELECT 1 FROM deleted_users d WHERE d.id = :id)
ON CONFLICT DO NOTHING;

-- name: user_by_id(id text) -> user?
SELECT id, email, name, timezone, password_hash, is_admin, is_active, created_at, updated_at
FROM users WHERE id = :id;

-- The same within a transaction that depends on what it finds until its end: a session begun with a password.
-- name: user_hold(id text) -> user?
SELECT id, email, name, timezone, password_hash, is_admin, is_active, created_at, updated_at
FROM users WHERE id = :id
-- postgres adds: whoever changes the password or disables the person waits, and then finds the session to end
FOR NO KEY UPDATE;

-- The person with this address, which is stored in lower case.
-- name: user_by_email(email text) -> user?
SELECT id, email, name, timezone, password_hash, is_admin, is_active, created_at, updated_at
FROM users WHERE email = :email;

-- Counts at most `limit` people: "is there any?" needs no walk through them all.
-- name: users_count(limit bigint) -> total?
SELECT COUNT(*) AS total FROM (SELECT id FROM users LIMIT :limit) AS found;

-- 1 if somebody is an active administrator, else 0.
-- name: admins_exist() -> total?
SELECT COUNT(*) AS total FROM (SELECT id FROM users WHERE is_admin AND is_active LIMIT 1) AS found_ids;

-- name: user_set_name(id text, name text?, now bigint) -> count
UPDATE users SET name = :name, updated_at = :now WHERE id = :id;

-- 0 when the address is another's already.
-- name: user_set_email(id text, email text, now bigint) -> count
UPDATE users SET email = :email, updated_at = :now
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM users WHERE email = :email);

-- name: user_set_timezone(id text, timezone text, now bigint) -> count
UPDATE users SET timezone = :timezone, updated_at = :now WHERE id = :id;

-- name: user_set_active(id text, is_active boolean, now bigint) -> count
UPDATE users SET is_active = :is_active, updated_at = :now WHERE id = :id;

-- name: user_set_password(id text, password_hash text, now bigint) -> count
UPDATE users SET password_hash = :password_hash, updated_at = :now WHERE id = :id;

-- name: user_set_admin(id text, is_admin boolean, now bigint) -> count
UPDATE users SET is_admin = :is_admin, updated_at = :now WHERE id = :id;

-- 1 if somebody else is an active administrator, else 0.
-- name: admins_beside(id text) -> total?
SELECT COUNT(*) AS total FROM (SELECT id FROM users WHERE is_admin AND is_active AND id <> :id LIMIT 1) AS found_ids;

-- row: user_id
--   id text

-- The first two administrators who may sign in, until the end of the transaction: who takes one away must find another.
-- name: admins_hold() -> user_id*
SELECT id FROM users WHERE is_admin AND is_active ORDER BY id LIMIT 2
-- postgres adds: two who take each other away wait for one another
FOR NO KEY UPDATE;

-- A stretch of people, newest first: the oldest of them and their number.
-- row: user_stretch
--   last text, rows bigint

-- name: users_stretch(before text, limit bigint) -> user_stretch?
SELECT COALESCE(MIN(id), '') AS last, COUNT(*) AS rows
FROM (SELECT id FROM users WHERE id < :before ORDER BY id DESC LIMIT :limit) AS ids;

-- A person as administrators see them in a list.
-- row: person
--   id text, email text, name text?, is_admin boolean, is_active boolean, created_at bigint

-- Those of a stretch who fit: whose address or name is like `pattern`, and who are administrators or disabled where that is
-- asked for.
-- name: people_in(before text, last text, pattern text, admins boolean, disabled boolean, limit bigint) -> person*
SELECT id, email, name, is_admin, is_active, created_at FROM users
WHERE id < :before AND id >= :last
  AND (email LIKE :pattern ESCAPE '!' OR LOWER(COALESCE(name, '')) LIKE :pattern ESCAPE '!' OR id LIKE :pattern ESCAPE '!')
  AND (NOT :admins OR is_admin) AND (NOT :disabled OR NOT is_active)
ORDER BY id DESC LIMIT :limit;

-- What a person has, in numbers.
-- row: person_sums
--   keys bigint, apps bigint, connections bigint, credentials bigint, bytes bigint

-- name: person_sums(id text) -> person_sums?
SELECT (SELECT COUNT(*) FROM api_keys k WHERE k.user_id = u.id AND k.status <> 'REVOKED') AS keys,
       (SELECT COUNT(*) FROM apps a WHERE a.owner_id = u.id) AS apps,
       (SELECT COUNT(*) FROM consents c WHERE c.user_id = u.id) AS connections,
       (SELECT COUNT(*) FROM credentials r WHERE r.user_id = u.id) AS credentials,
       COALESCE((SELECT s.bytes FROM storage_used s WHERE s.user_id = u.id), 0) AS bytes
FROM users u WHERE u.id = :id;
