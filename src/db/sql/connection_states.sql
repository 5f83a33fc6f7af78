-- People on their way to a provider, to connect an account there (src/integrations/connection_state.h).

-- row: connection_state
--   user_id text, provider text, external boolean, callback_url text, scopes text, metadata text, credential_id text?, return_to text?,
--   expires_at bigint

-- name: connection_state_insert(digest bytea, user_id text, provider text, external boolean, callback_url text, scopes text,
--   metadata text, credential_id text?, return_to text?, expires_at bigint) -> count
INSERT INTO connection_states (digest, user_id, provider, external, callback_url, scopes, metadata, credential_id, return_to, expires_at, used_at)
VALUES (:digest, :user_id, :provider, :external, :callback_url, :scopes, :metadata, :credential_id, :return_to, :expires_at, 0);

-- Of one person, those that may still come back.
-- name: connection_states_count(user_id text, now bigint) -> total?
SELECT COUNT(*) AS total FROM connection_states WHERE user_id = :user_id AND used_at = 0 AND expires_at > :now;

-- Makes room: what a person began first, and may still come back to.
-- name: connection_states_forget_oldest(user_id text, now bigint, limit bigint) -> count
DELETE FROM connection_states WHERE digest IN
       (SELECT digest FROM connection_states WHERE user_id = :user_id AND used_at = 0 AND expires_at > :now
        ORDER BY expires_at LIMIT :limit);

-- Spends a state, of one provider, or of whichever it is when that is empty: who comes first gets it, once.
-- name: connection_state_take(digest bytea, user_id text, provider text, now bigint) -> connection_state?
UPDATE connection_states SET used_at = :now
WHERE digest = :digest AND user_id = :user_id AND (provider = :provider OR :provider = '') AND used_at = 0 AND expires_at > :now
RETURNING user_id, provider, external, callback_url, scopes, metadata, credential_id, return_to, expires_at;

-- name: connection_states_delete_expired(now bigint, limit bigint) -> count
DELETE FROM connection_states WHERE digest IN
       (SELECT digest FROM connection_states WHERE expires_at <= :now ORDER BY expires_at LIMIT :limit);
