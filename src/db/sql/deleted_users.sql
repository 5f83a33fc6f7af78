-- People who deleted their accounts, and what is removed of theirs: part of it at once (src/web/account_delete.c), the rest by the
-- clean-up, at most `limit` rows at a time (src/jobs/cleanup_people.c).

-- row: deleted_user
--   id text, deleted_at bigint

-- What somebody has, in numbers, for the page that says what goes.
-- row: person_holdings
--   agents bigint, schedules bigint, credentials bigint, keys bigint, connections bigint, apps bigint, listings bigint

-- name: person_holdings(id text) -> person_holdings?
SELECT (SELECT COUNT(*) FROM graphs g WHERE g.user_id = u.id AND g.parent_id = '' AND g.deleted_at = 0) AS agents,
       (SELECT COUNT(*) FROM schedules s WHERE s.user_id = u.id) AS schedules,
       (SELECT COUNT(*) FROM credentials r WHERE r.user_id = u.id) AS credentials,
       (SELECT COUNT(*) FROM api_keys k WHERE k.user_id = u.id AND k.status <> 'REVOKED') AS keys,
       (SELECT COUNT(*) FROM consents c WHERE c.user_id = u.id) AS connections,
       (SELECT COUNT(*) FROM apps a WHERE a.owner_id = u.id) AS apps,
       COALESCE((SELECT p.listings FROM store_profiles p WHERE p.user_id = u.id), 0) AS listings
FROM users u WHERE u.id = :id;

-- Ends the account: whatever is theirs counts for nothing without this row.
-- name: user_delete(id text) -> count
DELETE FROM users WHERE id = :id;

-- name: deleted_user_put(id text, now bigint) -> count
INSERT INTO deleted_users (id, deleted_at) VALUES (:id, :now)
ON CONFLICT (id) DO UPDATE SET deleted_at = :now;

-- name: deleted_user(id text) -> deleted_user?
SELECT id, deleted_at FROM deleted_users WHERE id = :id;

-- name: deleted_user_after(id text) -> deleted_user?
SELECT id, deleted_at FROM deleted_users WHERE id > :id ORDER BY id LIMIT 1;

-- name: deleted_user_forget(id text) -> count
DELETE FROM deleted_users WHERE id = :id;

-- --- at once ---

-- Ends what is under way: the process that runs it finds its lease gone when it next stores something.
-- name: executions_abandon(user_id text, now bigint) -> count
UPDATE executions SET status = 'TERMINATED', owner = '', is_stopped = TRUE, ended_at = :now, changes = changes + 1
WHERE user_id = :user_id AND status IN ('QUEUED', 'RUNNING', 'REVIEW');

-- name: schedules_delete_of_user(user_id text) -> count
DELETE FROM schedules WHERE user_id = :user_id;

-- name: credentials_delete_of_user(user_id text) -> count
DELETE FROM credentials WHERE user_id = :user_id;

-- name: app_logos_delete_of_owner(owner_id text) -> count
DELETE FROM app_logos WHERE app_id IN (SELECT id FROM apps WHERE owner_id = :owner_id);

-- name: apps_delete_of_owner(owner_id text) -> count
DELETE FROM apps WHERE owner_id = :owner_id;

-- --- in the store ---

-- What others have in their library stays for them, out of the store.
-- name: store_versions_delete_of_profile(profile_id bigint, user_id text) -> count
DELETE FROM store_versions WHERE listing_id IN (SELECT id FROM store_listings WHERE profile_id = :profile_id)
       AND (status <> 'APPROVED'
            OR NOT EXISTS (SELECT 1 FROM library_agents a WHERE a.graph_id = store_versions.graph_id AND a.user_id <> :user_id));

-- name: store_versions_withdraw_of_profile(profile_id bigint, now bigint) -> count
UPDATE store_versions SET withdrawn_at = :now
WHERE withdrawn_at = 0 AND listing_id IN (SELECT id FROM store_listings WHERE profile_id = :profile_id);

