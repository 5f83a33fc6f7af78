#include "app.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "unit.h"

enum { LOOPS_MAX = 8 };

struct call {
        struct http_task task; /* first */
        struct http_exchange *x;
        struct call *next;
};

struct app {
        struct http_application application;
        struct http_server *server;
        pthread_mutex_t lock; /* guards what follows */
        pthread_cond_t changed;
        struct call *held;
        unsigned n_held;
        struct call *queue;
        bool ended;
        pthread_t writer;
        struct http_loop *loops[LOOPS_MAX];
        unsigned n_loops;
        atomic_uint idles;
        atomic_uint bigs;
        char *big;
        struct str kept; /* the body of /keep, borrowed beyond its time */
};

static void say(struct http_exchange *x, struct str text) {
        response_begin(&x->response, 200, CONTENT_TYPE_TEXT);
        strbuf_append(&x->response.body, text);
}

static void say_last(struct http_exchange *x) {
        say(x, STR("last"));
        x->response.close = true;
}

static void say_big(struct app *app, struct http_exchange *x) {
        response_begin(&x->response, 200, CONTENT_TYPE_TEXT);
        atomic_fetch_add(&app->bigs, 1);
        x->response.static_body = str_n(app->big, APP_BIG_SIZE);
}

static void finish_call(struct http_task *task) {
        struct call *call = (struct call *)task;
        struct http_exchange *x = call->x;

        free(call);
        http_exchange_finish(x);
}

static void post_back(struct call *call, struct str text) {
        say(call->x, text);
        call->task.run = finish_call;
        http_loop_post(call->x->loop, &call->task);
}

static void *writer_run(void *arg) {
        struct app *app = arg;

        (void)pthread_mutex_lock(&app->lock);
        for (;;) {
                struct call *call = app->queue;

                if (call) {
                        app->queue = call->next;
                        (void)pthread_mutex_unlock(&app->lock);
                        post_back(call, STR("later"));
                        (void)pthread_mutex_lock(&app->lock);
                } else if (app->ended) {
                        break;
                } else {
                        (void)pthread_cond_wait(&app->changed, &app->lock);
                }
        }
        (void)pthread_mutex_unlock(&app->lock);
        return NULL;
}

static void work(struct http_task *task) {
        post_back((struct call *)task, STR("work"));
}

static void hand_over(struct app *app, struct http_exchange *x, bool hold) {
        struct call *call = calloc(1, sizeof(*call)), **list = hold ? &app->held : &app->queue;

        call->x = x;
        (void)pthread_mutex_lock(&app->lock);
        while (*list)
                list = &(*list)->next;
        *list = call;
        app->n_held += hold;
        (void)pthread_cond_broadcast(&app->changed);
        (void)pthread_mutex_unlock(&app->lock);
}

static void handle(void *data, struct http_exchange *x) {
        struct app *app = data;
        struct str path = x->request.path;
        struct call *call;

        if (str_eq(path, STR("/later")) || str_eq(path, STR("/hold"))) {
                hand_over(app, x, str_eq(path, STR("/hold")));
                return;
        }
        if (str_eq(path, STR("/work"))) {
                call = calloc(1, sizeof(*call));
                call->x = x;
                call->task.run = work;
                assert_int_equal(http_loop_work(x->loop, &call->task), 0);
                return;
        }
        if (str_eq(path, STR("/echo")))
                say(x, x->request.body);
        else if (str_eq(path, STR("/now")))
                say(x, str_of(http_method_name(x->request.method)));
        else if (str_eq(path, STR("/forge")))
                response_header(&x->response, STR("X-A"), STR("a\r\nX-B: b"));
        else if (str_eq(path, STR("/keep")))
                say(x, app->kept = x->request.body);
        else if (str_eq(path, STR("/kept")))
                say(x, str_eq(app->kept, STR("\0\0\0\0\0\0")) ? STR("wiped") : app->kept);
        else if (str_eq(path, STR("/last")))
                say_last(x);
        else if (str_eq(path, STR("/big")))
                say_big(app, x);
        http_exchange_finish(x);
}

static int body_limit(void *data, const struct request *req, size_t *ret_max) {
        if (!str_eq(req->path, STR("/echo")))
                return -ERR_NOT_FOUND;
        *ret_max = APP_BODY_MAX;
        return 0;
}

static int loop_open(void *data, struct http_loop *loop, void **ret_state) {
        struct app *app = data;

        (void)pthread_mutex_lock(&app->lock);
        app->loops[app->n_loops++] = loop;
        (void)pthread_mutex_unlock(&app->lock);
        *ret_state = app;
        return 0;
}

static void loop_idle(void *data, void *state) {
        struct app *app = state;

        atomic_fetch_add(&app->idles, 1);
}

struct app *app_start(unsigned loops, const struct http_limits *limits) {
        struct app *app = calloc(1, sizeof(*app));
        char problem[256];

        app->application = (struct http_application){ .data = app,
                                                      .loop_open = loop_open,
                                                      .loop_idle = loop_idle,
                                                      .body_limit = body_limit,
                                                      .handle = handle };
        app->big = malloc(APP_BIG_SIZE);
        for (size_t i = 0; i < APP_BIG_SIZE; i++)
                app->big[i] = (char)('a' + i % 23);
        assert_int_equal(pthread_mutex_init(&app->lock, NULL), 0);
        assert_int_equal(pthread_cond_init(&app->changed, NULL), 0);
        assert_int_equal(
                http_server_new(STR("127.0.0.1:0"), loops, &app->application, limits, &app->server, problem),
                0);
        assert_int_equal(http_server_start(app->server), 0);
        assert_int_equal(pthread_create(&app->writer, NULL, writer_run, app), 0);
        return app;
}

unsigned app_port(const struct app *app) {
        return http_server_port(app->server);
}

struct http_loop *app_loop(const struct app *app, unsigned i) {
        return app->loops[i];
}

unsigned app_big_answers(const struct app *app) {
        return atomic_load(&app->bigs);
}

unsigned app_idles(const struct app *app) {
        return atomic_load(&app->idles);
}

void app_wait_held(struct app *app, unsigned n) {
        (void)pthread_mutex_lock(&app->lock);
        while (app->n_held < n)
                (void)pthread_cond_wait(&app->changed, &app->lock);
        (void)pthread_mutex_unlock(&app->lock);
}

void app_release(struct app *app) {
        (void)pthread_mutex_lock(&app->lock);
        app->queue = app->held;
        app->held = NULL;
        app->n_held = 0;
        (void)pthread_cond_broadcast(&app->changed);
        (void)pthread_mutex_unlock(&app->lock);
}

void app_stop(struct app *app) {
        http_server_stop(app->server);
}

void app_end(struct app *app) {
        app_stop(app);
        http_server_join(app->server);
        (void)pthread_mutex_lock(&app->lock);
        app->ended = true;
        (void)pthread_cond_broadcast(&app->changed);
        (void)pthread_mutex_unlock(&app->lock);
        (void)pthread_join(app->writer, NULL);
        (void)http_server_free(app->server);
        (void)pthread_mutex_destroy(&app->lock);
        (void)pthread_cond_destroy(&app->changed);
        free(app->big);
        free(app);
}
