#include "account/notifications.h"

#include <jansson.h>

static const struct {
        const char *type, *member;
} types[NOTIFICATION_TYPES] = {
#define X(type, member) { type, member },
#include "account/notification.def"
#undef X
};

static const char *const of_administrators[] = { "REFUND_REQUEST", "REFUND_PROCESSED" };

static bool has_word(struct str list, struct str word) {
        struct str one;

        while (str_next(&list, ' ', &one))
                if (str_eq(one, word))
                        return true;
        return false;
}

int notifications_read(struct tx *tx, struct arena *arena, struct str user_id, struct notifications *ret) {
        struct notification_preferences_row row = { .refused = STR_INIT(""),
                                                    .daily_limit = NOTIFICATIONS_DAILY };
        int r = db_notifications_of_user(tx, arena, user_id, &row);

        if (r < 0)
                return r;
        ret->daily_limit = row.daily_limit;
        for (size_t i = 0; i < NOTIFICATION_TYPES; i++)
                ret->wanted[i] = !has_word(row.refused, str_of(types[i].type));
        return 0;
}

int notifications_write(struct tx *tx, struct arena *arena, struct str user_id,
                        const struct notifications *wanted) {
        struct str refused = STR("");
        int r;

        for (size_t i = 0; i < NOTIFICATION_TYPES; i++) {
                if (wanted->wanted[i])
                        continue;
                refused = arena_printf(arena, STR_FMT "%s%s", STR_ARG(refused), refused.len ? " " : "",
                                       types[i].type);
                if (!refused.ptr)
                        return -ERR_NO_MEMORY;
        }
        r = db_notifications_set(tx, user_id, refused, wanted->daily_limit);
        return MIN_OF(r, 0);
}

/* The row of a type; NOTIFICATION_TYPES for those that are not kept, -1 when there is no such type. */
static int row_of(const char *type) {
        for (int i = 0; i < NOTIFICATION_TYPES; i++)
                if (strcmp(types[i].type, type) == 0)
                        return i;
        for (size_t i = 0; i < ARRAY_LENGTH(of_administrators); i++)
                if (strcmp(of_administrators[i], type) == 0)
                        return NOTIFICATION_TYPES;
        return -1;
}

static void json_free(json_t **value) {
        json_decref(*value);
}

int notifications_merge(struct notifications *wanted, struct str json, const char **ret_problem) {
        _cleanup_(json_free) json_t *object = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
        struct notifications merged = *wanted;
        const char *type;
        json_t *value;

        if (!json_is_object(object)) {
                *ret_problem = "Input should be an object of notification types and booleans";
                return -ERR_INVALID_FIELD;
        }
        json_object_foreach(object, type, value) {
                int row = row_of(type);

                if (row < 0 || !json_is_boolean(value)) {
                        *ret_problem =
                                row < 0 ? "Every key should be a type of notification, such as AGENT_RUN"
                                        : "Every value should be true or false";
                        return -ERR_INVALID_FIELD;
                }
                if (row < NOTIFICATION_TYPES)
                        merged.wanted[row] = json_is_true(value);
        }
        *wanted = merged;
        return 0;
}

void notifications_write_members(struct json_writer *w, const struct notifications *wanted) {
        json_member_int(w, "max_emails_per_day", wanted->daily_limit);
        for (size_t i = 0; i < NOTIFICATION_TYPES; i++)
                json_member_bool(w, types[i].member, wanted->wanted[i]);
}

void notifications_write_types(struct json_writer *w, const struct notifications *wanted) {
        json_object_begin(w);
        for (size_t i = 0; i < NOTIFICATION_TYPES; i++)
                json_member_bool(w, types[i].type, wanted->wanted[i]);
        json_object_end(w);
}
