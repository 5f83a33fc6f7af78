-- Links that work once.

-- row: link
--   id bigint, hash bytea, purpose text, expires_at bigint

-- name: link_insert(id bigint, hash bytea, purpose text, expires_at bigint) -> count
INSERT INTO links (id, hash, purpose, expires_at) VALUES (:id, :hash, :purpose, :expires_at);

-- name: link_by_id(id bigint) -> link?
SELECT id, hash, purpose, expires_at FROM links WHERE id = :id;

-- Consumes a link: at most one caller ever finds it. Whoever gets it compares the hash first, with link_by_id().
-- name: link_consume(id bigint, hash bytea, purpose text, now bigint) -> link?
DELETE FROM links WHERE id = :id AND hash = :hash AND purpose = :purpose AND expires_at > :now
RETURNING id, hash, purpose, expires_at;

-- name: links_delete_of_purpose(purpose text) -> count
DELETE FROM links WHERE purpose = :purpose;
