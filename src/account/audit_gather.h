/* Refusals, which have no transaction of their own: gathered in memory, and stored about once a second by jobs/audit_job.h. The same
 * refusal of the same caller from the same address counts up one event. A flood fills neither memory nor disk: so many different
 * ones are kept at once and on average; what comes beyond that is counted, and the count is stored.
 *
 * What is gathered when a process is killed is lost: a second's worth at most. */
#pragma once

#include "account/audit.h"

enum {
        AUDIT_GATHER_MAX = 256,    /* different refusals at once */
        AUDIT_GATHER_A_SECOND = 16 /* different ones on average, of one node */
};

struct audit_gather;

/* NULL when there is no memory. */
struct audit_gather *audit_gather_new(void);
struct audit_gather *audit_gather_free(struct audit_gather *g);

/* Hands over what was gathered; the same again until audit_gather_stored() says that it was stored. Returns how many; one thread
 * at a time. */
unsigned audit_gather_take(struct audit_gather *g, int64_t now_ms);
_must_use_ int audit_gather_store(struct audit_gather *g, const struct context *context, struct tx *tx);
void audit_gather_stored(struct audit_gather *g);
