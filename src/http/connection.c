#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/metrics.h"
#include "http/http_int.h"

static int connection_fd(const struct connection *c) {
        uv_os_fd_t fd = -1;

        return uv_fileno((const uv_handle_t *)&c->tcp, &fd) == 0 ? fd : -1;
}

bool connection_has_unread(const struct connection *c) {
        char byte;

        return recv(connection_fd(c), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void connection_set_state(struct connection *c, enum connection_state state) {
        c->state = state;
        c->since = loop_now(c->loop);
}

static void on_closed(uv_handle_t *handle) {
        struct connection *c = (struct connection *)handle;
        struct http_loop *loop = c->loop;

        if (c->previous)
                c->previous->next = c->next;
        else
                loop->connections = c->next;
        if (c->next)
                c->next->previous = c->previous;
        free(c);
        loop->n_connections--;
        metrics_connections(-1);
        listen_start(loop);
        loop_end_if_done(loop);
}

void connection_close(struct connection *c) {
        struct message *m = c->message;

        if (c->state == CONNECTION_CLOSED)
                return;
        c->message = NULL;
        if (m && c->state == CONNECTION_HANDLING && !m->finished)
                m->connection = NULL; /* the application has it: http_exchange_finish() gives it back */
        else if (m)
                message_release(c->loop, m);
        c->state = CONNECTION_CLOSED;
        c->reading = false;
        uv_close((uv_handle_t *)&c->tcp, on_closed);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
        struct connection *c = (struct connection *)handle;

        if (c->state == CONNECTION_LINGER) {
                *buf = uv_buf_init(c->loop->scratch, SCRATCH_SIZE);
                return;
        }
        if (!c->message)
                c->message = message_take(c);
        if (c->message)
                *buf = uv_buf_init(c->message->input + c->message->used,
                                   (unsigned)(INPUT_MAX - c->message->used));
        else
                *buf = uv_buf_init(NULL, 0); /* comes back as UV_ENOBUFS */
}

static void read_stop(struct connection *c) {
        if (!c->reading)
                return;
        (void)uv_read_stop((uv_stream_t *)&c->tcp);
        c->reading = false;
}

static void on_linger_read(struct connection *c, ssize_t n) {
        if (n < 0) {
                connection_close(c);
                return;
        }
        if (n > 0)
                c->drained_at = loop_now(c->loop);
        c->drained += (size_t)n;
        if (c->drained > LINGER_BYTES_MAX)
                connection_close(c);
}

static void on_read_end(struct connection *c, ssize_t n) {
        read_stop(c);
        c->eof = true;
        /* A client that has ended its side may still wait for the answer to what it sent. */
        if (n == UV_EOF && c->state == CONNECTION_HANDLING && c->message->stream == STREAM_NOT)
                return;
        connection_close(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
        struct connection *c = (struct connection *)stream;
        struct message *m = c->message;

        if (c->state == CONNECTION_CLOSED)
                return;
        if (c->state == CONNECTION_LINGER) {
                on_linger_read(c, n);
                return;
        }
        if (n < 0) {
                on_read_end(c, n);
                return;
        }
        if (n == 0) {
                if (c->state == CONNECTION_IDLE) {
                        c->message = NULL;
                        message_release(c->loop, m);
                }
                return;
        }
        m->used += (size_t)n;
        if (m->used > m->dirty)
                m->dirty = m->used;
        if (c->state == CONNECTION_IDLE)
                connection_set_state(c, CONNECTION_HEAD);
        if (c->state == CONNECTION_HANDLING)
                connection_settle(c);
        else
                connection_process(c);
}

static void read_start(struct connection *c) {
        if (c->reading)
                return;
        if (uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) < 0)
                connection_close(c);
        else
                c->reading = true;
}

/* All is said. Closing at once with bytes unread would reset the connection and could take the answer with it, so the
 * sending side ends first and what still comes is dropped (RFC 9112 §9.6). */
static void linger(struct connection *c) {
        connection_set_state(c, CONNECTION_LINGER);
        c->drained_at = c->since;
        if (c->eof || shutdown(connection_fd(c), SHUT_WR) < 0)
                connection_close(c);
        else
                read_start(c);
}

void connection_settle(struct connection *c) {
        if (c->state == CONNECTION_LINGER)
                return;
        if (c->pending > 0) {
                read_stop(c); /* a client that doesn't read is not read */
                return;
        }
        if (c->end == END_CLOSE) {
                connection_close(c);
        } else if (c->end == END_LINGER) {
                linger(c);
        } else if (c->state == CONNECTION_HANDLING) {
                if (c->message->used == INPUT_MAX)
                        read_stop(c);
                else if (!c->eof)
                        read_start(c);
        } else if (c->eof) {
                connection_close(c);
        } else {
                read_start(c);
        }
}

static void set_address(struct connection *c, const struct sockaddr *peer) {
        const struct network_list *trusted = c->loop->server->trusted;
        struct ip ip;

        if (peer->sa_family == AF_INET)
                ip_from_v4(&((const struct sockaddr_in *)peer)->sin_addr, &ip);
        else if (peer->sa_family == AF_INET6)
                memcpy(ip.bytes, &((const struct sockaddr_in6 *)peer)->sin6_addr, sizeof(ip.bytes));
        else
                return;
        ip_print(&ip, c->address);
        c->trusted = trusted && network_list_has(trusted, &ip);
}

void connection_open(struct http_loop *loop, int fd, const struct sockaddr *peer) {
        struct connection *c = calloc(1, sizeof(*c));

        if (!c || uv_tcp_init(&loop->uv, &c->tcp) < 0) {
                free(c);
                (void)close(fd);
                return;
        }
        c->loop = loop;
        c->next = loop->connections;
        if (c->next)
                c->next->previous = c;
        loop->connections = c;
        loop->n_connections++;
        metrics_connections(1);
        set_address(c, peer);
        connection_set_state(c, CONNECTION_IDLE);
        if (uv_tcp_open(&c->tcp, fd) < 0) {
                (void)close(fd);
                connection_close(c);
                return;
        }
        sweep_start(loop);
        read_start(c);
}
