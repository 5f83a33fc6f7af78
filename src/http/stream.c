/* Answers that come in parts, while what they tell of goes on. */
#include <stdlib.h>

#include "base/memory.h"
#include "http/http_int.h"

bool http_exchange_is_sent(const struct http_exchange *x) {
        return CONTAINER_OF(x, const struct message, exchange)->stream != STREAM_NOT;
}

static int stream_begin(struct http_loop *loop, struct message *m) {
        const struct response *res = &m->exchange.response;

        if (loop->n_streams >= STREAMS_MAX)
                return -ERR_BUSY;
        if (res->status == 0 || res->failed || answer_head_room(res) > OUTPUT_MAX)
                return -ERR_INTERNAL;
        m->stream = m->parse.version[2] == '0' ? STREAM_UNTIL_CLOSE : STREAM_CHUNKED;
        loop->n_streams++;
        return 0;
}

void stream_end(struct http_loop *loop, struct message *m) {
        if (m->stream != STREAM_NOT)
                loop->n_streams--;
}

int http_exchange_send(struct http_exchange *x) {
        struct message *m = CONTAINER_OF(x, struct message, exchange);
        struct connection *c = m->connection;
        struct http_loop *loop = x->loop;
        bool first = m->stream == STREAM_NOT;
        int r;

        if (!c || loop->stopping || atomic_load_explicit(&loop->server->draining, memory_order_relaxed) ||
            x->response.body.failed)
                return -ERR_STOPPED;
        if (c->pending > 0)
                return 0; /* a client that doesn't read is told no more */
        r = first ? stream_begin(loop, m) : 0;
        if (r < 0)
                return r;
        output_part(c, m, first);
        if (c->state == CONNECTION_CLOSED)
                return -ERR_STOPPED;
        if (x->response.body.ptr)
                memory_wipe(x->response.body.ptr, x->response.body.len);
        strbuf_reset(&x->response.body);
        connection_settle(c);
        return 0;
}

struct delay {
        uv_timer_t timer;
        struct http_task *task;
};

static void on_delay_closed(uv_handle_t *handle) {
        free(CONTAINER_OF(handle, struct delay, timer));
}

static void on_delay(uv_timer_t *timer) {
        struct http_task *task = CONTAINER_OF(timer, struct delay, timer)->task;

        uv_close((uv_handle_t *)timer, on_delay_closed);
        task->run(task);
}

int http_loop_delay(struct http_loop *loop, struct http_task *task, int64_t ms) {
        struct delay *delay = calloc(1, sizeof(*delay));

        if (!delay)
                return -ERR_NO_MEMORY;
        delay->task = task;
        (void)uv_timer_init(&loop->uv, &delay->timer);
        (void)uv_timer_start(&delay->timer, on_delay, (uint64_t)ms, 0);
        return 0;
}
