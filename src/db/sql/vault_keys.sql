-- The keys that secrets are sealed under: not themselves, but how to know them.

-- row: vault_key
--   id text, proof bytea, is_current boolean, created_at bigint, retired_at bigint

-- name: vault_keys_all(limit bigint) -> vault_key*
SELECT id, proof, is_current, created_at, retired_at FROM vault_keys ORDER BY created_at, id LIMIT :limit;

-- row: vault_key_id
--   id text

-- The key that is current, which it stays until this transaction has ended.
-- name: vault_key_current() -> vault_key_id?
SELECT id FROM vault_keys WHERE is_current
-- postgres adds: what was sealed under this key is committed before another one becomes current
FOR SHARE;

-- The first key of a database; 0 when there is one already.
-- name: vault_key_begin(id text, proof bytea, now bigint) -> count
INSERT INTO vault_keys (id, proof, is_current, created_at, retired_at) VALUES (:id, :proof, TRUE, :now, 0)
ON CONFLICT DO NOTHING;

-- A further key; also one that was retired.
-- name: vault_key_add(id text, proof bytea, now bigint) -> count
INSERT INTO vault_keys (id, proof, is_current, created_at, retired_at) VALUES (:id, :proof, FALSE, :now, 0)
ON CONFLICT (id) DO UPDATE SET proof = :proof, retired_at = 0;

-- name: vault_key_displace() -> count
UPDATE vault_keys SET is_current = FALSE WHERE is_current;

-- name: vault_key_make_current(id text) -> count
UPDATE vault_keys SET is_current = TRUE WHERE id = :id;

-- Nothing is sealed under those any more that are not current.
-- name: vault_keys_retire(now bigint) -> count
UPDATE vault_keys SET retired_at = :now WHERE NOT is_current AND retired_at = 0
  AND NOT EXISTS (SELECT 1 FROM credentials WHERE credentials.key_id = vault_keys.id);
