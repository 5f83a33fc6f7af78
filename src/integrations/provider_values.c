/* Reads the values of members: texts, addresses, lists. Each says what is wrong with a value in words for the operator. */
#include <stdarg.h>
#include <stdio.h>

#include "integrations/provider_int.h"
#include "outbound/redirect.h"

enum {
        TEXT_MAX = 200,
        PAIRS_MAX = 200,
        LIFETIME_MAX = 10 * 366 * 24 * 3600, /* seconds */
};

int provider_wrong(const struct provider_reading *reading, const char *path, const char *format, ...) {
        int n = snprintf(reading->problem, PROVIDER_PROBLEM_MAX, "%s: provider '" STR_FMT "': %s ",
                         reading->text, STR_ARG(reading->name), path);
        va_list args;

        va_start(args, format);
        if (n > 0 && n < PROVIDER_PROBLEM_MAX)
                (void)vsnprintf(reading->problem + n, PROVIDER_PROBLEM_MAX - (size_t)n, format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

static int copy_text(const struct provider_reading *reading, const char *path, const json_t *value,
                     size_t max, struct str *ret) {
        struct str text = str_n(json_string_value(value), json_string_length(value));

        if (!json_is_string(value) || text.len == 0 || text.len > max || str_has_control(text))
                return provider_wrong(reading, path,
                                      "must be a text of 1 to %zu characters without control characters",
                                      max);
        *ret = arena_copy(reading->arena, text);
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

int provider_read_text(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to) {
        return copy_text(reading, path, value, TEXT_MAX, provider_place(to, m));
}

static bool is_loopback(struct str url) {
        static const struct str hosts[] = { STR_INIT("http://localhost"), STR_INIT("http://127.0.0.1"),
                                            STR_INIT("http://[::1]") };

        for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++) {
                struct str rest = str_from(url, hosts[i].len);

                if (str_starts_with(url, hosts[i]) &&
                    (rest.len == 0 || rest.ptr[0] == '/' || rest.ptr[0] == ':' || rest.ptr[0] == '?'))
                        return true;
        }
        return false;
}

/* Secrets go there: over the open network by https alone. */
int provider_read_url(const struct provider_reading *reading, const struct provider_member *m,
                      const char *path, const json_t *value, struct provider *to) {
        struct str url = STR_NULL;
        int r;

        r = copy_text(reading, path, value, PROVIDER_URL_MAX, &url);
        if (r < 0)
                return r;
        if (!outbound_url_valid(url.ptr) || str_find(url, ' ') >= 0 || str_find(url, '#') >= 0 ||
            (!str_starts_with(url, STR("https://")) && !is_loopback(url)))
                return provider_wrong(
                        reading, path,
                        "must be an address that begins with https:// (http:// on this computer alone), "
                        "without user name, password and fragment");
        *(struct str *)provider_place(to, m) = url;
        return 0;
}

int provider_read_bool(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to) {
        if (!json_is_boolean(value))
                return provider_wrong(reading, path, "must be true or false");
        *(bool *)provider_place(to, m) = json_is_true(value);
        return 0;
}

int provider_read_seconds(const struct provider_reading *reading, const struct provider_member *m,
                          const char *path, const json_t *value, struct provider *to) {
        if (!json_is_integer(value) || json_integer_value(value) < 0 ||
            json_integer_value(value) > LIFETIME_MAX)
                return provider_wrong(reading, path, "must be a whole number from 0 to %d", LIFETIME_MAX);
        *(int64_t *)provider_place(to, m) = json_integer_value(value);
        return 0;
}

/* Position of a text among words, or -1 with the problem told. */
int provider_find_word(const struct provider_reading *reading, const char *path, const json_t *value,
                       const char *const *words) {
        char list[TEXT_MAX] = "";
        size_t len = 0;
        int n;

        for (int i = 0; words[i]; i++) {
                if (json_is_string(value) && strcmp(json_string_value(value), words[i]) == 0)
                        return i;
                n = snprintf(list + len, sizeof(list) - len, "%s\"%s\"", i ? ", " : "", words[i]);
                len += MIN_OF((size_t)MAX_OF(n, 0), sizeof(list) - 1 - len);
        }
        (void)provider_wrong(reading, path, "must be one of %s", list);
        return -1;
}

int provider_read_word(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to) {
        int word = provider_find_word(reading, path, value, m->more);

        if (word < 0)
                return -ERR_SETTINGS;
        *(int *)provider_place(to, m) = word;
        return 0;
}

/* Bits in the order of the words. */
int provider_read_bits(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to) {
        unsigned bits = 0;

        if (json_array_size(value) == 0)
                return provider_wrong(reading, path, "must be a list of one or more texts");
        for (size_t i = 0; i < json_array_size(value); i++) {
                int word = provider_find_word(reading, path, json_array_get(value, i), m->more);

                if (word < 0)
                        return -ERR_SETTINGS;
                bits |= 1u << word;
        }
        *(unsigned *)provider_place(to, m) = bits;
        return 0;
}

/* Texts without spaces: of the words, where there are any. */
int provider_read_names(const struct provider_reading *reading, const struct provider_member *m,
                        const char *path, const json_t *value, struct provider *to) {
        struct provider_names *names = provider_place(to, m);
        struct str *at;
        int r;

        if (!json_is_array(value) || json_array_size(value) > PROVIDER_SCOPES_MAX)
                return provider_wrong(reading, path, "must be a list of at most %d texts",
                                      PROVIDER_SCOPES_MAX);
        at = arena_alloc_array(reading->arena, json_array_size(value) + 1, sizeof(*at));
        if (!at)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < json_array_size(value); i++) {
                const json_t *item = json_array_get(value, i);

                if (m->more && provider_find_word(reading, path, item, m->more) < 0)
                        return -ERR_SETTINGS;
                r = copy_text(reading, path, item, TEXT_MAX, &at[i]);
                if (r < 0)
                        return r;
                if (str_find(at[i], ' ') >= 0)
                        return provider_wrong(reading, path, "must be a list of texts without spaces");
        }
        *names = (struct provider_names){ at, json_array_size(value) };
        return 0;
}

int provider_read_pairs(const struct provider_reading *reading, const struct provider_member *m,
                        const char *path, const json_t *value, struct provider *to) {
        struct provider_pairs *pairs = provider_place(to, m);
        struct provider_pair *at;
        json_t *item;
        const char *name;
        size_t n = 0;
        int r;

        if (!json_is_object(value) || json_object_size(value) > PAIRS_MAX)
                return provider_wrong(reading, path, "must be an object of at most %d texts", PAIRS_MAX);
        at = arena_alloc_array(reading->arena, json_object_size(value) + 1, sizeof(*at));
        if (!at)
                return -ERR_NO_MEMORY;
        json_object_foreach((json_t *)value, name, item) {
                at[n].name = arena_copy(reading->arena, str_of(name));
                if (!at[n].name.ptr)
                        return -ERR_NO_MEMORY;
                if (str_has_control(at[n].name) || at[n].name.len == 0 || at[n].name.len > TEXT_MAX)
                        return provider_wrong(reading, path,
                                              "has a name that is empty, too long or has control characters");
                r = copy_text(reading, path, item, TEXT_MAX, &at[n].value);
                if (r < 0)
                        return r;
                n++;
        }
        *pairs = (struct provider_pairs){ at, n };
        return 0;
}
