#include "web/route_table.h"

#include "base/log.h"

/* Routes with a fixed path are found through a hash table of indexes, those with a variable segment by trial:
 * there are few. Both are filled once and only read after. */
enum { SLOTS = 512, PATTERNS_MAX = 128, EMPTY = 0 };
_Static_assert(SLOTS >= 2 * METRICS_ROUTES_MAX, "at most half of the slots are taken");

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

/* Whether path is `pattern` with a segment, not an empty one, in the place of each "{name}". */
static bool pattern_fits(const char *pattern, struct str path, struct str ret_params[REQUEST_PATH_PARAMS]) {
        struct str pattern_rest = str_of(pattern), path_rest = path, expected, segment;
        size_t n = 0;

        while (str_next(&pattern_rest, '/', &expected)) {
                if (!str_next(&path_rest, '/', &segment))
                        return false;
                if (expected.len == 0 || expected.ptr[0] != '{') {
                        if (!str_eq(expected, segment))
                                return false;
                } else if (segment.len == 0) {
                        return false;
                } else {
                        ret_params[n++] = segment;
                }
        }
        return !str_next(&path_rest, '/', &segment);
}

/* Calls `each` with every route of this path, until it returns true. */
static bool routes_of_path(struct str path,
                           bool (*each)(const struct route *route, const struct str *params, void *data),
                           void *data) {
        static const struct str none[REQUEST_PATH_PARAMS];

        for (uint32_t at = path_hash(path); slots[at % SLOTS] != EMPTY; at++) {
                const struct route *route = &routes[slots[at % SLOTS] - 1];

                if (str_eq(str_of(route->path), path) && each(route, none, data))
                        return true;
        }
        for (size_t i = 0; i < n_patterns; i++) {
                const struct route *route = &routes[patterns[i]];
                struct str params[REQUEST_PATH_PARAMS] = { 0 };

                if (pattern_fits(route->path, path, params) && each(route, params, data))
                        return true;
        }
        return false;
}

struct search {
        enum http_method method;
        const struct route *found;
        struct str params[REQUEST_PATH_PARAMS];
        bool path_exists;
        unsigned methods; /* a bit each */
};

static bool search_method(const struct route *route, const struct str *params, void *data) {
        struct search *s = data;

        s->path_exists = true;
        if (!method_fits(route, s->method))
                return false;
        s->found = route;
        memcpy(s->params, params, sizeof(s->params));
        return true;
}

int route_find(enum http_method method, struct str path, const struct route **ret,
               struct str ret_params[REQUEST_PATH_PARAMS]) {
        struct search s = { .method = method };

        if (!routes_of_path(path, search_method, &s))
                return s.path_exists ? -ERR_METHOD : -ERR_NOT_FOUND;
        *ret = s.found;
        memcpy(ret_params, s.params, sizeof(s.params));
        return 0;
}

static bool collect_method(const struct route *route, const struct str *params _unused_, void *data) {
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
        size_t variables = 0;

        for (size_t i = 0; i < path.len; i++)
                variables += path.ptr[i] == '{';
        if (path.len == 0 || path.ptr[0] != '/')
                return wrong(route, "the path does not begin with a slash");
        if (variables > REQUEST_PATH_PARAMS)
                return wrong(route, "too many variable segments");
        if (route->steps[0].on != EXECUTOR_READ && route->steps[0].on != EXECUTOR_READ_MUCH &&
            route->steps[0].on != EXECUTOR_TRANSACTION)
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
        if (routes_count >= METRICS_ROUTES_MAX)
                return wrong(&routes[routes_count - 1], "there are more routes than room for them");
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
