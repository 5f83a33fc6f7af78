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

-- Takes rows out of the journal: exactly those that it gives, whatever is committed meanwhile.
-- name: audit_journal_take(limit bigint) -> audit_journal*
DELETE FROM audit_journal WHERE id IN (SELECT id FROM audit_journal ORDER BY id LIMIT :limit)
RETURNING id, events;

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

-- Mentions, a JSON array of numbers, of what a segment tells of.
-- name: audit_mentions_insert(mentions text) -> count
-- sqlite: takes a list apart in its own way
INSERT INTO audit_mentions (mention) SELECT value FROM json_each(:mentions) WHERE TRUE ON CONFLICT (mention) DO NOTHING;
-- postgres: takes a list apart in its own way
INSERT INTO audit_mentions (mention) SELECT value::bigint FROM json_array_elements_text(:mentions::json) AS list (value)
ON CONFLICT (mention) DO NOTHING;

-- name: audit_mentions_delete(mentions text) -> count
-- sqlite: takes a list apart in its own way
DELETE FROM audit_mentions WHERE mention IN (SELECT value FROM json_each(:mentions));
-- postgres: takes a list apart in its own way
DELETE FROM audit_mentions
WHERE mention IN (SELECT value::bigint FROM json_array_elements_text(:mentions::json) AS list (value));

-- Names, a JSON array of strings, of what a segment tells of that was sealed before there were mentions.
-- name: audit_index_delete(names text, segment bigint) -> count
-- sqlite: takes a list apart in its own way
DELETE FROM audit_index WHERE segment = :segment AND name IN (SELECT value FROM json_each(:names));
-- postgres: takes a list apart in its own way
DELETE FROM audit_index WHERE segment = :segment AND name IN (SELECT value FROM json_array_elements_text(:names::json) AS list (value));

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

-- Segments up to a number, newest first: all of them, and those that tell of a name.
-- name: audit_segments_back(from bigint, least bigint, limit bigint) -> audit_segment*
SELECT seq, first_id, last_id, count, sealed_at, events, hash, mac, key_id FROM audit_segments
WHERE seq <= :from AND seq >= :least ORDER BY seq DESC LIMIT :limit;

-- name: audit_segments_back_of(name text, mentions bigint, from bigint, least bigint, limit bigint) -> audit_segment*
SELECT s.seq, s.first_id, s.last_id, s.count, s.sealed_at, s.events, s.hash, s.mac, s.key_id
FROM (SELECT segment FROM (SELECT segment FROM audit_index WHERE name = :name AND segment <= :from AND segment >= :least
                           ORDER BY segment DESC LIMIT :limit) AS earlier_ids
      UNION
      SELECT mention - :mentions AS segment
      FROM (SELECT mention FROM audit_mentions WHERE mention <= :mentions + :from AND mention >= :mentions + :least
            ORDER BY mention DESC LIMIT :limit) AS later_ids) AS found_ids
     JOIN audit_segments AS s ON s.seq = found_ids.segment
ORDER BY s.seq DESC LIMIT :limit;

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
