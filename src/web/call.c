#include "web/call.h"

#include "account/identity.h"
#include "account/rate_limit.h"
#include "agents/crew.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/metrics.h"
#include "web/authenticate.h"
#include "web/bearer.h"
#include "web/caller_limit.h"
#include "web/cors.h"
#include "web/refusal.h"
#include "web/respond_error.h"
#include "web/route_table.h"
#include "web/same_site.h"
#include "web/touch.h"
#include "web/validate.h"

enum { ADMIT_AGAIN_MS = 10 * 1000 };

/* Lives in the request's arena. */
struct call {
        struct http_task task; /* to the pool, and back to the loop */
        struct write_job job;
        struct http_exchange *x;
        const struct route *route;
        struct database *database;
        unsigned step;
        size_t headers_before; /* that the response had when the step began */
        int64_t admitted_ms;   /* monotonic: of a step that runs again and again */
        int result;            /* of the step that ran last */
};

static void call_step(struct call *call);
static void run_on_loop(struct http_task *task);
static void call_verify(struct call *call);

static void log_answer(const struct http_exchange *x, const struct route *route, int64_t micros) {
        const struct request *req = &x->request;

        LOG(LOG_INFO, "request", LOG_STR("id", str_of(req->id)),
            LOG_STR("method", str_of(http_method_name(req->method))),
            LOG_STR("route", route ? str_of(route->path) : STR("-")), LOG_INT("status", x->response.status),
            LOG_INT("us", micros), LOG_STR("address", str_of(req->address)));
}

void call_answer(struct http_exchange *x, const struct route *route) {
        int64_t micros = clock_monotonic_us() - x->request.started_us;

        metrics_request(route ? route_index(route) : METRICS_ROUTES_MAX - 1, x->response.status, micros);
        log_answer(x, route, micros);
        http_exchange_finish(x);
}

static void call_finish(struct call *call) {
        const struct request *req = &call->x->request;

        if (http_exchange_is_sent(call->x)) {
                log_answer(call->x, call->route, clock_monotonic_us() - req->started_us);
                http_exchange_finish(call->x);
                return;
        }

        touch_session(req->context, call->database, req);
        touch_api_key(req->context, call->database, req);
        touch_app(req->context, call->database, req);
        cors_allow(req, call->route, &call->x->response);
        call->x->response.limit_fields = rate_limit_fields(&call->x->request);
        call_answer(call->x, call->route);
}

static void run_step_again(struct http_task *task) {
        call_step(CONTAINER_OF(task, struct call, task));
}

/* A part of the answer is there: sends it, and lets the step run again. */
static int call_again(struct call *call) {
        struct http_exchange *x = call->x;
        bool first = !http_exchange_is_sent(x);
        int r;

        if (first) {
                cors_allow(&x->request, call->route, &x->response);
                x->response.limit_fields = rate_limit_fields(&x->request);
        }
        r = http_exchange_send(x);
        if (r < 0)
                return r;
        if (first)
                metrics_request(route_index(call->route), x->response.status,
                                clock_monotonic_us() - x->request.started_us);
        /* What a client that doesn't read was not sent is tried again first. */
        call->task.run = x->response.body.len > 0 ? run_on_loop : run_step_again;
        return http_loop_delay(x->loop, &call->task, x->request.again_ms);
}

