-- Clean-up: what src/jobs/cleanup.c does to every table of things that end, a stretch of ids at a time. A stretch is
-- found first and its dead rows are removed then, so that a batch reads a bounded number of rows however many are alive.

-- row: held
--   held boolean

-- The next ids of a table: the greatest of them, 0 if there are none, and their number.
-- row: stretch
--   last bigint, rows bigint

-- Found while nobody else cleans up, until the end of the transaction: a round that doesn't find it ends.
-- name: cleanup_lock() -> held?
-- sqlite: there is one writer at a time anyway
SELECT TRUE AS held;
-- postgres: an advisory lock that ends with the transaction, however that ends; the number is this job's alone
SELECT held FROM (SELECT pg_try_advisory_xact_lock(4707260001) AS held) AS lock WHERE held;

-- name: codes_stretch(after bigint, before bigint, limit bigint) -> stretch?
SELECT COALESCE(MAX(id), 0) AS last, COUNT(*) AS rows
FROM (SELECT id FROM codes WHERE id > :after AND id < :before ORDER BY id LIMIT :limit) AS ids;

-- name: codes_delete_ended(after bigint, last bigint, ended bigint) -> count
DELETE FROM codes WHERE id > :after AND id <= :last AND expires_at <= :ended;

-- name: access_tokens_stretch(after bigint, before bigint, limit bigint) -> stretch?
SELECT COALESCE(MAX(id), 0) AS last, COUNT(*) AS rows
FROM (SELECT id FROM access_tokens WHERE id > :after AND id < :before ORDER BY id LIMIT :limit) AS ids;

-- name: access_tokens_delete_ended(after bigint, last bigint, ended bigint) -> count
DELETE FROM access_tokens WHERE id > :after AND id <= :last AND expires_at <= :ended;

-- name: refresh_tokens_stretch(after bigint, before bigint, limit bigint) -> stretch?
SELECT COALESCE(MAX(id), 0) AS last, COUNT(*) AS rows
FROM (SELECT id FROM refresh_tokens WHERE id > :after AND id < :before ORDER BY id LIMIT :limit) AS ids;

-- name: refresh_tokens_delete_ended(after bigint, last bigint, ended bigint) -> count
DELETE FROM refresh_tokens WHERE id > :after AND id <= :last AND expires_at <= :ended;

-- name: authorizations_stretch(after bigint, before bigint, limit bigint) -> stretch?
SELECT COALESCE(MAX(id), 0) AS last, COUNT(*) AS rows
FROM (SELECT id FROM authorizations WHERE id > :after AND id < :before ORDER BY id LIMIT :limit) AS ids;

-- Removes the families that are over, or were revoked so long ago that nothing of them can be alive.
-- name: authorizations_delete_ended(after bigint, last bigint, ended bigint, revoked bigint) -> count
DELETE FROM authorizations WHERE id > :after AND id <= :last AND (expires_at <= :ended OR (revoked_at <> 0 AND revoked_at <= :revoked));

-- name: sessions_stretch(after bigint, before bigint, limit bigint) -> stretch?
SELECT COALESCE(MAX(id), 0) AS last, COUNT(*) AS rows
FROM (SELECT id FROM sessions WHERE id > :after AND id < :before ORDER BY id LIMIT :limit) AS ids;

-- Removes the sessions that are over, or that nobody used since `idle`.
-- name: sessions_delete_ended(after bigint, last bigint, ended bigint, idle bigint) -> count
DELETE FROM sessions WHERE id > :after AND id <= :last AND (expires_at <= :ended OR seen_at <= :idle);

-- name: links_stretch(after bigint, before bigint, limit bigint) -> stretch?
SELECT COALESCE(MAX(id), 0) AS last, COUNT(*) AS rows
FROM (SELECT id FROM links WHERE id > :after AND id < :before ORDER BY id LIMIT :limit) AS ids;

-- name: links_delete_ended(after bigint, last bigint, ended bigint) -> count
DELETE FROM links WHERE id > :after AND id <= :last AND expires_at <= :ended;

-- Removes at most `limit` rows that no longer hold anything back.
-- name: throttles_delete_expired(now bigint, limit bigint) -> count
DELETE FROM throttles WHERE name IN
       (SELECT name FROM throttles WHERE free_at <= :now ORDER BY free_at LIMIT :limit);
