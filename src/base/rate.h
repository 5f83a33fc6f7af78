/* How often something may be done: so many times in a second, a minute or an hour. */
#pragma once

#include <stdint.h>

#include "base/str.h"

struct rate {
        int64_t count;   /* 0: no limit */
        int64_t seconds; /* 1, 60 or 3600 */
};

/* What requests are counted by (account/rate_limit.h). */
enum rate_kind {
        RATE_KEY,   /* one API key */
        RATE_TOKEN, /* the access tokens of one authorization */
        RATE_USER, /* one person: all of their keys and tokens together; and, apart from these, their sessions */
        RATE_CLIENT,  /* one app from one network, at its own endpoints */
        RATE_ADDRESS, /* wrong credentials from one network */
        RATE_KINDS
};

enum { RATE_COUNT_MAX = 1000000 };

/* "600/minute", "20/second", "5000/hour", "off".
 *
 * returns   false when the text is nothing of the kind, or the number is not 1 to RATE_COUNT_MAX */
_must_use_ bool rate_parse(struct str text, struct rate *ret);

/* "key", "token", …: for metrics. */
const char *rate_kind_name(enum rate_kind kind);

/* "second", "minute" or "hour". */
const char *rate_unit(const struct rate *rate);
