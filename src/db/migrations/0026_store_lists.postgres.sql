-- How many listings are live is the sum of what each creator has.
CREATE INDEX store_profiles_listings ON store_profiles (listings) WHERE listings > 0;
