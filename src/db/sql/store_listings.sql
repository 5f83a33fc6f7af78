-- Listings: what is live in the store.

-- What lists show.
-- row: store_card
--   id bigint, slug text, name text, image text, creator text, creator_avatar text?, sub_heading text, description text,
--   runs bigint, ratings bigint, stars bigint, is_featured boolean, graph_id text, graph_version bigint

-- row: store_id
--   id bigint

-- row: store_listing
--   id bigint, profile_id bigint, slug text, graph_id text, version_id text, newest bigint, is_live boolean,
--   is_featured boolean, runs bigint, ratings bigint, stars bigint

-- row: store_run
--   listing_id bigint, user_id text, pending bigint

-- row: store_review
--   score bigint, comments text?, created_at bigint, updated_at bigint

-- All tokens of `words`, but not all of `without`, which may be empty; and whether a listing of near_ids has them. as_set: what has them
-- is looked up first, all at once; otherwise each one's text is looked at.

-- fragment: match
'(' || :words || ')' || CASE :without WHEN '' THEN '' ELSE ' NOT (' || :without || ')' END

-- fragment: tsquery
CAST(replace(replace(:words, ' ', ' & '), '*', ':*') ||
     CASE :without WHEN '' THEN '' ELSE ' & !(' || replace(replace(:without, ' ', ' & '), '*', ':*') || ')' END AS tsquery)

-- OFFSET 0: PostgreSQL finds them by themselves, by the index of words, and does not go along all texts in the order of ids for a join.
-- fragment: found_ids
(SELECT w.id FROM store_words w WHERE w.words @@ {tsquery} OFFSET 0) AS found_ids

-- fragment: has_match
:words = '' OR CASE WHEN :as_set THEN near_ids.id IN (SELECT rowid FROM store_words WHERE store_words MATCH {match})
                    ELSE (SELECT words_have(w.c0, :words, :without) FROM store_words_content w WHERE w.id = near_ids.id) END

-- fragment: has_tsquery
:words = '' OR CASE WHEN :as_set THEN near_ids.id IN (SELECT w.id FROM store_words w WHERE w.words @@ {tsquery})
                    ELSE (SELECT w.words @@ (SELECT {tsquery}) FROM store_words w WHERE w.id = near_ids.id) END

-- Lists in an order of their own: the ids of those among the first `reach` that have them; with no words, of all.
-- SQLite keeps a subquery's order where that has a LIMIT; asked for the order again, it would first take all of them.

-- name: store_ids_by_rating(words text, without text, as_set boolean, reach bigint, limit bigint, offset bigint) -> store_id*
-- sqlite: its full-text search
SELECT near_ids.id AS id FROM (SELECT id FROM store_listings WHERE is_live ORDER BY rating DESC, name_key, id LIMIT :reach) AS near_ids
WHERE {has_match} LIMIT :limit OFFSET :offset;
-- postgres: its full-text search
SELECT near_ids.id AS id
FROM (SELECT id, rating, name_key FROM store_listings WHERE is_live ORDER BY rating DESC, name_key, id LIMIT :reach) AS near_ids
WHERE {has_tsquery} ORDER BY near_ids.rating DESC, near_ids.name_key, near_ids.id LIMIT :limit OFFSET :offset;

-- name: store_ids_by_runs(words text, without text, as_set boolean, reach bigint, limit bigint, offset bigint) -> store_id*
-- sqlite: its full-text search
SELECT near_ids.id AS id FROM (SELECT id FROM store_listings WHERE is_live ORDER BY runs DESC, name_key, id LIMIT :reach) AS near_ids
WHERE {has_match} LIMIT :limit OFFSET :offset;
-- postgres: its full-text search
SELECT near_ids.id AS id
FROM (SELECT id, runs, name_key FROM store_listings WHERE is_live ORDER BY runs DESC, name_key, id LIMIT :reach) AS near_ids
WHERE {has_tsquery} ORDER BY near_ids.runs DESC, near_ids.name_key, near_ids.id LIMIT :limit OFFSET :offset;

-- name: store_ids_by_updated_at(words text, without text, as_set boolean, reach bigint, limit bigint, offset bigint) -> store_id*
-- sqlite: its full-text search
SELECT near_ids.id AS id FROM (SELECT id FROM store_listings WHERE is_live ORDER BY updated_at DESC, name_key, id LIMIT :reach) AS near_ids
WHERE {has_match} LIMIT :limit OFFSET :offset;
-- postgres: its full-text search
SELECT near_ids.id AS id
FROM (SELECT id, updated_at, name_key FROM store_listings WHERE is_live ORDER BY updated_at DESC, name_key, id LIMIT :reach) AS near_ids
WHERE {has_tsquery} ORDER BY near_ids.updated_at DESC, near_ids.name_key, near_ids.id LIMIT :limit OFFSET :offset;

