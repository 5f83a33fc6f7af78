-- Bytes that each person keeps in storage: graphs, executions with what their nodes got and gave, and what agents keep for
-- later runs. Triggers write it with the rows that it counts, so that it is right whenever they are.
CREATE TABLE storage_used (
        user_id TEXT    NOT NULL PRIMARY KEY,
        bytes   INTEGER NOT NULL
) STRICT;

-- Of the runs of its nodes, as the last checkpoint had them.
ALTER TABLE executions ADD COLUMN node_bytes INTEGER NOT NULL DEFAULT 0;

UPDATE executions SET node_bytes = (
       SELECT COALESCE(SUM(length(CAST(COALESCE(n.input, '') AS BLOB)) + length(CAST(COALESCE(n.output, '') AS BLOB))), 0)
       FROM node_executions n WHERE n.execution_id = executions.id);

INSERT INTO storage_used (user_id, bytes)
SELECT user_id, SUM(bytes) FROM (
       SELECT g.user_id AS user_id, length(CAST(v.summary AS BLOB)) + length(CAST(v.body AS BLOB)) AS bytes
       FROM graph_versions v JOIN graphs g ON g.id = v.graph_id
       UNION ALL
       SELECT user_id, length(CAST(inputs AS BLOB)) + length(CAST(COALESCE(outputs, '') AS BLOB)) + node_bytes FROM executions
       UNION ALL
       SELECT user_id, length(CAST(value AS BLOB)) FROM agent_memories) AS kept
GROUP BY user_id;

-- Each person's executions that have not ended.
CREATE INDEX executions_under_way ON executions (user_id) WHERE status IN ('QUEUED', 'RUNNING', 'REVIEW');

CREATE TRIGGER graph_versions_counted AFTER INSERT ON graph_versions BEGIN
        INSERT INTO storage_used (user_id, bytes)
        SELECT g.user_id, length(CAST(NEW.summary AS BLOB)) + length(CAST(NEW.body AS BLOB)) FROM graphs g WHERE g.id = NEW.graph_id
        ON CONFLICT (user_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER graph_versions_discounted AFTER DELETE ON graph_versions BEGIN
        UPDATE storage_used SET bytes = bytes - length(CAST(OLD.summary AS BLOB)) - length(CAST(OLD.body AS BLOB))
        WHERE user_id = (SELECT g.user_id FROM graphs g WHERE g.id = OLD.graph_id);
END;

CREATE TRIGGER executions_counted AFTER INSERT ON executions BEGIN
        INSERT INTO storage_used (user_id, bytes) VALUES (NEW.user_id, length(CAST(NEW.inputs AS BLOB)))
        ON CONFLICT (user_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER executions_recounted AFTER UPDATE OF outputs, node_bytes ON executions
WHEN OLD.node_bytes <> NEW.node_bytes OR OLD.outputs IS NOT NEW.outputs BEGIN
        UPDATE storage_used SET bytes = bytes + NEW.node_bytes - OLD.node_bytes
               + length(CAST(COALESCE(NEW.outputs, '') AS BLOB)) - length(CAST(COALESCE(OLD.outputs, '') AS BLOB))
        WHERE user_id = NEW.user_id;
END;

CREATE TRIGGER executions_discounted AFTER DELETE ON executions BEGIN
        UPDATE storage_used SET bytes = bytes - OLD.node_bytes - length(CAST(OLD.inputs AS BLOB))
               - length(CAST(COALESCE(OLD.outputs, '') AS BLOB))
        WHERE user_id = OLD.user_id;
END;

CREATE TRIGGER agent_memories_counted AFTER INSERT ON agent_memories BEGIN
        INSERT INTO storage_used (user_id, bytes) VALUES (NEW.user_id, length(CAST(NEW.value AS BLOB)))
        ON CONFLICT (user_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER agent_memories_recounted AFTER UPDATE OF value ON agent_memories BEGIN
        UPDATE storage_used SET bytes = bytes + length(CAST(NEW.value AS BLOB)) - length(CAST(OLD.value AS BLOB))
        WHERE user_id = NEW.user_id;
END;

CREATE TRIGGER agent_memories_discounted AFTER DELETE ON agent_memories BEGIN
        UPDATE storage_used SET bytes = bytes - length(CAST(OLD.value AS BLOB)) WHERE user_id = OLD.user_id;
END;
