#include "jobs/store_runs.h"

#include "agents/store/publish.h"
#include "db/statements.h"

enum { ROWS_AT_ONCE = 500, ARENA_MAX = 1024 * 1024 };

struct settling {
        size_t found;
};

static int add(struct tx *tx, struct arena *arena, int64_t listing_id, int64_t runs) {
        struct store_listing_row listing;
        int r;

        if (runs == 0)
                return 0;
        r = db_store_listing(tx, arena, listing_id, &listing);
        if (r <= 0)
                return r;
        r = db_store_listing_add_runs(tx, listing_id, runs);
        if (r >= 0 && listing.is_live)
                r = db_store_profile_add_runs(tx, listing.profile_id, runs);
        return MIN_OF(r, 0);
}

/* Rows of one listing follow one another. A row that another node has settled in the meantime is passed over. */
static int settle(struct tx *tx, struct arena *arena, const struct store_run_row *rows, size_t n) {
        int64_t runs = 0, all = 0;

        for (size_t i = 0; i < n; i++) {
                int r = db_store_run_settle(tx, rows[i].listing_id, rows[i].user_id, rows[i].pending);

                if (r < 0)
                        return r;
                if (r > 0)
                        runs += rows[i].pending;
                if (i + 1 < n && rows[i + 1].listing_id == rows[i].listing_id)
                        continue;
                r = add(tx, arena, rows[i].listing_id, runs);
                if (r < 0)
                        return r;
                all += runs;
                runs = 0;
        }
        return all > 0 ? store_changed(tx) : 0;
}

static int settle_some(struct tx *tx, void *data) {
        _cleanup_(arena_done) struct arena arena;
        struct settling *s = data;
        struct store_run_row *rows;
        int r;

        arena_init(&arena, ARENA_MAX);
        s->found = 0;
        r = db_store_runs_pending(tx, &arena, ROWS_AT_ONCE, &rows, &s->found);
        return r < 0 || s->found == 0 ? MIN_OF(r, 0) : settle(tx, &arena, rows, s->found);
}

static int look(struct tx *tx, void *data) {
        _cleanup_(arena_done) struct arena arena;
        struct settling *s = data;
        struct store_run_row *rows;
        int r;

        arena_init(&arena, ARENA_MAX);
        s->found = 0;
        r = db_store_runs_pending(tx, &arena, 1, &rows, &s->found);
        return MIN_OF(r, 0);
}

int store_runs_settle(struct database *database) {
        struct settling s;
        int r;

        r = database_read_now(database, look, &s); /* nobody who writes waits for this */
        while (r == 0 && s.found > 0) {
                r = database_write_now(database, settle_some, &s);
                if (s.found < ROWS_AT_ONCE)
                        break;
        }
        return r;
}
