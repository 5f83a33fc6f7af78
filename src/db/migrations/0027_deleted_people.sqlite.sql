-- People who deleted their accounts. Their row of users is gone at once, which ends everything; what they had is removed in
-- batches by the clean-up, which finds here whose it was.
CREATE TABLE deleted_users (
        id         TEXT    NOT NULL PRIMARY KEY,
        deleted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is one person's and was not found by the person before.
CREATE INDEX executions_user ON executions (user_id);
CREATE INDEX store_runs_user ON store_runs (user_id);
CREATE INDEX store_reviews_user ON store_reviews (user_id);
