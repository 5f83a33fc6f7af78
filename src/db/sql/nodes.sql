-- Node numbers, leased: no two processes make ids with the same one at the same time.

-- row: node
--   node bigint

-- row: mark
--   clock_at bigint

-- row: node_turn
--   mine boolean

-- Leases come one after the other: each waits here until the one before it has ended.
-- name: node_lease_turn() -> node_turn?
-- sqlite: there is one writer at a time anyway
SELECT TRUE AS mine;
-- postgres: an advisory lock that ends with the transaction, however that ends; the number is this one's alone
SELECT pg_advisory_xact_lock(4707260002)::text = '' AS mine;

-- The smallest number whose lease has run out.
-- name: node_expired(now bigint) -> node?
SELECT node FROM nodes WHERE leased_until <= :now ORDER BY node LIMIT 1;

-- The number after the greatest that was ever leased.
-- name: node_unused() -> node?
SELECT COALESCE(MAX(node) + 1, 0) AS node FROM nodes;

-- Takes a number; 0 when somebody else holds it.
-- name: node_lease(node bigint, owner text, leased_until bigint, now bigint) -> count
INSERT INTO nodes (node, owner, leased_until, clock_at) VALUES (:node, :owner, :leased_until, :now)
ON CONFLICT (node) DO UPDATE SET owner = :owner, leased_until = :leased_until,
       clock_at = CASE WHEN nodes.clock_at > :now THEN nodes.clock_at ELSE :now END
WHERE nodes.leased_until <= :now;

-- Prolongs a lease; 0 when it has passed to somebody else.
-- name: node_renew(node bigint, owner text, leased_until bigint, now bigint) -> count
UPDATE nodes SET leased_until = :leased_until, clock_at = CASE WHEN clock_at > :now THEN clock_at ELSE :now END
WHERE node = :node AND owner = :owner;

-- Gives a number back.
-- name: node_release(node bigint, owner text) -> count
UPDATE nodes SET leased_until = 0 WHERE node = :node AND owner = :owner;

-- The greatest time that any node's clock told, 0 if none did.
-- name: node_clock_mark() -> mark?
SELECT COALESCE(MAX(clock_at), 0) AS clock_at FROM nodes;

-- Forgets what the nodes' clocks told.
-- name: node_clocks_forget() -> count
UPDATE nodes SET clock_at = 0 WHERE clock_at <> 0;

-- row: greatest
--   id bigint

-- The greatest time-ordered id in the database, 0 if there is none.
-- name: greatest_id() -> greatest?
SELECT COALESCE(MAX(id), 0) AS id FROM (
       SELECT MAX(id) AS id FROM sessions
       UNION ALL SELECT MAX(id) FROM links
       UNION ALL SELECT MAX(id) FROM authorizations
       UNION ALL SELECT MAX(id) FROM codes
       UNION ALL SELECT MAX(id) FROM access_tokens
       UNION ALL SELECT MAX(id) FROM refresh_tokens
       UNION ALL SELECT MAX(id) FROM audit_journal
       UNION ALL SELECT MAX(last_id) FROM audit_segments) AS ids;

-- Says which program holds a number.
-- name: node_describe(node bigint, owner text, version text, now bigint) -> count
UPDATE nodes SET version = :version, started_at = :now WHERE node = :node AND owner = :owner;

-- row: node_state
--   node bigint, version text, started_at bigint, leased_until bigint

-- Those whose lease has not run out.
-- name: nodes_live(now bigint, limit bigint) -> node_state*
SELECT node, version, started_at, leased_until FROM nodes WHERE leased_until > :now ORDER BY node LIMIT :limit;
