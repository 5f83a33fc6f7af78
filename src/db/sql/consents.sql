-- row: consent
--   scopes text, granted_at bigint

-- Remembers a person's answer; replaces an earlier one.
-- name: consent_upsert(user_id text, app_id text, scopes text, now bigint) -> count
INSERT INTO consents (user_id, app_id, scopes, granted_at) VALUES (:user_id, :app_id, :scopes, :now)
ON CONFLICT (user_id, app_id) DO UPDATE SET scopes = :scopes, granted_at = :now;

-- name: consent_find(user_id text, app_id text) -> consent?
SELECT scopes, granted_at FROM consents WHERE user_id = :user_id AND app_id = :app_id;

-- Notes that the app called; never goes back. 0 where there is no answer of this person's.
-- name: consent_touch(user_id text, app_id text, now bigint) -> count
UPDATE consents SET used_at = :now WHERE user_id = :user_id AND app_id = :app_id AND used_at < :now;

-- name: consents_delete_of_app(app_id text) -> count
DELETE FROM consents WHERE app_id = :app_id;