-- name: store_ids_by_name(words text, without text, as_set boolean, reach bigint, limit bigint, offset bigint) -> store_id*
-- sqlite: its full-text search
SELECT near_ids.id AS id FROM (SELECT id FROM store_listings WHERE is_live ORDER BY name_key, id LIMIT :reach) AS near_ids
WHERE {has_match} LIMIT :limit OFFSET :offset;
-- postgres: its full-text search
SELECT near_ids.id AS id
FROM (SELECT id, name_key FROM store_listings WHERE is_live ORDER BY name_key, id LIMIT :reach) AS near_ids
WHERE {has_tsquery} ORDER BY near_ids.name_key, near_ids.id LIMIT :limit OFFSET :offset;

-- All that have them, put into order.
-- fragment: in_order
ORDER BY CASE :sort WHEN 'rating' THEN -l.rating WHEN 'updated_at' THEN -l.updated_at WHEN 'name' THEN 0 ELSE -l.runs END,
         l.name_key, l.id LIMIT :limit OFFSET :offset

-- name: store_ids_found(words text, without text, sort text, limit bigint, offset bigint) -> store_id*
-- sqlite: its full-text search
SELECT l.id AS id FROM store_words w JOIN store_listings l ON l.id = w.rowid WHERE w.store_words MATCH {match} {in_order};
-- postgres: its full-text search
SELECT l.id AS id FROM {found_ids} JOIN store_listings l ON l.id = found_ids.id {in_order};

-- Those of a JSON array of ids, in its order.
-- name: store_cards_of(ids text, limit bigint) -> store_card*
-- sqlite: takes a list apart in its own way
SELECT l.id AS id, l.slug AS slug, v.name AS name, v.image AS image, c.username AS creator,
       c.avatar_url AS creator_avatar, v.sub_heading AS sub_heading, v.description AS description, l.runs AS runs,
       l.ratings AS ratings, l.stars AS stars, l.is_featured AS is_featured, l.graph_id AS graph_id,
       v.graph_version AS graph_version
FROM json_each(:ids) AS wanted JOIN store_listings l ON l.id = wanted.value JOIN store_versions v ON v.id = l.version_id
     JOIN store_profiles c ON c.id = l.profile_id
ORDER BY wanted.key LIMIT :limit;
-- postgres: takes a list apart in its own way
SELECT l.id AS id, l.slug AS slug, v.name AS name, v.image AS image, c.username AS creator,
       c.avatar_url AS creator_avatar, v.sub_heading AS sub_heading, v.description AS description, l.runs AS runs,
       l.ratings AS ratings, l.stars AS stars, l.is_featured AS is_featured, l.graph_id AS graph_id,
       v.graph_version AS graph_version
FROM json_array_elements_text(:ids::json) WITH ORDINALITY AS wanted (value, place)
     JOIN store_listings l ON l.id = wanted.value::bigint JOIN store_versions v ON v.id = l.version_id
     JOIN store_profiles c ON c.id = l.profile_id
ORDER BY wanted.place LIMIT :limit;

-- The live listing of this name.
-- name: store_card(username text, slug text) -> store_card?
SELECT l.id AS id, l.slug AS slug, v.name AS name, v.image AS image, c.username AS creator,
       c.avatar_url AS creator_avatar, v.sub_heading AS sub_heading, v.description AS description, l.runs AS runs,
       l.ratings AS ratings, l.stars AS stars, l.is_featured AS is_featured, l.graph_id AS graph_id,
       v.graph_version AS graph_version
FROM store_profiles c JOIN store_listings l ON l.profile_id = c.id AND l.slug = :slug
     JOIN store_versions v ON v.id = l.version_id
WHERE c.username = :username AND l.is_live;

-- name: store_listing(id bigint) -> store_listing?
SELECT id, profile_id, slug, graph_id, version_id, newest, is_live, is_featured, runs, ratings, stars
FROM store_listings WHERE id = :id;

-- name: store_listing_by_slug(profile_id bigint, slug text) -> store_listing?
SELECT id, profile_id, slug, graph_id, version_id, newest, is_live, is_featured, runs, ratings, stars
FROM store_listings WHERE profile_id = :profile_id AND slug = :slug;

