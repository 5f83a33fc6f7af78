/* What using a stored credential adds to a request: its row is found, and its secret opened and taken apart. Prints a line of
 * JSON: the means of many runs in microseconds, of opening alone and of both. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "db/database.h"
#include "integrations/credential.h"
#include "integrations/vault_keys.h"

enum { RUNS = 200000 };

struct made {
        const struct context *context;
        struct arena *arena;
        struct credential credential;
        struct credential_secret secret;
};

static int create(struct tx *tx, void *data) {
        struct made *m = data;

        return credential_create(m->context, tx, m->arena, &m->credential, &m->secret);
}

/* A request's part: within its snapshot, on an arena that is emptied after it. */
static int use(const struct context *context, struct tx *tx, struct arena *arena, struct str id) {
        struct credential_secret secret;
        struct credential c;
        int r;

        r = credential_find(tx, arena, STR("somebody"), STR_NULL, id, &c);
        if (r <= 0 || credential_open(context, &c, &secret) < 0)
                return -1;
        credential_secret_done(&secret);
        arena_reset(arena);
        return 0;
}

int main(int argc, char **argv) {
        static const struct settings settings = {
                .encryption_key = STR_INIT("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        };
        struct context context = { .settings = &settings, .clock = &clock_system, .random = &random_system };
        static struct made m;
        char problem[VAULT_PROBLEM_MAX] = "", url[4096];
        struct database *db;
        struct db_connection *reader;
        struct arena arena, request;
        struct tx tx;
        unsigned applied;
        int64_t begun, open_us, use_us;

        if (argc != 2 || snprintf(url, sizeof(url), "sqlite:%s", argv[1]) >= (int)sizeof(url)) {
                fprintf(stderr, "Usage: %s DATABASE-FILE\n", argv[0]);
                return 2;
        }
        arena_init(&arena, 1024 * 1024);
        if (database_open(str_of(url), &db, problem) < 0 || database_migrate(db, &applied, problem) < 0 ||
            vault_new(&settings, &random_system, &context.vault, problem) < 0 ||
            vault_start(context.vault, db, &clock_system, problem) < 0) {
                fprintf(stderr, "%s\n", problem);
                return 1;
        }
        m.context = &context;
        m.arena = &arena;
        m.credential = (struct credential){ .user_id = STR_INIT("somebody"),
                                            .provider = STR_INIT("openai"),
                                            .kind = CREDENTIAL_API_KEY };
        m.secret.api_key = STR("sk-0123456789012345678901234567890123456789012345678901234567890123");
        if (database_write_now(db, create, &m) < 0)
                return 1;
        begun = clock_monotonic_us();
        for (unsigned i = 0; i < RUNS; i++) {
                struct credential_secret secret;

                if (credential_open(&context, &m.credential, &secret) < 0)
                        return 1;
                credential_secret_done(&secret);
        }
        open_us = clock_monotonic_us() - begun;
        arena_init(&request, 1024 * 1024);
        if (database_reader_open(db, &reader) < 0 || database_read(reader, &tx) < 0)
                return 1;
        begun = clock_monotonic_us();
        for (unsigned i = 0; i < RUNS; i++)
                if (use(&context, &tx, &request, m.credential.id) < 0)
                        return 1;
        use_us = clock_monotonic_us() - begun;
        printf("{\"open_us\":%.3f,\"find_and_open_us\":%.3f}\n", (double)open_us / RUNS,
               (double)use_us / RUNS);
        database_read_end(reader);
        database_reader_close(reader);
        arena_done(&request);
        context.vault = vault_free(context.vault);
        database_close(db);
        arena_done(&arena);
        return 0;
}
