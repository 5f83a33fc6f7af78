-- When an app last called for a person, as far as a minute; 0 for never.
ALTER TABLE consents ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
