/* The listener's inside, shared by listener.c (the connection and its thread), announcement.c (who waits) and node_talk.c. */
#pragma once

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>

#include "db/listener.h"

enum { LISTENER_ID_DIGITS = 16, ANSWERS_MAX = 64, TALK_QUERY_MAX = NODE_TALK_MAX + 512 };

#define LISTENER_CHANNEL "gatehouse"
#define LISTENER_TALK    "gatehouse_talk"
#define LISTENER_NAME    "gatehouse listener " /* and the id: who keeps rows, and is waited for */
#define LISTENER_DEAF    "gatehouse waiter "   /* who keeps none */

/* A mark that is to be answered. */
struct mark {
        uint64_t origin, number;
};

struct listener {
        char *url; /* may hold a password */
        struct row_cache *cache;
        const struct node_talk *talk; /* NULL for none */
        uint64_t id;                  /* random: this process's, for as long as it runs */
        pthread_t thread;
        int wake; /* an eventfd */
        atomic_bool stopping;
        bool *concerns; /* by a statement's number */

        /* the thread's own */
        PGconn *handle;
        bool asking;     /* a question is on its way */
        bool listening;  /* LISTEN was answered on this connection */
        int64_t sent_ms; /* when it was sent, or the last one was */
        int64_t pause_ms;
        int64_t talk_ms; /* when there may be something to tell again */
        struct mark answers[ANSWERS_MAX];
        unsigned n_answers;

        pthread_mutex_t lock;
        pthread_cond_t heard;
        bool hears; /* what `listening` says, for other threads */
        struct announcement *waiting;
        uint64_t last_number;
};

/* What became of an announcement: this node's or another one's answer to it arrived. */
void announcement_heard(struct listener *l, uint64_t number, uint64_t by);

/* This node forgot everything: nobody needs to wait for it. */
void announcements_forgot(struct listener *l);

/* What this node tells the others now, as a further column of a question's list, if it is time to and there is something.
 *
 * room      TALK_QUERY_MAX bytes
 * returns   the length */
_must_use_ size_t talk_say(struct listener *l, int64_t now_ms, char *room);

/* A message of some node. */
void talk_hear(struct listener *l, struct str text);

/* Hexadecimal digits; LISTENER_ID_DIGITS of them. */
_must_use_ bool listener_id_parse(struct str text, uint64_t *ret);

/* Fills l->concerns. errors: ERR_NO_MEMORY */
_must_use_ int listener_learn_statements(struct listener *l);
