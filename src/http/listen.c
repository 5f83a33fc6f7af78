/* Accepting. The listening socket is only watched by libuv, and accepted from by hand: when descriptors or memory run
 * out, or the loop has its fill of connections, they wait in the kernel's queue instead of being dropped. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/http_int.h"

static void listen_pause(struct http_loop *loop) {
        if (loop->accepting)
                (void)uv_poll_stop(&loop->listener);
        loop->accepting = false;
}

static void on_starved(struct http_loop *loop, int error) {
        if (!loop->starved)
                LOG(LOG_WARNING, "cannot accept connections", LOG_STR("reason", str_of(strerror(error))),
                    LOG_INT("connections", (int64_t)loop->n_connections));
        loop->starved = true;
        listen_pause(loop);
        (void)uv_timer_start(&loop->retry, listen_retry, ACCEPT_RETRY_MS, 0);
}

/* Accepts one connection. False when there is none, or no room for one. */
static bool accept_one(struct http_loop *loop) {
        struct sockaddr_storage peer = { 0 };
        socklen_t size = sizeof(peer);
        int fd;

        if (loop->n_connections >= loop->limits->connections_max) {
                listen_pause(loop); /* goes on when one is closed */
                return false;
        }
        fd = accept4(loop->listen_fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
                loop->starved = false;
                connection_open(loop, fd, (const struct sockaddr *)&peer);
                return true;
        }
        switch (errno) {
        case EAGAIN:
                return false;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
                on_starved(loop, errno);
                return false;
        default:
                return true; /* that connection is gone already: accept(2) says to go on */
        }
}

static void on_ready(uv_poll_t *listener, int status, int events) {
        struct http_loop *loop = listener->data;

        for (int i = 0; i < ACCEPTS_AT_ONCE; i++)
                if (!accept_one(loop))
                        return;
}

void listen_start(struct http_loop *loop) {
        if (loop->accepting || loop->stopping || loop->n_connections >= loop->limits->connections_max)
                return;
        loop->accepting = uv_poll_start(&loop->listener, UV_READABLE, on_ready) == 0;
}

void listen_retry(uv_timer_t *timer) {
        listen_start(timer->data);
}

void listen_end(struct http_loop *loop) {
        while (accept_one(loop))
                ;
        listen_pause(loop);
        (void)uv_timer_stop(&loop->retry);
        (void)close(loop->listen_fd);
        loop->listen_fd = -1;
}
