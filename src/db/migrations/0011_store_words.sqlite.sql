-- What listings and creators are searched by: tokens that src/agents/store/words.h makes, the same on both engines. The engine
-- only parts them at spaces; where a word stands within a text is of no use, so that is not kept.
CREATE VIRTUAL TABLE store_words USING fts5 (words, detail = none, columnsize = 0, tokenize = "ascii tokenchars '_'");
