-- Versions of listings, as they were handed in.

-- row: store_version
--   id text, listing_id bigint, number bigint, graph_id text, graph_version bigint, status text, name text, sub_heading text,
--   description text, instructions text?, image_urls text, image text, video_url text, output_demo_url text, categories text,
--   changes_summary text?, recommended_schedule_cron text?, created_at bigint, submitted_at bigint, reviewed_at bigint,
--   review_comments text?, withdrawn_at bigint, source text

-- With the listing and the creator that it belongs to.
-- row: store_submission
--   id text, listing_id bigint, number bigint, graph_id text, graph_version bigint, status text, name text, sub_heading text,
--   description text, instructions text?, image_urls text, video_url text, output_demo_url text, categories text,
--   changes_summary text?, recommended_schedule_cron text?, created_at bigint, submitted_at bigint, reviewed_at bigint,
--   review_comments text?, withdrawn_at bigint, slug text, is_live boolean, runs bigint, ratings bigint, stars bigint,
--   profile_id bigint, username text, user_id text?

-- row: store_version_id
--   id text

-- name: store_version(id text) -> store_version?
SELECT id, listing_id, number, graph_id, graph_version, status, name, sub_heading, description, instructions, image_urls,
       image, video_url, output_demo_url, categories, changes_summary, recommended_schedule_cron, created_at, submitted_at,
       reviewed_at, review_comments, withdrawn_at, source
FROM store_versions WHERE id = :id;

-- name: store_version_by_number(listing_id bigint, number bigint) -> store_version?
SELECT id, listing_id, number, graph_id, graph_version, status, name, sub_heading, description, instructions, image_urls,
       image, video_url, output_demo_url, categories, changes_summary, recommended_schedule_cron, created_at, submitted_at,
       reviewed_at, review_comments, withdrawn_at, source
FROM store_versions WHERE listing_id = :listing_id AND number = :number;

-- The version that is to be live: the newest that was approved and not withdrawn.
-- name: store_version_to_show(listing_id bigint) -> store_version?
SELECT id, listing_id, number, graph_id, graph_version, status, name, sub_heading, description, instructions, image_urls,
       image, video_url, output_demo_url, categories, changes_summary, recommended_schedule_cron, created_at, submitted_at,
       reviewed_at, review_comments, withdrawn_at, source
FROM store_versions WHERE listing_id = :listing_id AND status = 'APPROVED' AND withdrawn_at = 0
ORDER BY number DESC LIMIT 1;

-- Those that were approved and not withdrawn, newest first.
-- name: store_versions_approved(listing_id bigint, limit bigint) -> store_version*
SELECT id, listing_id, number, graph_id, graph_version, status, name, sub_heading, description, instructions, image_urls,
       image, video_url, output_demo_url, categories, changes_summary, recommended_schedule_cron, created_at, submitted_at,
       reviewed_at, review_comments, withdrawn_at, source
FROM store_versions WHERE listing_id = :listing_id AND status = 'APPROVED' AND withdrawn_at = 0
ORDER BY number DESC LIMIT :limit;

-- One that has not been approved yet.
-- name: store_version_open(listing_id bigint) -> store_version_id?
SELECT id FROM store_versions WHERE listing_id = :listing_id AND status <> 'APPROVED' ORDER BY number DESC LIMIT 1;

-- Whether a graph is in the store, or on its way there.
-- name: store_versions_of_graph(graph_id text) -> store_count?
SELECT COUNT(*) AS n FROM store_versions WHERE graph_id = :graph_id AND withdrawn_at = 0;

-- name: store_version_insert(id text, listing_id bigint, number bigint, graph_id text, graph_version bigint, status text,
--   name text, sub_heading text, description text, instructions text?, image_urls text, image text, video_url text,
--   output_demo_url text, categories text, changes_summary text?, recommended_schedule_cron text?, now bigint,
--   submitted_at bigint, reviewed_at bigint, source text) -> count
INSERT INTO store_versions (id, listing_id, number, graph_id, graph_version, status, name, sub_heading, description,
                            instructions, image_urls, image, video_url, output_demo_url, categories, changes_summary,
                            recommended_schedule_cron, created_at, submitted_at, reviewed_at, reviewer_id, review_comments,
                            withdrawn_at, source)
VALUES (:id, :listing_id, :number, :graph_id, :graph_version, :status, :name, :sub_heading, :description, :instructions,
        :image_urls, :image, :video_url, :output_demo_url, :categories, :changes_summary, :recommended_schedule_cron, :now,
        :submitted_at, :reviewed_at, NULL, NULL, 0, :source)
ON CONFLICT DO NOTHING;

-- Replaces all that its author says of it; 0 when its status has changed meanwhile.
-- name: store_version_update(id text, was text, graph_id text, graph_version bigint, status text, name text, sub_heading text,
--   description text, instructions text?, image_urls text, image text, video_url text, output_demo_url text, categories text,
--   changes_summary text?, recommended_schedule_cron text?, submitted_at bigint, reviewed_at bigint, source text) -> count
UPDATE store_versions SET graph_id = :graph_id, graph_version = :graph_version, status = :status, name = :name,
       sub_heading = :sub_heading, description = :description, instructions = :instructions, image_urls = :image_urls,
       image = :image, video_url = :video_url, output_demo_url = :output_demo_url, categories = :categories,
       changes_summary = :changes_summary, recommended_schedule_cron = :recommended_schedule_cron,
       submitted_at = :submitted_at, reviewed_at = :reviewed_at, source = :source
