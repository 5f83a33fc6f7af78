/* Answers go into the loop's one buffer, pipelined ones side by side, and out in one write. Only what the client's
 * socket does not take at once is copied to memory of its own. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "http/http_int.h"

struct late_write {
        uv_write_t write;
        size_t len;
        char bytes[];
};

static void on_written(uv_write_t *write, int status) {
        struct late_write *late = CONTAINER_OF(write, struct late_write, write);
        struct connection *c = (struct connection *)write->handle;

        memory_wipe(late->bytes, late->len);
        free(late);
        c->pending--;
        if (c->state == CONNECTION_CLOSED)
                return;
        if (status < 0)
                connection_close(c);
        else if (c->pending == 0 && !c->processing)
                connection_process(c);
}

/* Hands what is left of two runs of bytes to libuv, to be written when the client reads. */
static int write_late(struct connection *c, struct str first, struct str second) {
        struct late_write *late = malloc(sizeof(*late) + first.len + second.len);
        uv_buf_t buf;
        int r;

        if (!late)
                return -ERR_NO_MEMORY;
        late->len = first.len + second.len;
        if (first.len)
                memcpy(late->bytes, first.ptr, first.len);
        if (second.len)
                memcpy(late->bytes + first.len, second.ptr, second.len);
        buf = uv_buf_init(late->bytes, (unsigned)late->len);
        r = uv_write(&late->write, (uv_stream_t *)&c->tcp, &buf, 1, on_written);
        if (r < 0) {
                memory_free_wiped(late);
                return -ERR_INTERNAL;
        }
        c->pending++;
        c->since = loop_now(c->loop);
        c->unwritten = 0;
        return 0;
}

/* Writes the buffer and, behind it, `more`. */
static void output_send(struct connection *c, struct str more) {
        struct http_loop *loop = c->loop;
        struct str first = str_n(loop->out, loop->out_len);
        uv_buf_t bufs[2] = { uv_buf_init(loop->out, (unsigned)loop->out_len),
                             uv_buf_init((char *)more.ptr, (unsigned)more.len) };
        bool broken = false;
        int r = 0;

        loop->out_owner = NULL;
        loop->out_len = 0;
        if (c->state != CONNECTION_CLOSED && first.len + more.len > 0) {
                r = uv_try_write((uv_stream_t *)&c->tcp, first.len ? bufs : bufs + 1,
                                 more.len && first.len ? 2 : 1);
                if (r == UV_EAGAIN)
                        r = 0;
                if (r < 0) {
                        broken = true;
                } else if ((size_t)r < first.len + more.len) {
                        size_t written = (size_t)r;

                        more = written > first.len ? str_from(more, written - first.len) : more;
                        broken = write_late(c, str_from(first, written), more) < 0;
                }
        }
        memory_wipe(loop->out, first.len);
        if (broken)
                connection_close(c);
}

void output_flush(struct connection *c) {
        if (c->loop->out_owner == c && c->loop->out_len > 0)
                output_send(c, STR(""));
        else if (c->loop->out_owner == c)
                c->loop->out_owner = NULL;
}

/* Makes the buffer this connection's own, with room for that many bytes. */
static void output_claim(struct connection *c, size_t room) {
        struct http_loop *loop = c->loop;

        if (loop->out_owner && loop->out_owner != c)
                output_flush(loop->out_owner);
        if (OUTPUT_MAX - loop->out_len < room)
                output_send(c, STR(""));
        loop->out_owner = c;
}

void output_continue(struct connection *c) {
        static const struct str line = STR_INIT("HTTP/1.1 100 Continue\r\n\r\n");
        struct http_loop *loop = c->loop;

        output_claim(c, line.len);
        memcpy(loop->out + loop->out_len, line.ptr, line.len);
        loop->out_len += line.len;
}

void output_answer(struct connection *c, struct message *m, bool close) {
        struct http_loop *loop = c->loop;
        struct response *res = &m->exchange.response;
        struct str body = res->static_body.ptr ? res->static_body : strbuf_str(&res->body);
        size_t room = answer_head_room(res);

        output_claim(c, room);
        loop->out_len += answer_head(loop->out + loop->out_len, res, loop_date_line(loop), body.len, close);
        if (body.len == 0 || !answer_has_body(res->status, m->exchange.request.method))
                return;
        if (body.len > BODY_COPY_MAX || OUTPUT_MAX - loop->out_len < body.len) {
                output_send(c, body);
                return;
        }
        memcpy(loop->out + loop->out_len, body.ptr, body.len);
        loop->out_len += body.len;
}

static void output_put(struct connection *c, struct str bytes) {
        struct http_loop *loop = c->loop;

        output_claim(c, bytes.len);
        memcpy(loop->out + loop->out_len, bytes.ptr, bytes.len);
        loop->out_len += bytes.len;
}

void output_part(struct connection *c, struct message *m, bool first) {
        struct http_loop *loop = c->loop;
        struct response *res = &m->exchange.response;
        struct str body = strbuf_str(&res->body);
        bool chunked = m->stream == STREAM_CHUNKED;
        char size[24];

        if (first) {
                output_claim(c, answer_head_room(res));
                loop->out_len += answer_head(loop->out + loop->out_len, res, loop_date_line(loop),
                                             chunked ? ANSWER_CHUNKED : ANSWER_UNTIL_CLOSE, !chunked);
        }
        if (body.len > 0) {
                if (chunked)
                        output_put(c, str_n(size, (size_t)snprintf(size, sizeof(size), "%zx\r\n", body.len)));
                output_send(c, body);
                if (chunked)
                        output_put(c, STR("\r\n"));
        }
        output_flush(c);
}

void output_last_part(struct connection *c, struct message *m) {
        output_part(c, m, false);
        if (m->stream == STREAM_CHUNKED)
                output_put(c, STR("0\r\n\r\n"));
}
