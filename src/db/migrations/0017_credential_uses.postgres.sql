-- Who uses people's credentials, for the page that shows them.

-- The agents: credentials that a version's nodes name, those of the sub-graphs that came with it among them.
CREATE TABLE graph_credentials (
        version_id    BIGINT NOT NULL,
        credential_id TEXT   NOT NULL,
        name          TEXT   NOT NULL, -- of the graph
        PRIMARY KEY (version_id, credential_id)
);
CREATE INDEX graph_credentials_credential ON graph_credentials (credential_id);

INSERT INTO graph_credentials (version_id, credential_id, name)
SELECT DISTINCT p.id, c.id, COALESCE(p.summary::json ->> 'name', '')
FROM credentials c JOIN graphs g ON g.user_id = c.user_id JOIN graph_versions v ON v.graph_id = g.id AND strpos(v.body, c.id) > 0
     JOIN graph_versions p ON p.id = CASE v.parent WHEN 0 THEN v.id ELSE v.parent END;

CREATE FUNCTION gatehouse_graph_versions_unused() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
        DELETE FROM graph_credentials WHERE version_id = OLD.id;
        RETURN NULL;
END;
$$;
CREATE TRIGGER graph_versions_unused AFTER DELETE ON graph_versions FOR EACH ROW EXECUTE FUNCTION gatehouse_graph_versions_unused();

-- The apps: what a person went on with when an app had sent them to the set-up wizard.
CREATE TABLE app_credentials (
        user_id       TEXT   NOT NULL,
        app_id        TEXT   NOT NULL,
        credential_id TEXT   NOT NULL,
        chosen_at     BIGINT NOT NULL,
        PRIMARY KEY (user_id, credential_id, app_id)
);
CREATE INDEX app_credentials_app ON app_credentials (app_id, user_id);

CREATE FUNCTION gatehouse_credentials_unused() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
        DELETE FROM app_credentials WHERE user_id = OLD.user_id AND credential_id = OLD.id;
        RETURN NULL;
END;
$$;
CREATE TRIGGER credentials_unused AFTER DELETE ON credentials FOR EACH ROW EXECUTE FUNCTION gatehouse_credentials_unused();
