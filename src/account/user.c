#include "account/user.h"

#include "account/word_list.h"
#include "base/errors.h"

enum { LOCAL_MAX = 64, LABEL_MAX = 63 };

static bool is_alnum(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* dot-atom: runs of atext with single dots between them. */
static bool local_part_ok(struct str local) {
        struct str rest = local, atom;

        if (local.len == 0 || local.len > LOCAL_MAX)
                return false;
        while (str_next(&rest, '.', &atom)) {
                if (atom.len == 0)
                        return false;
                for (size_t i = 0; i < atom.len; i++) {
                        if (!is_alnum(atom.ptr[i]) && str_find(STR("!#$%&'*+-/=?^_`{|}~"), atom.ptr[i]) < 0)
                                return false;
                }
        }
        return true;
}

static bool label_ok(struct str label) {
        if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
                return false;
        for (size_t i = 0; i < label.len; i++) {
                if (!is_alnum(label.ptr[i]) && label.ptr[i] != '-')
                        return false;
        }
        return true;
}

static bool domain_ok(struct str domain) {
        struct str rest = domain, label;
        unsigned labels = 0;

        if (domain.len == 0)
                return false;
        while (str_next(&rest, '.', &label)) {
                if (!label_ok(label))
                        return false;
                labels++;
        }
        return labels > 1 || str_eq_ignore_case(domain, STR("localhost"));
}

int email_normalise(struct arena *arena, struct str text, struct str *ret) {
        ptrdiff_t at = str_find(text, '@');
        struct str lower;
        char *p;

        if (at < 0 || text.len > EMAIL_MAX || !local_part_ok(str_first(text, (size_t)at)) ||
            !domain_ok(str_from(text, (size_t)at + 1)))
                return -ERR_INVALID_FIELD;
        lower = arena_copy(arena, text);
        if (!lower.ptr)
                return -ERR_NO_MEMORY;
        p = (char *)lower.ptr;
        for (size_t i = 0; i < lower.len; i++) {
                if (p[i] >= 'A' && p[i] <= 'Z')
                        p[i] = (char)(p[i] | 0x20);
        }
        *ret = lower;
        return 0;
}

int user_name_check(struct str text, struct str *ret) {
        struct str name = str_trim(text);

        if (name.len > USER_NAME_MAX || !str_is_utf8(name) || str_has_control(name) ||
            str_utf8_length(name) > USER_NAME_POINTS)
                return -ERR_INVALID_FIELD;
        *ret = name.len ? name : STR_NULL;
        return 0;
}

bool timezone_known(struct str name) {
        return word_list_has(&timezones, name);
}

int user_create(const struct context *context, struct tx *tx, struct arena *arena,
                const struct user_new *user, struct user_row *ret) {
        char id[ID_UUID_LENGTH];
        int r;

        r = id_uuid(context->clock, context->random, id);
        if (r < 0)
                return r;
        r = db_user_insert(tx, str_n(id, sizeof(id)), user->email, user->name, STR("not-set"),
                           user->password_hash, user->is_admin, clock_now(context->clock));
        if (r < 0)
                return r;
        if (r == 0)
                return -ERR_EMAIL_TAKEN;
        r = db_user_by_id(tx, arena, str_n(id, sizeof(id)), ret);
        return r == 0 ? -ERR_STORAGE : MIN_OF(r, 0);
}

static int one_changed(int r, int error) {
        return r < 0 ? r : r == 0 ? -error : 0;
}

int user_rename(const struct context *context, struct tx *tx, struct str id, struct str name) {
        return one_changed(db_user_set_name(tx, id, name, clock_now(context->clock)), ERR_NOT_SIGNED_IN);
}

int user_set_timezone(const struct context *context, struct tx *tx, struct str id, struct str timezone) {
        return one_changed(db_user_set_timezone(tx, id, timezone, clock_now(context->clock)),
                           ERR_NOT_SIGNED_IN);
}

int user_set_active(const struct context *context, struct tx *tx, struct str id, bool active) {
        int r;

        r = one_changed(db_user_set_active(tx, id, active, clock_now(context->clock)), ERR_NOT_FOUND);
        if (r < 0 || active)
                return r;
        r = db_sessions_delete_of_user(tx, id);
        return MIN_OF(r, 0);
}

int user_is_last_admin(struct tx *tx, struct arena *arena, const struct user_row *user) {
        struct user_id_row *admins;
        size_t n;
        int r;

        if (!user->is_admin || !user->is_active)
                return 0;
        r = db_admins_hold(tx, arena, &admins, &n);
        return r < 0 ? r : n == 0 || (n == 1 && str_eq(admins[0].id, user->id));
}

void user_write_json(struct json_writer *w, const struct user_row *user, const struct notifications *wanted) {
        json_object_begin(w);
        json_member_str(w, "id", user->id);
        json_member_str(w, "email", user->email);
        json_member_bool(w, "email_verified", true); /* a constant of the dialect */
        json_member_str(w, "name", user->name);
        json_member_str(w, "timezone", user->timezone);
        json_member_bool(w, "is_admin", user->is_admin);
        json_member_time(w, "created_at", user->created_at);
        json_member_time(w, "updated_at", user->updated_at);
        json_key(w, "metadata");
        json_object_begin(w);
        json_object_end(w);
        json_member_str(w, "integrations",
                        STR("")); /* credentials are told by their own endpoints, without secrets */
        json_member_null(w, "stripe_customer_id");
        json_member_null(w, "top_up_config");
        notifications_write_members(w, wanted);
        json_object_end(w);
}

/* Bytes of the code point that begins with this one. */
static size_t point_size(struct str s) {
        uint8_t c = str_at(s, 0);
        size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

        return MIN_OF(n, s.len);
}

static size_t capital_of(struct str word, char *out) {
        size_t n = point_size(word);

        memcpy(out, word.ptr, n);
        if (n == 1 && *out >= 'a' && *out <= 'z')
                *out = (char)(*out & ~0x20);
        return n;
}

/* A word that can stand for a name: "(CLI)" and "-" can't. */
static bool stands_for_name(struct str word) {
        return word.len > 0 && (str_at(word, 0) >= 0x80 || is_alnum(word.ptr[0]));
}

size_t initials_of(struct str name, struct str fallback, char *out) {
        struct str rest = name, word, first = STR_NULL, last = STR_NULL;
        size_t n;

        while (rest.ptr && str_next(&rest, ' ', &word)) {
                if (!stands_for_name(word))
                        continue;
                if (!first.ptr)
                        first = word;
                else
                        last = word;
        }
        if (!first.ptr)
                first = fallback;
        if (first.len == 0)
                return 0;
        n = capital_of(first, out);
        return last.ptr ? n + capital_of(last, out + n) : n;
}
