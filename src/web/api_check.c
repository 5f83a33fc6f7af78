#include "web/api_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static int differs(enum http_method method, const char *path, const char *what) {
        LOG(LOG_ERROR, "routes and API documents differ", LOG_STR("method", str_of(http_method_name(method))),
            LOG_STR("path", str_of(path)), LOG_STR("problem", str_of(what)));
        return -ERR_SCHEMA;
}

static int compare(const void *key, const void *element) {
        const struct route *route = key;
        const struct api_row *row = element;
        int order = strcmp(route->path, row->path);

        return order ? order : (int)route->method - (int)row->method;
}

const struct api_row *api_row_find(const struct api_row *rows, size_t n, const struct route *route) {
        return bsearch(route, rows, n, sizeof(*rows), compare);
}

static bool scopes_agree(scope_set wanted, const char *names) {
        struct str rest = str_of(names), name, unknown;
        scope_set set = 0, one;

        while (str_next(&rest, ' ', &name)) {
                if (!scope_parse(name, &one, &unknown))
                        return false;
                set |= one;
        }
        return set == wanted;
}

/* Whom a route lets in is what its operation says. */
static const char *check_security(const struct route *route, const struct api_row *row) {
        switch (route->access) {
        case ACCESS_API:
                if (!(row->security & API_KEY) || !(row->security & API_OAUTH2))
                        return "the operation needs apiKey or oauth2";
                if (!scopes_agree(route->scopes, row->scopes))
                        return "the operation's scopes are not those of the route";
                return NULL;
        case ACCESS_CLIENT:
                return row->security & API_CLIENT ? NULL : "the operation needs the security of an app";
        case ACCESS_SESSION:
        case ACCESS_ADMIN:
        case ACCESS_ELEVATED:
                return row->security & API_SESSION ? NULL : "the operation needs a session";
        default:
                return row->security == 0 ? NULL : "the operation needs no security: []";
        }
}

static const char *check_body(const struct route *route, const struct api_row *row) {
        size_t route_max = route->body_max ? route->body_max : REQUEST_BODY_MAX;

        if (!row->has_body)
                return route->body_max ? "the route takes a body, and the operation has none" : NULL;
        if ((row->body_max ? row->body_max : (size_t)REQUEST_BODY_MAX) != route_max)
                return "x-max-bytes of the body is not what the route takes";
        return NULL;
}

static int check_route(const struct route *route, const struct api_row *row) {
        bool exempt = route->flags & (ROUTE_PAGE | ROUTE_FILE), external = route->flags & ROUTE_EXTERNAL;
        const char *problem;

        if (exempt)
                return row ? differs(route->method, route->path, "a page is no operation") : 0;
        if (!row || row->external != external)
                return differs(route->method, route->path,
                               external ? "the route is no operation of api/external.yaml"
                                        : "the route is no operation of api/main.yaml");
        problem = check_security(route, row);
        if (!problem)
                problem = check_body(route, row);
        return problem ? differs(route->method, route->path, problem) : 0;
}

int api_check(const struct api_row *rows, size_t n) {
        bool *has_route = calloc(n, sizeof(*has_route));
        int r = 0;

        if (!has_route)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < routes_count; i++) {
                const struct api_row *row = api_row_find(rows, n, &routes[i]);

                if (check_route(&routes[i], row) < 0)
                        r = -ERR_SCHEMA;
                if (row)
                        has_route[row - rows] = true;
        }
        for (size_t i = 0; i < n; i++)
                if (!has_route[i])
                        r = differs(rows[i].method, rows[i].path, "the operation has no route");
        free(has_route);
        return r;
}
