#include "web/dispatch.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/metrics.h"
#include "web/authenticate.h"
#include "web/bearer.h"
#include "web/cors.h"
#include "web/respond_error.h"
#include "web/route_table.h"
#include "web/same_site.h"
#include "web/touch.h"

struct web_application {
        struct http_application http;
        const struct context *context;
        struct database *database;
};

/* A request on its way through its route's steps. Lives in the request's arena. */
struct call {
        struct http_task task; /* to the pool, and back to the loop */
        struct write_job job;
        struct http_exchange *x;
        const struct web_application *app;
        const struct route *route; /* NULL when none was found */
        unsigned step;
        size_t headers_before; /* that the response had when the step began */
        int result;            /* of the step that ran last */
};

static void call_step(struct call *call);
static void call_verify(struct call *call);

static void log_answer(const struct call *call, int64_t micros) {
        const struct request *req = &call->x->request;

        LOG(LOG_INFO, "request", LOG_STR("id", str_of(req->id)),
            LOG_STR("method", str_of(http_method_name(req->method))),
            LOG_STR("route", call->route ? str_of(call->route->path) : STR("-")),
            LOG_INT("status", call->x->response.status), LOG_INT("us", micros),
            LOG_STR("address", str_of(req->address)));
}

static void call_finish(struct call *call) {
        const struct request *req = &call->x->request;
        int64_t micros = clock_monotonic_us() - req->started_us;

        touch_session(call->app->context, call->app->database, req);
        touch_api_key(call->app->context, call->app->database, req);
        if (call->route)
                cors_allow(req, call->route, &call->x->response);
        metrics_request(call->route ? route_index(call->route) : METRICS_ROUTES_MAX - 1,
                        call->x->response.status, micros);
        log_answer(call, micros);
        http_exchange_finish(call->x);
}

/* After a step, on the loop's thread: the next one, an error's answer, or the end. */
static void call_after(struct call *call) {
        int r = call->result;

        if (r == AUTHENTICATE_VERIFY) {
                call_verify(call);
                return;
        }
        if (r == STEP_NEXT || r == STEP_SKIP) {
                call->step += (unsigned)r;
                if (call->step < ROUTE_STEPS_MAX && call->route->steps[call->step].on != EXECUTOR_NONE) {
                        call_step(call);
                        return;
                }
                r = -ERR_INTERNAL; /* the last step must answer */
        }
        if (r < 0)
                respond_error(&call->x->request, &call->x->response, call->route, r);
        call_finish(call);
}

/* What stands between a request and its handler; before the first step only. */
static int call_admit(struct call *call) {
        struct request *req = &call->x->request;
        int r;

        r = same_site_check(req, call->route);
        if (r < 0)
                return r;
        return authenticate(req, &call->x->response, call->route);
}

static int call_run(struct call *call, struct tx *tx) {
        struct request *req = &call->x->request;
        int r;

        req->tx = tx;
        r = call->step == 0 ? call_admit(call) : 0;
        if (r == 0)
                r = call->route->steps[call->step].run(req, &call->x->response);
        req->tx = NULL;
        return r;
}

static void run_on_loop(struct http_task *task) {
        call_after(CONTAINER_OF(task, struct call, task));
}

static void call_back_to_loop(struct call *call, int result) {
        call->result = result;
        call->task.run = run_on_loop;
        http_loop_post(call->x->loop, &call->task);
}

/* Whether a step that ended with r hands over to one that reads, too. */
static bool next_reads(const struct call *call, int r) {
        unsigned next;

        if (r != STEP_NEXT && r != STEP_SKIP)
                return false;
        next = call->step + (unsigned)r;
        return next < ROUTE_STEPS_MAX && call->route->steps[next].on == EXECUTOR_READ;
}

static int run_on_writer(struct write_job *job, struct tx *tx) {
        struct call *call = CONTAINER_OF(job, struct call, job);
        struct response *res = &call->x->response;
        struct request *req = &call->x->request;
        int r;

        /* A retry, or a run after one that lacked a row, starts from what the steps before left. */
        memset(req->issued, 0, sizeof(req->issued));
        req->error_detail = req->error_field = STR_NULL;
        req->error_type = NULL;
        req->retry_after = 0;
        res->n_headers = call->headers_before;
        res->static_body = STR_NULL;
        if (res->body.ptr)
                memory_wipe(res->body.ptr, res->body.len);
        strbuf_reset(&res->body);
        r = call_run(call, tx);
        /* Reads that follow one another share a visit to the pool. */
        while (job->reads && next_reads(call, r)) {
                call->step += (unsigned)r;
                call->headers_before = res->n_headers;
                r = call_run(call, tx);
        }
        return r;
}

static void done_on_writer(struct write_job *job, int result) {
        struct call *call = CONTAINER_OF(job, struct call, job);

        for (unsigned kind = 0; kind < TOKEN_KINDS && result >= 0; kind++)
                metrics_tokens_issued(kind, call->x->request.issued[kind]);
        call_back_to_loop(call, result);
}

