#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "integrations/provider_int.h"
#include "pages/embed.h"

enum { ARENA_MAX = 4 * 1024 * 1024 };

extern const struct embedded integration_tables[]; /* providers.json; a file that the build makes */

/* ::/0: the operator's own choice of a server may be anywhere. */
static const struct network_list anywhere = { .n = 1 };

_printf_(2, 3) static int fail(char problem[PROVIDER_PROBLEM_MAX], const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(problem, PROVIDER_PROBLEM_MAX, format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

/* --- the operator's file --- */

static void close_file(const int *fd) {
        if (*fd >= 0)
                close(*fd);
}

static int read_file(const char *path, struct strbuf *to, char problem[PROVIDER_PROBLEM_MAX]) {
        _cleanup_(close_file) int fd = open(path, O_RDONLY | O_CLOEXEC);
        char buffer[16 * 1024];
        ssize_t n = -1;

        while (fd >= 0 && (n = read(fd, buffer, sizeof(buffer))) > 0)
                strbuf_append(to, str_n(buffer, (size_t)n));
        if (n < 0)
                return fail(problem, "INTEGRATION_PROVIDERS_FILE is \"%.300s\", which cannot be read: %s",
                            path, strerror(errno));
        if (to->failed)
                return fail(problem,
                            "INTEGRATION_PROVIDERS_FILE is \"%.300s\", which is larger than %d bytes", path,
                            PROVIDERS_FILE_MAX);
        return 0;
}

static int parse(struct str text, const char *whose, json_t **ret, char problem[PROVIDER_PROBLEM_MAX]) {
        json_error_t error;

        *ret = json_loadb(text.len ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &error);
        if (!*ret)
                return fail(problem, "%s is no valid JSON: line %d, column %d: %.150s", whose, error.line,
                            error.column, error.text);
        if (!json_is_object(*ret)) {
                json_decref(*ret);
                *ret = NULL;
                return fail(problem, "%s is no JSON object whose members are providers by their name", whose);
        }
        return 0;
}

static int load_file(struct str path, json_t **ret, char problem[PROVIDER_PROBLEM_MAX]) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(PROVIDERS_FILE_MAX);
        char name[4097];
        int r;

        (void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(path));
        r = read_file(name, &text, problem);
        return r < 0 ? r : parse(strbuf_str(&text), "INTEGRATION_PROVIDERS_FILE", ret, problem);
}

/* RFC 7396: members replace members, null removes, objects are merged. Neither is changed. */
static json_t *merge(json_t *into, json_t *patch) {
        json_t *merged, *value;
        const char *name;

        if (!json_is_object(patch))
                return json_incref(patch);
        merged = json_is_object(into) ? json_copy(into) : json_object();
        json_object_foreach(patch, name, value) {
                if (json_is_null(value))
                        json_object_del(merged, name);
                else
                        json_object_set_new(merged, name, merge(json_object_get(merged, name), value));
        }
        return merged;
}

/* --- their clients --- */

static bool is_name(struct str name) {
        for (size_t i = 0; i < name.len; i++)
                if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", name.ptr[i]))
                        return false;
        return name.len > 0 && name.len <= CREDENTIAL_PROVIDER_MAX && name.ptr[0] != '-' &&
               name.ptr[0] != '_';
}

static int read_variable(struct providers *to, struct str variable, const char *ending,
                         const char *(*lookup)(const char *variable, void *data), void *data, struct str *ret,
                         char problem[PROVIDER_PROBLEM_MAX]) {
        struct str name = arena_printf(&to->arena, STR_FMT "%s", STR_ARG(variable), ending), value;

        if (!name.ptr)
                return -ERR_NO_MEMORY;
        value = str_of(lookup(name.ptr, data));
        if (value.len == 0)
                return 0;
        if (value.len > PROVIDER_CLIENT_MAX || str_has_control(value))
                return fail(
                        problem,
                        "%s is longer than %d characters or has a control character in it: check it for a "
                        "stray line break",
                        name.ptr, PROVIDER_CLIENT_MAX);
        *ret = arena_copy(&to->arena, value);
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

static int name_variable(struct providers *to, struct provider *p) {
        char upper[CREDENTIAL_PROVIDER_MAX];

        for (size_t i = 0; i < p->name.len; i++)
                upper[i] = p->name.ptr[i] == '-' ? '_' : (char)toupper(p->name.ptr[i]);
        p->variable = arena_copy(&to->arena, str_n(upper, p->name.len));
        return p->variable.ptr ? 0 : -ERR_NO_MEMORY;
}

static int read_client(struct providers *to, struct provider *p,
                       const char *(*lookup)(const char *variable, void *data), void *data,
                       char problem[PROVIDER_PROBLEM_MAX]) {
        int r;

        r = name_variable(to, p);
        if (r < 0 || !(p->kinds & CREDENTIAL_OAUTH2))
                return r;
        r = read_variable(to, p->variable, "_CLIENT_ID", lookup, data, &p->client_id, problem);
        if (r == 0)
                r = read_variable(to, p->variable, "_CLIENT_SECRET", lookup, data, &p->client_secret,
                                  problem);
        return r;
}

/* --- all of them --- */

static int by_name(const void *a, const void *b) {
        return strcmp(((const struct provider *)a)->name.ptr, ((const struct provider *)b)->name.ptr);
}

static int read_all(struct providers *to, const struct settings *settings, const json_t *table,
                    const json_t *file, char problem[PROVIDER_PROBLEM_MAX]) {
        struct provider_reading reading = { .arena = &to->arena, .problem = problem };
        json_t *object;
        const char *name;
        int r;

        if (json_object_size(table) > PROVIDERS_MAX)
                return fail(problem, "There are more than %d providers", PROVIDERS_MAX);
        to->list = arena_alloc_array(&to->arena, json_object_size(table) + 1, sizeof(*to->list));
        if (!to->list)
                return -ERR_NO_MEMORY;
        json_object_foreach((json_t *)table, name, object) {
                bool operators = json_object_get(file, name) != NULL;

                reading.text = operators ? "INTEGRATION_PROVIDERS_FILE" : "The table of providers";
                reading.name = arena_copy(&to->arena, str_of(name));
                if (!reading.name.ptr)
                        return -ERR_NO_MEMORY;
                if (!is_name(reading.name))
                        return fail(
                                problem,
                                "%s: provider '%.80s': a name is 1 to %d lower-case letters, digits, _ and -",
                                reading.text, name, CREDENTIAL_PROVIDER_MAX);
                r = provider_read(&reading, object, &to->list[to->n]);
                if (r < 0)
                        return r;
                to->list[to->n++].allowed = operators ? &anywhere : &settings->outbound_networks;
        }
        qsort(to->list, to->n, sizeof(*to->list), by_name);
        return 0;
}

static int fill(struct providers *to, const struct settings *settings,
                const char *(*lookup)(const char *variable, void *data), void *data,
                char problem[PROVIDER_PROBLEM_MAX]) {
        json_auto_t *table = NULL, *file = NULL, *merged = NULL;
        int r;

        r = parse(integration_tables[0].bytes, "The table of providers", &table, problem);
        if (r == 0 && settings->providers_file.len)
                r = load_file(settings->providers_file, &file, problem);
        if (r < 0)
                return r;
        merged = file ? merge(table, file) : json_incref(table);
        if (!merged)
                return -ERR_NO_MEMORY;
        r = read_all(to, settings, merged, file, problem);
        for (size_t i = 0; i < to->n && r == 0; i++)
                r = read_client(to, &to->list[i], lookup, data, problem);
        return r;
}

int providers_new(const struct settings *settings, const char *(*lookup)(const char *variable, void *data),
                  void *data, struct providers **ret, char ret_problem[PROVIDER_PROBLEM_MAX]) {
        struct providers *made = calloc(1, sizeof(*made));
        int r;

        (void)snprintf(ret_problem, PROVIDER_PROBLEM_MAX, "There is not enough memory.");
        if (!made)
                return -ERR_NO_MEMORY;
        arena_init(&made->arena, ARENA_MAX);
        r = fill(made, settings, lookup, data, ret_problem);
        if (r < 0) {
                (void)providers_free(made);
                return r;
        }
        *ret = made;
        return 0;
}

struct providers *providers_free(struct providers *providers) {
        if (!providers)
                return NULL;
        arena_done(&providers->arena); /* which wipes it */
        free(providers);
        return NULL;
}

const struct provider *providers_all(const struct context *context, size_t *ret_n) {
        *ret_n = context->providers->n;
        return context->providers->list;
}

const struct provider *provider_find(const struct context *context, struct str name) {
        size_t low = 0, high = context->providers->n;

        while (low < high) {
                size_t middle = (low + high) / 2;
                const struct provider *p = &context->providers->list[middle];
                size_t shorter = MIN_OF(name.len, p->name.len);
                int order = shorter ? memcmp(name.ptr, p->name.ptr, shorter) : 0;

                if (order == 0 && name.len == p->name.len)
                        return p;
                if (order < 0 || (order == 0 && name.len < p->name.len))
                        high = middle;
                else
                        low = middle + 1;
        }
        return NULL;
}
