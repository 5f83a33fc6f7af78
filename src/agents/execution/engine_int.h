/* The engine's inside. */
#pragma once

#include <pthread.h>

#include "agents/crew.h"
#include "agents/execution/engine.h"
#include "agents/execution/slots.h"
#include "agents/execution/store.h"

enum {
        RUN_PARALLEL_MAX = 8,     /* blocks of one execution that wait at a time */
        RUN_SLICE_US = 10 * 1000, /* after which others have their turn */
        RUN_STORE_MS = 1000,      /* how often changes are stored */
        RUN_STORE_CHANGES = 1000, /* and after how many */
        ENGINE_TICK_MS = 1000,
};

struct engine {
        const struct context *context;
        struct crew *strands; /* where executions have their slices */
        struct slots slots;   /* for blocks that wait, on the context's crew */
        char owner[EXECUTION_OWNER_LENGTH + 1];
        pthread_t thread;
        bool started;

        pthread_mutex_t lock; /* guards what follows */
        pthread_cond_t changed;
        struct run *runs;
        size_t n_runs;
        bool woken;
        atomic_bool stopping;
};

/* What an execution is told by other threads; each lies in what it is about. */
struct run_event {
        struct run_event *next;
        enum { EVENT_GRANTED, EVENT_YIELD, EVENT_ENDED, EVENT_STORED } kind;
        struct slow *slow;
};

struct yield_event {
        struct run_event event;
        struct yield_event *next; /* of those that are kept */
        json_t *value;
        char name[];
};

/* A block that waits, or acts: it runs on the crew. */
struct slow {
        struct http_task task;
        struct slot_claim claim;
        struct run_event granted, ended;
        struct run *run;
        struct node_execution *execution;
        struct slow *next;
        struct block_run block;
        int result;
        struct yield_event *kept,
                **kept_end; /* of one that acts: passed on when it has ended, so that it either did or failed */
};

enum run_wish { WISH_NONE, WISH_TERMINATE, WISH_RELEASE, WISH_ABANDON };

/* An execution at work. Its slices run on one thread at a time. */
struct run {
        struct http_task task;
        struct engine *engine;
        struct run *next, *previous; /* of the engine's */
        struct execution_work *work;
        struct executor *executor;     /* NULL before it is opened */
        int64_t opened_ms;             /* monotonic */
        int64_t stored_ms;             /* monotonic: when the last checkpoint was made */
        struct checkpoint *checkpoint; /* under way, or to be tried again */
        struct checkpoint
                *spare; /* says no more than that the execution goes back to the queue: for want of memory */
        char owner_id[ID_UUID_LENGTH + 1];       /* of its graph */
        char problem[EXECUTOR_PROBLEM_MAX + 1];  /* why it could not be opened */
        struct slow *claiming;                   /* wait for a slot */
        struct slow *starting;                   /* wait for a checkpoint to be made that says so */
        struct slow *covered;                    /* wait for that checkpoint to be stored */
        struct node_execution *held, **held_end; /* wait until fewer of its blocks wait */
        unsigned n_slow;
        bool storing, ended;
        int stored; /* what came of the checkpoint */
        struct run_event store_event;

        atomic_bool stop;  /* blocks look at it */
        atomic_int wish;   /* enum run_wish */
        atomic_bool due;   /* there are changes that are to be stored, once it is time */
        atomic_bool retry; /* a checkpoint that failed may be tried again */

        pthread_mutex_t lock; /* guards what follows */
        struct run_event *events, **events_end;
        bool scheduled; /* has a slice to come, or has one */
        bool poked;     /* shall look at its wish again */
};

/* run.c */
_must_use_ struct run *run_new(struct engine *engine, struct execution_work *work);
void run_post(struct run *run, struct run_event *event); /* NULL: only a slice */
void run_wish(struct run *run, enum run_wish wish);
void engine_forget(struct engine *engine, struct run *run);

/* run_open.c: loads the graph and what was stored; run->problem says what is wrong, if that is to be told.
 * errors   any */
_must_use_ int run_open(struct run *run);

/* run_block.c */
_must_use_ int run_block(struct run *run, struct node_execution *e); /* here, or on the crew */
_must_use_ int run_slow_event(struct run *run, struct run_event *event);
void run_begin_stored(struct run *run); /* those that waited for the checkpoint */
void run_cancel_slow(struct run *run);
