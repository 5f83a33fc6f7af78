#include "agents/crew.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/errors.h"
#include "base/metrics_agents.h"
#include "base/table_hash.h"

struct crew_thread {
        pthread_t id;
        struct crew *crew;
        uint64_t owner; /* of what it runs; 0 for nobody */
};

/* A task of crew_submit() that waits. */
struct crew_waiting {
        struct http_task *task;
        uint64_t owner;
};

struct crew {
        pthread_mutex_t lock; /* guards the queues, the threads' owners, and `ending` */
        pthread_cond_t work;
        struct http_task *posted, **posted_end;
        struct crew_waiting *submitted;
        size_t n_submitted, submitted_max;
        bool ending; /* a thread that finds nothing ends */

        atomic_bool stopping;
        unsigned size, n_started;
        struct crew_thread threads[];
};

/* Two persons with one number would share a share. */
static uint64_t owner_of(struct str person) {
        return person.len ? table_hash(person) | 1 : 0;
}

static bool may_run(const struct crew *crew, uint64_t owner) {
        unsigned n = 0;

        for (unsigned i = 0; owner && i < crew->size; i++)
                n += crew->threads[i].owner == owner;
        return n < MAX_OF(crew->size / CREW_SHARE, 1u);
}

static struct http_task *take_posted(struct crew *crew) {
        struct http_task *task = crew->posted;

        if (task) {
                crew->posted = task->next;
                if (!crew->posted)
                        crew->posted_end = &crew->posted;
        }
        return task;
}

/* The first whose owner has a thread left of those that may be theirs. */
static struct http_task *take_submitted(struct crew *crew, struct crew_thread *self) {
        for (size_t i = 0; i < crew->n_submitted; i++) {
                struct crew_waiting waiting = crew->submitted[i];

                if (!may_run(crew, waiting.owner))
                        continue;
                crew->n_submitted--;
                memmove(&crew->submitted[i], &crew->submitted[i + 1],
                        (crew->n_submitted - i) * sizeof(*crew->submitted));
                self->owner = waiting.owner;
                return waiting.task;
        }
        return NULL;
}

/* What waits for its owner's share is taken by the thread that gives that back: nobody needs to be woken for it. */
static struct http_task *crew_take(struct crew_thread *self) {
        struct crew *crew = self->crew;
        struct http_task *task;

        (void)pthread_mutex_lock(&crew->lock);
        self->owner = 0;
        for (;;) {
                task = take_posted(crew);
                if (!task)
                        task = take_submitted(crew, self);
                if (task || (crew->ending && crew->n_submitted == 0))
                        break;
                (void)pthread_cond_wait(&crew->work, &crew->lock);
        }
        if (crew->ending)
                (void)pthread_cond_broadcast(&crew->work);
        (void)pthread_mutex_unlock(&crew->lock);
        return task;
}

static void *crew_main(void *data) {
        struct crew_thread *self = data;
        struct http_task *task;

        while ((task = crew_take(self))) {
                metrics_crew(1);
                task->run(task);
                metrics_crew(-1);
        }
        return NULL;
}

static void crew_join(struct crew *crew) {
        (void)pthread_mutex_lock(&crew->lock);
        crew->ending = true;
        (void)pthread_cond_broadcast(&crew->work);
        (void)pthread_mutex_unlock(&crew->lock);
        for (unsigned i = 0; i < crew->n_started; i++)
                (void)pthread_join(crew->threads[i].id, NULL);
}

static int crew_start(struct crew *crew) {
        pthread_attr_t attributes;

        if (pthread_attr_init(&attributes) != 0)
                return -ERR_NO_MEMORY;
        (void)pthread_attr_setstacksize(&attributes, CREW_STACK_BYTES);
        for (unsigned i = 0; i < crew->size; i++) {
                crew->threads[i].crew = crew;
                if (pthread_create(&crew->threads[i].id, &attributes, crew_main, &crew->threads[i]) != 0)
                        break;
                crew->n_started++;
        }
        (void)pthread_attr_destroy(&attributes);
        return crew->n_started == crew->size ? 0 : -ERR_NO_MEMORY;
}

int crew_new(unsigned threads, size_t queue_max, struct crew **ret) {
        struct crew *crew;
        int r;

        crew = calloc(1, sizeof(*crew) + threads * sizeof(crew->threads[0]));
        if (!crew)
                return -ERR_NO_MEMORY;
        (void)pthread_mutex_init(&crew->lock, NULL);
        (void)pthread_cond_init(&crew->work, NULL);
        crew->posted_end = &crew->posted;
        crew->size = threads;
        crew->submitted_max = queue_max;
        crew->submitted = calloc(queue_max + 1, sizeof(*crew->submitted));
        r = crew->submitted ? crew_start(crew) : -ERR_NO_MEMORY;
        if (r < 0)
                (void)crew_free(crew);
        else
                *ret = crew;
        return r;
}

struct crew *crew_free(struct crew *crew) {
        if (!crew)
                return NULL;
        crew_join(crew);
        (void)pthread_cond_destroy(&crew->work);
        (void)pthread_mutex_destroy(&crew->lock);
        free(crew->submitted);
        free(crew);
        return NULL;
}

static bool has_room(const struct crew *crew, uint64_t owner) {
        size_t n = 0;

        for (size_t i = 0; owner && i < crew->n_submitted; i++)
                n += crew->submitted[i].owner == owner;
        return crew->n_submitted < crew->submitted_max &&
               n < MAX_OF(crew->submitted_max / CREW_SHARE, (size_t)1);
}

int crew_submit(struct crew *crew, struct http_task *task, struct str person) {
        uint64_t owner = owner_of(person);
        bool room;

        (void)pthread_mutex_lock(&crew->lock);
        room = has_room(crew, owner);
        if (room) {
                crew->submitted[crew->n_submitted++] = (struct crew_waiting){ task, owner };
                (void)pthread_cond_signal(&crew->work);
        }
        (void)pthread_mutex_unlock(&crew->lock);
        return room ? 0 : -ERR_BUSY;
}

void crew_post(struct crew *crew, struct http_task *task) {
        task->next = NULL;
        (void)pthread_mutex_lock(&crew->lock);
        *crew->posted_end = task;
        crew->posted_end = &task->next;
        (void)pthread_cond_signal(&crew->work);
        (void)pthread_mutex_unlock(&crew->lock);
}

void crew_stop(struct crew *crew) {
        atomic_store(&crew->stopping, true);
}

const atomic_bool *crew_stopping(const struct crew *crew) {
        return &crew->stopping;
}
