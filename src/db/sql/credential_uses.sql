-- Who uses people's credentials: agents by what their nodes name, apps by what a person chose for them.

-- An agent as it is now, or as one of its schedules runs it.
-- row: credential_agent
--   credential_id text, graph_id text, name text, schedules bigint

-- row: credential_app
--   credential_id text, name text, chosen_at bigint

-- Notes that a version of a graph names a credential.
-- name: graph_credential_insert(version_id bigint, credential_id text, name text) -> count
INSERT INTO graph_credentials (version_id, credential_id, name) VALUES (:version_id, :credential_id, :name)
ON CONFLICT DO NOTHING;

-- The agents that use a person's credentials; those of one credential stand side by side, the newest version of an agent first.
-- name: credential_agents(user_id text, limit bigint) -> credential_agent*
SELECT u.credential_id AS credential_id, g.id AS graph_id, u.name AS name,
       (SELECT COUNT(*) FROM schedules s WHERE s.user_id = :user_id AND s.graph_id = g.id AND s.graph_version = v.version) AS schedules
FROM credentials c JOIN graph_credentials u ON u.credential_id = c.id JOIN graph_versions v ON v.id = u.version_id
     JOIN graphs g ON g.id = v.graph_id
WHERE c.user_id = :user_id AND g.user_id = :user_id AND g.deleted_at = 0
      AND (v.version = CASE WHEN g.active_version > 0 THEN g.active_version ELSE g.newest_version END
           OR EXISTS (SELECT 1 FROM schedules s WHERE s.user_id = :user_id AND s.graph_id = g.id AND s.graph_version = v.version))
ORDER BY u.credential_id, g.id, v.version DESC LIMIT :limit;

-- name: app_credential_choose(user_id text, app_id text, credential_id text, now bigint) -> count
INSERT INTO app_credentials (user_id, app_id, credential_id, chosen_at) VALUES (:user_id, :app_id, :credential_id, :now)
ON CONFLICT (user_id, credential_id, app_id) DO UPDATE SET chosen_at = :now;

-- The apps that a person's credentials were chosen for, by name.
-- name: credential_apps(user_id text, limit bigint) -> credential_app*
SELECT u.credential_id AS credential_id, a.name AS name, u.chosen_at AS chosen_at
FROM app_credentials u JOIN apps a ON a.id = u.app_id
WHERE u.user_id = :user_id ORDER BY LOWER(a.name), a.id LIMIT :limit;
