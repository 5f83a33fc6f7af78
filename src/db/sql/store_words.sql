-- What is searched by: tokens parted by spaces (src/agents/store/words.h).

-- How many have all of these tokens. A token that ends in * stands for all that begin so.
-- name: store_words_count(words text) -> store_count?
-- sqlite: its full-text search
SELECT COUNT(*) AS n FROM store_words WHERE store_words MATCH :words;
-- postgres: its full-text search
SELECT COUNT(*) AS n FROM store_words
WHERE words @@ CAST(replace(replace(:words, ' ', ' & '), '*', ':*') AS tsquery);

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
