-- The keys of the vault that running servers have.

-- keys: their ids, with spaces between.
-- row: node_vault
--   node bigint, place text, keys text, leased_until bigint

-- name: node_vault_set(node bigint, owner text, place text, keys text) -> count
INSERT INTO node_vaults (node, owner, place, keys) VALUES (:node, :owner, :place, :keys)
ON CONFLICT (node) DO UPDATE SET owner = :owner, place = :place, keys = :keys;

-- Those of servers that run, as far as is known.
-- name: node_vaults_live(now bigint, limit bigint) -> node_vault*
SELECT v.node AS node, v.place AS place, v.keys AS keys, n.leased_until AS leased_until
FROM node_vaults v JOIN nodes n ON n.node = v.node AND n.owner = v.owner
WHERE n.leased_until > :now ORDER BY v.node LIMIT :limit;
