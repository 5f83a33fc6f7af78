#include <stdio.h>

#include "base/errors.h"
#include "cli/test_server/client.h"

static const struct str cookie_name = STR_INIT("oauth_test_client");

/* A step or a proxied request on its way to the backend. Lives in the request's arena; only one thread at a time has it. */
struct job {
        struct http_task task; /* to the pool, and back to the loop */
        struct http_exchange *x;
        struct test_client *client;
        bool proxy;
        enum flow_step step;              /* unless proxy */
        char flow_id[FLOW_ID_LENGTH + 1]; /* likewise: the flow may be gone when the answer comes */
        struct step_request request;
        struct fetch_result result;
        int fetch_r;
};

static const struct {
        const char *path;
        enum flow_step step;
        const char *back;
} step_paths[] = {
        { "/steps/token", FLOW_TOKEN, "/#token" },
        { "/steps/me", FLOW_ME, "/#me" },
        { "/steps/refresh", FLOW_REFRESH, "/#refresh" },
        { "/steps/introspect", FLOW_INTROSPECT, "/#introspect" },
        { "/steps/revoke", FLOW_REVOKE, "/#revoke" },
};

static void answer_text(struct response *res, int status, struct str text) {
        response_reset(res);
        response_begin(res, status, CONTENT_TYPE_TEXT);
        response_no_store(res);
        page_security_headers(res);
        strbuf_append(&res->body, text);
        strbuf_append_char(&res->body, '\n');
}

static void answer_error(struct http_exchange *x, int r) {
        const struct error_row *row = error_row(r);
        struct str detail = x->request.error_detail;

        answer_text(&x->response, row->other_status, detail.ptr ? detail : row->text);
}

/* Names under which a browser on this machine reaches the test client. Any other would be a stranger's page that has its name
 * point here, and this page shows secrets. */
static bool is_own_host(const struct test_client *client, struct str host, bool *ret_by_number) {
        char name[32], number[32];

        snprintf(name, sizeof(name), "localhost:%u", client->port);
        snprintf(number, sizeof(number), "127.0.0.1:%u", client->port);
        *ret_by_number = str_eq(host, str_of(number));
        return *ret_by_number || str_eq_ignore_case(host, str_of(name));
}

/* A post must come from a page of this origin, or from no page at all. */
static bool is_own_origin(const struct test_client *client, const struct request *req) {
        struct str site = request_header(req, STR("Sec-Fetch-Site")),
                   origin = request_header(req, STR("Origin"));
        bool by_number;

        /* It decides alone: a page with Referrer-Policy: no-referrer posts its forms with Origin: null. */
        if (site.ptr)
                return str_eq(site, STR("same-origin")) || str_eq(site, STR("none"));
        return !origin.ptr || (str_starts_with(origin, STR("http://")) &&
                               is_own_host(client, str_from(origin, sizeof("http://") - 1), &by_number));
}

static struct flow *flow_of(struct test_client *client, const struct request *req) {
        struct str cookie = request_cookie(req, cookie_name);

        return cookie.ptr ? flow_find(&client->flows, cookie) : NULL;
}

static int start_flow(struct test_client *client, struct flow *old, struct response *res, struct flow **ret) {
        int r;

        r = flow_new(&client->flows, old, client->random, ret);
        if (r < 0)
                return r;
        return response_cookie(res, cookie_name, str_n((*ret)->id, FLOW_ID_LENGTH), -1, false);
}

static int show(struct test_client *client, struct http_exchange *x, bool callback) {
        struct flow *flow = flow_of(client, &x->request);
        int r = 0;

        if (!flow)
                r = start_flow(client, NULL, &x->response, &flow);
        if (r >= 0 && callback)
                r = step_callback(client, flow, &x->request);
        if (r < 0)
                return r;
        return test_client_page(client, flow, &x->response);
}

static int start_over(struct test_client *client, struct http_exchange *x) {
        struct flow *flow;
        int r;

        r = start_flow(client, flow_of(client, &x->request), &x->response, &flow);
        if (r < 0)
                return r;
        return response_redirect(&x->response, STR("/"));
}

static const char *back_of(enum flow_step step) {
        for (size_t i = 0; i < ARRAY_LENGTH(step_paths); i++)
                if (step_paths[i].step == step)
                        return step_paths[i].back;
        return "/";
}

/* On the loop again. */
static void finish_job(struct http_task *task) {
        struct job *job = CONTAINER_OF(task, struct job, task);
        struct http_exchange *x = job->x;
        struct flow *flow;
        int r = 0;

        if (job->proxy)
                proxy_respond(&x->response, &job->result, job->fetch_r);
        else {
                flow = flow_find(&job->client->flows, str_of(job->flow_id));
                if (flow)
                        r = step_finish(flow, job->step, &job->request, &job->result, job->fetch_r);
                if (r >= 0)
                        r = response_redirect(&x->response, str_of(back_of(job->step)));
        }
        fetch_result_done(&job->result);
        step_request_done(&job->request);
        if (r < 0)
                answer_error(x, r);
        http_exchange_finish(x);
}

