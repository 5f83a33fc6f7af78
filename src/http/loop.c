#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "http/http_int.h"

struct work {
        uv_work_t work;
        struct http_task *task;
};

void *http_loop_state(const struct http_loop *loop) {
        return loop->state;
}

void http_loop_post(struct http_loop *loop, struct http_task *task) {
        bool first;

        task->next = NULL;
        (void)pthread_mutex_lock(&loop->post_lock);
        first = !loop->posted;
        *loop->posted_end = task;
        loop->posted_end = &task->next;
        /* Within the lock: the loop can't take the task, finish its last exchange and close the handle in between. */
        if (first)
                (void)uv_async_send(&loop->wake);
        (void)pthread_mutex_unlock(&loop->post_lock);
}

static void run_posted(struct http_loop *loop) {
        struct http_task *task, *next;

        (void)pthread_mutex_lock(&loop->post_lock);
        task = loop->posted;
        loop->posted = NULL;
        loop->posted_end = &loop->posted;
        (void)pthread_mutex_unlock(&loop->post_lock);
        for (; task; task = next) {
                next = task->next; /* the task may be gone when it has run */
                task->run(task);
        }
}

static void on_work(uv_work_t *work) {
        struct http_task *task = CONTAINER_OF(work, struct work, work)->task;

        task->run(task);
}

static void on_worked(uv_work_t *work, int status) {
        free(CONTAINER_OF(work, struct work, work));
}

int http_loop_work(struct http_loop *loop, struct http_task *task) {
        struct work *work = malloc(sizeof(*work));

        if (!work)
                return -ERR_NO_MEMORY;
        work->task = task;
        if (uv_queue_work(&loop->uv, &work->work, on_work, on_worked) < 0) {
                free(work);
                return -ERR_NO_MEMORY;
        }
        return 0;
}

static void on_drained(uv_timer_t *timer) {
        struct http_loop *loop = timer->data;

        for (struct connection *c = loop->connections; c; c = c->next)
                connection_close(c);
}

static void loop_stop(struct http_loop *loop) {
        listen_end(loop);
        loop->stopping = true;
        for (struct connection *c = loop->connections; c; c = c->next)
                if (c->state == CONNECTION_IDLE)
                        c->since = loop_now(loop);
        (void)uv_timer_stop(&loop->sweep);
        if (loop->connections)
                sweep_start(loop);
        (void)uv_timer_start(&loop->drain, on_drained, (uint64_t)loop->limits->drain_ms, 0);
        loop_end_if_done(loop);
}

static void on_wake(uv_async_t *wake) {
        struct http_loop *loop = wake->data;

        run_posted(loop);
        if (!loop->stopping && atomic_load(&loop->server->stop))
                loop_stop(loop);
}

static void on_prepare(uv_prepare_t *prepare) {
        struct http_loop *loop = prepare->data;

        loop->application->loop_idle(loop->application->data, loop->state);
}

static void loop_close_handles(struct http_loop *loop) {
        loop->closing = true;
        uv_close((uv_handle_t *)&loop->listener, NULL);
        uv_close((uv_handle_t *)&loop->wake, NULL);
        uv_close((uv_handle_t *)&loop->prepare, NULL);
        uv_close((uv_handle_t *)&loop->sweep, NULL);
        uv_close((uv_handle_t *)&loop->retry, NULL);
        uv_close((uv_handle_t *)&loop->drain, NULL);
}

void loop_end_if_done(struct http_loop *loop) {
        if (!loop->stopping || loop->closing || loop->n_connections > 0 || loop->n_in_flight > 0)
                return;
        (void)pthread_mutex_lock(&loop->post_lock); /* see http_loop_post() */
        loop_close_handles(loop);
        (void)pthread_mutex_unlock(&loop->post_lock);
}

