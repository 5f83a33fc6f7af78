#include "http/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/http_int.h"

enum { PROBLEM_MAX = 256 };

const struct http_limits http_limits_default = {
        .head_timeout_ms = 10 * 1000,
        .idle_timeout_ms = 75 * 1000,
        .body_grace_ms = 10 * 1000,
        .body_rate = 512,
        .write_timeout_ms = 30 * 1000,
        .linger_ms = 2 * 1000,
        .linger_max_ms = 30 * 1000,
        .drain_ms = 8 * 1000,
        .connections_max = 16 * 1024,
};

/* Opens the listening socket of one loop and the loop itself. */
static int add_loop(struct http_server *server, struct sockaddr_storage *address, char *problem) {
        int fd = -1, error, r;

        error = address_listen(address, &fd);
        if (error) {
                (void)snprintf(problem, PROBLEM_MAX, "cannot listen there: %s", strerror(error));
                return -ERR_SETTINGS;
        }
        r = loop_new(server, fd, &server->loops[server->n_loops]);
        if (r < 0) {
                (void)close(fd);
                (void)snprintf(problem, PROBLEM_MAX, "cannot make an event loop: %s", error_row(r)->text.ptr);
                return r;
        }
        server->n_loops++;
        return 0;
}

static int resolve(struct str listen, struct sockaddr_storage *ret, char *problem) {
        int error;

        if (!address_parse(listen, ret)) {
                (void)snprintf(problem, PROBLEM_MAX,
                               "\"" STR_FMT "\" is no address to listen on: write ADDR:PORT or [IPV6]:PORT, "
                               "as in 127.0.0.1:8006",
                               (int)MIN_OF(listen.len, (size_t)80), listen.ptr);
                return -ERR_SETTINGS;
        }
        if (address_port(ret) == 0)
                return 0;
        error = address_probe(ret);
        if (!error)
                return 0;
        if (error == EADDRINUSE)
                (void)snprintf(problem, PROBLEM_MAX,
                               "port %u is taken by another program: stop it, or listen on another port",
                               address_port(ret));
        else
                (void)snprintf(problem, PROBLEM_MAX, "cannot listen on " STR_FMT ": %s", STR_ARG(listen),
                               strerror(error));
        return -ERR_SETTINGS;
}

int http_server_new(struct str listen, unsigned loops, const struct http_application *application,
                    const struct http_limits *limits, struct http_server **ret, char ret_problem[256]) {
        struct http_server *server = calloc(1, sizeof(*server));
        struct sockaddr_storage address;
        int r;

        if (server)
                server->loops = calloc(loops, sizeof(*server->loops));
        if (!server || !server->loops || uv_sem_init(&server->ready, 0) < 0) {
                (void)snprintf(ret_problem, PROBLEM_MAX, "not enough memory to start");
                if (server)
                        free(server->loops);
                free(server);
                return -ERR_NO_MEMORY;
        }
        server->application = application;
        server->limits = limits ? limits : &http_limits_default;
        r = resolve(listen, &address, ret_problem);
        for (unsigned i = 0; r == 0 && i < loops; i++)
                r = add_loop(server, &address, ret_problem);
        if (r < 0) {
                (void)http_server_free(server);
                return r;
        }
        server->port = address_port(&address);
        *ret = server;
        return 0;
}

unsigned http_server_port(const struct http_server *server) {
        return server->port;
}

void http_server_trust(struct http_server *server, const struct network_list *proxies) {
        server->trusted = proxies;
}

/* Threads take no signals: those are for whoever started the server. */
static int start_threads(struct http_server *server) {
        sigset_t all, before;
        unsigned started = 0;
        int r = 0;

        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        for (; started < server->n_loops; started++) {
                struct http_loop *loop = server->loops[started];

                if (pthread_create(&loop->thread, NULL, loop_thread, loop) != 0) {
                        r = -ERR_NO_MEMORY;
                        break;
                }
                loop->running = true;
        }
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        for (unsigned i = 0; i < started; i++)
                uv_sem_wait(&server->ready);
        for (unsigned i = 0; i < started && r == 0; i++)
                r = server->loops[i]->start_result;
        return r;
}

int http_server_start(struct http_server *server) {
        int r;

        (void)signal(SIGPIPE, SIG_IGN);
        r = start_threads(server);
        if (r < 0) {
                http_server_stop(server);
                http_server_join(server);
        }
        return r;
}

void http_server_drain(struct http_server *server) {
        atomic_store(&server->draining, true);
}

void http_server_stop(struct http_server *server) {
        if (atomic_exchange(&server->stop, true))
                return;
        for (unsigned i = 0; i < server->n_loops; i++)
                (void)uv_async_send(&server->loops[i]->wake);
}

void http_server_join(struct http_server *server) {
        for (unsigned i = 0; i < server->n_loops; i++) {
                if (server->loops[i]->running)
                        (void)pthread_join(server->loops[i]->thread, NULL);
                server->loops[i]->running = false;
        }
}

struct http_server *http_server_free(struct http_server *server) {
        if (!server)
                return NULL;
        for (unsigned i = 0; i < server->n_loops; i++)
                (void)loop_free(server->loops[i]);
        uv_sem_destroy(&server->ready);
        free(server->loops);
        free(server);
        return NULL;
}