static void run_job(struct http_task *task) {
        struct job *job = CONTAINER_OF(task, struct job, task);

        job->fetch_r = fetch(&job->request.fetch, &job->result);
        job->task.run = finish_job;
        http_loop_post(job->x->loop, &job->task);
}

/* Returns 1 when the answer comes later. */
static int begin_job(struct test_client *client, struct http_exchange *x, bool proxy, enum flow_step step) {
        struct flow *flow = flow_of(client, &x->request);
        struct job *job;
        int r;

        if (!proxy && (!flow || !step_possible(flow, step)))
                return response_redirect(&x->response, STR("/"));
        job = arena_new(&x->request.arena, struct job);
        if (!job)
                return -ERR_NO_MEMORY;
        *job = (struct job){
                .task = { .run = run_job }, .x = x, .client = client, .proxy = proxy, .step = step
        };
        if (!proxy)
                memcpy(job->flow_id, flow->id, sizeof(job->flow_id));
        r = proxy ? proxy_request_make(client, &x->request, &job->request)
                  : step_request_make(client, flow, step, &job->request);
        if (r >= 0)
                r = http_loop_work(x->loop, &job->task);
        if (r < 0) {
                step_request_done(&job->request);
                return r;
        }
        return 1;
}

static int route_get(struct test_client *client, struct http_exchange *x, bool by_number) {
        struct request *req = &x->request;
        char location[64];

        if (str_starts_with(req->path, STR("/static/")))
                return page_static(client->theme, str_from(req->path, sizeof("/static/") - 1),
                                   request_header(req, STR("Accept-Encoding")), &x->response);
        if (str_starts_with(req->path, STR("/proxy/")))
                return begin_job(client, x, true, FLOW_STEPS);
        if (!str_eq(req->path, STR("/")) && !str_eq(req->path, STR("/callback")))
                return -ERR_NOT_FOUND;
        if (by_number) { /* the way back leads to "localhost", whose cookies are others */
                snprintf(location, sizeof(location), "http://localhost:%u/", client->port);
                return response_redirect(&x->response, str_of(location));
        }
        return show(client, x, req->path.len > 1);
}

static int route_post(struct test_client *client, struct http_exchange *x) {
        struct request *req = &x->request;

        if (!is_own_origin(client, req))
                return -ERR_CROSS_SITE;
        if (str_eq(req->path, STR("/proxy/token")))
                return begin_job(client, x, true, FLOW_STEPS);
        if (str_eq(req->path, STR("/reset")))
                return start_over(client, x);
        for (size_t i = 0; i < ARRAY_LENGTH(step_paths); i++)
                if (str_eq(req->path, str_of(step_paths[i].path)))
                        return begin_job(client, x, false, step_paths[i].step);
        return -ERR_NOT_FOUND;
}

static void handle(void *data, struct http_exchange *x) {
        struct test_client *client = data;
        bool by_number = false;
        int r;

        if (!is_own_host(client, x->request.host, &by_number))
                r = request_refuse(&x->request, ERR_CROSS_SITE,
                                   "Open the test client at http://localhost:%u/", client->port);
        else if (x->request.method == HTTP_GET || x->request.method == HTTP_HEAD)
                r = route_get(client, x, by_number);
        else if (x->request.method == HTTP_POST)
                r = route_post(client, x);
        else
                r = -ERR_METHOD;
        if (r == 1)
                return;
        if (r < 0)
                answer_error(x, r);
        http_exchange_finish(x);
}

static int body_limit(void *data, const struct request *req, size_t *ret_max) {
        *ret_max = REQUEST_BODY_MAX;
        return 0;
}

static void refuse(void *data, struct http_exchange *x, struct str text) {
        response_begin(&x->response, x->response.status, CONTENT_TYPE_TEXT);
        strbuf_append(&x->response.body, text);
}

static int loop_open(void *data, struct http_loop *loop, void **ret_state) {
        *ret_state = NULL;
        return 0;
}

static void loop_close(void *data, void *state) {
        struct test_client *client = data;

        flow_table_done(&client->flows);
}

static void loop_idle(void *data, void *state) {
}

struct http_application test_client_application(struct test_client *client) {
        return (struct http_application){
                .data = client,
                .loop_open = loop_open,
                .loop_close = loop_close,
                .loop_idle = loop_idle,
                .body_limit = body_limit,
                .handle = handle,
                .refuse = refuse,
        };
}
