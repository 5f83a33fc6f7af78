-- Keys that were made here are tokens with 192 random bits, and need no slow hash: digest is the SHA-256 of the whole text,
-- hash is empty then. Keys that were imported have none, but hash and mostly salt.
ALTER TABLE api_keys ADD COLUMN digest BYTEA;

-- All keys of a time begin alike; their ends tell them apart.
DROP INDEX api_keys_head_tail;
CREATE INDEX api_keys_tail_head ON api_keys (tail, head);