-- name: store_words_delete_of_profile(profile_id bigint) -> count
-- sqlite: rows of its full-text search have no other key
DELETE FROM store_words WHERE rowid IN (SELECT id FROM store_listings WHERE profile_id = :profile_id);
-- postgres: by its key
DELETE FROM store_words WHERE id IN (SELECT id FROM store_listings WHERE profile_id = :profile_id);

-- name: store_listings_hide_of_profile(profile_id bigint) -> count
UPDATE store_listings SET is_live = FALSE, is_featured = FALSE, version_id = '' WHERE profile_id = :profile_id;

-- name: store_listings_delete_empty_of_profile(profile_id bigint) -> count
DELETE FROM store_listings WHERE profile_id = :profile_id
       AND NOT EXISTS (SELECT 1 FROM store_versions v WHERE v.listing_id = store_listings.id);

-- Nobody's any more, and nothing about anybody. The username stays taken.
-- name: store_profile_leave(id bigint, now bigint) -> count
UPDATE store_profiles SET user_id = NULL, name = '', description = '', avatar_url = NULL, links = '[]', is_featured = FALSE,
       updated_at = :now WHERE id = :id;

-- --- by the clean-up ---

-- name: executions_of_user(user_id text, limit bigint) -> execution_id*
SELECT id FROM executions WHERE user_id = :user_id ORDER BY id LIMIT :limit;

-- Makes graphs nobody's, and deleted. Their versions follow, but for what others have in their library.
-- name: graphs_disown(user_id text, now bigint, limit bigint) -> count
UPDATE graphs SET user_id = '', deleted_at = CASE WHEN deleted_at > 0 THEN deleted_at ELSE :now END
WHERE id IN (SELECT id FROM graphs WHERE user_id = :user_id LIMIT :limit);

-- name: library_agents_delete_of_user(user_id text, limit bigint) -> count
DELETE FROM library_agents WHERE id IN (SELECT id FROM library_agents WHERE user_id = :user_id LIMIT :limit);

-- name: agent_memories_delete_of_user(user_id text, limit bigint) -> count
DELETE FROM agent_memories WHERE (user_id, name) IN
       (SELECT user_id, name FROM agent_memories WHERE user_id = :user_id LIMIT :limit);

-- name: api_keys_delete_of_user(user_id text, limit bigint) -> count
DELETE FROM api_keys WHERE id IN (SELECT id FROM api_keys WHERE user_id = :user_id LIMIT :limit);

-- name: authorizations_delete_of_user(user_id text, limit bigint) -> count
DELETE FROM authorizations WHERE id IN (SELECT id FROM authorizations WHERE user_id = :user_id LIMIT :limit);

-- name: consents_delete_of_user(user_id text, limit bigint) -> count
DELETE FROM consents WHERE (user_id, app_id) IN (SELECT user_id, app_id FROM consents WHERE user_id = :user_id LIMIT :limit);

-- name: connection_states_delete_of_user(user_id text, limit bigint) -> count
DELETE FROM connection_states WHERE digest IN (SELECT digest FROM connection_states WHERE user_id = :user_id LIMIT :limit);

-- name: store_runs_delete_of_user(user_id text, limit bigint) -> count
DELETE FROM store_runs WHERE (listing_id, user_id) IN
       (SELECT listing_id, user_id FROM store_runs WHERE user_id = :user_id LIMIT :limit);

-- What they rated goes; the stars that they gave are in the sums already.
-- name: store_reviews_delete_of_user(user_id text, limit bigint) -> count
DELETE FROM store_reviews WHERE (listing_id, user_id) IN
       (SELECT listing_id, user_id FROM store_reviews WHERE user_id = :user_id LIMIT :limit);

-- name: notification_preferences_delete(user_id text) -> count
DELETE FROM notification_preferences WHERE user_id = :user_id;

-- name: storage_used_delete(user_id text) -> count
DELETE FROM storage_used WHERE user_id = :user_id;
