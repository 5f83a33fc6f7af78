#include "web/cors.h"

#include "base/context.h"
#include "web/bearer.h"
#include "web/route_table.h"

/* What account/rate_limit.h adds to answers. */
#define RATE_FIELDS "RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"

/* Whether the request comes from a page of one of the Platform's front ends. */
static bool is_front_end(const struct request *req, struct str origin) {
        struct str rest = req->context->settings->platform_origins, one;

        while (rest.len > 0 && str_next(&rest, ',', &one))
                if (str_eq(one, origin))
                        return true;
        return false;
}

/* The endpoints for people, for the pages of the configured origins, which bring a user JWT: never with cookies. */
static void allow_front_end(const struct request *req, struct response *res) {
        struct str origin = request_header(req, STR("Origin"));

        response_header(res, STR("Vary"), STR("Origin"));
        if (!origin.ptr || !is_front_end(req, origin))
                return;
        response_header(res, STR("Access-Control-Allow-Origin"), origin);
        response_header(res, STR("Access-Control-Expose-Headers"),
                        STR("Retry-After, " RATE_FIELDS ", X-AutoGPT-User-Created, X-Request-Id"));
}

static bool serves_front_end(const struct request *req, const struct route *route) {
        return req->context && req->context->platform && route_takes_bearer(route);
}

void cors_allow(const struct request *req, const struct route *route, struct response *res) {
        if (serves_front_end(req, route)) {
                allow_front_end(req, res);
                return;
        }
        if (!(route->flags & ROUTE_CORS))
                return;
        response_constant(res, STR("Access-Control-Allow-Origin"), STR("*"));
        response_constant(res, STR("Access-Control-Expose-Headers"),
                          STR("WWW-Authenticate, Retry-After, " RATE_FIELDS ", X-Request-Id"));
}

static enum http_method method_of(struct str name) {
        for (enum http_method m = 0; m < HTTP_METHOD_OTHER; m++)
                if (str_eq(str_of(http_method_name(m)), name))
                        return m;
        return HTTP_METHOD_OTHER;
}

void cors_preflight(const struct request *req, struct response *res, struct str allow) {
        struct str asked = request_header(req, STR("Access-Control-Request-Method"));
        struct str params[REQUEST_PATH_PARAMS];
        const struct route *route;

        if (!asked.ptr || route_find(method_of(asked), req->path, &route, params) < 0 ||
            (!(route->flags & ROUTE_CORS) && !serves_front_end(req, route)))
                return;
        cors_allow(req, route, res);
        response_header(res, STR("Access-Control-Allow-Methods"), allow);
        response_header(res, STR("Access-Control-Allow-Headers"),
                        STR("Authorization, Content-Type, X-API-Key"));
        response_header(res, STR("Access-Control-Max-Age"), STR("7200"));
}
