-- An authorization code with its family and the person; whose app it is stands in app_id.
-- row: code
--   id bigint, hash bytea, authorization_id bigint, redirect_uri text, code_challenge text, expires_at bigint,
--   spent_at bigint, app_id text, user_id text, scopes text, authorization_expires_at bigint,
--   authorization_revoked_at bigint, user_is_active boolean

-- name: code_insert(id bigint, hash bytea, authorization_id bigint, redirect_uri text,
--   code_challenge text, expires_at bigint) -> count
INSERT INTO codes (id, hash, authorization_id, redirect_uri, code_challenge, expires_at, spent_at)
VALUES (:id, :hash, :authorization_id, :redirect_uri, :code_challenge, :expires_at, 0);

-- Found, whether it is still good or not: the caller compares hash, times and flags.
-- name: code_find(id bigint) -> code?
SELECT c.id AS id, c.hash AS hash, c.authorization_id AS authorization_id, c.redirect_uri AS redirect_uri,
       c.code_challenge AS code_challenge, c.expires_at AS expires_at, c.spent_at AS spent_at,
       z.app_id AS app_id, z.user_id AS user_id, z.scopes AS scopes, z.expires_at AS authorization_expires_at,
       CASE WHEN z.id <= a.revoked_through THEN 1 ELSE z.revoked_at END AS authorization_revoked_at,
       u.is_active AS user_is_active
FROM codes c
JOIN authorizations z ON z.id = c.authorization_id
JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE c.id = :id
-- postgres adds: redemptions of one code come one after the other, and none passes a revocation of its family
FOR UPDATE OF c FOR NO KEY UPDATE OF z;

-- Spends a code: 1 for at most one caller, 0 for every other.
-- name: code_spend(id bigint, now bigint) -> count
UPDATE codes SET spent_at = :now WHERE id = :id AND spent_at = 0;

-- Removes an app's codes; the app is younger than the id `since`.
-- name: codes_delete_of_app(app_id text, since bigint) -> count
DELETE FROM codes WHERE id >= :since AND authorization_id IN (SELECT id FROM authorizations WHERE app_id = :app_id);
