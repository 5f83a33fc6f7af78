-- row: peer
--   name text?

-- Tells all nodes, behind everything else that this transaction tells them, a mark that each one answers once it has
-- forgotten what the transaction changed; and gives the names of the connections on which nodes that keep rows listen now.
-- Always at least one row, for the mark must be told even if nobody listens.
-- name: invalidation_announce(mark text, limit bigint) -> peer*
-- sqlite: there is one process, and it keeps no rows
SELECT NULL AS name WHERE :mark <> '' LIMIT :limit;
-- postgres: NOTIFY is its own
WITH told AS MATERIALIZED (SELECT pg_notify('gatehouse', :mark) AS nothing)
SELECT a.application_name AS name
FROM told LEFT JOIN pg_stat_activity a
     ON a.datname = current_database() AND a.application_name LIKE 'gatehouse listener %'
LIMIT :limit;
