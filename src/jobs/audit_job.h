/* The audit trail's job: a thread that stores the refusals which were gathered (account/audit_gather.h) about once a second, and seals what
 * was put on record (account/audit_seal.h). It leaves the database to requests four fifths of the time. */
#pragma once

#include "base/context.h"

enum {
        AUDIT_JOB_MS = 1000,
        AUDIT_JOB_ANYWAY_MS = 20 * 1000, /* what another node left when it died is sealed after that */
        AUDIT_JOB_END_MS = 2000,         /* at the end: for what is left to seal */
};

struct audit_job;

/* errors   ERR_NO_MEMORY */
_must_use_ int audit_job_start(const struct context *context, struct audit_job **ret);

/* Stores and seals what there is, then ends. Takes NULL; returns NULL. */
struct audit_job *audit_job_stop(struct audit_job *job);