-- name: store_listings_of_profile(profile_id bigint) -> store_count?
SELECT COUNT(*) AS n FROM store_listings WHERE profile_id = :profile_id;

-- 0 when the creator has one of this name.
-- name: store_listing_insert(id bigint, profile_id bigint, slug text, graph_id text, name_key bytea, now bigint) -> count
INSERT INTO store_listings (id, profile_id, slug, graph_id, version_id, newest, name_key, is_live, is_featured, runs, ratings,
                            stars, rating, created_at, updated_at)
VALUES (:id, :profile_id, :slug, :graph_id, '', 0, :name_key, FALSE, FALSE, 0, 0, 0, 0, :now, :now)
ON CONFLICT (profile_id, slug) DO NOTHING;

-- Notes the newest version's number; 0 if another one came in between.
-- name: store_listing_next(id bigint, newest bigint) -> count
UPDATE store_listings SET newest = :newest WHERE id = :id AND newest < :newest;

-- name: store_listing_show(id bigint, version_id text, graph_id text, name_key bytea, is_live boolean, updated_at bigint)
--   -> count
UPDATE store_listings SET version_id = :version_id, graph_id = :graph_id, name_key = :name_key, is_live = :is_live,
       updated_at = :updated_at WHERE id = :id;

-- name: store_listing_feature(id bigint, is_featured boolean) -> count
UPDATE store_listings SET is_featured = :is_featured WHERE id = :id;

-- Removes one that no version of is left.
-- name: store_listing_delete_empty(id bigint) -> count
DELETE FROM store_listings WHERE id = :id AND NOT EXISTS (SELECT 1 FROM store_versions v WHERE v.listing_id = :id);

-- name: store_listing_add_runs(id bigint, runs bigint) -> count
UPDATE store_listings SET runs = runs + :runs WHERE id = :id;

-- name: store_listing_add_review(id bigint, ratings bigint, stars bigint) -> count
UPDATE store_listings SET ratings = ratings + :ratings, stars = stars + :stars,
       rating = COALESCE((stars + :stars) * 1000000 / NULLIF(ratings + :ratings, 0), 0) WHERE id = :id;

-- Notes an execution as a run of every listing that shows, or showed, what it ran, but for those of whoever ran it.
-- name: store_run_note(execution_id text) -> count
INSERT INTO store_runs (listing_id, user_id, runs, pending)
SELECT DISTINCT v.listing_id, e.user_id, 0, 1
FROM executions e JOIN store_versions v ON v.graph_id = e.graph_id AND v.graph_version = e.graph_version
     JOIN store_listings l ON l.id = v.listing_id JOIN store_profiles c ON c.id = l.profile_id
WHERE e.id = :execution_id AND v.status = 'APPROVED' AND (c.user_id IS NULL OR c.user_id <> e.user_id)
ON CONFLICT (listing_id, user_id) DO UPDATE SET pending = store_runs.pending + 1;

-- Runs that the listings' own counts do not have yet.
-- name: store_runs_pending(limit bigint) -> store_run*
SELECT listing_id, user_id, pending FROM store_runs WHERE pending > 0 ORDER BY listing_id, user_id LIMIT :limit;

-- name: store_run_settle(listing_id bigint, user_id text, n bigint) -> count
UPDATE store_runs SET runs = runs + :n, pending = pending - :n
WHERE listing_id = :listing_id AND user_id = :user_id AND pending >= :n;

-- name: store_run_of_user(listing_id bigint, user_id text) -> store_count?
SELECT runs + pending AS n FROM store_runs WHERE listing_id = :listing_id AND user_id = :user_id;

-- name: store_review(listing_id bigint, user_id text) -> store_review?
SELECT score, comments, created_at, updated_at FROM store_reviews WHERE listing_id = :listing_id AND user_id = :user_id;

-- name: store_review_put(listing_id bigint, user_id text, score bigint, comments text?, now bigint) -> count
INSERT INTO store_reviews (listing_id, user_id, score, comments, created_at, updated_at)
VALUES (:listing_id, :user_id, :score, :comments, :now, :now)
ON CONFLICT (listing_id, user_id) DO UPDATE SET score = :score, comments = :comments, updated_at = :now;

-- Makes others who count on a listing wait until this transaction ends.
-- name: store_listing_hold(id bigint) -> count
UPDATE store_listings SET ratings = ratings WHERE id = :id;
