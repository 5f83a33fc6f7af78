-- row: app
--   id text, client_id text, name text, description text?, logo_url text?, secret_hash text?, secret_salt text?,
--   redirect_uris text, grant_types text, scopes text, owner_id text?, is_active boolean,
--   created_at bigint, updated_at bigint, secret_since bigint, former_hash text?, former_salt text?,
--   former_until bigint

-- Adds an app; 0 when its id or client_id is taken. Without a secret the client is a public one.
-- name: app_insert(id text, client_id text, name text, description text?, logo_url text?, secret_hash text?,
--   secret_salt text?, redirect_uris text, grant_types text, scopes text, owner_id text?, now bigint) -> count
INSERT INTO apps (id, client_id, name, description, logo_url, secret_hash, secret_salt, redirect_uris, grant_types,
                  scopes, owner_id, is_active, created_at, updated_at)
VALUES (:id, :client_id, :name, :description, :logo_url, :secret_hash, :secret_salt, :redirect_uris, :grant_types,
        :scopes, :owner_id, TRUE, :now, :now)
ON CONFLICT DO NOTHING;

-- Adds an app that is part of the program, without a secret and an owner, or sets what the program says of it; 0 when it
-- was so already. Whether it is active stays as somebody set it.
-- name: app_put_built_in(id text, client_id text, name text, description text, redirect_uris text, grant_types text,
--   scopes text, now bigint) -> count
INSERT INTO apps (id, client_id, name, description, redirect_uris, grant_types, scopes, is_active, created_at, updated_at)
VALUES (:id, :client_id, :name, :description, :redirect_uris, :grant_types, :scopes, TRUE, :now, :now)
ON CONFLICT (client_id) DO UPDATE
SET name = excluded.name, description = excluded.description, redirect_uris = excluded.redirect_uris,
    grant_types = excluded.grant_types, scopes = excluded.scopes, updated_at = excluded.updated_at
WHERE apps.name <> excluded.name OR apps.description <> excluded.description
   OR apps.redirect_uris <> excluded.redirect_uris OR apps.grant_types <> excluded.grant_types
   OR apps.scopes <> excluded.scopes;

-- name: app_by_client_id(client_id text) -> app?
SELECT id, client_id, name, description, logo_url, secret_hash, secret_salt, redirect_uris, grant_types, scopes,
       owner_id, is_active, created_at, updated_at, secret_since, former_hash, former_salt, former_until
FROM apps WHERE client_id = :client_id;

-- A person's own apps, newest first.
-- name: apps_of_owner(owner_id text, limit bigint) -> app*
SELECT id, client_id, name, description, logo_url, secret_hash, secret_salt, redirect_uris, grant_types, scopes,
       owner_id, is_active, created_at, updated_at, secret_since, former_hash, former_salt, former_until
FROM apps WHERE owner_id = :owner_id ORDER BY created_at DESC, id DESC LIMIT :limit;

-- Switches an app on or off, if it is this person's; the app as it then is.
-- name: app_set_active(id text, owner_id text, is_active boolean, now bigint) -> app?
UPDATE apps SET is_active = :is_active, updated_at = :now WHERE id = :id AND owner_id = :owner_id
RETURNING id, client_id, name, description, logo_url, secret_hash, secret_salt, redirect_uris, grant_types, scopes,
          owner_id, is_active, created_at, updated_at, secret_since, former_hash, former_salt, former_until;

-- One of a person's own apps.
-- name: app_of_owner(id text, owner_id text) -> app?
SELECT id, client_id, name, description, logo_url, secret_hash, secret_salt, redirect_uris, grant_types, scopes,
       owner_id, is_active, created_at, updated_at, secret_since, former_hash, former_salt, former_until
FROM apps WHERE id = :id AND owner_id = :owner_id;

-- Says anew what an app is and where it may lead people back to, if it is this person's.
-- name: app_describe(id text, owner_id text, description text?, redirect_uris text, now bigint) -> count
UPDATE apps SET description = :description, redirect_uris = :redirect_uris, updated_at = :now
WHERE id = :id AND owner_id = :owner_id;

