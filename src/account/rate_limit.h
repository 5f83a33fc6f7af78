/* How many requests each caller may make: docs/limits.md says which, and why. Counts are kept in memory (base/rate_table.h), so
 * that one costs no look into the database; how nodes share them: account/rate_share.h.
 *
 * A caller is who was authenticated: an API key, the tokens of one authorization, a person, an app from one network. What is
 * right is never refused for its address: an office or a school may stand behind it. Only wrong credentials count by
 * address, and refuse other wrong ones; and those that cost a password hash to check, known apps and keys each on their
 * own account, so that nobody's wrong secret keeps others out. Guesses at passwords: account/throttle.h.
 *
 * A request counts once, however often its step is run. */
#pragma once

#include "base/context.h"
#include "base/rate_table.h"
#include "http/request.h"

struct rate_limits;

enum {
        RATE_UNITS_HEAVY = 5, /* what an expensive request counts */
        RATE_UNITS_HASH = 10, /* a wrong credential that had to be hashed */
};

/* context   its settings and its server key count: nodes with the same key name callers alike
 * errors    ERR_NO_MEMORY */
_must_use_ int rate_limits_new(const struct context *context, struct rate_limits **ret);
struct rate_limits *rate_limits_free(struct rate_limits *limits);

/* Where it is counted. */
struct rate_table *rate_limits_table(struct rate_limits *limits);

/* Counts a request of an identity that is known: its key or its authorization, and its person.
 *
 * req      identity is set. On refusal retry_after and the public text are set too
 * errors   ERR_RATE_LIMITED, ERR_NO_MEMORY
 */
_must_use_ int rate_limit_caller(struct request *req, int64_t units);

/* Counts a request of an app that has authenticated itself, if it had to. errors: as above */
_must_use_ int rate_limit_app(struct request *req, struct str app_id);

/* Counts a wrong credential, or none where one is needed. errors: as above */
_must_use_ int rate_limit_wrong(struct request *req);

/* Counts a credential that has to be hashed as wrong, before it is: those that are checked side by side can't beat the
 * count. rate_limit_right() takes that back. To be called on the worker that hashes: so no more are in doubt at a time than
 * there are workers, and many that are right do not stand in one another's way.
 *
 * whose    of the app or key that it might be; empty for nobody's
 * errors   as above */
_must_use_ int rate_limit_hash(struct request *req, struct str whose);
void rate_limit_right(struct request *req);

/* Whether it is to be noted that the app of the request's token acts for its person: once a minute for each two of them, which
 * this remembers in memory, so that the other requests cost no look into the database. */
bool rate_limit_use_due(const struct request *req);

/* RateLimit-Limit, -Policy, -Remaining and -Reset as lines, of the limit that leaves least (draft-ietf-httpapi-ratelimit-headers-06:
 * the form that client libraries read; later drafts changed it and are read by few). STR_NULL for a request that was not
 * counted. */
struct str rate_limit_fields(struct request *req);
