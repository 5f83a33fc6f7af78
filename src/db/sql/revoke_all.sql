-- Ends what a restored backup brought back to life. Each statement does one batch.

-- Where a batch of families ends.
-- row: revoke_bound
--   id bigint

-- The `skip`-th family behind the id `after`.
-- name: authorizations_bound(after bigint, before bigint, skip bigint) -> revoke_bound?
SELECT id FROM authorizations WHERE id > :after AND id < :before ORDER BY id LIMIT 1 OFFSET :skip;

-- Revokes the families from behind `after` up to `last`.
-- name: authorizations_revoke_range(after bigint, last bigint, now bigint) -> count
UPDATE authorizations SET revoked_at = :now WHERE id > :after AND id <= :last AND revoked_at = 0;

-- name: sessions_delete_before(before bigint, limit bigint) -> count
DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE id < :before ORDER BY id LIMIT :limit);

-- name: links_delete_before(before bigint, limit bigint) -> count
DELETE FROM links WHERE id IN (SELECT id FROM links WHERE id < :before ORDER BY id LIMIT :limit);

-- name: consents_delete_before(before bigint, limit bigint) -> count
DELETE FROM consents WHERE (user_id, app_id) IN
       (SELECT user_id, app_id FROM consents WHERE granted_at < :before ORDER BY user_id, app_id LIMIT :limit);

-- name: api_keys_revoke_before(before bigint, now bigint, limit bigint) -> count
UPDATE api_keys SET status = 'REVOKED', revoked_at = :now WHERE id IN
       (SELECT id FROM api_keys WHERE created_at < :before AND status <> 'REVOKED' ORDER BY id LIMIT :limit);
