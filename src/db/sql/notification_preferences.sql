-- row: notification_preferences
--   refused text, daily_limit bigint

-- Not found for a person who never said.
-- name: notifications_of_user(user_id text) -> notification_preferences?
SELECT refused, daily_limit FROM notification_preferences WHERE user_id = :user_id;

-- name: notifications_set(user_id text, refused text, daily_limit bigint) -> count
INSERT INTO notification_preferences (user_id, refused, daily_limit) VALUES (:user_id, :refused, :daily_limit)
ON CONFLICT (user_id) DO UPDATE SET refused = :refused, daily_limit = :daily_limit;
