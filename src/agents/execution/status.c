#include "agents/execution/status.h"

static const struct str names[] = {
        [EXECUTION_INCOMPLETE] = STR_INIT("INCOMPLETE"), [EXECUTION_QUEUED] = STR_INIT("QUEUED"),
        [EXECUTION_RUNNING] = STR_INIT("RUNNING"),       [EXECUTION_REVIEW] = STR_INIT("REVIEW"),
        [EXECUTION_COMPLETED] = STR_INIT("COMPLETED"),   [EXECUTION_TERMINATED] = STR_INIT("TERMINATED"),
        [EXECUTION_FAILED] = STR_INIT("FAILED"),
};

struct str execution_status_name(enum execution_status status) {
        return names[status];
}

bool execution_status_find(struct str name, enum execution_status *ret) {
        for (unsigned i = 0; i < ARRAY_LENGTH(names); i++)
                if (str_eq(names[i], name)) {
                        *ret = (enum execution_status)i;
                        return true;
                }
        return false;
}
