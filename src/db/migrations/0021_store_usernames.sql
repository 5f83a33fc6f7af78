-- Usernames under which agents have been in the store: they stay their creator's after another one was taken, so that nobody can
-- put something else where links lead.
CREATE TABLE store_usernames (
        username   TEXT   PRIMARY KEY,
        profile_id BIGINT NOT NULL,
        created_at BIGINT NOT NULL
);
CREATE INDEX store_usernames_profile ON store_usernames (profile_id);
