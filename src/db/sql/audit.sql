-- The audit trail: written through db/record.h, sealed and read by src/account/audit_*.c.

-- name: audit_journal_insert(id bigint, events bytea) -> count
INSERT INTO audit_journal (id, events) VALUES (:id, :events);

-- row: audit_journal
--   id bigint, events bytea

-- row: audit_segment
--   seq bigint, first_id bigint, last_id bigint, count bigint, sealed_at bigint, events bytea, hash bytea, mac bytea,
--   key_id bytea

-- row: audit_seal
--   seq bigint, last_id bigint, count bigint, hash bytea, mac bytea, key_id bytea

-- row: audit_mark
--   seq bigint, events bigint, hash bytea, mac bytea, key_id bytea

-- row: audit_place
--   seq bigint

-- Found by one sealer at a time, until the end of the transaction.
-- name: audit_lock() -> held?
-- sqlite: there is one writer at a time anyway
SELECT TRUE AS held;
-- postgres: an advisory lock that ends with the transaction, however that ends; the number is this job's alone
SELECT held FROM (SELECT pg_try_advisory_xact_lock(4707260003) AS held) AS lock WHERE held;

-- name: audit_journal_oldest(limit bigint) -> audit_journal*
SELECT id, events FROM audit_journal ORDER BY id LIMIT :limit;

-- Rows by a JSON array of their ids: exactly these, whatever is committed meanwhile.
-- name: audit_journal_delete(ids text) -> count
-- sqlite: takes a list apart in its own way
DELETE FROM audit_journal WHERE id IN (SELECT value FROM json_each(:ids));
-- postgres: takes a list apart in its own way
DELETE FROM audit_journal WHERE id IN (SELECT value::bigint FROM json_array_elements_text(:ids::json) AS list (value));

-- The journal's rows before an id, newest first.
-- name: audit_journal_before(before bigint, limit bigint) -> audit_journal*
SELECT id, events FROM audit_journal WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: audit_journal_count() -> total?
SELECT COUNT(*) AS total FROM audit_journal;

-- name: audit_mark(name text) -> audit_mark?
SELECT seq, events, hash, mac, key_id FROM audit_marks WHERE name = :name;

-- name: audit_mark_put(name text, seq bigint, events bigint, hash bytea, mac bytea, key_id bytea) -> count
INSERT INTO audit_marks (name, seq, events, hash, mac, key_id) VALUES (:name, :seq, :events, :hash, :mac, :key_id)
ON CONFLICT (name) DO UPDATE SET seq = :seq, events = :events, hash = :hash, mac = :mac, key_id = :key_id;

-- name: audit_segment_insert(seq bigint, first_id bigint, last_id bigint, count bigint, sealed_at bigint, events bytea,
--   hash bytea, mac bytea, key_id bytea) -> count
INSERT INTO audit_segments (seq, first_id, last_id, count, sealed_at, events, hash, mac, key_id)
VALUES (:seq, :first_id, :last_id, :count, :sealed_at, :events, :hash, :mac, :key_id);

-- What the newest segment's seal says.
-- name: audit_segment_last() -> audit_seal?
SELECT seq, last_id, count, hash, mac, key_id FROM audit_segments ORDER BY seq DESC LIMIT 1;

-- The segments after one, in their order.
-- name: audit_segments_after(after bigint, limit bigint) -> audit_segment*
SELECT seq, first_id, last_id, count, sealed_at, events, hash, mac, key_id FROM audit_segments
WHERE seq > :after ORDER BY seq LIMIT :limit;

-- name: audit_segments_count() -> total?
SELECT COUNT(*) AS total FROM audit_segments;

-- name: audit_segment_delete(seq bigint) -> count
DELETE FROM audit_segments WHERE seq = :seq;

-- The greatest number among the newest segments that have events from before an id.
-- name: audit_place_before(before bigint) -> audit_place?
SELECT COALESCE(MAX(seq), 0) AS seq FROM
       (SELECT seq FROM audit_segments WHERE first_id < :before ORDER BY first_id DESC LIMIT 16) AS newest;

-- The least number among the oldest segments that have events from an id on.
-- name: audit_place_from(since bigint) -> audit_place?
SELECT COALESCE(MIN(seq), 0) AS seq FROM
       (SELECT seq FROM audit_segments WHERE last_id >= :since ORDER BY last_id LIMIT 16) AS oldest;

-- Segments up to a number, newest first.
-- name: audit_segments_back(from bigint, least bigint, limit bigint) -> audit_segment*
SELECT seq, first_id, last_id, count, sealed_at, events, hash, mac, key_id FROM audit_segments
WHERE seq <= :from AND seq >= :least ORDER BY seq DESC LIMIT :limit;

