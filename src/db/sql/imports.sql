-- What `gatehouse import platform` writes, and how imported tokens are found. Rows that are here already change only if
-- the other database's are newer, and what is dead here stays dead.

-- row: import_user
--   id text, email text

-- Whoever has this id or this address.
-- name: import_users_like(id text, email text, limit bigint) -> import_user*
SELECT id, email FROM users WHERE id = :id OR email = :email ORDER BY id LIMIT :limit;

-- A person without a password: nobody signs in with it until one is set.
-- name: import_user_insert(id text, email text, name text?, timezone text, created_at bigint,
--   updated_at bigint) -> count
INSERT INTO users (id, email, name, timezone, password_hash, is_admin, is_active, created_at, updated_at)
VALUES (:id, :email, :name, :timezone, '', FALSE, TRUE, :created_at, :updated_at)
ON CONFLICT (id) DO NOTHING;

-- name: import_user_update(id text, email text, name text?, timezone text, updated_at bigint) -> count
UPDATE users SET email = :email, name = :name, timezone = :timezone, updated_at = :updated_at
WHERE id = :id AND updated_at < :updated_at;

-- row: import_app
--   id text, client_id text, is_active boolean

-- Whichever app has this id or this client_id.
-- name: import_apps_like(id text, client_id text, limit bigint) -> import_app*
SELECT id, client_id, is_active FROM apps WHERE id = :id OR client_id = :client_id ORDER BY id LIMIT :limit;

-- name: import_app_insert(id text, client_id text, name text, description text?, logo_url text?, secret_hash text,
--   secret_salt text?, redirect_uris text, grant_types text, scopes text, owner_id text, is_active boolean,
--   created_at bigint, updated_at bigint) -> count
INSERT INTO apps (id, client_id, name, description, logo_url, secret_hash, secret_salt, redirect_uris, grant_types,
                  scopes, owner_id, is_active, created_at, updated_at)
VALUES (:id, :client_id, :name, :description, :logo_url, :secret_hash, :secret_salt, :redirect_uris, :grant_types,
        :scopes, :owner_id, :is_active, :created_at, :updated_at)
ON CONFLICT (id) DO NOTHING;

-- Takes what is newer; an app that is disabled, here or there, is not enabled by that.
-- name: import_app_update(id text, name text, description text?, logo_url text?, secret_hash text,
--   secret_salt text?, redirect_uris text, grant_types text, scopes text, owner_id text, updated_at bigint) -> count
UPDATE apps SET name = :name, description = :description, logo_url = :logo_url, secret_hash = :secret_hash,
       secret_salt = :secret_salt, redirect_uris = :redirect_uris, grant_types = :grant_types, scopes = :scopes,
       owner_id = :owner_id, updated_at = :updated_at
WHERE id = :id AND updated_at < :updated_at;

-- name: import_app_disable(id text) -> count
UPDATE apps SET is_active = FALSE WHERE id = :id AND is_active;

-- row: import_key
--   id text, user_id text, status text, updated_at bigint

-- name: import_key_find(id text) -> import_key?
SELECT id, user_id, status, updated_at FROM api_keys WHERE id = :id;

-- name: import_key_insert(id text, user_id text, name text, description text?, head text, tail text, hash text,
--   salt text?, status text, permissions text, created_at bigint, updated_at bigint, last_used_at bigint,
--   revoked_at bigint) -> count
INSERT INTO api_keys (id, user_id, name, description, head, tail, hash, salt, status, permissions, created_at,
                      updated_at, last_used_at, revoked_at)
VALUES (:id, :user_id, :name, :description, :head, :tail, :hash, :salt, :status, :permissions, :created_at,
        :updated_at, :last_used_at, :revoked_at)
ON CONFLICT (id) DO NOTHING;

-- Takes what is newer; the hash stays, for the key is the same and may have been hashed anew here.
-- name: import_key_update(id text, name text, description text?, permissions text, updated_at bigint) -> count
UPDATE api_keys SET name = :name, description = :description, permissions = :permissions, updated_at = :updated_at
WHERE id = :id AND updated_at < :updated_at;

-- Suspends or revokes a key; nothing brings it back.
-- name: import_key_stop(id text, status text, revoked_at bigint) -> count
UPDATE api_keys SET status = :status, revoked_at = :revoked_at
WHERE id = :id AND status <> :status AND status <> 'REVOKED';

-- row: import_family
--   id bigint, expires_at bigint, revoked_at bigint

-- name: import_family_find(app_id text, user_id text, scopes text) -> import_family?
SELECT z.id AS id, z.expires_at AS expires_at, z.revoked_at AS revoked_at
FROM imported_families f JOIN authorizations z ON z.id = f.authorization_id
WHERE f.app_id = :app_id AND f.user_id = :user_id AND f.scopes = :scopes;

