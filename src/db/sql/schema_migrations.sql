-- Which migrations the database has seen; the table itself is made by migrate.c.

-- row: schema_migration
--   version bigint, name text, checksum text

-- name: schema_migrations_applied(limit bigint) -> schema_migration*
SELECT version, name, checksum FROM schema_migrations ORDER BY version LIMIT :limit;

-- name: schema_migration_insert(version bigint, name text, checksum text) -> count
INSERT INTO schema_migrations (version, name, checksum) VALUES (:version, :name, :checksum);
