-- How people appear in the store.

-- row: store_profile
--   id bigint, user_id text?, username text, name text, description text, avatar_url text?, links text, is_featured boolean,
--   listings bigint, runs bigint, ratings bigint, stars bigint, top_categories text

-- row: store_count
--   n bigint

-- row: store_username
--   profile_id bigint

-- row: store_category
--   categories text

-- name: store_profile(id bigint) -> store_profile?
SELECT id, user_id, username, name, description, avatar_url, links, is_featured, listings, runs, ratings, stars, top_categories
FROM store_profiles WHERE id = :id;

-- name: store_profile_by_username(username text) -> store_profile?
SELECT id, user_id, username, name, description, avatar_url, links, is_featured, listings, runs, ratings, stars, top_categories
FROM store_profiles WHERE username = :username;

-- name: store_profile_of_user(user_id text) -> store_profile?
SELECT id, user_id, username, name, description, avatar_url, links, is_featured, listings, runs, ratings, stars, top_categories
FROM store_profiles WHERE user_id = :user_id;

-- 0 when the name, or the person's profile, is there already.
-- name: store_profile_insert(id bigint, user_id text?, username text, name text, description text, avatar_url text?,
--   links text, now bigint) -> count
INSERT INTO store_profiles (id, user_id, username, name, description, avatar_url, links, is_featured, listings, runs, ratings,
                            stars, rating, top_categories, created_at, updated_at)
VALUES (:id, :user_id, :username, :name, :description, :avatar_url, :links, FALSE, 0, 0, 0, 0, 0, '[]', :now, :now)
ON CONFLICT DO NOTHING;

-- name: store_profile_update(id bigint, username text, name text, description text, avatar_url text?, links text, now bigint)
--   -> count
UPDATE store_profiles SET username = :username, name = :name, description = :description, avatar_url = :avatar_url,
       links = :links, updated_at = :now WHERE id = :id;

-- Keeps a username for its creator if something of theirs has been in the store; 0 if nothing has, or it is kept already.
-- name: store_username_keep(username text, profile_id bigint, now bigint) -> count
INSERT INTO store_usernames (username, profile_id, created_at)
SELECT :username, :profile_id, :now
WHERE EXISTS (SELECT 1 FROM store_listings l JOIN store_versions v ON v.listing_id = l.id
              WHERE l.profile_id = :profile_id AND v.status = 'APPROVED')
ON CONFLICT (username) DO NOTHING;

-- Whose a username is that was kept.
-- name: store_username(username text) -> store_username?
SELECT profile_id FROM store_usernames WHERE username = :username;

-- name: store_usernames_count(profile_id bigint) -> store_count?
SELECT COUNT(*) AS n FROM store_usernames WHERE profile_id = :profile_id;

-- name: store_profile_delete_empty(id bigint) -> count
DELETE FROM store_profiles WHERE id = :id AND NOT EXISTS (SELECT 1 FROM store_listings l WHERE l.profile_id = :id);

-- name: store_profile_feature(id bigint, is_featured boolean) -> count
UPDATE store_profiles SET is_featured = :is_featured WHERE id = :id;

-- Makes others who count on a creator wait until this transaction ends.
-- name: store_profile_hold(id bigint) -> count
UPDATE store_profiles SET listings = listings WHERE id = :id;

-- Sums up what of theirs is live.
-- name: store_profile_sum(id bigint, top_categories text) -> count
UPDATE store_profiles SET top_categories = :top_categories,
       listings = (SELECT COUNT(*) FROM store_listings l WHERE l.profile_id = :id AND l.is_live),
       runs = (SELECT COALESCE(SUM(l.runs), 0) FROM store_listings l WHERE l.profile_id = :id AND l.is_live),
       ratings = (SELECT COALESCE(SUM(l.ratings), 0) FROM store_listings l WHERE l.profile_id = :id AND l.is_live),
       stars = (SELECT COALESCE(SUM(l.stars), 0) FROM store_listings l WHERE l.profile_id = :id AND l.is_live),
       rating = (SELECT COALESCE(SUM(l.stars) * 1000000 / NULLIF(SUM(l.ratings), 0), 0) FROM store_listings l
                 WHERE l.profile_id = :id AND l.is_live)
WHERE id = :id;

-- The categories of all of theirs that is live. In the order of the index by which they are found: asked for that of ids, PostgreSQL went through
-- the whole store for each.
-- name: store_profile_categories(id bigint, limit bigint) -> store_category*
SELECT v.categories AS categories FROM store_listings l JOIN store_versions v ON v.id = l.version_id
WHERE l.profile_id = :id AND l.is_live ORDER BY l.slug LIMIT :limit;

-- name: store_profile_add_runs(id bigint, runs bigint) -> count
UPDATE store_profiles SET runs = runs + :runs WHERE id = :id;

-- name: store_profile_add_review(id bigint, ratings bigint, stars bigint) -> count
UPDATE store_profiles SET ratings = ratings + :ratings, stars = stars + :stars,
       rating = COALESCE((stars + :stars) * 1000000 / NULLIF(ratings + :ratings, 0), 0) WHERE id = :id;

-- How many listings are live: each creator's are counted.
-- name: store_live_count() -> store_count?
SELECT CAST(COALESCE(SUM(listings), 0) AS BIGINT) AS n FROM store_profiles WHERE listings > 0;

-- name: store_creators_count() -> store_count?
SELECT COUNT(*) AS n FROM store_profiles WHERE listings > 0;

-- name: store_creators(sort text, limit bigint, offset bigint) -> store_profile*
SELECT id, user_id, username, name, description, avatar_url, links, is_featured, listings, runs, ratings, stars, top_categories
FROM store_profiles WHERE listings > 0
ORDER BY CASE :sort WHEN 'agent_rating' THEN -rating WHEN 'agent_runs' THEN -runs WHEN 'num_agents' THEN -listings ELSE 0 END, id
LIMIT :limit OFFSET :offset;

-- name: store_creators_found(words text, without text, sort text, limit bigint, offset bigint) -> store_profile*
-- sqlite: its full-text search
SELECT p.id AS id, user_id, username, name, description, avatar_url, links, is_featured, listings, runs, ratings, stars,
       top_categories
FROM store_words w JOIN store_profiles p ON p.id = w.rowid
WHERE w.store_words MATCH {match}
ORDER BY CASE :sort WHEN 'agent_rating' THEN -rating WHEN 'agent_runs' THEN -runs WHEN 'num_agents' THEN -listings ELSE 0 END,
         p.id
LIMIT :limit OFFSET :offset;
-- postgres: its full-text search
SELECT p.id AS id, user_id, username, name, description, avatar_url, links, is_featured, listings, runs, ratings, stars,
       top_categories
FROM {found_ids} JOIN store_profiles p ON p.id = found_ids.id
ORDER BY CASE :sort WHEN 'agent_rating' THEN -rating WHEN 'agent_runs' THEN -runs WHEN 'num_agents' THEN -listings ELSE 0 END,
         p.id
LIMIT :limit OFFSET :offset;
