/* Events, from their record to the verified chain, and the end of their time. */
#include "account/audit_chain.h"

#include "../support/fixture.h"

#include "account/audit.h"
#include "account/audit_retain.h"
#include "account/audit_seal.h"
#include "account/audit_verify.h"

enum { ROWS = 100 };
#define DAY INT64_C(86400000)

static int record_one(struct tx *tx, void *data) {
        struct fixture *f = data;

        return audit_job(&f->context, tx, "test",
                         &(struct audit){ .event = AUDIT_SIGNED_IN, .user_id = STR("somebody") });
}

static int record_many(struct tx *tx, void *data) {
        int r = 0;

        for (int i = 0; i < AUDIT_SEGMENT_EVENTS * 2 + 1 && r >= 0; i++)
                r = record_one(tx, data);
        return r;
}

static int seal(struct tx *tx, void *data) {
        struct fixture *f = data;
        struct arena arena;
        int r;

        arena_init(&arena, AUDIT_SEAL_ARENA_MAX);
        r = audit_seal(&f->context, tx, &arena, ROWS);
        arena_done(&arena);
        return r;
}

/* A segment of its own for each of n days. */
static void days(struct fixture *f, int n) {
        for (int i = 0; i < n; i++) {
                assert_int_equal(fixture_write(f, record_one, f), 0);
                assert_int_equal(fixture_write(f, seal, f), 1);
                f->clock.now += DAY;
        }
}

static void count_fault(void *data, const char *text) {
        unsigned *faults = data;

        assert_true(strlen(text) > 10);
        (*faults)++;
}

static struct audit_verified verify_with(struct fixture *f, const struct mac_key *key) {
        struct audit_verified verified;
        unsigned faults = 0;
        struct audit_verify how = { .keys = key, .n_keys = 1, .fault = count_fault, .data = &faults };
        struct tx tx;

        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(audit_verify(&tx, &how, &verified), 0);
        database_read_end(f->reader);
        assert_int_equal(verified.faults, faults);
        return verified;
}

static struct audit_verified verify(struct fixture *f) {
        return verify_with(f, &f->context.server_key);
}

struct removal {
        struct fixture *f;
        int64_t before, limit;
};

static int remove_before(struct tx *tx, void *data) {
        const struct removal *m = data;

        return audit_remove_before(tx, &m->f->context.server_key, 1, m->before, m->limit);
}

static int remove_now(struct fixture *f, int64_t before, int64_t limit) {
        struct removal m = { f, before, limit };

        return fixture_write(f, remove_before, &m);
}

static void what_is_recorded_is_sealed_in_segments_that_follow_from_each_other(void **state) {
        struct audit_verified v;
        struct fixture f;

        fixture_init(&f);
        assert_int_equal(verify(&f).head_seq, 0);
        assert_int_equal(fixture_write(&f, record_many, &f), 0);
        v = verify(&f);
        assert_int_equal(v.events, 0);
        assert_int_equal(v.unsealed, 1);
        assert_int_equal(fixture_write(&f, seal, &f), 1);
        assert_int_equal(fixture_write(&f, seal, &f), 0);
        v = verify(&f);
        assert_int_equal(v.faults, 0);
        assert_int_equal(v.events, 2 * AUDIT_SEGMENT_EVENTS + 1);
        assert_int_equal(v.segments, 3);
        assert_int_equal(v.head_seq, 3);
        assert_int_equal(v.unsealed, 0);
        fixture_done(&f);
}

static void another_key_did_not_seal_it(void **state) {
        struct audit_verified v;
        struct fixture f;
        struct mac_key other;

        mac_key_set(&other, (uint8_t[HASH_SIZE]){ 1 });
        fixture_init(&f);
        days(&f, 2);
        v = verify_with(&f, &other);
        assert_int_equal(v.faults, 3); /* two segments and the head */
        fixture_done(&f);
}

static void a_hash_covers_every_number_and_what_came_before(void **state) {
        const struct audit_segment_row row = { 1, 2, 3, 4, 5, STR_INIT("e"), STR_NULL, STR_NULL, STR_NULL };
        struct hash zeros = { 0 }, hash = audit_segment_hash(&row, hash_str(&zeros)), other;
        struct audit_segment_row changed;

        for (int i = 0; i < 6; i++) {
                changed = row;
                changed.seq += i == 0;
                changed.first_id += i == 1;
                changed.last_id += i == 2;
                changed.count += i == 3;
                changed.sealed_at += i == 4;
                if (i == 5)
                        changed.events = STR("f");
                other = audit_segment_hash(&changed, hash_str(&zeros));
                assert_false(hash_equal(&hash, hash_str(&other)));
        }
        other = audit_segment_hash(&row, hash_str(&hash));
        assert_false(hash_equal(&hash, hash_str(&other)));
}

static void old_segments_go_and_the_rest_holds(void **state) {
        struct audit_verified before, v;
        struct fixture f;

        fixture_init(&f);
        days(&f, 10);
        before = verify(&f);
        assert_int_equal(remove_now(&f, FIXTURE_START, 100), 0);
        assert_int_equal(remove_now(&f, FIXTURE_START + 4 * DAY, 3), 3);
        assert_int_equal(remove_now(&f, FIXTURE_START + 4 * DAY, 3), 1);
        assert_int_equal(remove_now(&f, FIXTURE_START + 4 * DAY, 3), 0);
        v = verify(&f);
        assert_int_equal(v.faults, 0);
        assert_int_equal(v.segments, 6);
        assert_int_equal(v.removed, 4);
        assert_memory_equal(&v.head, &before.head, sizeof(v.head));
        assert_int_equal(remove_now(&f, f.clock.now, 100), 6);
        v = verify(&f);
        assert_int_equal(v.faults, 0);
        assert_int_equal(v.removed, 10);
        days(&f, 1);
        v = verify(&f);
        assert_int_equal(v.faults, 0);
        assert_int_equal(v.head_seq, 11);
        fixture_done(&f);
}

static void an_event_of_the_very_instant_stays(void **state) {
        struct fixture f;

        fixture_init(&f);
        days(&f, 1);
        assert_int_equal(remove_now(&f, FIXTURE_START, 1), 0);
        assert_int_equal(remove_now(&f, FIXTURE_START + 1, 1), 1);
        fixture_done(&f);
}

static int take_out_second(struct tx *tx, void *data) {
        return db_audit_segment_delete(tx, 2);
}

static void nothing_is_removed_behind_a_gap(void **state) {
        struct fixture f;

        fixture_init(&f);
        days(&f, 4);
        assert_int_equal(fixture_write(&f, take_out_second, NULL), 1);
        assert_int_equal(remove_now(&f, f.clock.now, 100), 1);
        assert_int_equal(remove_now(&f, f.clock.now, 100), 0);
        assert_int_equal(verify(&f).faults, 2); /* the gap, and the events that are fewer than were sealed */
        fixture_done(&f);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_recorded_is_sealed_in_segments_that_follow_from_each_other),
                cmocka_unit_test(another_key_did_not_seal_it),
                cmocka_unit_test(a_hash_covers_every_number_and_what_came_before),
                cmocka_unit_test(old_segments_go_and_the_rest_holds),
                cmocka_unit_test(an_event_of_the_very_instant_stays),
                cmocka_unit_test(nothing_is_removed_behind_a_gap),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
