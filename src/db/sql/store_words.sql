-- What is searched by: tokens parted by spaces (src/agents/store/words.h).

-- How many have all of these tokens, counted up to a limit. A token that ends in * stands for all that begin so.
-- name: store_words_count(words text, limit bigint) -> store_count?
-- sqlite: its full-text search
SELECT COUNT(*) AS n FROM (SELECT rowid FROM store_words WHERE store_words MATCH :words LIMIT :limit) AS found_ids;
-- postgres: its full-text search
SELECT COUNT(*) AS n
FROM (SELECT id FROM store_words WHERE words @@ CAST(replace(replace(:words, ' ', ' & '), '*', ':*') AS tsquery)
      LIMIT :limit) AS found_ids;

-- How many parts the index consists of, each of which a search looks into.
-- name: store_words_parts() -> store_count?
-- sqlite: its full-text search
SELECT COUNT(DISTINCT segid) AS n FROM store_words_idx;
-- postgres: its index is one
SELECT CAST(1 AS BIGINT) AS n;

-- Puts parts together, about so many pages of them: with a negative number, all that there are begin to become one.
-- name: store_words_merge(pages bigint) -> count
-- sqlite: its full-text search
INSERT INTO store_words (store_words, rank) VALUES ('merge', :pages);
-- postgres: its index is one
DELETE FROM store_words WHERE id = :pages AND FALSE;

-- name: store_words_insert(id bigint, words text) -> count
-- sqlite: rows of its full-text search have no other key
INSERT INTO store_words (rowid, words) VALUES (:id, :words);
-- postgres: the tokens as they are
INSERT INTO store_words (id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')));

-- name: store_words_delete(id bigint) -> count
-- sqlite: rows of its full-text search have no other key
DELETE FROM store_words WHERE rowid = :id;
-- postgres: by its key
DELETE FROM store_words WHERE id = :id;
