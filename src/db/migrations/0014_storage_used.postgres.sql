-- Bytes that each person keeps in storage: graphs, executions with what their nodes got and gave, and what agents keep for
-- later runs. Triggers write it with the rows that it counts, so that it is right whenever they are.
CREATE TABLE storage_used (
        user_id TEXT   PRIMARY KEY,
        bytes   BIGINT NOT NULL
);

-- Of the runs of its nodes, as the last checkpoint had them.
ALTER TABLE executions ADD COLUMN node_bytes BIGINT NOT NULL DEFAULT 0;

UPDATE executions SET node_bytes = (
       SELECT COALESCE(SUM(octet_length(COALESCE(n.input, '')) + octet_length(COALESCE(n.output, ''))), 0)
       FROM node_executions n WHERE n.execution_id = executions.id);

INSERT INTO storage_used (user_id, bytes)
SELECT user_id, SUM(bytes) FROM (
       SELECT g.user_id AS user_id, (octet_length(v.summary) + octet_length(v.body))::BIGINT AS bytes
       FROM graph_versions v JOIN graphs g ON g.id = v.graph_id
       UNION ALL
       SELECT user_id, octet_length(inputs) + octet_length(COALESCE(outputs, '')) + node_bytes FROM executions
       UNION ALL
       SELECT user_id, octet_length(value)::BIGINT FROM agent_memories) AS kept
GROUP BY user_id;

-- Each person's executions that have not ended.
CREATE INDEX executions_under_way ON executions (user_id) WHERE status IN ('QUEUED', 'RUNNING', 'REVIEW');

-- The row of a person is held until the transaction ends: what a person adds is counted one after another.
CREATE FUNCTION gatehouse_storage_add(person TEXT, more BIGINT) RETURNS VOID LANGUAGE sql AS $$
        INSERT INTO storage_used AS u (user_id, bytes) VALUES (person, more)
        ON CONFLICT (user_id) DO UPDATE SET bytes = u.bytes + excluded.bytes;
$$;

CREATE FUNCTION gatehouse_graph_version_counted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
        IF TG_OP = 'INSERT' THEN
                PERFORM gatehouse_storage_add(g.user_id, (octet_length(NEW.summary) + octet_length(NEW.body))::BIGINT)
                FROM graphs g WHERE g.id = NEW.graph_id;
        ELSE
                PERFORM gatehouse_storage_add(g.user_id, -(octet_length(OLD.summary) + octet_length(OLD.body))::BIGINT)
                FROM graphs g WHERE g.id = OLD.graph_id;
        END IF;
        RETURN NULL;
END;
$$;
CREATE TRIGGER graph_versions_counted AFTER INSERT OR DELETE ON graph_versions
        FOR EACH ROW EXECUTE FUNCTION gatehouse_graph_version_counted();

CREATE FUNCTION gatehouse_execution_counted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
        IF TG_OP = 'INSERT' THEN
                PERFORM gatehouse_storage_add(NEW.user_id, octet_length(NEW.inputs)::BIGINT);
        ELSIF TG_OP = 'DELETE' THEN
                PERFORM gatehouse_storage_add(OLD.user_id, -(OLD.node_bytes + octet_length(OLD.inputs) + octet_length(COALESCE(OLD.outputs, ''))));
        ELSE
                PERFORM gatehouse_storage_add(NEW.user_id, NEW.node_bytes - OLD.node_bytes + octet_length(COALESCE(NEW.outputs, ''))
                        - octet_length(COALESCE(OLD.outputs, '')));
        END IF;
        RETURN NULL;
END;
$$;
CREATE TRIGGER executions_counted AFTER INSERT OR DELETE ON executions
        FOR EACH ROW EXECUTE FUNCTION gatehouse_execution_counted();
CREATE TRIGGER executions_recounted AFTER UPDATE OF outputs, node_bytes ON executions FOR EACH ROW
        WHEN (OLD.node_bytes <> NEW.node_bytes OR OLD.outputs IS DISTINCT FROM NEW.outputs)
        EXECUTE FUNCTION gatehouse_execution_counted();

CREATE FUNCTION gatehouse_memory_counted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
        IF TG_OP <> 'DELETE' THEN
                PERFORM gatehouse_storage_add(NEW.user_id, octet_length(NEW.value)::BIGINT);
        END IF;
        IF TG_OP <> 'INSERT' THEN
                PERFORM gatehouse_storage_add(OLD.user_id, -octet_length(OLD.value)::BIGINT);
        END IF;
        RETURN NULL;
END;
$$;
CREATE TRIGGER agent_memories_counted AFTER INSERT OR UPDATE OF value OR DELETE ON agent_memories
        FOR EACH ROW EXECUTE FUNCTION gatehouse_memory_counted();