-- Names the authorization; an earlier one has ended and is gone.
-- name: import_family_upsert(app_id text, user_id text, scopes text, authorization_id bigint) -> count
INSERT INTO imported_families (app_id, user_id, scopes, authorization_id)
VALUES (:app_id, :user_id, :scopes, :authorization_id)
ON CONFLICT (app_id, user_id, scopes) DO UPDATE SET authorization_id = :authorization_id;

-- row: import_token
--   authorization_id bigint, revoked_at bigint, spent_at bigint

-- name: import_token_find(hash bytea) -> import_token?
SELECT authorization_id, revoked_at, spent_at FROM imported_tokens WHERE hash = :hash;

-- name: import_token_insert(hash bytea, is_refresh boolean, authorization_id bigint, expires_at bigint) -> count
INSERT INTO imported_tokens (hash, is_refresh, authorization_id, expires_at, revoked_at, spent_at, successor_id,
                             successor_access_id)
VALUES (:hash, :is_refresh, :authorization_id, :expires_at, 0, 0, 0, 0)
ON CONFLICT (hash) DO NOTHING;

-- Revokes one token. 0 when it was revoked already.
-- name: imported_token_revoke(hash bytea, now bigint) -> count
UPDATE imported_tokens SET revoked_at = :now WHERE hash = :hash AND revoked_at = 0;

-- An imported access token, in the shape of one of our own.
-- name: imported_access_token(hash bytea) -> access_token?
SELECT t.hash AS hash, z.scopes AS scopes, t.expires_at AS expires_at, t.revoked_at AS revoked_at,
       z.id AS authorization_id, CASE WHEN z.id <= a.revoked_through THEN 1 ELSE z.revoked_at END AS authorization_revoked_at,
       a.id AS app_id, a.is_active AS app_is_active,
       u.id AS user_id, u.email AS email, u.name AS name, u.timezone AS timezone,
       u.is_active AS user_is_active
FROM imported_tokens t
JOIN authorizations z ON z.id = t.authorization_id
JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE t.hash = :hash AND NOT t.is_refresh;

-- An imported refresh token, in the shape of one of our own. One that was revoked alone counts as
-- one of a revoked family.
-- name: imported_refresh_token(hash bytea) -> refresh_token?
SELECT t.hash AS hash, t.expires_at AS expires_at, t.spent_at AS spent_at,
       t.successor_id AS successor_id, t.successor_access_id AS successor_access_id,
       t.authorization_id AS authorization_id, z.scopes AS scopes, z.expires_at AS authorization_expires_at,
       CASE WHEN t.revoked_at <> 0 THEN t.revoked_at WHEN z.id <= a.revoked_through THEN 1 ELSE z.revoked_at END
       AS authorization_revoked_at,
       z.app_id AS app_id, a.is_active AS app_is_active, z.user_id AS user_id, u.is_active AS user_is_active
FROM imported_tokens t
JOIN authorizations z ON z.id = t.authorization_id
JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE t.hash = :hash AND t.is_refresh;

-- The same within a transaction that may spend it or revoke its family.
-- name: imported_refresh_token_take(hash bytea) -> refresh_token?
SELECT t.hash AS hash, t.expires_at AS expires_at, t.spent_at AS spent_at,
       t.successor_id AS successor_id, t.successor_access_id AS successor_access_id,
       t.authorization_id AS authorization_id, z.scopes AS scopes, z.expires_at AS authorization_expires_at,
       CASE WHEN t.revoked_at <> 0 THEN t.revoked_at WHEN z.id <= a.revoked_through THEN 1 ELSE z.revoked_at END
       AS authorization_revoked_at,
       z.app_id AS app_id, a.is_active AS app_is_active, z.user_id AS user_id, u.is_active AS user_is_active
FROM imported_tokens t
JOIN authorizations z ON z.id = t.authorization_id
JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE t.hash = :hash AND t.is_refresh
-- postgres adds: uses of one token come one after the other, and none passes a revocation of its family
FOR UPDATE OF t FOR NO KEY UPDATE OF z;

-- Spends an imported refresh token and notes what replaces it: 1 for at most one caller, 0 for every other.
-- name: imported_refresh_token_spend(hash bytea, now bigint, successor_id bigint, successor_access_id bigint) -> count
UPDATE imported_tokens SET spent_at = :now, successor_id = :successor_id, successor_access_id = :successor_access_id
WHERE hash = :hash AND is_refresh AND spent_at = 0 AND revoked_at = 0;

-- Removes at most `limit` imported tokens that expired before `before`, a time.
-- name: imported_tokens_delete_expired(before bigint, limit bigint) -> count
DELETE FROM imported_tokens WHERE hash IN
       (SELECT hash FROM imported_tokens WHERE expires_at < :before ORDER BY expires_at LIMIT :limit);

-- Removes at most `limit` families whose authorization is gone.
-- name: imported_families_delete_ended(limit bigint) -> count
DELETE FROM imported_families WHERE authorization_id IN
       (SELECT f.authorization_id FROM imported_families f
        LEFT JOIN authorizations z ON z.id = f.authorization_id
        WHERE z.id IS NULL ORDER BY f.authorization_id LIMIT :limit);
