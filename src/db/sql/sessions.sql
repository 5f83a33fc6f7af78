-- A session together with the person whom it belongs to; password hashes stay where they are.
-- row: session
--   id bigint, hash bytea, created_at bigint, seen_at bigint, expires_at bigint,
--   user_id text, email text, name text?, timezone text, is_admin boolean, is_active boolean

-- name: session_insert(id bigint, hash bytea, user_id text, now bigint, expires_at bigint,
--   address text, user_agent text) -> count
INSERT INTO sessions (id, hash, user_id, created_at, seen_at, expires_at, address, user_agent)
VALUES (:id, :hash, :user_id, :now, :now, :expires_at, :address, :user_agent);

-- name: session_with_user(id bigint) -> session?
SELECT s.id AS id, s.hash AS hash, s.created_at AS created_at, s.seen_at AS seen_at, s.expires_at AS expires_at,
       u.id AS user_id, u.email AS email, u.name AS name, u.timezone AS timezone,
       u.is_admin AS is_admin, u.is_active AS is_active
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = :id;

-- Notes that the session is in use; never goes back.
-- name: session_touch(id bigint, now bigint) -> count
UPDATE sessions SET seen_at = :now WHERE id = :id AND seen_at < :now;

-- name: session_delete(id bigint) -> count
DELETE FROM sessions WHERE id = :id;

-- Ends every session of a person.
-- name: sessions_delete_of_user(user_id text) -> count
DELETE FROM sessions WHERE user_id = :user_id;

-- Ends one session of a person; 0 when it is not theirs, or gone.
-- name: session_delete_of_user(id bigint, user_id text) -> count
DELETE FROM sessions WHERE id = :id AND user_id = :user_id;

-- Ends every session of a person but one.
-- name: sessions_delete_others(user_id text, id bigint) -> count
DELETE FROM sessions WHERE user_id = :user_id AND id <> :id;

-- What a person may know of their sessions.
-- row: session_info
--   id bigint, created_at bigint, seen_at bigint, address text, user_agent text

-- A person's sessions that work, the one that was in use last first.
-- name: sessions_of_user(user_id text, now bigint, idle_since bigint, limit bigint) -> session_info*
SELECT id, created_at, seen_at, address, user_agent FROM sessions
WHERE user_id = :user_id AND expires_at > :now AND seen_at > :idle_since
ORDER BY seen_at DESC, id DESC LIMIT :limit;

-- Until when a session is an administrator's.
-- row: session_elevation
--   elevated_until bigint

-- name: session_elevation(id bigint) -> session_elevation?
SELECT elevated_until FROM sessions WHERE id = :id;

-- name: session_elevate(id bigint, until bigint) -> count
UPDATE sessions SET elevated_until = :until WHERE id = :id;
