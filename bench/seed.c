/* Fills a database for the benchmark, through the product's own layers: one app, people, and for each of ROWS
 * authorizations an access and a refresh token that the server accepts. Writes what the load generators need to FOLDER:
 *
 *     client    client id and secret, a line each
 *     access    access tokens, one a line, evenly spread over the whole table
 *     refresh   refresh tokens likewise
 *     keys      API keys, as many
 *     sessions  session cookies of PEOPLE_WITH_SESSIONS people
 *
 * Those people are bench-0@example.org and so on, with the password that BENCH_PASSWORD is. Ids and times are of the
 * half hour before now, as if the tokens had been issued since then.
 *
 *     bench_seed DATABASE_URL FOLDER ROWS SAMPLE
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "account/password.h"
#include "account/token.h"
#include "db/database.h"
#include "db/statements.h"
#include "oauth/api_key.h"
#include "oauth/registration.h"

#define BENCH_PASSWORD "correct horse bench staple"

enum {
        ROWS_A_COMMIT = 20 * 1000,
        PEOPLE_MAX = 10 * 1000,
        PEOPLE_WITH_SESSIONS = 64,
        NODE = ID_NODE_MAX, /* the server leases low numbers first */
        HOUR_MS = 3600 * 1000,
        ARENA_MAX = 1024 * 1024,
};

struct person {
        char id[ID_UUID_LENGTH];
};

struct seed {
        struct context context;
        struct clock past; /* half an hour ago, for ids */
        struct id_source ids;
        struct arena arena;
        uint64_t rows, sample;
        uint64_t row; /* the next one */
        uint64_t people;
        struct person *person;
        char app_id[ID_UUID_LENGTH];
        FILE *client, *access, *refresh, *keys, *sessions;
};

_noreturn_ static void fail(const char *what) {
        fprintf(stderr, "bench_seed: %s\n", what);
        exit(1);
}

static void check(int r, const char *what) {
        if (r < 0)
                fail(what);
}

static FILE *open_output(const char *folder, const char *name) {
        char path[4096];
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        file = fopen(path, "w");
        if (!file) {
                perror(path);
                exit(1);
        }
        return file;
}

static void put_line(FILE *file, struct str text) {
        fprintf(file, STR_FMT "\n", STR_ARG(text));
}

static int add_app(struct tx *tx, void *data) {
        static const struct str uris[] = { STR_INIT("http://localhost:9876/callback") },
                                scopes[] = { STR_INIT("IDENTITY"), STR_INIT("READ_GRAPH") };
        const struct registration_request wanted = {
                .name = STR("Benchmark"),
                .redirect_uris = uris,
                .n_redirect_uris = ARRAY_LENGTH(uris),
                .scopes = scopes,
                .n_scopes = ARRAY_LENGTH(scopes),
        };
        _cleanup_(secret_done) struct secret secret = SECRET_EMPTY;
        char problem[REGISTRATION_PROBLEM_MAX];
        struct registration app;
        struct seed *s = data;
        int r;

        r = registration_check(&wanted, &s->arena, &app, problem);
        if (r >= 0)
                r = registration_credentials(&app, s->context.clock, s->context.random, &secret);
        if (r >= 0)
                r = registration_store(tx, &app, clock_now(s->context.clock));
        if (r < 0)
                return r;
        memcpy(s->app_id, app.id, sizeof(app.id));
        put_line(s->client, str_n(app.client_id, sizeof(app.client_id)));
        put_line(s->client, secret_str(&secret));
        return 0;
}

static int add_session(struct seed *s, struct tx *tx, struct str user_id) {
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        int64_t id, now = clock_now(s->context.clock);
        struct hash hash;
        int r;

        r = token_make(&s->context, TOKEN_PREFIX_SESSION, &text, &id, &hash);
        if (r >= 0)
                r = db_session_insert(tx, id, hash_str(&hash), user_id, now, now + 24 * HOUR_MS,
                                      STR("127.0.0.1"), STR("bench"));
        if (r >= 0)
                put_line(s->sessions, secret_str(&text));
        return r;
}

/* The first of them can sign in, with one hash for all; nobody else has a password. */
static int add_people(struct tx *tx, void *data) {
        char hash[PASSWORD_HASH_MAX], email[64], name[64];
        struct seed *s = data;
        int r;

        r = password_hash(s->context.random, STR(BENCH_PASSWORD), hash);
        for (uint64_t i = 0; r >= 0 && i < s->people; i++) {
                bool signs_in = i < PEOPLE_WITH_SESSIONS;
                struct str id = str_n(s->person[i].id, ID_UUID_LENGTH);

                (void)snprintf(email, sizeof(email), "bench-%" PRIu64 "@example.org", i);
                (void)snprintf(name, sizeof(name), "Bench %" PRIu64, i);
                r = id_uuid(s->context.clock, s->context.random, s->person[i].id);
                if (r >= 0)
                        r = db_user_insert(tx, id, str_of(email), str_of(name), STR("Europe/Berlin"),
                                           signs_in ? str_of(hash) : STR("!"), false,
                                           clock_now(s->context.clock));
                if (r == 0)
                        return -ERR_EMAIL_TAKEN;
                if (r >= 0 && signs_in)
                        r = add_session(s, tx, id);
        }
        return r;
}

