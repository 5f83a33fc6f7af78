#include "web/api_check.h"

#include <string.h>

#include "base/log.h"

enum { METHOD_NAME_MAX = 16 };

static const char *const lower_names[HTTP_METHODS] = {
        [HTTP_GET] = "get",     [HTTP_POST] = "post",     [HTTP_PUT] = "put",
        [HTTP_PATCH] = "patch", [HTTP_DELETE] = "delete",
};

json_t *api_find(json_t *document, const struct route *route) {
        json_t *path = json_object_get(json_object_get(document, "paths"), route->path);

        return lower_names[route->method] ? json_object_get(path, lower_names[route->method]) : NULL;
}

static int differs(const char *method, const char *path, const char *what) {
        LOG(LOG_ERROR, "routes and API documents differ", LOG_STR("method", str_of(method)),
            LOG_STR("path", str_of(path)), LOG_STR("problem", str_of(what)));
        return -ERR_SCHEMA;
}

/* The alternative of an operation's security that names this scheme. */
static json_t *security_of(json_t *operation, const char *scheme) {
        json_t *alternative;
        size_t i;

        json_array_foreach(json_object_get(operation, "security"), i, alternative) {
                if (json_object_get(alternative, scheme))
                        return json_object_get(alternative, scheme);
        }
        return NULL;
}

static bool scopes_agree(scope_set wanted, json_t *names) {
        scope_set set = 0, one;
        struct str unknown;
        json_t *name;
        size_t i;

        json_array_foreach(names, i, name) {
                if (!json_is_string(name) || !scope_parse(str_of(json_string_value(name)), &one, &unknown))
                        return false;
                set |= one;
        }
        return set == wanted;
}

/* Whom a route lets in is what its operation says. */
static const char *check_security(const struct route *route, json_t *operation) {
        json_t *security = json_object_get(operation, "security");

        if (!json_is_array(security))
                return "the operation does not say what security it needs; [] for none";
        switch (route->access) {
        case ACCESS_API:
                if (!security_of(operation, "apiKey") || !security_of(operation, "oauth2"))
                        return "the operation needs apiKey or oauth2";
                if (!scopes_agree(route->scopes, security_of(operation, "oauth2")))
                        return "the operation's scopes are not those of the route";
                return NULL;
        case ACCESS_CLIENT:
                return security_of(operation, "client") ? NULL : "the operation needs the security of an app";
        case ACCESS_SESSION:
        case ACCESS_ADMIN:
                return security_of(operation, "session") ? NULL : "the operation needs a session";
        default:
                return json_array_size(security) == 0 ? NULL : "the operation needs no security: []";
        }
}

static const char *check_body(const struct route *route, json_t *operation) {
        json_t *body = json_object_get(operation, "requestBody"), *max = json_object_get(body, "x-max-bytes");
        size_t route_max = route->body_max ? route->body_max : REQUEST_BODY_MAX;

        if (!body)
                return route->body_max ? "the route takes a body, and the operation has none" : NULL;
        if ((max ? (size_t)json_integer_value(max) : (size_t)REQUEST_BODY_MAX) != route_max)
                return "x-max-bytes of the body is not what the route takes";
        return NULL;
}

static int check_route(const struct route *route, json_t *external, json_t *others) {
        const char *method = http_method_name(route->method), *problem;
        json_t *operation = api_find(route->flags & ROUTE_EXTERNAL ? external : others, route);
        bool exempt = route->flags & (ROUTE_PAGE | ROUTE_FILE);

        if (exempt)
                return operation ? differs(method, route->path, "a page is no operation") : 0;
        if (!operation)
                return differs(method, route->path,
                               route->flags & ROUTE_EXTERNAL
                                       ? "the route is no operation of api/external.yaml"
                                       : "the route is no operation of api/main.yaml");
        problem = check_security(route, operation);
        if (!problem)
                problem = check_body(route, operation);
        return problem ? differs(method, route->path, problem) : 0;
}

static bool has_route(const char *path, const char *method, bool external) {
        for (size_t i = 0; i < routes_count; i++)
                if (strcmp(routes[i].path, path) == 0 && lower_names[routes[i].method] &&
                    strcmp(lower_names[routes[i].method], method) == 0 &&
                    external == ((routes[i].flags & ROUTE_EXTERNAL) != 0))
                        return true;
        return false;
}

static int check_operations(json_t *document, bool external) {
        const char *path, *method;
        json_t *methods, *operation;
        int r = 0;

        json_object_foreach(json_object_get(document, "paths"), path, methods) {
                json_object_foreach(methods, method, operation) {
                        if (!has_route(path, method, external))
                                r = differs(method, path, "the operation has no route");
                }
        }
        return r;
}

int api_check(json_t *external, json_t *others) {
        int r = 0, found;

        for (size_t i = 0; i < routes_count; i++) {
                found = check_route(&routes[i], external, others);
                r = found < 0 ? found : r;
        }
        found = check_operations(external, true);
        r = found < 0 ? found : r;
        found = check_operations(others, false);
        return found < 0 ? found : r;
}
