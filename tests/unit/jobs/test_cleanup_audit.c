/* The audit trail's part of the clean-up. */
#include "../support/fixture.h"

#include "account/audit.h"
#include "account/audit_seal.h"
#include "jobs/cleanup.h"

#define DAY INT64_C(86400000)

static int64_t clean(struct fixture *f) {
        const struct cleanup cleanup = { .settings = &f->settings,
                                         .clock = &f->clock.clock,
                                         .database = f->db,
                                         .key = &f->context.server_key };
        struct cleanup_counts counts;

        assert_int_equal(cleanup_run(&cleanup, &counts), CLEANUP_DONE);
        return counts.removed[CLEANUP_AUDIT];
}

static int record_one(struct tx *tx, void *data) {
        struct fixture *f = data;

        return audit_job(&f->context, tx, "test", &(struct audit){ .event = AUDIT_SIGNED_IN });
}

static int seal(struct tx *tx, void *data) {
        struct fixture *f = data;
        struct arena arena;
        int r;

        arena_init(&arena, AUDIT_SEAL_ARENA_MAX);
        r = audit_seal(&f->context, tx, &arena, 1);
        arena_done(&arena);
        return r;
}

static void the_audit_trail_goes_after_the_days_that_are_set(void **state) {
        struct fixture f;

        fixture_init(&f);
        for (int i = 0; i < 60; i++) { /* more than a batch takes */
                assert_int_equal(fixture_write(&f, record_one, &f), 0);
                assert_int_equal(fixture_write(&f, seal, &f), 1);
        }
        f.clock.now = FIXTURE_START + 4000 * DAY;
        assert_int_equal(clean(&f), 0); /* 0: for ever */
        f.settings.audit_retention_days = 365;
        f.clock.now = FIXTURE_START + 365 * DAY;
        assert_int_equal(clean(&f), 0);
        f.clock.now++;
        assert_int_equal(clean(&f), 60);
        assert_int_equal(clean(&f), 0);
        fixture_done(&f);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_audit_trail_goes_after_the_days_that_are_set),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
