-- How many listings are live is the sum of what each creator has.
CREATE INDEX store_profiles_listings ON store_profiles (listings) WHERE listings > 0;

-- A list is read from its index alone if that has all that the list asks for.
DROP INDEX store_listings_name;
DROP INDEX store_listings_runs;
DROP INDEX store_listings_rating;
DROP INDEX store_listings_updated;
CREATE INDEX store_listings_name ON store_listings (name_key, id, is_live) WHERE is_live;
CREATE INDEX store_listings_runs ON store_listings (runs DESC, name_key, id, is_live) WHERE is_live;
CREATE INDEX store_listings_rating ON store_listings (rating DESC, name_key, id, is_live) WHERE is_live;
CREATE INDEX store_listings_updated ON store_listings (updated_at DESC, name_key, id, is_live) WHERE is_live;

-- A search looks into each part of the index: those that there are become one.
INSERT INTO store_words (store_words) VALUES ('optimize');
