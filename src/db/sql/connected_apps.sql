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

-- Ends what a person approved for an app.
-- name: authorizations_revoke_of_user(user_id text, app_id text, now bigint) -> count
UPDATE authorizations SET revoked_at = :now WHERE user_id = :user_id AND app_id = :app_id AND revoked_at = 0;

-- name: consent_delete(user_id text, app_id text) -> count
DELETE FROM consents WHERE user_id = :user_id AND app_id = :app_id;
