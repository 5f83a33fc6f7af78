/* What the audit trail adds to a request that changes something: its event is put on record in the request's transaction, and
 * sealed afterwards. Each event is another person's, as of refreshed tokens, fifteen in a commit. Prints a line of JSON:
 * processor time in microseconds of the whole process, for each event. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "account/audit.h"
#include "account/audit_index.h"
#include "account/audit_seal.h"
#include "base/clock.h"
#include "db/database.h"
#include "db/statements.h"

enum { IN_A_COMMIT = 15, PEOPLE = 30000, ROWS = 512, ARENA = 64 * 1024 * 1024 };

struct bench {
        struct context context;
        struct arena arena;
        unsigned n, commits; /* so far */
        unsigned events;     /* of each part */
        bool recording;
};

static double processor_us(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int record(struct bench *b, struct tx *tx) {
        struct request req = { .context = &b->context, .tx = tx };
        char person[40];

        (void)snprintf(person, sizeof(person), "01890a5d-ac96-774b-bcce-%012x", b->n++ * 7919 % PEOPLE);
        (void)snprintf(req.address, sizeof(req.address), "192.0.2.%u", b->n % 250);
        (void)snprintf(req.id, sizeof(req.id), "%016x", b->n);
        return audit(&req, &(struct audit){ .event = AUDIT_TOKEN_REFRESHED,
                                            .alone = true,
                                            .user_id = str_of(person),
                                            .app_id = STR("01890a5d-ac96-774b-bcce-b302099a8057"),
                                            .authorization = 1 + b->n });
}

static int commit(struct tx *tx, void *data) {
        struct bench *b = data;
        int r;

        /* there is something to commit without the trail, too */
        r = db_job_mark_put(tx, STR("bench"), b->commits++, 0);
        for (unsigned i = 0; i < IN_A_COMMIT && r >= 0 && b->recording; i++)
                r = record(b, tx);
        return r;
}

static int seal(struct tx *tx, void *data) {
        struct bench *b = data;

        arena_reset(&b->arena);
        return audit_seal(&b->context, tx, &b->arena, ROWS);
}

static int make_index(struct tx *tx, void *data) {
        struct bench *b = data;

        arena_reset(&b->arena);
        return audit_index_some(tx, &b->arena);
}

static double commit_all(struct bench *b, struct database *db, bool recording) {
        double begun = processor_us();

        b->recording = recording;
        for (unsigned i = 0; i < b->events / IN_A_COMMIT; i++)
                if (database_write_now(db, commit, b) < 0)
                        exit(1);
        return (processor_us() - begun) / b->events;
}

int main(int argc, char **argv) {
        static const struct settings settings;
        char problem[DATABASE_PROBLEM_MAX] = "";
        struct id_source ids;
        struct bench b = { .n = 0 };
        double idle, recorded, begun;
        struct database *db;
        unsigned applied;
        int r;

        if (argc != 3) {
                fprintf(stderr, "Usage: %s DATABASE-URL EVENTS\n", argv[0]);
                return 2;
        }
        id_source_init(&ids, &clock_system, 1, 0);
        b.context = (struct context){
                .settings = &settings, .clock = &clock_system, .random = &random_system, .ids = &ids
        };
        b.events = (unsigned)strtoul(argv[2], NULL, 10);
        arena_init(&b.arena, ARENA);
        if (database_open(str_of(argv[1]), &db, problem) < 0 || database_migrate(db, &applied, problem) < 0) {
                fprintf(stderr, "%s\n", problem);
                return 1;
        }
        idle = commit_all(&b, db, false);
        recorded = commit_all(&b, db, true);
        begun = processor_us();
        while ((r = database_write_now(db, seal, &b)) > 0)
                r = database_write_now(db, make_index, &b);
        if (r < 0)
                return 1;
        printf("{\"record_us\":%.3f,\"seal_us\":%.3f}\n", recorded - idle,
               (processor_us() - begun) / b.events);
        database_close(db);
        arena_done(&b.arena);
        return 0;
}