/* After a step, on the loop's thread: the next one, an error's answer, or the end. */
static void call_after(struct call *call) {
        int r = call->result;

        if (r == AUTHENTICATE_VERIFY) {
                call_verify(call);
                return;
        }
        if (r == STEP_AGAIN) {
                r = call_again(call);
                if (r == 0)
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
                refusal_audit(&call->x->request, call->route, r);
        if (r < 0 && !http_exchange_is_sent(call->x))
                respond_error(&call->x->request, &call->x->response, call->route, r);
        call_finish(call);
}

/* What stands between a request and its handler; before the first step only, and now and then while that runs again and
 * again: who is shut out is told no more. */
static int call_admit(struct call *call) {
        struct request *req = &call->x->request;
        int64_t now;
        int r;

        if (http_exchange_is_sent(call->x)) {
                now = clock_monotonic_ms();
                if (now - call->admitted_ms < ADMIT_AGAIN_MS)
                        return 0;
                call->admitted_ms = now;
        }
        r = same_site_check(req, call->route);
        if (r < 0)
                return r;
        return caller_limit(req, call->route, authenticate(req, &call->x->response, call->route));
}

/* The step before which the body is parsed and held against its document: the first on threads that may take their time,
 * for bodies may be large. */
static unsigned body_step(const struct route *route) {
        for (unsigned i = 0; i < ROUTE_STEPS_MAX && route->steps[i].on != EXECUTOR_NONE; i++)
                if (route->steps[i].on == EXECUTOR_WORKER || route->steps[i].on == EXECUTOR_CREW)
                        return i;
        return 0;
}

static int call_validate(struct call *call) {
        struct request *req = &call->x->request;
        int r = 0;

        if (call->route->access != ACCESS_API || http_exchange_is_sent(call->x))
                return 0;
        if (call->step == 0)
                r = validate_parameters(req, call->route);
        if (r == 0 && call->step == body_step(call->route))
                r = validate_body(req, call->route);
        return r;
}

static int call_run(struct call *call, struct tx *tx) {
        struct request *req = &call->x->request;
        int r;

        req->tx = tx;
        r = call->step == 0 ? call_admit(call) : 0;
        if (r == 0)
                r = call_validate(call);
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

/* A retry, or a run after one that lacked a row, starts from what the steps before left. */
static void call_reset(struct call *call) {
        struct response *res = &call->x->response;
        struct request *req = &call->x->request;

        memset(req->issued, 0, sizeof(req->issued));
        req->error_detail = req->error_field = req->error_json = STR_NULL;
        req->error_sentence = NULL;
        req->error_type = NULL;
        req->retry_after = 0;
        res->n_headers = call->headers_before;
        res->static_body = STR_NULL;
        if (res->body.ptr)
                memory_wipe(res->body.ptr, res->body.len);
        strbuf_reset(&res->body);
}

static int run_on_writer(struct write_job *job, struct tx *tx) {
        struct call *call = CONTAINER_OF(job, struct call, job);
        int r;

        call_reset(call);
        r = call_run(call, tx);
        /* Reads that follow one another share a visit to the pool. */
        while (job->reads && next_reads(call, r)) {
                call->step += (unsigned)r;
                call->headers_before = call->x->response.n_headers;
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

static int run_in_snapshot(struct tx *tx, void *data) {
        struct call *call = data;

        call_reset(call);
        return call_run(call, tx);
}

static void run_read_on_pool(struct http_task *task) {
        struct call *call = CONTAINER_OF(task, struct call, task);

        call_back_to_loop(call, database_read_now(call->database, run_in_snapshot, call));
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
        database_submit(call->database, &call->job);
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

/* To the threads that agents run on, a person's share of which is bounded. */
static int call_submit_crew(struct call *call) {
        const struct request *req = &call->x->request;

        return crew_submit(req->context->crew, &call->task,
                           req->identity ? req->identity->user_id : STR_NULL);
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
        case EXECUTOR_CREW:
                call->task.run = run_on_pool;
                r = call->route->steps[call->step].on == EXECUTOR_CREW
                            ? call_submit_crew(call)
                            : http_loop_work(call->x->loop, &call->task);
                if (r == 0)
                        return; /* the pool has the call from here on, and may be done with it already */
                call->result = r;
                break;
        case EXECUTOR_READ_MUCH:
                if (!database_reads_inline(call->database)) {
                        call_submit(call, true);
                        return;
                }
                call->task.run = run_read_on_pool;
                r = http_loop_work(call->x->loop, &call->task);
                if (r == 0)
                        return;
                call->result = r;
                break;
        default:
                if (!database_reads_inline(call->database)) {
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

void call_begin(struct http_exchange *x, const struct route *route, struct database *database) {
        struct call *call = arena_new(&x->request.arena, struct call);

        if (!call) {
                respond_error(&x->request, &x->response, route, -ERR_NO_MEMORY);
                call_answer(x, route);
                return;
        }
        call->x = x;
        call->route = route;
        x->request.takes_files = route->flags & ROUTE_UPLOAD;
        call->database = database;
        call->admitted_ms = clock_monotonic_ms();
        call_start(call, &call->task);
}
