-- Apps that went with their makers' accounts (src/web/account_delete.c), and what is left of them: who chose credentials for them, who
-- approved them. Codes and tokens end by themselves. The clean-up walks over the answers and approvals of all people, a stretch at
-- a time (src/jobs/cleanup_apps.c): no index finds them by their app, since each sign-in would pay for it.

-- row: consent_key
--   user_id text, app_id text

-- Of all apps of a person that are about to be deleted.
-- name: deleted_apps_put(owner_id text, now bigint) -> count
INSERT INTO deleted_apps (id, deleted_at) SELECT id, :now FROM apps WHERE owner_id = :owner_id
ON CONFLICT (id) DO UPDATE SET deleted_at = :now;

-- Whether there are any; no id is empty.
-- name: deleted_apps_any() -> held?
SELECT TRUE AS held FROM deleted_apps WHERE id > '' LIMIT 1;

-- name: deleted_apps_forget(before bigint) -> count
DELETE FROM deleted_apps WHERE deleted_at < :before;

-- name: app_credentials_delete_of_gone(limit bigint) -> count
DELETE FROM app_credentials WHERE (user_id, credential_id, app_id) IN
       (SELECT user_id, credential_id, app_id FROM app_credentials WHERE app_id IN (SELECT id FROM deleted_apps) LIMIT :limit);

-- name: authorizations_delete_of_gone(after bigint, last bigint) -> count
DELETE FROM authorizations WHERE id > :after AND id <= :last AND app_id IN (SELECT id FROM deleted_apps);

-- The answer that has so many between itself and that one.
-- name: consent_behind(user_id text, app_id text, between bigint) -> consent_key?
SELECT user_id, app_id FROM consents WHERE (user_id, app_id) > (:user_id, :app_id)
ORDER BY user_id, app_id LIMIT 1 OFFSET :between;

-- The last one, from this person on.
-- name: consent_last(user_id text) -> consent_key?
SELECT user_id, app_id FROM consents WHERE user_id >= :user_id ORDER BY user_id DESC, app_id DESC LIMIT 1;

-- name: consents_delete_of_gone(after_user text, after_app text, last_user text, last_app text) -> count
DELETE FROM consents WHERE (user_id, app_id) > (:after_user, :after_app) AND (user_id, app_id) <= (:last_user, :last_app)
       AND app_id IN (SELECT id FROM deleted_apps);
