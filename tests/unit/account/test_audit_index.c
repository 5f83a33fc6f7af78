/* Who is told of in which segment: what the index finds is what is there, in blocks and before, and also where it is not made yet. */
#include "account/audit_index.h"

#include "../support/fixture.h"

#include "account/audit_read.h"
#include "account/audit_seal.h"
#include "base/id.h"

enum { PEOPLE = 97, SEGMENTS = AUDIT_BLOCK_SEGMENTS + 150, MEMORY = 16 * 1024 * 1024 };

static struct str person(char *text, unsigned i) {
        (void)snprintf(text, 40, "0198f3a2-7c11-7abc-8def-%012x", i % PEOPLE);
        return str_of(text);
}

/* A segment of one event for each of SEGMENTS seconds, about one person after the other, in one transaction. */
static int seal_all(struct tx *tx, void *data) {
        struct fixture *f = data;
        struct arena arena;
        int r = 0;

        arena_init(&arena, MEMORY);
        for (unsigned i = 0; i < SEGMENTS && r >= 0; i++) {
                uint8_t bytes[AUDIT_ENTRY_MAX];
                char text[40];
                struct audit_entry e = { .id = id_next(f->context.ids), .event = 2, .count = 1 };

                e.user_id = person(text, i);
                arena_reset(&arena);
                r = db_audit_journal_insert(tx, e.id, str_n(bytes, audit_encode(&e, bytes)));
                if (r >= 0)
                        r = audit_seal(&f->context, tx, &arena, 1);
                f->clock.now += 1000;
        }
        arena_done(&arena);
        return MIN_OF(r, 0);
}

static int make_index(struct tx *tx, void *data) {
        struct arena arena;
        int r;

        arena_init(&arena, MEMORY);
        r = audit_index_some(tx, &arena);
        arena_done(&arena);
        return r;
}

static int forget(struct tx *tx, void *data) {
        const int64_t *last = data;

        return db_audit_recent_delete(tx, *last);
}

static int remove_until(struct tx *tx, void *data) {
        const int64_t *last = data;
        struct arena arena;
        int r;

        arena_init(&arena, MEMORY);
        r = audit_index_remove(tx, &arena, *last);
        arena_done(&arena);
        return r;
}

static int64_t blocks_end(struct fixture *f) {
        struct audit_place_row end;
        struct arena arena;
        struct tx tx;

        arena_init(&arena, MEMORY);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_audit_blocks_end(&tx, &arena, &end), 1);
        database_read_end(f->reader);
        arena_done(&arena);
        return end.seq;
}

/* The numbers of the segments that the pages of one person's events come from; how many pages there were. */
static unsigned find(struct fixture *f, const struct audit_filter *filter, int64_t *ret, size_t *ret_n) {
        struct audit_filter next = *filter;
        char cursor[AUDIT_CURSOR_MAX];
        struct audit_page page;
        struct arena arena;
        unsigned pages = 0;
        struct tx tx;

        *ret_n = 0;
        arena_init(&arena, MEMORY);
        do {
                arena_reset(&arena);
                assert_int_equal(database_read(f->reader, &tx), 0);
                assert_int_equal(audit_find(&tx, &arena, &next, &page), 0);
                database_read_end(f->reader);
                for (size_t i = 0; i < page.n; i++) {
                        assert_true(*ret_n < SEGMENTS);
                        assert_true(audit_matches(filter, &page.list[i]->entry));
                        ret[(*ret_n)++] = (id_time_ms(page.list[i]->entry.id) - FIXTURE_START) / 1000 + 1;
                }
                memcpy(cursor, page.next, sizeof(cursor));
                next.cursor = str_of(cursor);
                assert_true(++pages < SEGMENTS);
        } while (cursor[0]);
        arena_done(&arena);
        return pages;
}

/* Of some people all their segments are found, newest first, and nothing else. */
static unsigned assert_found(struct fixture *f, int64_t from, int64_t until) {
        int64_t *found = calloc(SEGMENTS, sizeof(*found));
        unsigned pages = 0;
        char text[40];
        size_t n;

        assert_non_null(found);
        for (unsigned i = 0; i < PEOPLE; i += 16) {
                struct audit_filter filter = { .person = person(text, i), .limit = 10 };
                size_t at = 0;

                if (from > 1)
                        filter.since = FIXTURE_START + (from - 1) * 1000;
                if (until <= SEGMENTS)
                        filter.until = FIXTURE_START + (until - 1) * 1000;
                pages = MAX_OF(pages, find(f, &filter, found, &n));
                for (int64_t seq = until - 1; seq >= from; seq--)
                        if ((seq - 1) % PEOPLE == i)
                                assert_int_equal(found[at++], seq);
                assert_int_equal(at, n);
        }
        free(found);
        return pages;
}

static void index_until_done(struct fixture *f) {
        int r, steps = 0;

        while ((r = fixture_write(f, make_index, f)) > 0)
                assert_true(++steps < SEGMENTS);
        assert_int_equal(r, 0);
}

