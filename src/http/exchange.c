/* From bytes to answers: takes requests out of a connection's buffer one at a time, hands each to the application, and
 * goes on with the next when it is answered, at once or later. */
#include <stdlib.h>

#include "base/memory.h"
#include "http/forwarded.h"
#include "http/http_int.h"
#include "http/request_int.h"

static struct message *message_new(struct http_loop *loop) {
        struct message *m = malloc(sizeof(*m));

        if (!m)
                return NULL;
        request_init(&m->exchange.request);
        m->exchange.loop = loop;
        m->exchange.response.request = &m->exchange.request;
        m->exchange.response.server_fields = loop->application->server_fields;
        strbuf_init(&m->exchange.response.body, RESPONSE_BODY_MAX);
        response_reset(&m->exchange.response);
        strbuf_init(&m->collected, 0);
        m->dirty = 0;
        return m;
}

void message_free(struct message *m) {
        request_done(&m->exchange.request);
        strbuf_done(&m->exchange.response.body);
        strbuf_done(&m->collected);
        free(m);
}

/* Makes ready for the request whose first bytes, if any, stand at the start of the buffer. */
static void message_begin(struct message *m) {
        m->parsed = 0;
        m->finished = false;
        m->stream = STREAM_NOT;
        m->exchange.application = NULL;
        parse_begin(&m->parse, &m->exchange.request);
}

/* Forgets the last request and its answer, and everything in the buffer but what follows from `keep` on. */
static void message_reset(struct message *m, size_t keep) {
        size_t rest = m->used - keep;

        if (rest)
                memmove(m->input, m->input + keep, rest);
        memory_wipe(m->input + rest, m->dirty - rest);
        m->used = m->dirty = rest;
        request_reset(&m->exchange.request);
        response_reset(&m->exchange.response);
        if (m->exchange.response.body.capacity > BODY_KEPT_MAX)
                strbuf_done(&m->exchange.response.body);
        strbuf_done(&m->collected);
}

struct message *message_take(struct connection *c) {
        struct http_loop *loop = c->loop;
        struct message *m = loop->pool;

        if (m) {
                loop->pool = m->next;
                loop->n_pool--;
        } else {
                m = message_new(loop);
                if (!m)
                        return NULL;
        }
        m->connection = c;
        m->used = 0;
        message_begin(m);
        return m;
}

void message_release(struct http_loop *loop, struct message *m) {
        message_reset(m, m->used);
        if (loop->n_pool == MESSAGES_KEPT) {
                message_free(m);
                return;
        }
        m->connection = NULL;
        m->next = loop->pool;
        loop->pool = m;
        loop->n_pool++;
}

/* Writes the response and decides what becomes of the connection. */
static void answer(struct connection *c, struct message *m) {
        struct response *res = &m->exchange.response;
        bool rest = m->used > m->parsed;
        bool ending =
                c->loop->stopping || atomic_load_explicit(&c->loop->server->draining, memory_order_relaxed);
        bool last =
                res->close || !m->parse.keep_alive || (c->eof && !rest) || m->stream == STREAM_UNTIL_CLOSE;

        if (!last && ending)
                last = !rest && !connection_has_unread(c);
        if (last)
                c->end = res->close || rest || ending ? END_LINGER : END_CLOSE;
        if (m->stream != STREAM_NOT)
                output_last_part(c, m);
        else
                output_answer(c, m, last);
}

/* Lets the application give a refusal its form; without one, or when that fails, it is plain text. */
static void make_refusal(struct http_loop *loop, struct message *m, const struct refusal *refusal) {
        const struct http_application *application = loop->application;
        struct response *res = &m->exchange.response;

        response_reset(res);
        res->status = refusal->status;
        if (application->refuse)
                application->refuse(application->data, &m->exchange, refusal->text);
        if (!application->refuse || res->failed || res->body.failed || answer_head_room(res) > OUTPUT_MAX) {
                response_reset(res);
                response_begin(res, refusal->status, CONTENT_TYPE_TEXT);
                res->static_body = refusal->text;
        }
        res->status = refusal->status;
        res->close = true;
}

/* What every request needs, complete or not, before the application sees it. False when a trusted proxy passed on fields
 * that contradict each other. */
static bool identify(struct connection *c, struct message *m) {
        struct request *req = &m->exchange.request;
        struct ip client;

        loop_make_request_id(c->loop, req->id);
        memcpy(req->address, c->address, sizeof(req->address));
        req->started_us = clock_monotonic_us();
        if (!c->trusted || !m->parse.head_done)
                return true;
        switch (forwarded_client(req->headers, req->n_headers, c->loop->server->trusted, &client)) {
        case FORWARDED_CLIENT:
                ip_print(&client, req->address);
                return true;
        case FORWARDED_PEER:
                return true;
        case FORWARDED_CONFLICT:
                break;
        }
        return false;
}

