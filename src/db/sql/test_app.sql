-- The temporary apps of `oauth-tool test-server`.

-- Apps of this name, oldest first.
-- name: test_apps(name text, limit bigint) -> app*
SELECT id, client_id, name, description, logo_url, secret_hash, secret_salt, redirect_uris, grant_types, scopes,
       owner_id, is_active, created_at, updated_at, secret_since, former_hash, former_salt, former_until
FROM apps WHERE name = :name ORDER BY created_at LIMIT :limit;