static int add_key(struct seed *s, struct tx *tx, struct str user) {
        _cleanup_(secret_done) struct secret key = SECRET_EMPTY;
        char uuid[ID_UUID_LENGTH];
        struct hash hash;
        int64_t id;
        int r;

        r = id_uuid(s->context.clock, s->context.random, uuid);
        if (r >= 0)
                r = token_make(&s->context, TOKEN_PREFIX_KEY, &key, &id, &hash);
        if (r >= 0)
                r = db_api_key_insert(tx, str_n(uuid, sizeof(uuid)), user, STR("bench"), STR_NULL,
                                      str_first(secret_str(&key), API_KEY_PART),
                                      str_from(secret_str(&key), key.len - API_KEY_PART), hash_str(&hash),
                                      STR("IDENTITY READ_BLOCK"), clock_now(s->context.clock));
        if (r >= 0)
                put_line(s->keys, secret_str(&key));
        return r;
}

/* One authorization with its two tokens. */
static int add_family(struct seed *s, struct tx *tx) {
        _cleanup_(secret_done) struct secret access = SECRET_EMPTY, refresh = SECRET_EMPTY;
        struct str user = str_n(s->person[s->row % s->people].id, ID_UUID_LENGTH);
        int64_t family = id_next(s->context.ids), id, end = clock_now(&clock_system) + 24 * HOUR_MS;
        const struct str scopes = STR("IDENTITY READ_GRAPH");
        struct hash hash;
        int r;

        r = db_authorization_insert(tx, family, str_n(s->app_id, ID_UUID_LENGTH), user, scopes, end);
        if (r >= 0)
                r = token_make(&s->context, TOKEN_PREFIX_ACCESS, &access, &id, &hash);
        if (r >= 0)
                r = db_access_token_insert(tx, id, hash_str(&hash), family, scopes, end);
        if (r >= 0)
                r = token_make(&s->context, TOKEN_PREFIX_REFRESH, &refresh, &id, &hash);
        if (r >= 0)
                r = db_refresh_token_insert(tx, id, hash_str(&hash), family, end);
        if (r < 0)
                return r;
        /* evenly spread: as often as the share of the sample that is due rises by one */
        if ((s->row + 1) * s->sample / s->rows > s->row * s->sample / s->rows) {
                put_line(s->access, secret_str(&access));
                put_line(s->refresh, secret_str(&refresh));
                r = add_key(s, tx, user);
        }
        s->row++;
        return r;
}

static int add_families(struct tx *tx, void *data) {
        struct seed *s = data;
        uint64_t end = MIN_OF(s->row + ROWS_A_COMMIT, s->rows);
        int r = 0;

        while (r >= 0 && s->row < end)
                r = add_family(s, tx);
        return r;
}

static void fill(struct seed *s, struct database *db) {
        check(database_write_now(db, add_app, s), "the app could not be added");
        check(database_write_now(db, add_people, s), "people could not be added: seed an empty database");
        while (s->row < s->rows)
                check(database_write_now(db, add_families, s), "tokens could not be added");
}

static uint64_t number(const char *text, uint64_t max, const char *what) {
        uint64_t n;

        if (!str_to_uint(str_of(text), max, &n) || n == 0)
                fail(what);
        return n;
}

static void close_output(FILE *file) {
        if (fclose(file) != 0)
                fail("an output file could not be written");
}

int main(int argc, char **argv) {
        struct seed s = { .past = clock_with_offset(-HOUR_MS / 2) };
        char problem[DATABASE_PROBLEM_MAX];
        struct database *db;
        unsigned applied;

        if (argc != 5)
                fail("usage: bench_seed DATABASE_URL FOLDER ROWS SAMPLE");
        if (sodium_init() < 0)
                fail("libsodium cannot be used");
        s.context = (struct context){ .clock = &s.past, .random = &random_system, .ids = &s.ids };
        s.rows = number(argv[3], 100 * 1000 * 1000, "ROWS is a number up to 100000000");
        s.sample = number(argv[4], s.rows, "SAMPLE is a number up to ROWS");
        s.people = MIN_OF(s.rows, (uint64_t)PEOPLE_MAX);
        s.person = calloc(s.people, sizeof(*s.person));
        if (!s.person)
                fail("out of memory");
        id_source_init(&s.ids, &s.past, NODE, 0);
        arena_init(&s.arena, ARENA_MAX);
        s.client = open_output(argv[2], "client");
        s.access = open_output(argv[2], "access");
        s.refresh = open_output(argv[2], "refresh");
        s.keys = open_output(argv[2], "keys");
        s.sessions = open_output(argv[2], "sessions");

        log_setup(LOG_WARNING, LOG_LOGFMT);
        if (database_open(str_of(argv[1]), &db, problem) < 0 || database_migrate(db, &applied, problem) < 0)
                fail(problem);
        fill(&s, db);
        database_close(db);

        close_output(s.client);
        close_output(s.access);
        close_output(s.refresh);
        close_output(s.keys);
        close_output(s.sessions);
        arena_done(&s.arena);
        free(s.person);
        return 0;
}