-- Gives an app another secret; the one that it had is good until `former_until`. 0 when it isn't this person's, has no secret,
-- or was given another one since `since`: at most one of several rotations that began alike takes place.
-- name: app_rotate_secret(id text, owner_id text, since bigint, secret_hash text, secret_salt text, former_until bigint,
--   now bigint) -> count
UPDATE apps SET former_hash = CASE WHEN :former_until > :now THEN secret_hash ELSE NULL END,
       former_salt = CASE WHEN :former_until > :now THEN secret_salt ELSE NULL END, former_until = :former_until,
       secret_hash = :secret_hash, secret_salt = :secret_salt, secret_since = :now, updated_at = :now
WHERE id = :id AND owner_id = :owner_id AND secret_since = :since AND secret_hash IS NOT NULL;

-- Ends an app's former secret; 0 when it has none.
-- name: app_end_former_secret(id text, owner_id text, now bigint) -> count
UPDATE apps SET former_hash = NULL, former_salt = NULL, former_until = 0, updated_at = :now
WHERE id = :id AND owner_id = :owner_id AND former_hash IS NOT NULL;

-- Sets where an app's logo is, if the app is this person's; the app as it then is.
-- name: app_set_logo_url(id text, owner_id text, logo_url text?, now bigint) -> app?
UPDATE apps SET logo_url = :logo_url, updated_at = :now WHERE id = :id AND owner_id = :owner_id
RETURNING id, client_id, name, description, logo_url, secret_hash, secret_salt, redirect_uris, grant_types, scopes,
          owner_id, is_active, created_at, updated_at, secret_since, former_hash, former_salt, former_until;

-- Ends every family that the app has, with all codes and tokens that descend from them.
-- name: app_revoke_tokens(id text, owner_id text, now bigint) -> count
UPDATE apps SET revoked_through = (SELECT COALESCE(MAX(z.id), 0) FROM authorizations z), updated_at = :now
WHERE id = :id AND owner_id = :owner_id;

-- A stretch of apps, from the greatest id on: the least of them and their number.
-- row: app_stretch
--   last text, rows bigint

-- name: apps_stretch(before text, limit bigint) -> app_stretch?
SELECT COALESCE(MIN(id), '') AS last, COUNT(*) AS rows
FROM (SELECT id FROM apps WHERE id < :before ORDER BY id DESC LIMIT :limit) AS ids;

-- An app as administrators see it.
-- row: admin_app
--   id text, client_id text, name text, description text?, redirect_uris text, scopes text, is_active boolean,
--   is_public boolean, created_at bigint, owner_id text?, owner_email text?

-- Those of a stretch whose name, client id or owner is like `pattern`; of these the disabled ones where that is asked for.
-- name: admin_apps_in(before text, last text, pattern text, disabled boolean, limit bigint) -> admin_app*
SELECT a.id AS id, a.client_id AS client_id, a.name AS name, a.description AS description, a.redirect_uris AS redirect_uris,
       a.scopes AS scopes, a.is_active AS is_active, a.secret_hash IS NULL AS is_public, a.created_at AS created_at,
       u.id AS owner_id, u.email AS owner_email
FROM apps a LEFT JOIN users u ON u.id = a.owner_id
WHERE a.id < :before AND a.id >= :last
  AND (LOWER(a.name) LIKE :pattern ESCAPE '!' OR LOWER(a.client_id) LIKE :pattern ESCAPE '!' OR a.id LIKE :pattern ESCAPE '!'
       OR COALESCE(u.email, '') LIKE :pattern ESCAPE '!')
  AND (NOT :disabled OR NOT a.is_active)
ORDER BY a.id DESC LIMIT :limit;

-- name: admin_app(id text) -> admin_app?
SELECT a.id AS id, a.client_id AS client_id, a.name AS name, a.description AS description, a.redirect_uris AS redirect_uris,
       a.scopes AS scopes, a.is_active AS is_active, a.secret_hash IS NULL AS is_public, a.created_at AS created_at,
       u.id AS owner_id, u.email AS owner_email
FROM apps a LEFT JOIN users u ON u.id = a.owner_id
WHERE a.id = :id;

-- Switches any app on or off; 0 when it was so already.
-- name: app_switch(id text, is_active boolean, now bigint) -> count
UPDATE apps SET is_active = :is_active, updated_at = :now WHERE id = :id AND is_active <> :is_active;

-- name: app_set_scopes(id text, scopes text, now bigint) -> count
UPDATE apps SET scopes = :scopes, updated_at = :now WHERE id = :id;

-- name: app_delete(id text) -> count
DELETE FROM apps WHERE id = :id;
