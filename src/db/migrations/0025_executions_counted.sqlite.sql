-- How many of a person's executions have not ended, counted as they begin and end: to count the rows for each that begins
-- took longer the more there were.
ALTER TABLE storage_used ADD COLUMN executions INTEGER NOT NULL DEFAULT 0;

UPDATE storage_used SET executions = (
       SELECT COUNT(*) FROM executions e WHERE e.user_id = storage_used.user_id AND e.status IN ('QUEUED', 'RUNNING', 'REVIEW'));

DROP INDEX executions_under_way;
DROP TRIGGER executions_counted;
DROP TRIGGER executions_discounted;

CREATE TRIGGER executions_counted AFTER INSERT ON executions BEGIN
        INSERT INTO storage_used (user_id, bytes, executions)
        VALUES (NEW.user_id, length(CAST(NEW.inputs AS BLOB)), NEW.status IN ('QUEUED', 'RUNNING', 'REVIEW'))
        ON CONFLICT (user_id) DO UPDATE SET bytes = bytes + excluded.bytes, executions = executions + excluded.executions;
END;

CREATE TRIGGER executions_moved AFTER UPDATE OF status ON executions
WHEN (OLD.status IN ('QUEUED', 'RUNNING', 'REVIEW')) <> (NEW.status IN ('QUEUED', 'RUNNING', 'REVIEW')) BEGIN
        UPDATE storage_used SET executions = executions + (NEW.status IN ('QUEUED', 'RUNNING', 'REVIEW'))
               - (OLD.status IN ('QUEUED', 'RUNNING', 'REVIEW'))
        WHERE user_id = NEW.user_id;
END;

CREATE TRIGGER executions_discounted AFTER DELETE ON executions BEGIN
        UPDATE storage_used SET bytes = bytes - OLD.node_bytes - length(CAST(OLD.inputs AS BLOB))
               - length(CAST(COALESCE(OLD.outputs, '') AS BLOB)),
               executions = executions - (OLD.status IN ('QUEUED', 'RUNNING', 'REVIEW'))
        WHERE user_id = OLD.user_id;
END;