static void run_on_pool(struct http_task *task) {
        struct call *call = CONTAINER_OF(task, struct call, task);

        call_back_to_loop(call, call_run(call, NULL));
}

/* An API key was verified, or not: the step begins again, and finds out who calls. */
static void run_verified_on_loop(struct http_task *task) {
        struct call *call = CONTAINER_OF(task, struct call, task);

        if (call->result < 0)
                call_after(call);
        else
                call_step(call);
}

static void run_verify_on_pool(struct http_task *task) {
        struct call *call = CONTAINER_OF(task, struct call, task);

        call->result = authenticate_verify(&call->x->request);
        call->task.run = run_verified_on_loop;
        http_loop_post(call->x->loop, &call->task);
}

static void call_verify(struct call *call) {
        int r;

        call->task.run = run_verify_on_pool;
        r = http_loop_work(call->x->loop, &call->task);
        if (r == 0)
                return; /* the pool has the call from here on */
        call->result = r;
        call_after(call);
}

static void call_submit(struct call *call, bool reads) {
        call->job = (struct write_job){ .run = run_on_writer, .done = done_on_writer, .reads = reads };
        database_submit(call->app->database, &call->job);
}

/* A server's rows may be in memory, and what anybody may see mostly needs none: it is answered while the server is away.
 * False when a row is not there: the step has to run where it can be asked for. */
static bool call_run_kept(struct call *call) {
        struct tx tx;

        if (!database_read_kept(http_loop_state(call->x->loop), &tx) && call->route->access != ACCESS_NONE)
                return false;
        call->result = call_run(call, &tx);
        return !tx.failed;
}

static void call_step(struct call *call) {
        struct tx tx;
        int r;

        call->headers_before = call->x->response.n_headers;
        switch (call->route->steps[call->step].on) {
        case EXECUTOR_TRANSACTION:
                call_submit(call, false);
                return;
        case EXECUTOR_WORKER:
                call->task.run = run_on_pool;
                r = http_loop_work(call->x->loop, &call->task);
                if (r == 0)
                        return; /* the pool has the call from here on, and may be done with it already */
                call->result = r;
                break;
        default:
                if (!database_reads_inline(call->app->database)) {
                        if (call_run_kept(call))
                                break;
                        call_submit(call, true);
                        return;
                }
                call->result = database_read(http_loop_state(call->x->loop), &tx);
                if (call->result == 0)
                        call->result = call_run(call, &tx);
        }
        call_after(call);
}

static void call_start(struct call *call, struct http_task *resume);

static void run_start_again(struct http_task *task) {
        call_start(CONTAINER_OF(task, struct call, task), NULL);
}

/* A user JWT is checked before the first step; it may have to wait for its key. */
static void call_start(struct call *call, struct http_task *resume) {
        int r;

        call->task.run = run_start_again;
        r = bearer_check(call->x, call->route, resume);
        if (r == BEARER_GO_ON) {
                call_step(call);
        } else if (r < 0) {
                call->result = r;
                call_after(call);
        }
}

/* OPTIONS of a path that exists: what it allows, and to whom (RFC 9110 §9.3.7, Fetch's preflight). */
static void answer_options(struct call *call) {
        struct request *req = &call->x->request;
        struct response *res = &call->x->response;
        char text[METHOD_TEXT_MAX];
        struct str allow = arena_copy(&req->arena, route_methods(req->path, text));

        res->status = 204;
        response_header(res, STR("Allow"), allow);
        cors_preflight(req, res, allow);
        call_finish(call);
}

static void refuse_unrouted(struct call *call, int r) {
        struct request *req = &call->x->request;
        struct response *res = &call->x->response;
        char text[METHOD_TEXT_MAX];

        respond_error(req, res, NULL, r);
        if (r == -ERR_METHOD)
                response_header(res, STR("Allow"), arena_copy(&req->arena, route_methods(req->path, text)));
        call_finish(call);
}

static void application_handle(void *data, struct http_exchange *x) {
        const struct web_application *app = data;
        struct request *req = &x->request;
        char methods[METHOD_TEXT_MAX];
        struct call *call;
        int r;

        req->context = app->context;
        call = arena_new(&req->arena, struct call);
        if (!call) {
                respond_error(req, &x->response, NULL, -ERR_NO_MEMORY);
                http_exchange_finish(x);
                return;
        }
        call->x = x;
        call->app = app;
        if (req->method == HTTP_OPTIONS && route_methods(req->path, methods).ptr) {
                answer_options(call);
                return;
        }
        r = route_find(req->method, req->path, &call->route, req->path_params);
        if (r < 0) {
                refuse_unrouted(call, r);
                return;
        }
        call_start(call, &call->task);
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

        x->request.context = app->context;
        metrics_request(METRICS_ROUTES_MAX - 1, x->response.status, 0);
        respond_refusal(&x->request, &x->response, text);
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
