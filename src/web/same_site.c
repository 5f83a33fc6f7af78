#include "web/same_site.h"

#include "base/context.h"

int same_site_check(const struct request *req, const struct route *route) {
        struct str site, origin;

        if ((route->method == HTTP_GET && !(route->flags & ROUTE_CHANGES)) ||
            route->access == ACCESS_CLIENT || route->access == ACCESS_API || req->bearer)
                return 0;
        site = request_header(req, STR("Sec-Fetch-Site"));
        if (site.ptr)
                return str_eq(site, STR("same-origin")) || str_eq(site, STR("none")) ? 0 : -ERR_CROSS_SITE;
        origin = request_header(req, STR("Origin"));
        /* A page with Referrer-Policy: no-referrer posts its forms with Origin: null; their CSRF token
         * decides. */
        if (origin.ptr && str_eq(origin, STR("null")) && route->flags & ROUTE_FORM)
                return 0;
        if (origin.ptr)
                return str_eq(origin, req->context->settings->public_url) ? 0 : -ERR_CROSS_SITE;
        return 0;
}
