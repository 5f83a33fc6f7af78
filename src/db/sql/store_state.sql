-- The store's generation: what was made of the store is good as long as it stays the same.

-- row: store_state
--   generation bigint

-- name: store_state(id bigint) -> store_state?
SELECT generation FROM store_state WHERE id = :id;

-- name: store_changed(id bigint) -> count
UPDATE store_state SET generation = generation + 1 WHERE id = :id;
