-- An access token with everything that decides whether it is good, and for whom: its family, the app, the person.
-- row: access_token
--   hash bytea, scopes text, expires_at bigint, revoked_at bigint,
--   authorization_id bigint, authorization_revoked_at bigint,
--   app_id text, app_is_active boolean,
--   user_id text, email text, name text?, timezone text, user_is_active boolean

-- name: access_token_insert(id bigint, hash bytea, authorization_id bigint, scopes text, expires_at bigint) -> count
INSERT INTO access_tokens (id, hash, authorization_id, scopes, expires_at, revoked_at)
VALUES (:id, :hash, :authorization_id, :scopes, :expires_at, 0);

-- Found, whether it is still good or not: the caller compares hash, times and flags. Every column costs each request of
-- the API: none is there that nobody needs.
-- name: access_token_live(id bigint) -> access_token?
SELECT t.hash AS hash, t.scopes AS scopes, t.expires_at AS expires_at, t.revoked_at AS revoked_at,
       z.id AS authorization_id, CASE WHEN z.id <= a.revoked_through THEN 1 ELSE z.revoked_at END AS authorization_revoked_at,
       a.id AS app_id, a.is_active AS app_is_active,
       u.id AS user_id, u.email AS email, u.name AS name, u.timezone AS timezone,
       u.is_active AS user_is_active
FROM access_tokens t
JOIN authorizations z ON z.id = t.authorization_id
JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE t.id = :id;

-- name: access_token_revoke(id bigint, now bigint) -> count
UPDATE access_tokens SET revoked_at = :now WHERE id = :id AND revoked_at = 0;

-- Removes an app's tokens; the app is younger than the id `since`.
-- name: access_tokens_delete_of_app(app_id text, since bigint) -> count
DELETE FROM access_tokens
WHERE id >= :since AND authorization_id IN (SELECT id FROM authorizations WHERE app_id = :app_id);
