#include "account/audit_gather.h"

#include <stdio.h>

#include "../support/fixture.h"

#include "account/audit_codec.h"
#include "db/statements.h"

/* A fixture whose refusals are gathered. */
static struct audit_gather *begin(struct fixture *f) {
        struct audit_gather *g;

        fixture_init(f);
        g = audit_gather_new();
        assert_non_null(g);
        f->context.audit = g;
        fixture_get(f, NULL);
        return g;
}

static void end(struct fixture *f, struct audit_gather *g) {
        assert_null(audit_gather_free(g));
        fixture_done(f);
}

static void refuse(struct fixture *f, const char *reason) {
        audit_soon(&f->req, &(struct audit){ .event = AUDIT_ACCESS_REFUSED, .reason = reason });
}

static void refuse_many(struct fixture *f, unsigned from, unsigned n) {
        char reason[32];

        for (unsigned i = from; i < from + n; i++) {
                snprintf(reason, sizeof(reason), "R%u", i);
                refuse(f, reason);
        }
}

static int store(struct tx *tx, void *data) {
        struct fixture *f = data;

        return audit_gather_store(f->context.audit, &f->context, tx);
}

static int fail_to_store(struct tx *tx, void *data) {
        return store(tx, data) < 0 ? 0 : -ERR_STORAGE;
}

/* What the journal has: how many events, and how many they stand for. */
struct seen {
        int64_t events, count, dropped;
};

static int look(struct tx *tx, void *data) {
        struct audit_journal_row *rows;
        struct seen *seen = data;
        struct audit_texts texts;
        struct audit_entry e;
        struct arena arena;
        size_t n;

        arena_init(&arena, 4 << 20);
        assert_true(db_audit_journal_before(tx, &arena, INT64_MAX, 100, &rows, &n) >= 0);
        for (size_t i = 0; i < n; i++)
                while (audit_decode(&rows[i].events, &texts, &e) > 0) {
                        if (e.event == AUDIT_DROPPED)
                                seen->dropped += e.count;
                        else {
                                seen->events++;
                                seen->count += e.count;
                        }
                }
        arena_done(&arena);
        return 0;
}

static struct seen seen(struct fixture *f) {
        struct seen all = { 0 };

        assert_int_equal(fixture_write(f, look, &all), 0);
        return all;
}

static void the_same_refusal_counts_up_one_event(void **state) {
        struct fixture f;
        struct audit_gather *g = begin(&f);
        struct seen all;

        for (int i = 0; i < 1000; i++)
                refuse(&f, "MISSING_SCOPE");
        refuse(&f, "TOKEN_REVOKED");
        assert_int_equal(audit_gather_take(g, 1000), 2);
        assert_int_equal(fixture_write(&f, store, &f), 0);
        audit_gather_stored(g);
        all = seen(&f);
        assert_int_equal(all.events, 2);
        assert_int_equal(all.count, 1001);
        assert_int_equal(audit_gather_take(g, 2000), 0);
        end(&f, g);
}

static void another_caller_address_or_subject_is_another_event(void **state) {
        struct fixture f;
        struct audit_gather *g = begin(&f);

        refuse(&f, "X");
        snprintf(f.req.address, sizeof(f.req.address), "192.0.2.2");
        refuse(&f, "X");
        audit_soon(&f.req,
                   &(struct audit){ .event = AUDIT_ACCESS_REFUSED, .reason = "X", .user_id = STR("u") });
        audit_soon(&f.req,
                   &(struct audit){ .event = AUDIT_ACCESS_REFUSED, .reason = "X", .subject = STR("s") });
        audit_soon(&f.req, &(struct audit){ .event = AUDIT_GRANT_REFUSED, .reason = "X" });
        assert_int_equal(audit_gather_take(g, 1000), 5);
        end(&f, g);
}

static void a_flood_is_bounded_and_what_is_dropped_is_counted(void **state) {
        struct fixture f;
        struct audit_gather *g = begin(&f);
        struct seen all;

        refuse_many(&f, 0, AUDIT_GATHER_MAX + 300);
        assert_int_equal(audit_gather_take(g, 1000), AUDIT_GATHER_MAX + 1);
        assert_int_equal(fixture_write(&f, store, &f), 0);
        audit_gather_stored(g);
        all = seen(&f);
        assert_int_equal(all.events, AUDIT_GATHER_MAX);
        assert_int_equal(all.dropped, 300);

        /* the credit comes back by and by */
        refuse_many(&f, 10000, 50);
        assert_int_equal(audit_gather_take(g, 1500), 1);
        audit_gather_stored(g);
        assert_int_equal(audit_gather_take(g, 3000), 0);
        refuse_many(&f, 20000, 50);
        assert_int_equal(audit_gather_take(g, 3000), 2 * AUDIT_GATHER_A_SECOND + 1);
        audit_gather_stored(g);
        assert_int_equal(audit_gather_take(g, 3000 + 3600 * 1000), 0);
        refuse_many(&f, 30000, 2 * AUDIT_GATHER_MAX);
        assert_int_equal(audit_gather_take(g, 3000 + 3600 * 1000), AUDIT_GATHER_MAX + 1);
        end(&f, g);
}

static void what_could_not_be_stored_is_handed_over_again(void **state) {
        struct fixture f;
        struct audit_gather *g = begin(&f);
        struct seen all;

        refuse(&f, "A");
        assert_int_equal(audit_gather_take(g, 1000), 1);
        assert_true(fixture_write(&f, fail_to_store, &f) < 0);
        refuse(&f, "B");
        assert_int_equal(audit_gather_take(g, 2000), 1);
        assert_int_equal(fixture_write(&f, store, &f), 0);
        audit_gather_stored(g);
        assert_int_equal(audit_gather_take(g, 3000), 1);
        assert_int_equal(fixture_write(&f, store, &f), 0);
        audit_gather_stored(g);
        all = seen(&f);
        assert_int_equal(all.events, 2);
        assert_int_equal(all.count, 2);
        end(&f, g);
}

static void without_a_gatherer_nothing_is_kept(void **state) {
        struct fixture f;

        fixture_init(&f);
        fixture_get(&f, NULL);
        refuse(&f, "A");
        assert_int_equal(seen(&f).events, 0);
        fixture_done(&f);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_same_refusal_counts_up_one_event),
                cmocka_unit_test(another_caller_address_or_subject_is_another_event),
                cmocka_unit_test(a_flood_is_bounded_and_what_is_dropped_is_counted),
                cmocka_unit_test(what_could_not_be_stored_is_handed_over_again),
                cmocka_unit_test(without_a_gatherer_nothing_is_kept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
