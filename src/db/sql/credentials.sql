-- Credentials: people's accounts and keys elsewhere.

-- row: credential
--   id text, user_id text, provider text, kind text, title text?, scopes text?, username text?, host text?, expires_at bigint,
--   refresh_expires_at bigint, state text, revision bigint, key_id text, sealed bytea, created_at bigint, updated_at bigint,
--   last_used_at bigint, refresh_failures bigint, refresh_after bigint, refresh_problem text?

-- What lists show: without the secret, which may be large.
-- row: credential_meta
--   id text, user_id text, provider text, kind text, title text?, scopes text?, username text?, host text?, expires_at bigint,
--   refresh_expires_at bigint, state text, revision bigint, created_at bigint, updated_at bigint, last_used_at bigint,
--   refresh_failures bigint, refresh_after bigint, refresh_problem text?

-- name: credential_insert(id text, user_id text, provider text, kind text, title text?, scopes text?, username text?, host text?,
--   expires_at bigint, refresh_expires_at bigint, state text, key_id text, sealed bytea, now bigint) -> count
INSERT INTO credentials (id, user_id, provider, kind, title, scopes, username, host, expires_at, refresh_expires_at, state, revision,
                         refresh_until, key_id, sealed, created_at, updated_at, last_used_at)
VALUES (:id, :user_id, :provider, :kind, :title, :scopes, :username, :host, :expires_at, :refresh_expires_at, :state, 1,
        0, :key_id, :sealed, :now, :now, 0);

-- name: credential_of_user(id text, user_id text) -> credential?
SELECT id, user_id, provider, kind, title, scopes, username, host, expires_at, refresh_expires_at, state, revision, key_id, sealed,
       created_at, updated_at, last_used_at, refresh_failures, refresh_after, refresh_problem
FROM credentials WHERE id = :id AND user_id = :user_id;

-- A person's credentials with one provider, or with all when it is empty; oldest first.
-- name: credentials_of_user(user_id text, provider text, limit bigint) -> credential_meta*
SELECT id, user_id, provider, kind, title, scopes, username, host, expires_at, refresh_expires_at, state, revision, created_at, updated_at,
       last_used_at, refresh_failures, refresh_after, refresh_problem
FROM credentials WHERE user_id = :user_id AND (provider = :provider OR :provider = '')
ORDER BY id LIMIT :limit;

-- name: credentials_count(user_id text) -> total?
SELECT COUNT(*) AS total FROM credentials WHERE user_id = :user_id;

-- What serves a host: what is for exactly this one, else for the nearest domain ("*.example.com") that is it or above it; the
-- newest of several.
-- name: credential_for_host(user_id text, host text) -> credential?
SELECT id, user_id, provider, kind, title, scopes, username, host, expires_at, refresh_expires_at, state, revision, key_id, sealed,
       created_at, updated_at, last_used_at, refresh_failures, refresh_after, refresh_problem
FROM credentials
WHERE user_id = :user_id AND host IS NOT NULL
  AND (host = :host
       OR (substr(host, 1, 2) = '*.' AND (substr(host, 3) = :host
           OR (length(:host) >= length(host) AND substr(:host, length(:host) - length(host) + 2) = substr(host, 2)))))
ORDER BY CASE WHEN host = :host THEN 0 ELSE 1 END, length(host) DESC, id DESC LIMIT 1;

-- name: credential_retitle(id text, user_id text, title text) -> count
UPDATE credentials SET title = :title WHERE id = :id AND user_id = :user_id;

-- name: credential_remove(id text, user_id text) -> count
DELETE FROM credentials WHERE id = :id AND user_id = :user_id;

-- Replaces the secret that was read; 0 when somebody else did so meanwhile.
-- name: credential_replace(id text, user_id text, revision bigint, scopes text?, username text?, expires_at bigint,
--   refresh_expires_at bigint, state text, key_id text, sealed bytea, now bigint) -> count
UPDATE credentials SET scopes = :scopes, username = :username, expires_at = :expires_at, refresh_expires_at = :refresh_expires_at,
       state = :state, revision = revision + 1, refresh_until = 0, refresh_failures = 0, refresh_after = 0, refresh_problem = NULL,
       key_id = :key_id, sealed = :sealed, updated_at = :now
WHERE id = :id AND user_id = :user_id AND revision = :revision;

-- name: credential_set_state(id text, user_id text, revision bigint, state text) -> count
UPDATE credentials SET state = :state, refresh_until = 0
WHERE id = :id AND user_id = :user_id AND revision = :revision;

-- One of those that ask at the same time gets 1.
-- name: credential_reserve(id text, user_id text, revision bigint, until bigint, now bigint) -> count
UPDATE credentials SET refresh_until = :until
WHERE id = :id AND user_id = :user_id AND revision = :revision AND refresh_until <= :now;

-- Gives a reservation back, which must be one's own: what it was for failed, and is not tried before `after`.
-- name: credential_release(id text, user_id text, until bigint, failures bigint, after bigint, problem text?) -> count
UPDATE credentials SET refresh_until = 0, refresh_failures = :failures, refresh_after = :after, refresh_problem = :problem
WHERE id = :id AND user_id = :user_id AND refresh_until = :until;

-- Notes a use, unless one was noted after `before`.
-- name: credential_used(id text, user_id text, before bigint, now bigint) -> count
UPDATE credentials SET last_used_at = :now WHERE id = :id AND user_id = :user_id AND last_used_at <= :before;

-- What is sealed under other keys than the current one.
-- name: credentials_other_keys_count(key_id text) -> total?
SELECT COUNT(*) AS total FROM credentials WHERE key_id <> :key_id;

-- Credentials behind an id, in the order of ids; of those sealed under one key when `but` is not it.
-- name: credentials_after(id text, but text, limit bigint) -> credential*
SELECT id, user_id, provider, kind, title, scopes, username, host, expires_at, refresh_expires_at, state, revision, key_id, sealed,
       created_at, updated_at, last_used_at, refresh_failures, refresh_after, refresh_problem
FROM credentials WHERE id > :id AND key_id <> :but
ORDER BY id LIMIT :limit;

-- Seals the same secret under another key; 0 when it was changed meanwhile.
-- name: credential_reseal(id text, old_sealed bytea, key_id text, sealed bytea) -> count
UPDATE credentials SET key_id = :key_id, sealed = :sealed WHERE id = :id AND sealed = :old_sealed;
