#include "web/health.h"

#include "base/context.h"
#include "base/metrics.h"
#include "db/database.h"
#include "db/statements.h"
#include "pages/page.h"

static const struct str CONTENT_TYPE_METRICS = STR_INIT("text/plain; version=0.0.4; charset=utf-8");

int handle_healthz(struct request *req _unused_, struct response *res) {
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_header(res, STR("Cache-Control"), STR("no-store"));
        res->static_body = STR("{\"status\":\"ok\"}");
        return 0;
}

int handle_health(struct request *req _unused_, struct response *res) {
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_header(res, STR("Cache-Control"), STR("no-store"));
        res->static_body = STR("{\"status\":\"healthy\"}");
        return 0;
}

int handle_readyz(struct request *req, struct response *res) {
        struct total_row count;
        int r;

        if (req->context->draining && atomic_load(req->context->draining))
                return request_refuse(req, ERR_BUSY, "The server is shutting down");
        r = db_users_count(req->tx, &req->arena, 1, &count);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_header(res, STR("Cache-Control"), STR("no-store"));
        res->static_body = STR("{\"status\":\"ready\"}");
        return 0;
}

int handle_metrics(struct request *req, struct response *res) {
        response_begin(res, 200, CONTENT_TYPE_METRICS);
        response_no_store(res);
        metrics_render(&res->body);
        database_metrics(req->tx, &res->body);
        return 0;
}

int handle_static(struct request *req, struct response *res) {
        return page_static(req->context->theme, req->path_params[0],
                           request_header(req, STR("Accept-Encoding")), res);
}
