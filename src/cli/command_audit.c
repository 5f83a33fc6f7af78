#include "cli/command_audit.h"

#include "cli/command.h"

enum { ARENA_MAX = 64 * 1024 };

struct recording {
        const char *who;
        const struct audit *what;
        struct arena *arena;
};

static int run(struct tx *tx, void *data) {
        const struct context context = { .clock = &clock_system, .random = &random_system };
        const struct recording *c = data;

        return audit_command(&context, tx, c->arena, c->who, c->what);
}

int command_audit(const char *who, struct database *db, const struct audit *what) {
        struct arena arena;
        struct recording c = { who, what, &arena };
        int r;

        arena_init(&arena, ARENA_MAX);
        r = database_write_now(db, run, &c);
        arena_done(&arena);
        if (r < 0)
                problem(who, "The audit trail cannot be written: " STR_FMT, STR_ARG(error_row(r)->text));
        return r;
}
