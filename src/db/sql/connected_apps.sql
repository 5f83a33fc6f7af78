-- The apps that may act for a person: by an answer that is remembered, or by approvals that still give tokens.

-- One such answer (approvals 0; first, last and used are times), or the approvals for the same scopes (first and last are ids).
-- row: connected_app
--   client_id text, name text, description text?, logo_url text?, is_active boolean, scopes text,
--   first bigint, last bigint, approvals bigint, used bigint

-- Those of one app stand side by side.
-- name: connected_apps(user_id text, now bigint, limit bigint) -> connected_app*
SELECT a.client_id AS client_id, a.name AS name, a.description AS description, a.logo_url AS logo_url,
       a.is_active AS is_active, g.scopes AS scopes, g.first AS first, g.last AS last, g.approvals AS approvals, g.used AS used
FROM (SELECT app_id, scopes, granted_at AS first, granted_at AS last, 0 AS approvals, used_at AS used
      FROM consents WHERE user_id = :user_id
      UNION ALL
      SELECT z.app_id, z.scopes, MIN(z.id), MAX(z.id), COUNT(*), 0
      FROM authorizations z JOIN apps b ON b.id = z.app_id
      WHERE z.user_id = :user_id AND z.revoked_at = 0 AND z.id > b.revoked_through AND z.expires_at > :now
      GROUP BY z.app_id, z.scopes) AS g
JOIN apps a ON a.id = g.app_id
ORDER BY LOWER(a.name), a.client_id LIMIT :limit;

-- Access tokens have no index by whose they are, since each grant would pay for it: for this page those are looked through that may
-- still live. `since` is the id that the oldest of them may have.

-- row: connected_app_tokens
--   client_id text, tokens bigint

-- Whether there are more than `reach`, of ours or of imported ones.
-- name: access_tokens_beyond(since bigint, now bigint, reach bigint) -> held?
SELECT TRUE AS held
WHERE EXISTS (SELECT 1 FROM access_tokens WHERE id >= :since ORDER BY id LIMIT 1 OFFSET :reach)
   OR EXISTS (SELECT 1 FROM imported_tokens WHERE expires_at > :now ORDER BY expires_at LIMIT 1 OFFSET :reach);

-- How many of a person's live.
-- fragment: live_approvals
SELECT z.id FROM authorizations z JOIN apps b ON b.id = z.app_id
WHERE z.user_id = :user_id AND z.revoked_at = 0 AND z.id > b.revoked_through AND z.expires_at > :now

-- name: connected_app_tokens(user_id text, since bigint, now bigint, limit bigint) -> connected_app_tokens*
SELECT a.client_id AS client_id, COUNT(*) AS tokens
FROM (SELECT authorization_id FROM access_tokens
      WHERE id >= :since AND expires_at > :now AND revoked_at = 0 AND authorization_id IN ({live_approvals})
      UNION ALL
      SELECT authorization_id FROM imported_tokens
      WHERE expires_at > :now AND revoked_at = 0 AND is_refresh = FALSE AND authorization_id IN ({live_approvals})) AS t
JOIN authorizations y ON y.id = t.authorization_id
JOIN apps a ON a.id = y.app_id
GROUP BY a.client_id LIMIT :limit;

-- Ends what a person approved for an app.
-- name: authorizations_revoke_of_user(user_id text, app_id text, now bigint) -> count
UPDATE authorizations SET revoked_at = :now WHERE user_id = :user_id AND app_id = :app_id AND revoked_at = 0;

-- name: consent_delete(user_id text, app_id text) -> count
DELETE FROM consents WHERE user_id = :user_id AND app_id = :app_id;
