-- Tells every node what changed, so that none serves a row from memory that holds no more (see src/db/listener.h).
--
-- The database itself tells it: whoever writes, this server, an import or an operator with psql, can't forget to. A message
-- names what changed, "kind:id id …", and reaches its listeners when the transaction commits.
--
-- Rows that end by age are told of by nobody, for who keeps them sees their age; else each clean-up would drown the news.
-- So deletions of codes and tokens that have expired or were revoked (which was told then) are silent. A session's seen_at
-- is silent as well: it changes nothing that is decided, see row_cache.h.

CREATE FUNCTION gatehouse_row_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        PERFORM pg_notify('gatehouse', TG_ARGV[0] || ':' || OLD.id);
        RETURN NULL;
END
$$;

-- A message holds less than 8000 bytes: 300 ids of at most 19 digits.
CREATE FUNCTION gatehouse_tokens_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        PERFORM pg_notify('gatehouse', TG_ARGV[0] || ':' || string_agg(id::text, ' '))
        FROM (SELECT id, row_number() OVER () / 300 AS message FROM deleted
              WHERE revoked_at = 0 AND expires_at > extract(epoch FROM clock_timestamp()) * 1000) AS live
        GROUP BY message;
        RETURN NULL;
END
$$;

CREATE FUNCTION gatehouse_sessions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        PERFORM pg_notify('gatehouse', 'session:' || string_agg(id::text, ' '))
        FROM (SELECT id, row_number() OVER () / 300 AS message FROM deleted
              WHERE expires_at > extract(epoch FROM clock_timestamp()) * 1000) AS live
        GROUP BY message;
        RETURN NULL;
END
$$;

CREATE FUNCTION gatehouse_table_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        PERFORM pg_notify('gatehouse', 'all:');
        RETURN NULL;
END
$$;

-- A password is in no row that is kept.
CREATE TRIGGER users_updated AFTER UPDATE ON users FOR EACH ROW
WHEN ((OLD.id, OLD.email, OLD.name, OLD.timezone, OLD.is_admin, OLD.is_active)
      IS DISTINCT FROM (NEW.id, NEW.email, NEW.name, NEW.timezone, NEW.is_admin, NEW.is_active))
EXECUTE FUNCTION gatehouse_row_changed('user');
CREATE TRIGGER users_deleted AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION gatehouse_row_changed('user');
CREATE TRIGGER users_emptied AFTER TRUNCATE ON users EXECUTE FUNCTION gatehouse_table_emptied();

CREATE TRIGGER apps_updated AFTER UPDATE ON apps FOR EACH ROW
WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION gatehouse_row_changed('app');
CREATE TRIGGER apps_deleted AFTER DELETE ON apps FOR EACH ROW EXECUTE FUNCTION gatehouse_row_changed('app');
CREATE TRIGGER apps_emptied AFTER TRUNCATE ON apps EXECUTE FUNCTION gatehouse_table_emptied();

CREATE TRIGGER authorizations_updated AFTER UPDATE ON authorizations FOR EACH ROW
WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION gatehouse_row_changed('authorization');
CREATE TRIGGER authorizations_deleted AFTER DELETE ON authorizations REFERENCING OLD TABLE AS deleted
EXECUTE FUNCTION gatehouse_tokens_deleted('authorization');
CREATE TRIGGER authorizations_emptied AFTER TRUNCATE ON authorizations EXECUTE FUNCTION gatehouse_table_emptied();

CREATE TRIGGER access_tokens_updated AFTER UPDATE ON access_tokens FOR EACH ROW
WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION gatehouse_row_changed('token');
CREATE TRIGGER access_tokens_deleted AFTER DELETE ON access_tokens REFERENCING OLD TABLE AS deleted
EXECUTE FUNCTION gatehouse_tokens_deleted('token');
CREATE TRIGGER access_tokens_emptied AFTER TRUNCATE ON access_tokens EXECUTE FUNCTION gatehouse_table_emptied();

CREATE TRIGGER sessions_updated AFTER UPDATE ON sessions FOR EACH ROW
WHEN ((OLD.id, OLD.hash, OLD.user_id, OLD.created_at, OLD.expires_at)
      IS DISTINCT FROM (NEW.id, NEW.hash, NEW.user_id, NEW.created_at, NEW.expires_at))
EXECUTE FUNCTION gatehouse_row_changed('session');
CREATE TRIGGER sessions_deleted AFTER DELETE ON sessions REFERENCING OLD TABLE AS deleted
EXECUTE FUNCTION gatehouse_sessions_deleted();
CREATE TRIGGER sessions_emptied AFTER TRUNCATE ON sessions EXECUTE FUNCTION gatehouse_table_emptied();