-- Those of a JSON array of numbers, newest first.
-- name: audit_segments_of(segments text, limit bigint) -> audit_segment*
-- sqlite: takes a list apart in its own way
SELECT seq, first_id, last_id, count, sealed_at, events, hash, mac, key_id FROM audit_segments
WHERE seq IN (SELECT value FROM json_each(:segments)) ORDER BY seq DESC LIMIT :limit;
-- postgres: takes a list apart in its own way
SELECT seq, first_id, last_id, count, sealed_at, events, hash, mac, key_id FROM audit_segments
WHERE seq IN (SELECT value::bigint FROM json_array_elements_text(:segments::json) AS list (value)) ORDER BY seq DESC LIMIT :limit;

-- What segments tell of (src/account/audit_index.h).

-- row: audit_recent
--   segment bigint, mentions bytea

-- row: audit_recent_found
--   segment bigint, mentions bytea?

-- row: audit_recent_sum
--   segments bigint, recent bigint, bytes bigint

-- row: audit_block
--   first_segment bigint, last_segment bigint, mentions bytea

-- name: audit_recent_insert(segment bigint, mentions bytea) -> count
INSERT INTO audit_recent (segment, mentions) VALUES (:segment, :mentions);

-- name: audit_recent_delete(last bigint) -> count
DELETE FROM audit_recent WHERE segment <= :last;

-- name: audit_recent(after bigint, limit bigint) -> audit_recent*
SELECT segment, mentions FROM audit_recent WHERE segment > :after ORDER BY segment LIMIT :limit;

-- How many segments there are behind one, and how many of them are known here.
-- name: audit_recent_sum(after bigint) -> audit_recent_sum?
SELECT (SELECT COUNT(*) FROM audit_segments WHERE seq > :after) AS segments, COUNT(*) AS recent,
       COALESCE(SUM(LENGTH(mentions)), 0) AS bytes
FROM audit_recent WHERE segment > :after;

-- Segments that are not, the oldest first.
-- name: audit_recent_missing(after bigint, limit bigint) -> audit_segment*
SELECT s.seq, s.first_id, s.last_id, s.count, s.sealed_at, s.events, s.hash, s.mac, s.key_id
FROM audit_segments AS s LEFT JOIN audit_recent AS r ON r.segment = s.seq
WHERE s.seq > :after AND r.segment IS NULL ORDER BY s.seq LIMIT :limit;

-- Newest first, also those that are not.
-- name: audit_recent_back(from bigint, least bigint, limit bigint) -> audit_recent_found*
SELECT s.seq AS segment, r.mentions FROM audit_segments AS s LEFT JOIN audit_recent AS r ON r.segment = s.seq
WHERE s.seq <= :from AND s.seq >= :least ORDER BY s.seq DESC LIMIT :limit;

-- name: audit_block_insert(bucket bigint, last_segment bigint, first_segment bigint, mentions bytea) -> count
INSERT INTO audit_blocks (bucket, last_segment, first_segment, mentions)
VALUES (:bucket, :last_segment, :first_segment, :mentions);

-- The last segment that is in a block; 0 for none.
-- name: audit_blocks_end() -> audit_place?
SELECT COALESCE(MAX(last_segment), 0) AS seq FROM audit_blocks WHERE bucket = 0;

-- A bucket's rows, newest first.
-- name: audit_blocks_back(bucket bigint, from bigint, least bigint, limit bigint) -> audit_block*
SELECT first_segment, last_segment, mentions FROM audit_blocks
WHERE bucket = :bucket AND last_segment >= :least AND first_segment <= :from ORDER BY last_segment DESC LIMIT :limit;

-- name: audit_blocks_count(last bigint) -> total?
SELECT COUNT(*) AS total FROM audit_blocks WHERE bucket = 0 AND last_segment <= :last;

-- name: audit_blocks_delete(last bigint) -> count
WITH RECURSIVE buckets (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM buckets WHERE n < 255)
DELETE FROM audit_blocks WHERE bucket IN (SELECT n FROM buckets) AND last_segment <= :last;

-- row: audit_app
--   id text, client_id text, name text

-- row: audit_key
--   id text, name text, head text

-- row: audit_person
--   id text, email text

-- How events are shown: the app, key or person of an id.
-- name: audit_app(id text) -> audit_app?
SELECT id, client_id, name FROM apps WHERE id = :id;

-- name: audit_key(id text) -> audit_key?
SELECT id, name, head FROM api_keys WHERE id = :id;

-- name: audit_person(id text) -> audit_person?
SELECT id, email FROM users WHERE id = :id;