void connection_refuse(struct connection *c, const struct refusal *refusal) {
        struct message *m = c->message;

        (void)identify(c, m);
        make_refusal(c->loop, m, refusal);
        answer(c, m);
        if (c->state == CONNECTION_CLOSED)
                return;
        c->message = NULL;
        message_release(c->loop, m);
}

/* After an answer: the next request's bytes, if any, come to the front. */
static void next_request(struct connection *c, struct message *m) {
        if (c->end != END_NOT || m->used == m->parsed) {
                c->message = NULL;
                message_release(c->loop, m);
                connection_set_state(c, CONNECTION_IDLE);
                return;
        }
        message_reset(m, m->parsed);
        message_begin(m);
        connection_set_state(c, CONNECTION_HEAD);
}

void http_exchange_finish(struct http_exchange *x) {
        struct message *m = CONTAINER_OF(x, struct message, exchange);
        struct connection *c = m->connection;
        struct http_loop *loop = x->loop;
        struct response *res = &x->response;

        loop->n_in_flight--;
        m->finished = true;
        stream_end(loop, m);
        if (!c) {
                message_release(loop, m);
                loop_end_if_done(loop);
                return;
        }
        if (m->stream == STREAM_NOT &&
            (res->status == 0 || res->failed || res->body.failed || answer_head_room(res) > OUTPUT_MAX))
                make_refusal(loop, m, &REFUSAL_INTERNAL);
        answer(c, m);
        if (c->processing)
                return;
        if (c->state != CONNECTION_CLOSED)
                next_request(c, m);
        connection_process(c);
}

static void answer_options_all(struct message *m) {
        m->exchange.response.status = 204;
        response_header(&m->exchange.response, STR("Allow"),
                        STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
        http_exchange_finish(&m->exchange);
}

/* Hands a complete request over. */
static void dispatch(struct connection *c, struct message *m) {
        const struct http_application *application = c->loop->application;

        if (!identify(c, m)) {
                connection_refuse(c, &REFUSAL_FORWARDED);
                return;
        }
        c->loop->n_in_flight++;
        connection_set_state(c, CONNECTION_HANDLING);
        if (str_eq(m->exchange.request.path, STR("*")))
                answer_options_all(m);
        else
                application->handle(application->data, &m->exchange);
        if (c->state == CONNECTION_CLOSED || !m->finished)
                return;
        next_request(c, m);
}

/* The header section is complete and a body follows: how much the route takes, and where it goes. */
static const struct refusal *begin_body(struct connection *c, struct message *m) {
        const struct http_application *application = c->loop->application;
        struct parse *p = &m->parse;
        const struct refusal *refusal;
        size_t max = REQUEST_BODY_MAX;
        bool in_place;

        if (application->body_limit &&
            application->body_limit(application->data, &m->exchange.request, &max) < 0)
                max = REQUEST_BODY_MAX;
        in_place = !p->chunked && p->content_length <= INPUT_MAX - p->head_len;
        m->collected.max = max;
        refusal = parse_body(p, max, in_place ? NULL : &m->collected);
        if (refusal)
                return refusal;
        connection_set_state(c, CONNECTION_BODY);
        if (p->expect_continue && m->used == m->parsed)
                output_continue(c);
        return NULL;
}

/* One step with what the buffer holds. False when there is nothing more to do. */
static bool step(struct connection *c, struct message *m) {
        const struct refusal *refusal;

        if (m->used == m->parsed)
                return false;
        switch (parse_run(&m->parse, m->input, m->parsed, m->used, &m->parsed)) {
        case PARSE_MORE:
                /* A body that is collected elsewhere makes room for its next part. */
                if (m->parse.collect)
                        m->used = m->parsed = m->parse.head_len;
                return false;
        case PARSE_BODY:
                refusal = begin_body(c, m);
                if (refusal)
                        connection_refuse(c, refusal);
                return true;
        case PARSE_DONE:
                dispatch(c, m);
                return true;
        case PARSE_REFUSED:
                break;
        }
        connection_refuse(c, m->parse.refusal);
        return true;
}

void connection_process(struct connection *c) {
        c->processing = true;
        while (c->state <= CONNECTION_BODY && c->end == END_NOT && c->pending == 0 && c->message)
                if (!step(c, c->message))
                        break;
        c->processing = false;
        output_flush(c);
        if (c->state != CONNECTION_CLOSED)
                connection_settle(c);
}
