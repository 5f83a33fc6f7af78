#include "web/dispatch.h"

#include <stdlib.h>

#include "base/metrics.h"
#include "web/api_operation.h"
#include "web/call.h"
#include "web/cors.h"
#include "web/respond_error.h"
#include "web/route_table.h"

struct web_application {
        struct http_application http;
        const struct context *context;
        struct database *database;
};

/* OPTIONS of a path that exists: what it allows, and to whom (RFC 9110 §9.3.7, Fetch's preflight). */
static void answer_options(struct http_exchange *x, struct str methods) {
        struct request *req = &x->request;
        struct str allow = arena_copy(&req->arena, methods);

        x->response.status = 204;
        response_header(&x->response, STR("Allow"), allow);
        cors_preflight(req, &x->response, allow);
        call_answer(x, NULL);
}

static void refuse_unrouted(struct http_exchange *x, int r) {
        struct request *req = &x->request;
        char text[METHOD_TEXT_MAX];

        respond_error(req, &x->response, NULL, r);
        if (r == -ERR_METHOD)
                response_header(&x->response, STR("Allow"),
                                arena_copy(&req->arena, route_methods(req->path, text)));
        call_answer(x, NULL);
}

static void application_handle(void *data, struct http_exchange *x) {
        const struct web_application *app = data;
        struct request *req = &x->request;
        const struct route *route;
        char text[METHOD_TEXT_MAX];
        struct str methods;
        int r;

        req->context = app->context;
        methods = req->method == HTTP_OPTIONS ? route_methods(req->path, text) : STR_NULL;
        if (methods.ptr) {
                answer_options(x, methods);
                return;
        }
        r = route_find(req->method, req->path, &route, req->path_params);
        if (r < 0)
                refuse_unrouted(x, r);
        else
                call_begin(x, route, app->database);
}

static int application_body_limit(void *data _unused_, const struct request *req, size_t *ret_max) {
        const struct route *route;
        struct str params[REQUEST_PATH_PARAMS];
        int r;

        r = route_find(req->method, req->path, &route, params);
        if (r < 0)
                return r;
        *ret_max = route->body_max ? route->body_max : REQUEST_BODY_MAX;
        return 0;
}

static void application_refuse(void *data, struct http_exchange *x, struct str text) {
        const struct web_application *app = data;
        const struct route *route;

        x->request.context = app->context;
        metrics_request(METRICS_ROUTES_MAX - 1, x->response.status, 0);
        if (route_find(x->request.method, x->request.path, &route, x->request.path_params) < 0)
                route = NULL;
        respond_refusal(&x->request, &x->response, route, text);
}

static int application_loop_open(void *data, struct http_loop *loop _unused_, void **ret_state) {
        const struct web_application *app = data;
        struct db_connection *reader;
        int r;

        if (database_reads_inline(app->database))
                r = database_reader_open(app->database, &reader);
        else
                r = database_kept_reader_open(app->database, &reader);
        if (r < 0)
                return r;
        *ret_state = reader;
        return 0;
}

static void application_loop_close(void *data _unused_, void *state) {
        database_reader_close(state);
}

static void application_loop_idle(void *data _unused_, void *state) {
        database_read_end(state);
}

/* RFC 6797. Names below this host are not ours to speak for. */
#define STAY_ON_HTTPS "Strict-Transport-Security: max-age=31536000\r\n"

int web_application_new(const struct context *context, struct database *database,
                        struct web_application **ret) {
        struct web_application *app;
        int r;

        r = route_table_init();
        if (r == 0)
                r = api_operations_init();
        if (r < 0)
                return r;
        for (unsigned i = 0; i < routes_count; i++)
                metrics_name_route(i, http_method_name(routes[i].method), routes[i].path);
        metrics_name_route(METRICS_ROUTES_MAX - 1, "-", "-");

        app = calloc(1, sizeof(*app));
        if (!app)
                return -ERR_NO_MEMORY;
        app->context = context;
        app->database = database;
        app->http = (struct http_application){
                .data = app,
                .server_fields = context->settings->public_https ? STR(STAY_ON_HTTPS) : STR_NULL,
                .loop_open = application_loop_open,
                .loop_close = application_loop_close,
                .loop_idle = application_loop_idle,
                .body_limit = application_body_limit,
                .handle = application_handle,
                .refuse = application_refuse,
        };
        *ret = app;
        return 0;
}

struct web_application *web_application_free(struct web_application *app) {
        free(app);
        return NULL;
}

const struct http_application *web_application_http(const struct web_application *app) {
        return &app->http;
}
