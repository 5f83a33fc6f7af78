#include "unit.h"

#include <semaphore.h>

#include "agents/crew.h"
#include "base/errors.h"

enum { TASKS = 100 };

/* Tasks that end only when the test lets them. */
struct gate {
        sem_t begun, open;
        atomic_int ran;
};

struct gated {
        struct http_task task;
        struct gate *gate;
};

static void run_gated(struct http_task *task) {
        struct gate *gate = CONTAINER_OF(task, struct gated, task)->gate;

        (void)sem_post(&gate->begun);
        (void)sem_wait(&gate->open);
        atomic_fetch_add(&gate->ran, 1);
}

static void gate_init(struct gate *gate, struct gated *tasks, size_t n) {
        (void)sem_init(&gate->begun, 0, 0);
        (void)sem_init(&gate->open, 0, 0);
        atomic_init(&gate->ran, 0);
        for (size_t i = 0; i < n; i++)
                tasks[i] = (struct gated){ .task.run = run_gated, .gate = gate };
}

static void open_gate(struct gate *gate, size_t n) {
        while (n--)
                (void)sem_post(&gate->open);
}

static void every_task_runs_before_the_crew_ends(void **state _unused_) {
        struct gated tasks[TASKS];
        struct crew *crew;
        struct gate gate;

        gate_init(&gate, tasks, TASKS);
        assert_int_equal(crew_new(4, TASKS, &crew), 0);
        for (size_t i = 0; i < TASKS; i++)
                assert_int_equal(crew_submit(crew, &tasks[i].task, STR_NULL), 0);
        open_gate(&gate, TASKS);
        assert_null(crew_free(crew));
        assert_int_equal(atomic_load(&gate.ran), TASKS);
}

static void threads_work_side_by_side(void **state _unused_) {
        struct gated tasks[3];
        struct crew *crew;
        struct gate gate;

        gate_init(&gate, tasks, 3);
        assert_int_equal(crew_new(3, 3, &crew), 0);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(crew_submit(crew, &tasks[i].task, STR_NULL), 0);
        for (size_t i = 0; i < 3; i++)
                (void)sem_wait(&gate.begun); /* all have begun, none has ended */
        assert_int_equal(atomic_load(&gate.ran), 0);
        open_gate(&gate, 3);
        (void)crew_free(crew);
}

static void a_full_queue_refuses_but_takes_what_has_begun(void **state _unused_) {
        struct gated tasks[5];
        struct crew *crew;
        struct gate gate;

        gate_init(&gate, tasks, 5);
        assert_int_equal(crew_new(1, 2, &crew), 0);
        assert_int_equal(crew_submit(crew, &tasks[0].task, STR_NULL), 0);
        (void)sem_wait(&gate.begun); /* the only thread has it: it waits no more */
        assert_int_equal(crew_submit(crew, &tasks[1].task, STR_NULL), 0);
        assert_int_equal(crew_submit(crew, &tasks[2].task, STR_NULL), 0);
        assert_int_equal(crew_submit(crew, &tasks[3].task, STR_NULL), -ERR_BUSY);
        crew_post(crew, &tasks[4].task);
        open_gate(&gate, 5);
        (void)crew_free(crew);
        assert_int_equal(atomic_load(&gate.ran), 4);
}

/* Of eight threads one person's tasks get two, however many they are; another's pass them by. */
static void one_person_leaves_threads_to_others(void **state _unused_) {
        struct gated mine[10], theirs[2];
        struct gate my_gate, their_gate;
        struct crew *crew;

        gate_init(&my_gate, mine, 10);
        gate_init(&their_gate, theirs, 2);
        assert_int_equal(crew_new(8, 64, &crew), 0);
        for (size_t i = 0; i < 10; i++)
                assert_int_equal(crew_submit(crew, &mine[i].task, STR("me")), 0);
        for (size_t i = 0; i < 2; i++)
                assert_int_equal(crew_submit(crew, &theirs[i].task, STR("them")), 0);
        for (size_t i = 0; i < 2; i++) {
                (void)sem_wait(&my_gate.begun);
                (void)sem_wait(&their_gate.begun);
        }
        assert_int_equal(sem_trywait(&my_gate.begun), -1);
        /* As one ends, the next begins. */
        open_gate(&my_gate, 1);
        (void)sem_wait(&my_gate.begun);
        open_gate(&their_gate, 2);
        open_gate(&my_gate, 9);
        (void)crew_free(crew);
        assert_int_equal(atomic_load(&my_gate.ran), 10);
        assert_int_equal(atomic_load(&their_gate.ran), 2);
}

static void one_person_leaves_room_to_wait_to_others(void **state _unused_) {
        struct gated tasks[5];
        struct crew *crew;
        struct gate gate;

        gate_init(&gate, tasks, 5);
        assert_int_equal(crew_new(1, 8, &crew), 0);
        assert_int_equal(crew_submit(crew, &tasks[0].task, STR("me")), 0);
        (void)sem_wait(&gate.begun);
        assert_int_equal(crew_submit(crew, &tasks[1].task, STR("me")), 0);
        assert_int_equal(crew_submit(crew, &tasks[2].task, STR("me")), 0);
        assert_int_equal(crew_submit(crew, &tasks[3].task, STR("me")), -ERR_BUSY);
        assert_int_equal(crew_submit(crew, &tasks[4].task, STR("them")), 0);
        open_gate(&gate, 4);
        (void)crew_free(crew);
        assert_int_equal(atomic_load(&gate.ran), 4);
}

static void stopping_tells_what_runs(void **state _unused_) {
        struct crew *crew;

        assert_int_equal(crew_new(1, 1, &crew), 0);
        assert_false(atomic_load(crew_stopping(crew)));
        crew_stop(crew);
        assert_true(atomic_load(crew_stopping(crew)));
        (void)crew_free(crew);
}

static void no_crew_is_freed_without_harm(void **state _unused_) {
        assert_null(crew_free(NULL));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_task_runs_before_the_crew_ends),
                cmocka_unit_test(threads_work_side_by_side),
                cmocka_unit_test(a_full_queue_refuses_but_takes_what_has_begun),
                cmocka_unit_test(one_person_leaves_threads_to_others),
                cmocka_unit_test(one_person_leaves_room_to_wait_to_others),
                cmocka_unit_test(stopping_tells_what_runs),
                cmocka_unit_test(no_crew_is_freed_without_harm),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
