/* A browser's session: a token in a cookie, its hash in the database. A session ends after a time without
 * use, after an absolute time (OWASP ASVS 5.0, 7.3), by logout, and with the account. */
#pragma once

#include "account/token.h"
#include "db/statements.h"
#include "http/response.h"

/* `seen_at` is written at most this often: a read must not become a write each time. */
enum { SESSION_TOUCH_MS = 60 * 1000 };

enum { SESSION_USER_AGENT_MAX = 200 /* bytes kept */ };

/* `__Host-gatehouse` on https, `gatehouse` on http. */
struct str session_cookie_name(const struct settings *settings);

/* What the browser sent in that cookie; STR_NULL if nothing. */
struct str session_cookie(const struct request *req);

/* Stores a new session.
 *
 * req        its address and User-Agent are kept with the session; its context and transaction are used
 * ret_text   the cookie's value; the caller wipes it
 * errors     ERR_RANDOM, ERR_STORAGE
 */
_must_use_ int session_create(struct request *req, struct str user_id, struct secret *ret_text);

/* Signs a person in: ends the session that the browser presented, if any, stores a new one (ASVS 7.2.4) and
 * sets its cookie. The answer becomes uncacheable. errors   ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int session_begin(struct request *req, struct response *res, struct str user_id);

/* The session of a cookie's value, with its person.
 *
 * ret      on the arena
 * returns  1, or 0 when there is none that works: unknown, altered, ended, idle too long, too old, person
 * disabled or gone errors   ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int session_find(const struct context *context, struct tx *tx, struct arena *arena,
                            struct str cookie, struct session_row *ret);

/* Whether `seen_at` is old enough to be written anew; session_touch() does, in a write transaction. */
bool session_needs_touch(const struct context *context, const struct session_row *session);
_must_use_ int session_touch(const struct context *context, struct tx *tx, int64_t id);

/* Ends one session, or every session of a person. Ending what has ended is no error.
 * errors   ERR_STORAGE */
_must_use_ int session_end(struct tx *tx, int64_t id);
_must_use_ int sessions_end_all(struct tx *tx, struct str user_id);

/* Ends every session of a person but this one; of all when `id` is 0, as for who came by a user JWT. */
_must_use_ int sessions_end_others(struct tx *tx, struct str user_id, int64_t id);

/* How long an administrator's session stays elevated once the password was entered again. */
#define SESSION_ELEVATED_MS (INT64_C(15) * 60 * 1000)

/* The same person signs in anew, to administer: as session_begin(), in a session that is elevated (ASVS 7.2.4). Its event is
 * on record as PASSWORD_CONFIRMED. */
_must_use_ int session_elevate(struct request *req, struct response *res);

/* Whether the session of who calls is elevated. returns   1 or 0   errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int session_elevated(struct request *req);

/* Logout: ends the session that the browser presented and deletes its cookie. */
_must_use_ int session_leave(struct request *req, struct response *res);