void *loop_thread(void *arg) {
        struct http_loop *loop = arg;
        const struct http_application *application = loop->application;

        loop->start_result =
                application->loop_open ? application->loop_open(application->data, loop, &loop->state) : 0;
        if (loop->start_result < 0) {
                uv_sem_post(&loop->server->ready);
                return NULL;
        }
        uv_update_time(&loop->uv);
        listen_start(loop);
        if (application->loop_idle)
                (void)uv_prepare_start(&loop->prepare, on_prepare);
        uv_sem_post(&loop->server->ready);
        (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
        if (application->loop_close)
                application->loop_close(application->data, loop->state);
        return NULL;
}

const char *loop_date_line(struct http_loop *loop) {
        const struct clock *clock = loop->application->clock ? loop->application->clock : &clock_system;
        int64_t now = loop_now(loop), second;

        if (now == loop->date_checked)
                return loop->date_line;
        loop->date_checked = now;
        second = clock_now(clock) / 1000;
        if (second != loop->date_second) {
                loop->date_second = second;
                clock_format_http(second * 1000, loop->date_line + strlen("Date: "));
        }
        return loop->date_line;
}

/* A counter from a random start, mixed by a bijection (splitmix64): unique within a loop, and as good as unique
 * elsewhere. */
void loop_make_request_id(struct http_loop *loop, char *out) {
        static const char hex[] = "0123456789abcdef";
        uint64_t id = loop->next_id += UINT64_C(0x9e3779b97f4a7c15);

        id = (id ^ id >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        id = (id ^ id >> 27) * UINT64_C(0x94d049bb133111eb);
        id ^= id >> 31;
        for (unsigned i = 0; i < 16; i++)
                out[i] = hex[id >> (60 - 4 * i) & 15];
        out[16] = '\0';
}

static int loop_init_handles(struct http_loop *loop, int fd) {
        if (uv_loop_init(&loop->uv) < 0)
                return -ERR_NO_MEMORY;
        if (uv_async_init(&loop->uv, &loop->wake, on_wake) < 0) {
                (void)uv_loop_close(&loop->uv);
                return -ERR_NO_MEMORY;
        }
        (void)uv_prepare_init(&loop->uv, &loop->prepare);
        (void)uv_timer_init(&loop->uv, &loop->sweep);
        (void)uv_timer_init(&loop->uv, &loop->retry);
        (void)uv_timer_init(&loop->uv, &loop->drain);
        loop->wake.data = loop->prepare.data = loop->sweep.data = loop->retry.data = loop->drain.data = loop;
        if (uv_poll_init(&loop->uv, &loop->listener, fd) < 0) {
                uv_close((uv_handle_t *)&loop->wake, NULL);
                (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
                (void)uv_loop_close(&loop->uv);
                return -ERR_NO_MEMORY;
        }
        loop->listener.data = loop;
        return 0;
}

int loop_new(struct http_server *server, int fd, struct http_loop **ret) {
        const struct random *random =
                server->application->random ? server->application->random : &random_system;
        struct http_loop *loop = calloc(1, sizeof(*loop));
        int r = -ERR_NO_MEMORY;

        if (!loop)
                return r;
        loop->server = server;
        loop->application = server->application;
        loop->limits = server->limits;
        loop->posted_end = &loop->posted;
        loop->date_checked = -1;
        memcpy(loop->date_line, "Date: ", 6);
        memcpy(loop->date_line + ANSWER_DATE_LENGTH - 2, "\r\n", 2);
        loop->out = malloc(OUTPUT_MAX);
        loop->scratch = malloc(SCRATCH_SIZE);
        if (loop->out && loop->scratch)
                r = random_fill(random, &loop->next_id, sizeof(loop->next_id));
        if (r == 0)
                r = loop_init_handles(loop, fd);
        if (r < 0 || pthread_mutex_init(&loop->post_lock, NULL) != 0) {
                free(loop->out);
                free(loop->scratch);
                free(loop);
                return r < 0 ? r : -ERR_NO_MEMORY;
        }
        loop->listen_fd = fd;
        *ret = loop;
        return 0;
}

struct http_loop *loop_free(struct http_loop *loop) {
        if (!loop)
                return NULL;
        if (!loop->closing) {
                loop_close_handles(loop);
                (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
        }
        (void)uv_loop_close(&loop->uv);
        if (loop->listen_fd >= 0)
                (void)close(loop->listen_fd);
        while (loop->pool) {
                struct message *next = loop->pool->next;

                message_free(loop->pool);
                loop->pool = next;
        }
        (void)pthread_mutex_destroy(&loop->post_lock);
        free(loop->out);
        free(loop->scratch);
        free(loop);
        return NULL;
}

const char *http_loop_version(void) {
        return uv_version_string();
}
