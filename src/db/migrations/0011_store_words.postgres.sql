-- What listings and creators are searched by: tokens that src/agents/store/words.h makes, the same on both engines. The engine
-- only parts them at spaces. A search must not wait for insertions that are put off: fastupdate.
CREATE TABLE store_words (
        id    BIGINT   PRIMARY KEY,
        words TSVECTOR NOT NULL
);
CREATE INDEX store_words_words ON store_words USING gin (words) WITH (fastupdate = off);

-- Nodes keep the store's generation in memory.
CREATE TRIGGER store_state_updated AFTER UPDATE ON store_state FOR EACH ROW EXECUTE FUNCTION gatehouse_row_changed('store');
