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

-- name: app_delete(id text) -> count
DELETE FROM apps WHERE id = :id;
