#include "agents/store/tidy.h"

#include "db/statements.h"

enum {
        PARTS_FINE = 4,     /* a search hardly notices so many */
        PAGES_AT_ONCE = 64, /* some milliseconds of the writer's time */
        ROUNDS_MAX = 10000,
        ARENA_MAX = 64 * 1024,
};

struct tidying {
        int64_t pages, parts;
};

static int look(struct tx *tx, void *data) {
        _cleanup_(arena_done) struct arena arena;
        struct store_count_row parts = { 0 };
        struct tidying *t = data;
        int r;

        arena_init(&arena, ARENA_MAX);
        r = db_store_words_parts(tx, &arena, &parts);
        t->parts = parts.n;
        return MIN_OF(r, 0);
}

static int merge(struct tx *tx, void *data) {
        struct tidying *t = data;
        int r;

        r = db_store_words_merge(tx, t->pages);
        return r < 0 ? r : look(tx, t);
}

int store_tidy(struct database *database) {
        struct tidying t = { .pages = -PAGES_AT_ONCE }; /* the first time: all parts begin to become one */
        int r;

        r = database_read_now(database, look, &t);
        for (unsigned i = 0; r >= 0 && t.parts > PARTS_FINE && i < ROUNDS_MAX; i++) {
                r = database_write_now(database, merge, &t);
                t.pages = PAGES_AT_ONCE;
        }
        return MIN_OF(r, 0);
}
