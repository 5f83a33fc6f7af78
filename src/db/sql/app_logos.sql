-- Logos of apps, as WebP; `hash` names the image in its address.

-- row: app_logo
--   image bytea

-- name: app_logo_put(app_id text, hash text, image bytea, now bigint) -> count
INSERT INTO app_logos (app_id, hash, image, created_at) VALUES (:app_id, :hash, :image, :now)
ON CONFLICT (app_id) DO UPDATE SET hash = :hash, image = :image, created_at = :now;

-- name: app_logo_find(app_id text, hash text) -> app_logo?
SELECT image FROM app_logos WHERE app_id = :app_id AND hash = :hash;

-- name: app_logo_delete(app_id text) -> count
DELETE FROM app_logos WHERE app_id = :app_id;
