#include "web/route_table.h"

#include "base/log.h"

/* Routes with a fixed path are found through a hash table of indexes, those with a variable segment by trial:
 * there are few. Both are filled once and only read after. */
enum { SLOTS = 512, PATTERNS_MAX = 64, EMPTY = 0 };

static uint16_t slots[SLOTS]; /* index + 1 */
static uint16_t patterns[PATTERNS_MAX];
static size_t n_patterns;

static uint32_t path_hash(struct str path) {
        uint32_t h = 2166136261u; /* FNV-1a */

        for (size_t i = 0; i < path.len; i++)
                h = (h ^ str_at(path, i)) * 16777619u;
        return h;
}

/* HEAD is served wherever GET is (RFC 9110 §9.3.2). */
static bool method_fits(const struct route *route, enum http_method method) {
        return route->method == method || (route->method == HTTP_GET && method == HTTP_HEAD);
}

/* Whether path is `pattern` with one segment in place of its "{name}". */
static bool pattern_fits(const char *pattern, struct str path, struct str *ret_param) {
        struct str p = str_of(pattern), before, after, param;
        ptrdiff_t open = str_find(p, '{'), close = str_find(p, '}');

        before = str_first(p, (size_t)open);
        after = str_from(p, (size_t)close + 1);
        if (path.len <= before.len + after.len || !str_starts_with(path, before) ||
            !str_eq(str_from(path, path.len - after.len), after))
                return false;
        param = str_first(str_from(path, before.len), path.len - before.len - after.len);
        if (str_find(param, '/') >= 0)
                return false;
        *ret_param = param;
        return true;
}

/* Calls `each` with every route of this path, until it returns true. */
static bool routes_of_path(struct str path,
                           bool (*each)(const struct route *route, struct str param, void *data),
                           void *data) {
        for (uint32_t at = path_hash(path); slots[at % SLOTS] != EMPTY; at++) {
                const struct route *route = &routes[slots[at % SLOTS] - 1];

                if (str_eq(str_of(route->path), path) && each(route, STR_NULL, data))
                        return true;
        }
        for (size_t i = 0; i < n_patterns; i++) {
                const struct route *route = &routes[patterns[i]];
                struct str param;

                if (pattern_fits(route->path, path, &param) && each(route, param, data))
                        return true;
        }
        return false;
}

struct search {
        enum http_method method;
        const struct route *found;
        struct str param;
        bool path_exists;
        unsigned methods; /* a bit each */
};

static bool search_method(const struct route *route, struct str param, void *data) {
        struct search *s = data;

        s->path_exists = true;
        if (!method_fits(route, s->method))
                return false;
        s->found = route;
        s->param = param;
        return true;
}

int route_find(enum http_method method, struct str path, const struct route **ret, struct str *ret_param) {
        struct search s = { .method = method };

        if (!routes_of_path(path, search_method, &s))
                return s.path_exists ? -ERR_METHOD : -ERR_NOT_FOUND;
        *ret = s.found;
        *ret_param = s.param;
        return 0;
}

static bool collect_method(const struct route *route, struct str param _unused_, void *data) {
        struct search *s = data;

        s->methods |= 1u << route->method;
        return false;
}

struct str route_methods(struct str path, char text[METHOD_TEXT_MAX]) {
        struct search s = { .method = HTTP_OPTIONS };
        size_t len = 0;

        (void)routes_of_path(path, collect_method, &s);
        if (s.methods == 0)
                return STR_NULL;
        if (s.methods & 1u << HTTP_GET)
                s.methods |= 1u << HTTP_HEAD;
        s.methods |= 1u << HTTP_OPTIONS;
        for (unsigned m = 0; m < HTTP_METHOD_OTHER; m++) {
                struct str name = str_of(http_method_name(m));

                if (!(s.methods & 1u << m))
                        continue;
                if (len > 0) {
                        memcpy(text + len, ", ", 2);
                        len += 2;
                }
                memcpy(text + len, name.ptr, name.len);
                len += name.len;
        }
        return str_n(text, len);
}

unsigned route_index(const struct route *route) {
        return (unsigned)(route - routes);
}

static int wrong(const struct route *route, const char *what) {
        LOG(LOG_ERROR, "the route table contradicts itself", LOG_STR("path", str_of(route->path)),
            LOG_STR("problem", str_of(what)));
        return -ERR_INTERNAL;
}

static int route_check(const struct route *route) {
        struct str path = str_of(route->path);
        ptrdiff_t open = str_find(path, '{');

        if (path.len == 0 || path.ptr[0] != '/')
                return wrong(route, "the path does not begin with a slash");
        if (open >= 0 && str_find(str_from(path, (size_t)open + 1), '{') >= 0)
                return wrong(route, "more than one variable segment");
        if (route->steps[0].on == EXECUTOR_NONE || route->steps[0].on == EXECUTOR_WORKER)
                return wrong(route, "the first step must have the database, for authentication");
        if ((route->access == ACCESS_API) != (route->scopes != 0))
                return wrong(route,
                             "scopes belong to routes of the External API, and each of those has some");
        for (const struct route *other = routes; other < route; other++)
                if (other->method == route->method && str_eq(str_of(other->path), path))
                        return wrong(route, "the same method and path stand twice");
        return 0;
}

int route_table_init(void) {
        int r;

        memset(slots, 0, sizeof(slots));
        n_patterns = 0;
        if (routes_count > SLOTS / 2)
                return -ERR_INTERNAL;
        for (size_t i = 0; i < routes_count; i++) {
                r = route_check(&routes[i]);
                if (r < 0)
                        return r;
                if (str_find(str_of(routes[i].path), '{') >= 0) {
                        if (n_patterns == PATTERNS_MAX)
                                return wrong(&routes[i], "too many paths with a variable segment");
                        patterns[n_patterns++] = (uint16_t)i;
                        continue;
                }
                for (uint32_t at = path_hash(str_of(routes[i].path));; at++) {
                        if (slots[at % SLOTS] != EMPTY)
                                continue;
                        slots[at % SLOTS] = (uint16_t)(i + 1);
                        break;
                }
        }
        return 0;
}
