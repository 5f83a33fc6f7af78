-- How many of a person's executions have not ended, counted as they begin and end: to count the rows for each that begins
-- took longer the more there were. Nothing may begin or end between the count and the new triggers.
LOCK TABLE executions IN SHARE ROW EXCLUSIVE MODE;

ALTER TABLE storage_used ADD COLUMN executions BIGINT NOT NULL DEFAULT 0;

UPDATE storage_used SET executions = (
       SELECT COUNT(*) FROM executions e WHERE e.user_id = storage_used.user_id AND e.status IN ('QUEUED', 'RUNNING', 'REVIEW'));

DROP INDEX executions_under_way;
DROP TRIGGER executions_counted ON executions;
DROP TRIGGER executions_recounted ON executions;

-- The row of a person is held until the transaction ends: what a person adds is counted one after another.
CREATE FUNCTION gatehouse_execution_add(person TEXT, more BIGINT, begun BIGINT) RETURNS VOID LANGUAGE sql AS $$
        INSERT INTO storage_used AS u (user_id, bytes, executions) VALUES (person, more, begun)
        ON CONFLICT (user_id) DO UPDATE SET bytes = u.bytes + excluded.bytes, executions = u.executions + excluded.executions;
$$;

CREATE FUNCTION gatehouse_execution_bytes(e executions) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
        SELECT e.node_bytes + octet_length(e.inputs) + octet_length(COALESCE(e.outputs, ''));
$$;

CREATE FUNCTION gatehouse_is_under_way(status TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS $$
        SELECT (status IN ('QUEUED', 'RUNNING', 'REVIEW'))::INTEGER;
$$;

CREATE OR REPLACE FUNCTION gatehouse_execution_counted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
        IF TG_OP = 'INSERT' THEN
                PERFORM gatehouse_execution_add(NEW.user_id, gatehouse_execution_bytes(NEW), gatehouse_is_under_way(NEW.status));
        ELSIF TG_OP = 'DELETE' THEN
                UPDATE storage_used SET bytes = bytes - gatehouse_execution_bytes(OLD),
                       executions = executions - gatehouse_is_under_way(OLD.status)
                WHERE user_id = OLD.user_id;
        ELSE
                PERFORM gatehouse_execution_add(NEW.user_id, gatehouse_execution_bytes(NEW) - gatehouse_execution_bytes(OLD),
                        gatehouse_is_under_way(NEW.status) - gatehouse_is_under_way(OLD.status));
        END IF;
        RETURN NULL;
END;
$$;
CREATE TRIGGER executions_counted AFTER INSERT OR DELETE ON executions
        FOR EACH ROW EXECUTE FUNCTION gatehouse_execution_counted();
CREATE TRIGGER executions_recounted AFTER UPDATE OF outputs, node_bytes, status ON executions FOR EACH ROW
        WHEN (OLD.node_bytes <> NEW.node_bytes OR OLD.outputs IS DISTINCT FROM NEW.outputs
              OR gatehouse_is_under_way(OLD.status) <> gatehouse_is_under_way(NEW.status))
        EXECUTE FUNCTION gatehouse_execution_counted();
