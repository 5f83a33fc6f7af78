/* The status of an execution, or of one of its nodes' (dialect: Graph execution): the Platform's words. */
#pragma once

#include "base/str.h"

enum execution_status {
        EXECUTION_INCOMPLETE, /* of a node: some input has not arrived */
        EXECUTION_QUEUED,
        EXECUTION_RUNNING,
        EXECUTION_REVIEW, /* waits for a person */
        EXECUTION_COMPLETED,
        EXECUTION_TERMINATED, /* was stopped */
        EXECUTION_FAILED,
};

/* "QUEUED" */
struct str execution_status_name(enum execution_status status);

/* False for what is no status. */
_must_use_ bool execution_status_find(struct str name, enum execution_status *ret);

/* Whether nothing more happens. */
static inline bool execution_status_ended(enum execution_status status) {
        return status >= EXECUTION_COMPLETED;
}
