-- Apps that went with their makers' accounts. Nothing that they were allowed counts for anything without the app; the clean-up, which
-- finds here which they were, removes it in batches.
CREATE TABLE deleted_apps (
        id         TEXT   PRIMARY KEY,
        deleted_at BIGINT NOT NULL
);
INSERT INTO deleted_apps (id, deleted_at)
SELECT DISTINCT c.app_id, 0 FROM consents c WHERE NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = c.app_id);