WHERE id = :id AND status = :was;

-- Of two who decide at the same time, one does; and of what was changed meanwhile, none.
-- name: store_version_decide(id text, submitted_at bigint, status text, reviewer_id text, comments text, now bigint) -> count
UPDATE store_versions SET status = :status, reviewer_id = :reviewer_id, review_comments = :comments, reviewed_at = :now
WHERE id = :id AND status = 'PENDING' AND submitted_at = :submitted_at;

-- name: store_version_withdraw(id text, now bigint) -> count
UPDATE store_versions SET withdrawn_at = :now WHERE id = :id AND status = 'APPROVED' AND withdrawn_at = 0;

-- What was approved once stays, for the sake of those who have it in their library.
-- name: store_version_delete(id text) -> count
DELETE FROM store_versions WHERE id = :id AND status <> 'APPROVED';

-- name: store_submission(id text) -> store_submission?
SELECT v.id AS id, v.listing_id AS listing_id, v.number AS number, v.graph_id AS graph_id, v.graph_version AS graph_version,
       v.status AS status, v.name AS name, v.sub_heading AS sub_heading, v.description AS description,
       v.instructions AS instructions, v.image_urls AS image_urls, v.video_url AS video_url,
       v.output_demo_url AS output_demo_url, v.categories AS categories, v.changes_summary AS changes_summary,
       v.recommended_schedule_cron AS recommended_schedule_cron, v.created_at AS created_at, v.submitted_at AS submitted_at,
       v.reviewed_at AS reviewed_at, v.review_comments AS review_comments, v.withdrawn_at AS withdrawn_at, l.slug AS slug,
       l.is_live AS is_live, l.runs AS runs, l.ratings AS ratings, l.stars AS stars, c.id AS profile_id,
       c.username AS username, c.user_id AS user_id
FROM store_versions v JOIN store_listings l ON l.id = v.listing_id JOIN store_profiles c ON c.id = l.profile_id
WHERE v.id = :id;

-- A person's own, newest first.
-- name: store_submissions_of_user(user_id text, limit bigint, offset bigint) -> store_submission*
SELECT v.id AS id, v.listing_id AS listing_id, v.number AS number, v.graph_id AS graph_id, v.graph_version AS graph_version,
       v.status AS status, v.name AS name, v.sub_heading AS sub_heading, v.description AS description,
       v.instructions AS instructions, v.image_urls AS image_urls, v.video_url AS video_url,
       v.output_demo_url AS output_demo_url, v.categories AS categories, v.changes_summary AS changes_summary,
       v.recommended_schedule_cron AS recommended_schedule_cron, v.created_at AS created_at, v.submitted_at AS submitted_at,
       v.reviewed_at AS reviewed_at, v.review_comments AS review_comments, v.withdrawn_at AS withdrawn_at, l.slug AS slug,
       l.is_live AS is_live, l.runs AS runs, l.ratings AS ratings, l.stars AS stars, c.id AS profile_id,
       c.username AS username, c.user_id AS user_id
FROM store_profiles c JOIN store_listings l ON l.profile_id = c.id JOIN store_versions v ON v.listing_id = l.id
WHERE c.user_id = :user_id AND v.withdrawn_at = 0
ORDER BY v.id DESC LIMIT :limit OFFSET :offset;

-- name: store_submissions_of_user_count(user_id text) -> store_count?
SELECT COUNT(*) AS n
FROM store_profiles c JOIN store_listings l ON l.profile_id = c.id JOIN store_versions v ON v.listing_id = l.id
WHERE c.user_id = :user_id AND v.withdrawn_at = 0;

-- Those of one status, longest waiting first.
-- name: store_submissions_by_status(status text, limit bigint, offset bigint) -> store_submission*
SELECT v.id AS id, v.listing_id AS listing_id, v.number AS number, v.graph_id AS graph_id, v.graph_version AS graph_version,
       v.status AS status, v.name AS name, v.sub_heading AS sub_heading, v.description AS description,
       v.instructions AS instructions, v.image_urls AS image_urls, v.video_url AS video_url,
       v.output_demo_url AS output_demo_url, v.categories AS categories, v.changes_summary AS changes_summary,
       v.recommended_schedule_cron AS recommended_schedule_cron, v.created_at AS created_at, v.submitted_at AS submitted_at,
       v.reviewed_at AS reviewed_at, v.review_comments AS review_comments, v.withdrawn_at AS withdrawn_at, l.slug AS slug,
       l.is_live AS is_live, l.runs AS runs, l.ratings AS ratings, l.stars AS stars, c.id AS profile_id,
       c.username AS username, c.user_id AS user_id
FROM (SELECT id FROM store_versions WHERE status = :status ORDER BY submitted_at, id LIMIT :limit OFFSET :offset) AS ids
     JOIN store_versions v ON v.id = ids.id JOIN store_listings l ON l.id = v.listing_id
     JOIN store_profiles c ON c.id = l.profile_id
ORDER BY v.submitted_at, v.id;

-- name: store_submissions_by_status_count(status text) -> store_count?
SELECT COUNT(*) AS n FROM store_versions WHERE status = :status;
