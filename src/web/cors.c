#include "web/cors.h"

#include "web/route_table.h"

void cors_allow(const struct route *route, struct response *res) {
        if (!(route->flags & ROUTE_CORS))
                return;
        response_header(res, STR("Access-Control-Allow-Origin"), STR("*"));
        response_header(res, STR("Access-Control-Expose-Headers"),
                        STR("WWW-Authenticate, Retry-After, X-Request-Id"));
}

static enum http_method method_of(struct str name) {
        for (enum http_method m = 0; m < HTTP_METHOD_OTHER; m++)
                if (str_eq(str_of(http_method_name(m)), name))
                        return m;
        return HTTP_METHOD_OTHER;
}

void cors_preflight(const struct request *req, struct response *res, struct str allow) {
        struct str asked = request_header(req, STR("Access-Control-Request-Method")), param;
        const struct route *route;

        if (!asked.ptr || route_find(method_of(asked), req->path, &route, &param) < 0 ||
            !(route->flags & ROUTE_CORS))
                return;
        cors_allow(route, res);
        response_header(res, STR("Access-Control-Allow-Methods"), allow);
        response_header(res, STR("Access-Control-Allow-Headers"),
                        STR("Authorization, Content-Type, X-API-Key"));
        response_header(res, STR("Access-Control-Max-Age"), STR("7200"));
}
