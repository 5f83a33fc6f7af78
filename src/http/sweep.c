/* Time limits. One timer a loop looks at all connections now and then: a limit may pass by a little, and no request
 * pays for a timer of its own. */
#include "http/http_int.h"

enum { SWEEP_MS = 1000, SWEEP_LEAST_MS = 5 };

void sweep_start(struct http_loop *loop) {
        const struct http_limits *limits = loop->limits;
        int64_t least = SWEEP_MS;

        if (uv_is_active((uv_handle_t *)&loop->sweep))
                return;
        least = MIN_OF(least, limits->head_timeout_ms / 2);
        least = MIN_OF(least, limits->idle_timeout_ms / 2);
        least = MIN_OF(least, limits->write_timeout_ms / 2);
        least = MIN_OF(least, limits->linger_ms / 2);
        if (loop->stopping)
                least = MIN_OF(least, (int64_t)STOP_GRACE_MS / 2);
        least = MAX_OF(least, (int64_t)SWEEP_LEAST_MS);
        (void)uv_timer_start(&loop->sweep, sweep_run, (uint64_t)least, (uint64_t)least);
}

/* A client that takes nothing of what waits for it. */
static void sweep_write(struct connection *c, int64_t now) {
        size_t waiting = uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp);

        if (waiting != c->unwritten) {
                c->unwritten = waiting;
                c->since = now;
        } else if (now - c->since > c->loop->limits->write_timeout_ms) {
                connection_close(c);
        }
}

static void refuse_slow(struct connection *c) {
        connection_refuse(c, &REFUSAL_SLOW);
        output_flush(c);
        if (c->state != CONNECTION_CLOSED)
                connection_settle(c);
}

static bool body_is_slow(const struct connection *c, int64_t elapsed) {
        const struct http_limits *limits = c->loop->limits;

        elapsed -= limits->body_grace_ms;
        return elapsed > 0 && (int64_t)c->message->parse.body_received < elapsed * limits->body_rate / 1000;
}

static void sweep_connection(struct connection *c, int64_t now) {
        const struct http_limits *limits = c->loop->limits;
        int64_t elapsed = now - c->since;

        if (c->state != CONNECTION_CLOSED && c->pending > 0) {
                sweep_write(c, now);
                return;
        }
        switch (c->state) {
        case CONNECTION_IDLE:
                if (elapsed > limits->idle_timeout_ms ||
                    (c->loop->stopping && elapsed >= STOP_GRACE_MS && !connection_has_unread(c)))
                        connection_close(c);
                break;
        case CONNECTION_HEAD:
                if (elapsed > limits->head_timeout_ms)
                        refuse_slow(c);
                break;
        case CONNECTION_BODY:
                if (body_is_slow(c, elapsed))
                        refuse_slow(c);
                break;
        case CONNECTION_LINGER:
                if (now - c->drained_at > limits->linger_ms || elapsed > limits->linger_max_ms ||
                    (c->loop->stopping && elapsed > limits->linger_ms))
                        connection_close(c);
                break;
        case CONNECTION_HANDLING:
        case CONNECTION_CLOSED:
                break;
        }
}

void sweep_run(uv_timer_t *timer) {
        struct http_loop *loop = timer->data;
        struct connection *next;
        int64_t now = loop_now(loop);

        if (!loop->connections)
                (void)uv_timer_stop(timer);
        for (struct connection *c = loop->connections; c; c = next) {
                next = c->next;
                sweep_connection(c, now);
        }
}
