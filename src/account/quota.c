#include "account/quota.h"

#include "db/statements.h"

int quota_check_storage(struct tx *tx, const struct context *context, struct arena *arena, struct str user_id,
                        int64_t more) {
        struct storage_used_row used = { 0 };
        int r;

        r = db_storage_used_hold(tx, arena, user_id, &used);
        if (r < 0)
                return r;
        return more > 0 && used.bytes + more > context->settings->stored_megabytes << 20 ? -ERR_STORAGE_FULL
                                                                                         : 0;
}

int quota_check_executions(struct tx *tx, const struct context *context, struct arena *arena,
                           struct str user_id) {
        int64_t most = context->settings->executions_under_way;
        struct under_way_row found = { 0 };
        int r;

        r = db_executions_under_way(tx, arena, user_id, most, &found);
        if (r < 0)
                return r;
        return found.n >= most ? -ERR_EXECUTIONS_MANY : 0;
}