static void a_search_finds_what_is_there_in_blocks_and_before_them(void **state) {
        int64_t recent = AUDIT_BLOCK_SEGMENTS + 40;
        struct fixture f;

        fixture_init(&f);
        assert_int_equal(fixture_write(&f, seal_all, &f), 0);
        assert_int_equal(blocks_end(&f), 0);
        assert_in_range(assert_found(&f, 1, SEGMENTS + 1), 2, 4);
        index_until_done(&f);
        assert_int_equal(blocks_end(&f), AUDIT_BLOCK_SEGMENTS);
        assert_in_range(assert_found(&f, 1, SEGMENTS + 1), 2, 4);
        assert_found(&f, 100, AUDIT_BLOCK_SEGMENTS - 500);
        assert_found(&f, 1000, AUDIT_BLOCK_SEGMENTS + 100);

        /* some that nobody has indexed yet, as another version leaves them */
        assert_true(fixture_write(&f, forget, &recent) > 0);
        assert_found(&f, 1, SEGMENTS + 1);
        assert_int_equal(fixture_write(&f, make_index, &f), 1);
        index_until_done(&f);
        assert_found(&f, 1, SEGMENTS + 1);
        fixture_done(&f);
}

static void an_index_that_is_not_there_is_made_anew(void **state) {
        int64_t all = SEGMENTS;
        struct fixture f;

        fixture_init(&f);
        assert_int_equal(fixture_write(&f, seal_all, &f), 0);
        assert_int_equal(fixture_write(&f, forget, &all), SEGMENTS);
        assert_true(assert_found(&f, 1, SEGMENTS + 1) >= SEGMENTS / AUDIT_READ_SEGMENTS_MAX);
        index_until_done(&f);
        assert_int_equal(blocks_end(&f), AUDIT_BLOCK_SEGMENTS);
        assert_in_range(assert_found(&f, 1, SEGMENTS + 1), 2, 4);
        fixture_done(&f);
}

static void what_is_removed_is_forgotten(void **state) {
        int64_t before = AUDIT_BLOCK_SEGMENTS - 1, last = AUDIT_BLOCK_SEGMENTS;
        struct fixture f;

        fixture_init(&f);
        assert_int_equal(fixture_write(&f, seal_all, &f), 0);
        index_until_done(&f);
        assert_int_equal(fixture_write(&f, remove_until, &before), 0);
        assert_int_equal(blocks_end(&f), AUDIT_BLOCK_SEGMENTS);
        assert_int_equal(fixture_write(&f, remove_until, &last), 0);
        assert_int_equal(blocks_end(&f), 0);
        fixture_done(&f);
}

/* 300 people in an event each: more than the slots of a small table, each mentioned once. */
static void a_mention_stands_once_and_ids_have_one_number_in_either_form(void **state) {
        const struct str id = STR("0198f3a2-7c11-7abc-8def-0123456789ab");
        struct audit_mentions *m = calloc(1, sizeof(*m));
        uint8_t bytes[AUDIT_ENTRY_MAX];
        bool person_there = false, app_there = false;
        struct audit_fields fields;
        struct str text;

        assert_non_null(m);
        for (unsigned i = 0; i < 600; i++) {
                struct audit_entry e = { .id = i + 1, .event = 2, .count = 1, .app_id = STR("app-7") };
                char name[40];

                (void)snprintf(name, sizeof(name), "person-%u", i % 300);
                e.user_id = i == 0 ? id : str_of(name);
                text = str_n(bytes, audit_encode(&e, bytes));
                assert_int_equal(audit_take(&text, &fields), 1);
                audit_mentions_add(m, &fields);
        }
        assert_int_equal(m->n, 1 + 300 + 2);
        for (size_t i = 0; i < m->n; i++) {
                uint32_t mention = audit_mention_at(audit_mentions_str(m), i);

                person_there |= mention == audit_mention_id(AUDIT_PERSON, id);
                app_there |= mention == audit_mention_id(AUDIT_APP, STR("app-7"));
                assert_int_not_equal(mention, audit_mention_id(AUDIT_APP, id));
        }
        assert_true(person_there && app_there);
        free(m);
}

/* Or a person's row would be as long as those of many. */
static void people_with_like_ids_are_spread_over_the_buckets(void **state) {
        unsigned counts[256] = { 0 };

        for (unsigned i = 0; i < 256 * 64; i++) {
                char text[40];

                (void)snprintf(text, sizeof(text), "0198f3a2-7c11-7abc-8def-%012x", i);
                counts[audit_mention_id(AUDIT_PERSON, str_of(text)) >> 24]++;
        }
        for (unsigned i = 0; i < 256; i++)
                assert_in_range(counts[i], 24, 128);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_search_finds_what_is_there_in_blocks_and_before_them),
                cmocka_unit_test(an_index_that_is_not_there_is_made_anew),
                cmocka_unit_test(what_is_removed_is_forgotten),
                cmocka_unit_test(people_with_like_ids_are_spread_over_the_buckets),
                cmocka_unit_test(a_mention_stands_once_and_ids_have_one_number_in_either_form),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
