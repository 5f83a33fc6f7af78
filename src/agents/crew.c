#include "agents/crew.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/errors.h"

struct crew {
        pthread_mutex_t lock; /* guards the queue and `ending` */
        pthread_cond_t work;
        struct http_task *first, **end;
        size_t waiting, waiting_max;
        bool ending; /* a thread that finds nothing ends */

        atomic_bool stopping;
        unsigned n_threads;
        pthread_t threads[];
};

static struct http_task *crew_take(struct crew *crew) {
        struct http_task *task;

        (void)pthread_mutex_lock(&crew->lock);
        while (!crew->first && !crew->ending)
                (void)pthread_cond_wait(&crew->work, &crew->lock);
        task = crew->first;
        if (task) {
                crew->first = task->next;
                if (!crew->first)
                        crew->end = &crew->first;
                crew->waiting--;
        }
        (void)pthread_mutex_unlock(&crew->lock);
        return task;
}

static void *crew_main(void *data) {
        struct crew *crew = data;
        struct http_task *task;

        while ((task = crew_take(crew)))
                task->run(task);
        return NULL;
}

static void crew_join(struct crew *crew) {
        (void)pthread_mutex_lock(&crew->lock);
        crew->ending = true;
        (void)pthread_cond_broadcast(&crew->work);
        (void)pthread_mutex_unlock(&crew->lock);
        for (unsigned i = 0; i < crew->n_threads; i++)
                (void)pthread_join(crew->threads[i], NULL);
}

int crew_new(unsigned threads, size_t queue_max, struct crew **ret) {
        pthread_attr_t attributes;
        struct crew *crew;

        crew = calloc(1, sizeof(*crew) + threads * sizeof(crew->threads[0]));
        if (!crew)
                return -ERR_NO_MEMORY;
        if (pthread_attr_init(&attributes) != 0) {
                free(crew);
                return -ERR_NO_MEMORY;
        }
        (void)pthread_mutex_init(&crew->lock, NULL);
        (void)pthread_cond_init(&crew->work, NULL);
        (void)pthread_attr_setstacksize(&attributes, CREW_STACK_BYTES);
        crew->end = &crew->first;
        crew->waiting_max = queue_max;
        while (crew->n_threads < threads &&
               pthread_create(&crew->threads[crew->n_threads], &attributes, crew_main, crew) == 0)
                crew->n_threads++;
        (void)pthread_attr_destroy(&attributes);
        if (crew->n_threads < threads) {
                (void)crew_free(crew);
                return -ERR_NO_MEMORY;
        }
        *ret = crew;
        return 0;
}

struct crew *crew_free(struct crew *crew) {
        if (!crew)
                return NULL;
        crew_join(crew);
        (void)pthread_cond_destroy(&crew->work);
        (void)pthread_mutex_destroy(&crew->lock);
        free(crew);
        return NULL;
}

static int crew_push(struct crew *crew, struct http_task *task, bool refusable) {
        bool full;

        task->next = NULL;
        (void)pthread_mutex_lock(&crew->lock);
        full = refusable && crew->waiting >= crew->waiting_max;
        if (!full) {
                *crew->end = task;
                crew->end = &task->next;
                crew->waiting++;
                (void)pthread_cond_signal(&crew->work);
        }
        (void)pthread_mutex_unlock(&crew->lock);
        return full ? -ERR_BUSY : 0;
}

int crew_submit(struct crew *crew, struct http_task *task) {
        return crew_push(crew, task, true);
}

void crew_post(struct crew *crew, struct http_task *task) {
        (void)crew_push(crew, task, false);
}

void crew_stop(struct crew *crew) {
        atomic_store(&crew->stopping, true);
}

const atomic_bool *crew_stopping(const struct crew *crew) {
        return &crew->stopping;
}
