#include "jobs/cleanup_people.h"

#include "base/errors.h"

enum { EXECUTIONS_AT_ONCE = 32 };

int cleanup_executions(struct tx *tx, const struct execution_id_row *ids, size_t n, int64_t *left) {
        for (size_t i = 0; i<n && * left> 0; i++) {
                int r = db_node_executions_delete(tx, ids[i].id, *left);

                if (r < 0)
                        return r;
                *left -= r;
                if (*left > 0) {
                        r = db_execution_delete(tx, ids[i].id);
                        (*left)--;
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

static int executions(struct tx *tx, struct arena *arena, struct str id, int64_t *left) {
        struct execution_id_row *ids;
        size_t n = EXECUTIONS_AT_ONCE;
        int r = 0;

        while (r >= 0 && *left > 0 && n == EXECUTIONS_AT_ONCE) {
                r = db_executions_of_user(tx, arena, id, EXECUTIONS_AT_ONCE, &ids, &n);
                if (r >= 0)
                        r = cleanup_executions(tx, ids, n, left);
        }
        return r;
}

/* What takes an account's id and a limit. */
static int (*const steps[])(struct tx *tx, struct str user_id, int64_t limit) = {
        db_library_agents_delete_of_user, db_agent_memories_delete_of_user,
        db_api_keys_delete_of_user,       db_authorizations_delete_of_user,
        db_consents_delete_of_user,       db_connection_states_delete_of_user,
        db_store_runs_delete_of_user,     db_store_reviews_delete_of_user,
};

/* What is one row, or was removed at once already and came after that. */
static int last_ones(struct tx *tx, struct str id) {
        int r;

        r = db_schedules_delete_of_user(tx, id);
        if (r >= 0)
                r = db_credentials_delete_of_user(tx, id);
        if (r >= 0)
                r = db_notification_preferences_delete(tx, id);
        if (r >= 0)
                r = db_storage_used_delete(tx, id);
        return MIN_OF(r, 0);
}

/* What counts towards storage goes before the count. */
static int remove_rows(struct tx *tx, struct arena *arena, struct str id, int64_t now, int64_t *left) {
        int r;

        r = executions(tx, arena, id, left);
        if (r >= 0 && *left > 0) {
                r = db_graphs_disown(tx, id, now, *left);
                *left -= MAX_OF(r, 0);
        }
        for (size_t i = 0; i < ARRAY_LENGTH(steps) && r >= 0 && *left > 0; i++) {
                r = steps[i](tx, id, *left);
                *left -= MAX_OF(r, 0);
        }
        if (r >= 0 && *left > 0)
                r = last_ones(tx, id);
        return MIN_OF(r, 0);
}

int cleanup_person(struct tx *tx, struct arena *arena, struct cleanup_person *at, int64_t now, int64_t size,
                   bool *ret_finished) {
        struct deleted_user_row person;
        int64_t left = size;
        int r;

        r = db_deleted_user_after(tx, arena, str_of(at->id), &person);
        if (r < 0)
                return r;
        *ret_finished = r == 0;
        if (r == 0)
                return 0;
        if (person.id.len > CLEANUP_PERSON_MAX)
                return -ERR_INTERNAL;
        r = remove_rows(tx, arena, person.id, now, &left);
        if (r >= 0 && left > 0 && person.deleted_at < now - CLEANUP_PEOPLE_KEEP_MS)
                r = db_deleted_user_forget(tx, person.id);
        if (r < 0)
                return r;
        if (left > 0) {
                memcpy(at->id, person.id.ptr, person.id.len);
                at->id[person.id.len] = '\0';
        }
        return (int)(size - left);
}
