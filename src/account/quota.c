#include "account/quota.h"

#include "db/statements.h"

static int check_storage(const struct context *context, const struct storage_used_row *used, int64_t more) {
        int64_t most = context->settings->stored_megabytes << 20;

        return more > 0 && used->bytes + more > most ? -ERR_STORAGE_FULL : 0;
}

int quota_check_storage(struct tx *tx, const struct context *context, struct arena *arena, struct str user_id,
                        int64_t more) {
        struct storage_used_row used = { 0 };
        int r;

        r = db_storage_used_hold(tx, arena, user_id, &used);
        if (r < 0)
                return r;
        return check_storage(context, &used, more);
}

int quota_check_execution(struct tx *tx, const struct context *context, struct arena *arena,
                          struct str user_id, int64_t more) {
        struct storage_used_row used = { 0 };
        int r;

        r = db_storage_used_hold(tx, arena, user_id, &used);
        if (r < 0)
                return r;
        r = check_storage(context, &used, more);
        if (r < 0)
                return r;
        return used.executions >= context->settings->executions_under_way ? -ERR_EXECUTIONS_MANY : 0;
}
