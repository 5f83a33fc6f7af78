-- Administrators do what is theirs in a session whose password was entered again not long ago.
--
-- elevated_until: how long that holds; 0 for never.
ALTER TABLE sessions ADD COLUMN elevated_until BIGINT NOT NULL DEFAULT 0;

-- Few people are; one of them must always be left.
CREATE INDEX users_admins ON users (id) WHERE is_admin;
