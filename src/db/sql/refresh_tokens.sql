-- A refresh token with everything that decides whether it is good: its family, the app, the person.
-- row: refresh_token
--   hash bytea, expires_at bigint, spent_at bigint, successor_id bigint, successor_access_id bigint,
--   authorization_id bigint, scopes text, authorization_expires_at bigint, authorization_revoked_at bigint,
--   app_id text, app_is_active boolean, user_id text, user_is_active boolean

-- What a replay needs to know of the successor.
-- row: refresh_token_state
--   expires_at bigint, spent_at bigint

-- name: refresh_token_insert(id bigint, hash bytea, authorization_id bigint, expires_at bigint) -> count
INSERT INTO refresh_tokens (id, hash, authorization_id, expires_at, spent_at, successor_id, successor_access_id)
VALUES (:id, :hash, :authorization_id, :expires_at, 0, 0, 0);

-- Found, whether it is still good or not: the caller compares hash, times and flags. Every column costs each grant some
-- work, so there are only those that somebody looks at.
-- name: refresh_token_find(id bigint) -> refresh_token?
SELECT t.hash AS hash, t.expires_at AS expires_at, t.spent_at AS spent_at,
       t.successor_id AS successor_id, t.successor_access_id AS successor_access_id,
       t.authorization_id AS authorization_id, z.scopes AS scopes, z.expires_at AS authorization_expires_at,
       CASE WHEN z.id <= a.revoked_through THEN 1 ELSE z.revoked_at END AS authorization_revoked_at,
       z.app_id AS app_id, a.is_active AS app_is_active, z.user_id AS user_id, u.is_active AS user_is_active
FROM refresh_tokens t
JOIN authorizations z ON z.id = t.authorization_id
JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE t.id = :id;

-- The same within a transaction that may spend it or revoke its family.
-- name: refresh_token_take(id bigint) -> refresh_token?
SELECT t.hash AS hash, t.expires_at AS expires_at, t.spent_at AS spent_at,
       t.successor_id AS successor_id, t.successor_access_id AS successor_access_id,
       t.authorization_id AS authorization_id, z.scopes AS scopes, z.expires_at AS authorization_expires_at,
       CASE WHEN z.id <= a.revoked_through THEN 1 ELSE z.revoked_at END AS authorization_revoked_at,
       z.app_id AS app_id, a.is_active AS app_is_active, z.user_id AS user_id, u.is_active AS user_is_active
FROM refresh_tokens t
JOIN authorizations z ON z.id = t.authorization_id
JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE t.id = :id
-- postgres adds: uses of one token come one after the other, and none passes a revocation of its family
FOR UPDATE OF t FOR NO KEY UPDATE OF z;

-- name: refresh_token_state(id bigint) -> refresh_token_state?
SELECT expires_at, spent_at FROM refresh_tokens WHERE id = :id;

-- Spends a token and notes what replaces it: 1 for at most one caller, 0 for every other.
-- name: refresh_token_spend(id bigint, now bigint, successor_id bigint, successor_access_id bigint) -> count
UPDATE refresh_tokens SET spent_at = :now, successor_id = :successor_id, successor_access_id = :successor_access_id
WHERE id = :id AND spent_at = 0;

-- Removes an app's tokens; the app is younger than the id `since`.
-- name: refresh_tokens_delete_of_app(app_id text, since bigint) -> count
DELETE FROM refresh_tokens
WHERE id >= :since AND authorization_id IN (SELECT id FROM authorizations WHERE app_id = :app_id);
