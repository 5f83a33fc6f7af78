#include "base/id.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/errors.h"
#include "unit.h"

static int64_t now;

static int64_t fixed_now(const struct clock *c) {
        return now;
}

static const struct clock fixed = { .now_ms = fixed_now };

static void ids_carry_time_node_and_sequence(void **state) {
        struct id_source s;
        int64_t id;

        now = ID_EPOCH_MS + 1000;
        id_source_init(&s, &fixed, 5, 0);
        id = id_next(&s);
        assert_int_equal(id, INT64_C(1000) << 22 | 5 << 12);
        assert_int_equal(id_next(&s), id + 1);
        assert_int_equal(id_time_ms(id), now);
        assert_true(id_at(now) <= id && id < id_at(now + 1));
        assert_int_equal(id_at(ID_EPOCH_MS + (INT64_C(1) << 41) - 1), INT64_MAX >> 22 << 22);
        assert_int_equal(id_at(ID_EPOCH_MS + (INT64_C(1) << 41)), INT64_MAX);
        assert_int_equal(id_at(INT64_C(253402300799000)), INT64_MAX); /* the end of 9999 */
}

static void ids_grow_when_the_clock_goes_back(void **state) {
        struct id_source s;
        int64_t last = 0;

        id_source_init(&s, &fixed, 1, 0);
        for (int i = 0; i < 20000; i++) {
                int64_t id;

                now = ID_EPOCH_MS + 3600000 - i % 7 * 600000;
                id = id_next(&s);
                assert_true(id > last);
                last = id;
        }
}

static void a_full_sequence_runs_on(void **state) {
        struct id_source s;
        int64_t last = 0;

        now = ID_EPOCH_MS + 1000;
        id_source_init(&s, &fixed, ID_NODE_MAX, 0);
        for (int i = 0; i < 10000; i++) {
                int64_t id = id_next(&s);

                assert_true(id > last);
                assert_int_equal(id >> 12 & ID_NODE_MAX, ID_NODE_MAX);
                last = id;
        }
        assert_int_equal(id_time_ms(last), now + 10000 / 4096);
}

static void new_ids_are_above_the_floor_of_any_node(void **state) {
        now = ID_EPOCH_MS + 1000;
        for (uint32_t theirs = 0; theirs <= 2; theirs++) {
                struct id_source other, s;
                int64_t floor;

                id_source_init(&other, &fixed, theirs, 0);
                floor = id_next(&other);
                floor = id_next(&other);
                id_source_init(&s, &fixed, 1, floor);
                assert_true(id_next(&s) > floor);
        }
}

static void a_clock_before_the_epoch_gives_ids_all_the_same(void **state) {
        struct id_source s;

        now = 0;
        id_source_init(&s, &fixed, 1, 0);
        assert_true(id_next(&s) > 0);
        assert_int_equal(id_at(0), 0);
}

enum { THREADS = 4, IDS = 20000 };

static void *take_ids(void *data) {
        struct id_source *s = data;
        int64_t *ids = malloc(IDS * sizeof(*ids));

        if (ids)
                for (int i = 0; i < IDS; i++)
                        ids[i] = id_next(s);
        return ids;
}

static int compare(const void *a, const void *b) {
        const int64_t *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

static void threads_never_share_an_id(void **state) {
        pthread_t threads[THREADS];
        int64_t *all = malloc(THREADS * IDS * sizeof(*all));
        struct id_source s;

        assert_non_null(all);
        id_source_init(&s, &clock_system, 1, 0);
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, take_ids, &s), 0);
        for (int i = 0; i < THREADS; i++) {
                void *ids;

                assert_int_equal(pthread_join(threads[i], &ids), 0);
                assert_non_null(ids);
                memcpy(all + (size_t)i * IDS, ids, IDS * sizeof(*all));
                free(ids);
        }
        qsort(all, THREADS * IDS, sizeof(*all), compare);
        for (int i = 1; i < THREADS * IDS; i++)
                assert_true(all[i] > all[i - 1]);
        free(all);
}

static int fill_ones(const struct random *r, void *out, size_t n) {
        memset(out, 0xff, n);
        return 0;
}

static int fill_fails(const struct random *r, void *out, size_t n) {
        return -ERR_RANDOM;
}

static void a_uuid_is_version_7_with_its_time(void **state) {
        static const struct random ones = { fill_ones }, failing = { fill_fails };
        char text[ID_UUID_LENGTH];

        now = INT64_C(0x017f22e279b0); /* RFC 9562, appendix A.6 */
        assert_int_equal(id_uuid(&fixed, &ones, text), 0);
        assert_str(str_n(text, sizeof(text)), "017f22e2-79b0-7fff-bfff-ffffffffffff");
        assert_true(id_is_uuid(str_n(text, sizeof(text))));
        assert_int_equal(id_uuid(&fixed, &failing, text), -ERR_RANDOM);
}

static void uuids_are_told_from_other_text(void **state) {
        assert_true(id_is_uuid(STR("017F22E2-79B0-7CC3-98c4-dc0c0c07398f")));
        assert_false(id_is_uuid(STR("017F22E2-79B0-7CC3-98c4-dc0c0c07398")));
        assert_false(id_is_uuid(STR("017F22E2-79B0-7CC3-98c4-dc0c0c07398ff")));
        assert_false(id_is_uuid(STR("017F22E2-79B0-7CC3-98c4-dc0c0c07398g")));
        assert_false(id_is_uuid(STR("017F22E2079B0-7CC3-98c4-dc0c0c07398f")));
        assert_false(id_is_uuid(STR("-17F22E2-79B0-7CC3-98c4-dc0c0c07398f")));
        assert_false(id_is_uuid(STR_NULL));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ids_carry_time_node_and_sequence),
                cmocka_unit_test(ids_grow_when_the_clock_goes_back),
                cmocka_unit_test(a_full_sequence_runs_on),
                cmocka_unit_test(new_ids_are_above_the_floor_of_any_node),
                cmocka_unit_test(a_clock_before_the_epoch_gives_ids_all_the_same),
                cmocka_unit_test(threads_never_share_an_id),
                cmocka_unit_test(a_uuid_is_version_7_with_its_time),
                cmocka_unit_test(uuids_are_told_from_other_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
