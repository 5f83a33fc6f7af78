-- Renewals that failed: how often in a row, until when none is tried again (milliseconds), and what the provider did, for the
-- person whose account it is.
ALTER TABLE credentials ADD COLUMN refresh_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN refresh_after BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN refresh_problem TEXT;
