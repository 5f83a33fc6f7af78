/* Who may wait on the crew's threads: blocks that wait for networks would take all of them, so some are left to others, and one
 * person's get no more than three in four. Thread-safe. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "base/attributes.h"

struct slot_claim {
        struct slot_claim *next;
        const char *person;                        /* whose it is */
        void (*granted)(struct slot_claim *claim); /* it is its turn; on any thread, must not block */
};

struct slots {
        pthread_mutex_t lock;
        unsigned total, per_person;
        unsigned n_used;
        struct slot_claim *used, *waiting, **waiting_end;
};

/* threads   of the crew, at least 1 */
void slots_init(struct slots *slots, unsigned threads);
void slots_done(struct slots *slots);

/* Calls claim->granted() as soon as there is room, at once if it can be; slots_release() gives it back. */
void slots_claim(struct slots *slots, struct slot_claim *claim);
void slots_release(struct slots *slots, struct slot_claim *claim);

/* Takes back one that waits still; false when it was granted. */
_must_use_ bool slots_cancel(struct slots *slots, struct slot_claim *claim);
