-- name: authorization_insert(id bigint, app_id text, user_id text, scopes text, expires_at bigint) -> count
INSERT INTO authorizations (id, app_id, user_id, scopes, expires_at, revoked_at)
VALUES (:id, :app_id, :user_id, :scopes, :expires_at, 0);

-- Revokes a family: every code and token that descends from it is dead at once. 0 when it was dead already.
-- name: authorization_revoke(id bigint, now bigint) -> count
UPDATE authorizations SET revoked_at = :now WHERE id = :id AND revoked_at = 0;

-- Removes an app's families; its codes and tokens first.
-- name: authorizations_delete_of_app(app_id text) -> count
DELETE FROM authorizations WHERE app_id = :app_id;
