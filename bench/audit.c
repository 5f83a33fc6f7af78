/* What the audit trail adds to a request that changes something: its event is put on record in the request's transaction, and
 * sealed afterwards. Each event is another person's, as of refreshed tokens, fifteen in a commit. Prints a line of JSON:
 * processor time in microseconds of the whole process, for each event; and in milliseconds, for each page that somebody asks for. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "account/audit.h"
#include "account/audit_index.h"
#include "account/audit_read.h"
#include "account/audit_seal.h"
#include "base/clock.h"
#include "db/database.h"
#include "db/statements.h"

enum {
        IN_A_COMMIT = 15,
        PEOPLE = 30000,
        ROWS = 512,
        FINDS = 200,
        PERSON_TEXT = 40,
        ARENA = 64 * 1024 * 1024
};

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

static struct str person_id(unsigned number, char *text) {
        (void)snprintf(text, PERSON_TEXT, "01890a5d-ac96-774b-bcce-%012x", number);
        return str_of(text);
}

static int record(struct bench *b, struct tx *tx) {
        struct request req = { .context = &b->context, .tx = tx };
        char person[PERSON_TEXT];

        person_id(b->n++ * 7919 % PEOPLE, person);
        (void)snprintf(req.address, sizeof(req.address), "192.0.2.%u", b->n % 250);
        (void)snprintf(req.id, sizeof(req.id), "%016x", b->n);
        if (!b->recording)
                return 0;
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
        for (unsigned i = 0; i < IN_A_COMMIT && r >= 0; i++)
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

/* A page of one person's newest events, and of one who has none. */
static double find_all(struct bench *b, struct database *db) {
        struct db_connection *reader;
        double begun;

        if (database_reader_open(db, &reader) < 0)
                exit(1);
        begun = processor_us();
        for (unsigned i = 0; i < FINDS; i++) {
                struct audit_filter filter = { .limit = AUDIT_PAGE };
                struct audit_page page;
                char person[PERSON_TEXT];
                struct tx tx;

                arena_reset(&b->arena);
                filter.person = person_id(i % 2 ? i : PEOPLE + i, person);
                if (database_read(reader, &tx) < 0 || audit_find(&tx, &b->arena, &filter, &page) < 0)
                        exit(1);
                database_read_end(reader);
        }
        database_reader_close(reader);
        return (processor_us() - begun) / FINDS / 1e3;
}

int main(int argc, char **argv) {
        static const struct settings settings;
        char problem[DATABASE_PROBLEM_MAX] = "";
        struct id_source ids;
        struct bench b = { .n = 0 };
        double idle, recorded, sealed, begun;
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
        sealed = (processor_us() - begun) / b.events;
        printf("{\"record_us\":%.3f,\"seal_us\":%.3f,\"find_ms\":%.3f}\n", recorded - idle, sealed,
               find_all(&b, db));
        database_close(db);
        arena_done(&b.arena);
        return 0;
}
