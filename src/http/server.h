/* The HTTP seam: event loops that own connections, parse requests and write responses. What a request means is the
 * application's business: it gets one call per complete request, on the loop's thread, and answers by
 * http_exchange_finish(), at once or later, on that same thread.
 *
 * One loop per core, each with its own listening socket (SO_REUSEPORT) and its own connections; nothing is shared
 * between loops. Limits and refusals are those of http/guard.h; each is answered by the seam itself. */
#pragma once

#include "base/clock.h"
#include "base/network.h"
#include "base/random.h"
#include "http/request.h"
#include "http/response.h"

struct http_server;
struct http_loop;

/* A request and its response, from the last byte of the one to the last byte of the other. If the client goes away in
 * between, the exchange stays valid until it is finished. */
struct http_exchange {
        struct request request;
        struct response response;
        struct http_loop *loop;
        void *application; /* room for the application's own state; the seam never looks */
};

/* A piece of work that is handed to a loop's thread or to the pool. Lives in the caller's own struct. */
struct http_task {
        struct http_task *next;
        void (*run)(struct http_task *task);
};

struct http_application {
        void *data;

        /* Per loop, on its thread: before the first connection (an error ends start-up) and after the last. What
         * loop_open leaves in *ret_state is handed out by http_loop_state(). */
        int (*loop_open)(void *data, struct http_loop *loop, void **ret_state);
        void (*loop_close)(void *data, void *state);

        /* Before the loop waits for the kernel: nothing read so far may be relied on after it. */
        void (*loop_idle)(void *data, void *state);

        /* The largest body that the route of this request takes, in bytes, and whether the route exists and has the
         * method; called when the header section is complete, so that an early refusal can be sent.
         * Returns 0, or -ERR_NOT_FOUND, -ERR_METHOD: the seam then reads the body up to REQUEST_BODY_MAX, and calls
         * `handle` all the same. */
        int (*body_limit)(void *data, const struct request *req, size_t *ret_max);

        /* A complete request. */
        void (*handle)(void *data, struct http_exchange *x);

        /* A refusal by the seam itself is about to be written: gives its body its form. status is set; the function
         * writes content type and body. The request may be half read: method, path and fields may be missing. NULL for
         * plain text. */
        void (*refuse)(void *data, struct http_exchange *x, struct str text);

        struct str server_fields;    /* constant header lines of every answer, each with its CR LF */
        const struct clock *clock;   /* of the Date field; NULL for the system's */
        const struct random *random; /* of request ids; NULL for the system's */
};

struct http_limits {
        int64_t head_timeout_ms;  /* headers not complete: 408 */
        int64_t idle_timeout_ms;  /* keep-alive connection without a request: closed */
        int64_t body_grace_ms;    /* before the minimum rate counts */
        int64_t body_rate;        /* bytes a second, below which a body is answered 408 */
        int64_t write_timeout_ms; /* a client that takes nothing for so long is cut off */
        /* After a refusal, what the client still sends is dropped, so that it finds the answer and not a reset: until it has
         * been silent for so long, or sent for so long in all. */
        int64_t linger_ms, linger_max_ms;
        int64_t drain_ms; /* between the wish to stop and the cutting of connections that still are open */
        size_t connections_max; /* per loop; more wait in the kernel's queue */
};

extern const struct http_limits http_limits_default;

/* Binds and prepares; no thread runs yet.
 *
 * listen         "ADDR:PORT" or "[IPV6]:PORT"; port 0 takes a free one
 * loops          number of event loops, at least 1
 * application    borrowed until http_server_free()
 * limits         borrowed too; NULL for http_limits_default
 * ret_problem    on failure, one line for the operator that says what to do
 * errors         ERR_SETTINGS (address malformed or not to be bound), ERR_NO_MEMORY
 */
_must_use_ int http_server_new(struct str listen, unsigned loops, const struct http_application *application,
                               const struct http_limits *limits, struct http_server **ret,
                               char ret_problem[256]);

/* The port that the server listens on. */
unsigned http_server_port(const struct http_server *server);

/* Whose word about the client's address is taken (http/forwarded.h): nobody's, unless this was called. Before
 * http_server_start().
 *
 * proxies   borrowed until http_server_free()
 */
void http_server_trust(struct http_server *server, const struct network_list *proxies);

/* Starts the loops and returns when all of them are ready to accept. errors: those of loop_open. */
_must_use_ int http_server_start(struct http_server *server);

/* From now on every answer is its connection's last, with Connection: close, so that clients and proxies which keep
 * connections open turn elsewhere while everything is still served. http_server_stop() comes later. Safe from any thread. */
void http_server_drain(struct http_server *server);

/* Asks every loop to end gracefully: connections that wait in the kernel's queue are taken, then no more; requests that
 * have begun or are on their way are read and answered, the last with Connection: close; idle connections are closed.
 * After drain_ms all connections are cut; exchanges that the application still has are waited for even then, since they
 * live in the loop's memory. Safe from any thread and from a signal handler. */
void http_server_stop(struct http_server *server);

/* Waits for all loops to end. */
void http_server_join(struct http_server *server);

struct http_server *http_server_free(struct http_server *server);

/* Sends the response. On the loop's own thread, once. */
void http_exchange_finish(struct http_exchange *x);

/* Sends what the response holds so far as a part of its answer, in chunks (RFC 9112 §7.1), and empties its body for the next
 * part; the first call sends the head as well. The answer ends with http_exchange_finish(). A client that does not read
 * gets its parts together when it does. On the loop's own thread.
 *
 * errors   ERR_BUSY (too many answers come in parts; nothing was sent), ERR_STOPPED (the client is gone, or the server ends:
 *          finish it) */
_must_use_ int http_exchange_send(struct http_exchange *x);

/* Whether a part was sent: the status can't be changed any more. */
bool http_exchange_is_sent(const struct http_exchange *x);

/* Runs task->run on the loop's thread after so many milliseconds, while an exchange of that loop is unfinished. On the loop's
 * own thread. errors: ERR_NO_MEMORY */
_must_use_ int http_loop_delay(struct http_loop *loop, struct http_task *task, int64_t ms);

/* Runs task->run on the loop's thread, soon. From any thread, while an exchange of that loop is unfinished or the server
 * was not yet asked to stop. Tasks run in the order in which they were posted. */
void http_loop_post(struct http_loop *loop, struct http_task *task);

/* Runs task->run on a thread of the worker pool, where it may block. Called on the loop's thread; the task comes back
 * by http_loop_post() if it wants to. The pool is libuv's, shared by all loops: UV_THREADPOOL_SIZE sets its size, before
 * the first task. errors: ERR_NO_MEMORY */
_must_use_ int http_loop_work(struct http_loop *loop, struct http_task *task);

/* What loop_open left. */
void *http_loop_state(const struct http_loop *loop);

/* "1.44.2": of the library behind the loops. */
const char *http_loop_version(void);
