-- People who deleted their accounts. Their row of users is gone at once, which ends everything; what they had is removed in
-- batches by the clean-up, which finds here whose it was.
CREATE TABLE deleted_users (
        id         TEXT   NOT NULL PRIMARY KEY,
        deleted_at BIGINT NOT NULL
);

-- What is one person's and was not found by the person before.
CREATE INDEX executions_user ON executions (user_id);
CREATE INDEX store_runs_user ON store_runs (user_id);
CREATE INDEX store_reviews_user ON store_reviews (user_id);

-- What is taken away is counted for those who have a count, as on SQLite: who left has none, and must not get one again.
CREATE OR REPLACE FUNCTION gatehouse_storage_add(person TEXT, more BIGINT) RETURNS VOID LANGUAGE sql AS $$
        UPDATE storage_used SET bytes = bytes + more WHERE user_id = person AND more < 0;
        INSERT INTO storage_used AS u (user_id, bytes) SELECT person, more WHERE more >= 0
        ON CONFLICT (user_id) DO UPDATE SET bytes = u.bytes + excluded.bytes;
$$;
