/* Inside the seam: loops, connections and messages. Everything here belongs to one loop and is touched by its thread
 * alone, but for the queue of posted tasks and the server's wish to stop.
 *
 * A connection is small and lives as long as its socket. A message is large; it holds the bytes, the request and the
 * response, and a connection has one only from a request's first byte to its answer's last, out of the loop's pool. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

#include "http/answer.h"
#include "http/parse.h"
#include "http/server.h"

enum {
        INPUT_MAX = REQUEST_HEAD_MAX +
                    4096,          /* bytes of a message's buffer: a whole head, and small bodies in place */
        OUTPUT_MAX = 64 * 1024,    /* bytes of answers that go out in one write */
        BODY_COPY_MAX = 16 * 1024, /* larger bodies are written from where they are */
        BODY_KEPT_MAX = 64 * 1024, /* a larger builder is not kept for the next answer */
        MESSAGES_KEPT = 128,       /* in a loop's pool */
        ACCEPTS_AT_ONCE = 64,
        ACCEPT_RETRY_MS = 100,               /* after the system refused a descriptor or memory */
        LINGER_BYTES_MAX = 64 * 1024 * 1024, /* dropped after a refusal, so that its answer arrives */
        STOP_GRACE_MS = 100,                 /* idle connections stay open for a request that is on its way */
        SCRATCH_SIZE = 16 * 1024,
        STREAMS_MAX = 512, /* answers of a loop that come in parts, at a time */
};

enum connection_state {
        CONNECTION_IDLE,     /* between requests; no message */
        CONNECTION_HEAD,     /* a request has begun */
        CONNECTION_BODY,     /* its header section is complete */
        CONNECTION_HANDLING, /* the application has it */
        CONNECTION_LINGER,   /* all is said; what the client still sends is dropped */
        CONNECTION_CLOSED,   /* the handle is closing */
};

enum connection_end { END_NOT, END_CLOSE, END_LINGER };

struct connection {
        uv_tcp_t tcp; /* first: the handle's address is the connection's */
        struct http_loop *loop;
        struct connection *next, *previous;
        struct message *message; /* NULL when idle */
        int64_t since;           /* loop's ms: when the state, or a write that waits, began or last moved */
        size_t unwritten;        /* bytes that waited when the sweep last looked */
        size_t drained;          /* bytes dropped while lingering */
        int64_t drained_at;      /* loop's ms: when the last of them came */
        unsigned pending;        /* writes that wait for the client to read */
        enum connection_state state;
        enum connection_end end; /* what follows the last answer */
        bool reading;
        bool eof;        /* the client sends no more */
        bool trusted;    /* the peer is a proxy whose word about the client's address is taken */
        bool processing; /* the loop over pipelined requests is running: finish() leaves the rest to it */
        char address[ADDRESS_TEXT_MAX + 1];
};

struct message {
        struct http_exchange exchange; /* first: the exchange's address is the message's */
        struct message *next;          /* in the pool */
        struct connection
                *connection; /* NULL when the client went away while the application had the request */
        struct parse parse;
        struct strbuf collected; /* a body that does not lie in place */
        size_t parsed;           /* bytes of `input` that are taken */
        size_t used;             /* bytes of `input` that are there */
        size_t dirty;            /* bytes of `input` that may hold something to wipe */
        bool finished;
        enum { STREAM_NOT, STREAM_CHUNKED, STREAM_UNTIL_CLOSE } stream; /* parts of its answer were sent */
        char input[INPUT_MAX]; /* begins with the message's first byte */
};

struct http_loop {
        uv_loop_t uv;
        uv_poll_t listener;
        uv_async_t wake;
        uv_prepare_t prepare;
        uv_timer_t sweep; /* runs while there are connections */
        uv_timer_t retry; /* accepts again after an error */
        uv_timer_t drain; /* bounds the graceful end */
        struct http_server *server;
        const struct http_application *application;
        const struct http_limits *limits;
        void *state; /* the application's */
        pthread_t thread;
        int listen_fd;
        int start_result;
        bool running; /* the thread was made and not yet joined */

        struct connection *connections;
        size_t n_connections;
        size_t n_in_flight; /* exchanges that the application has */
        size_t n_streams;   /* of them, those whose answers come in parts */
        struct message *pool;
        size_t n_pool;
        bool accepting;
        bool starved; /* the system refused to accept, and the log says so */
        bool stopping;
        bool closing; /* the loop's own handles are being closed */

        char *out; /* OUTPUT_MAX bytes; of one connection at a time */
        size_t out_len;
        struct connection *out_owner;
        char date_line[ANSWER_DATE_LENGTH];
        int64_t date_second;
        int64_t date_checked; /* loop's ms */
        uint64_t next_id;
        char *scratch; /* SCRATCH_SIZE bytes, for what is read and dropped */

        pthread_mutex_t post_lock; /* guards the two below */
        struct http_task *posted;
        struct http_task **posted_end;
};

struct http_server {
        const struct http_application *application;
        const struct http_limits *limits;
        const struct network_list *trusted; /* proxies; NULL for none */
        struct http_loop **loops;
        unsigned n_loops;
        unsigned port;
        uv_sem_t ready;
        atomic_bool draining; /* every answer is its connection's last */
        atomic_bool stop;
};

static inline int64_t loop_now(const struct http_loop *loop) {
        return (int64_t)uv_now(&loop->uv);
}

/* address.c: false, or errno in place of a result. */
_must_use_ bool address_parse(struct str listen, struct sockaddr_storage *ret);
unsigned address_port(const struct sockaddr_storage *address);
_must_use_ int address_probe(
        const struct sockaddr_storage *address); /* 0, or EADDRINUSE when somebody listens */
_must_use_ int address_listen(struct sockaddr_storage *address,
                              int *ret_fd); /* port 0 is replaced by the real one */

/* listen.c */
void listen_start(struct http_loop *loop); /* accepts, if there is room */
void listen_end(struct http_loop *loop);   /* takes what waits in the queue, then listens no more */
void listen_retry(uv_timer_t *timer);

/* loop.c */
_must_use_ int loop_new(struct http_server *server, int fd, struct http_loop **ret);
struct http_loop *loop_free(struct http_loop *loop);
void *loop_thread(void *arg);
void loop_end_if_done(struct http_loop *loop);
const char *loop_date_line(struct http_loop *loop);
void loop_make_request_id(struct http_loop *loop, char *out);

/* sweep.c */
void sweep_start(struct http_loop *loop);
void sweep_run(uv_timer_t *timer);

/* connection.c */
void connection_open(struct http_loop *loop, int fd, const struct sockaddr *peer);
void connection_close(struct connection *c);
bool connection_has_unread(const struct connection *c); /* the socket holds bytes that were not read yet */
void connection_set_state(struct connection *c, enum connection_state state);
void connection_settle(struct connection *c); /* after anything happened: read on, wait, linger or close */

/* exchange.c */
struct message *message_take(struct connection *c);
void message_release(struct http_loop *loop, struct message *m);
void message_free(struct message *m);
void connection_process(struct connection *c); /* takes and serves all that was read, then settles */
void connection_refuse(struct connection *c, const struct refusal *refusal);

/* output.c */
void output_answer(struct connection *c, struct message *m, bool close);
void output_continue(struct connection *c); /* 100 Continue */
void output_part(struct connection *c, struct message *m,
                 bool first); /* what the body holds, as a part of the answer */
void output_last_part(struct connection *c, struct message *m);

/* stream.c */
void stream_end(struct http_loop *loop, struct message *m);
void output_flush(struct connection *c);
