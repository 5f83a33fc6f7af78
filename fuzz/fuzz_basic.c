/* HTTP Basic, through client_identify() on a database with one app: what is not this app's secret never passes, and what
 * a client encodes as RFC 6749 §2.3.1 says always does, whatever characters its secret has.
 *
 * Input: the Authorization header, a secret, each on its line; then the form. */
#include <sodium.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "db/database.h"
#include "fuzz.h"
#include "http/request_int.h"
#include "oauth/client.h"
#include "oauth/registration.h"
#include "oauth/secret_memo.h"

enum { HEADER_MAX = 16 * 1024 };

static struct context context = { .clock = &clock_system, .random = &random_system };
static struct db_connection *reader;
static struct app app; /* the one in the database */
static struct arena app_arena;

/* Inputs are kept: the app has the same client_id in every run. */
static int fill_same(const struct random *r _unused_, void *out, size_t n) {
        memset(out, 0x5a, n);
        return 0;
}

static const struct random random_same = { fill_same };

static int make_app(struct tx *tx, void *data _unused_) {
        const struct str uri = STR("https://app.example/cb"), scope = STR("IDENTITY");
        const struct registration_request wanted = {
                .name = STR("fuzz"),
                .redirect_uris = &uri,
                .n_redirect_uris = 1,
                .scopes = &scope,
                .n_scopes = 1,
        };
        struct secret secret = SECRET_EMPTY;
        struct registration row;
        char problem[REGISTRATION_PROBLEM_MAX];

        HOLDS(registration_check(&wanted, &app_arena, &row, problem) >= 0);
        HOLDS(registration_credentials(&row, &clock_system, &random_same, &secret) >= 0);
        HOLDS(registration_store(tx, &row, 1) >= 0);
        HOLDS(app_find(tx, &app_arena, str_n(row.client_id, sizeof(row.client_id)), &app) >= 0);
        return 0;
}

int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_) {
        char folder[] = "/tmp/gatehouse-fuzz-XXXXXX", url[64], file[64], problem[DATABASE_PROBLEM_MAX];
        static const char *const names[] = { "g.db", "g.db-wal", "g.db-shm" };
        struct database *db;
        unsigned applied;

        HOLDS(sodium_init() >= 0);
        arena_init(&app_arena, REQUEST_ARENA_MAX);
        HOLDS(mkdtemp(folder));
        (void)snprintf(url, sizeof(url), "sqlite:%s/g.db", folder);
        HOLDS(database_open(str_of(url), &db, problem) >= 0);
        HOLDS(database_migrate(db, &applied, problem) >= 0);
        HOLDS(database_write_now(db, make_app, NULL) >= 0);
        HOLDS(database_reader_open(db, &reader) >= 0);
        /* The files stay open, and vanish with the process however it ends. */
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
                (void)snprintf(file, sizeof(file), "%s/%s", folder, names[i]);
                (void)unlink(file);
        }
        (void)rmdir(folder);
        return 0;
}

/* What the steps of an endpoint would do with the request: the first of them. */
static int identify(struct request *req, struct str header, struct str form) {
        struct response res = { .request = req };
        struct tx tx;
        int r;

        request_init(req);
        req->context = &context;
        req->body_kind = form.len ? BODY_FORM : BODY_NONE;
        req->body = form;
        if (header.ptr)
                req->headers[req->n_headers++] = (struct http_header){ STR("authorization"), header };
        HOLDS(database_read(reader, &tx) >= 0);
        req->tx = &tx;
        r = client_identify(req, &res);
        database_read_end(reader);
        return r;
}

/* Nothing was ever verified here, so nothing passes: a secret is asked to be verified, or refused. */
static void check_any(struct str header, struct str form) {
        static struct request req; /* too large for the stack */
        int r;

        context.client_secrets = secret_memo_new();
        r = identify(&req, header, form);
        HOLDS(r == STEP_NEXT || r == -ERR_INVALID_CLIENT || r == -ERR_INVALID_FIELD ||
              r == -ERR_BAD_REQUEST || r == -ERR_BAD_FORM || r == -ERR_REPEATED_PARAMETER ||
              r == -ERR_TOO_LARGE || r == -ERR_NO_MEMORY);
        if (r == STEP_NEXT) { /* one secret, from one place; an empty one in a form counts as none */
                const struct param *secret = params_find(&req.body_params, STR("client_secret"));

                HOLDS((secret && secret->value.len > 0) == !header.ptr);
        }
        request_done(&req);
        context.client_secrets = secret_memo_free(context.client_secrets);
}

static struct str encode(struct str id, struct str secret, char *out) {
        struct strbuf text = STRBUF_INIT(HEADER_MAX);

        strbuf_append_percent(&text, id, true);
        strbuf_append_char(&text, ':');
        strbuf_append_percent(&text, secret, true);
        HOLDS(!text.failed);
        memcpy(out, "Basic ", 6);
        sodium_bin2base64(out + 6, HEADER_MAX - 6, (const uint8_t *)text.ptr, text.len,
                          sodium_base64_VARIANT_ORIGINAL);
        strbuf_done(&text);
        return str_of(out);
}

static void check_round_trip(struct str secret) {
        static char header[HEADER_MAX];
        static struct request req; /* too large for the stack */
        char longer[CLIENT_SECRET_MAX + 1];

        if (!str_is_utf8(secret) || str_find(secret, '\0') >= 0 || secret.len == 0 ||
            secret.len >= CLIENT_SECRET_MAX)
                return;
        context.client_secrets = secret_memo_new();
        secret_memo_add(context.client_secrets, &context.process_key, &app, secret);

        HOLDS(identify(&req, encode(app.row.client_id, secret, header), STR("")) == STEP_SKIP);
        HOLDS(str_eq(client_app(&req)->row.client_id, app.row.client_id));
        request_done(&req);

        memcpy(longer, secret.ptr, secret.len);
        longer[secret.len] = '+';
        HOLDS(identify(&req, encode(app.row.client_id, str_n(longer, secret.len + 1), header), STR("")) ==
              STEP_NEXT);
        request_done(&req);
        HOLDS(identify(&req, encode(STR("another"), secret, header), STR("")) == STEP_NEXT);
        request_done(&req);
        context.client_secrets = secret_memo_free(context.client_secrets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str rest = str_n(data, size), header;

        if (size > HEADER_MAX)
                return 0;
        header = fuzz_line(&rest);
        check_round_trip(fuzz_line(&rest));
        check_any(header.len ? header : STR_NULL, rest);
        return 0;
}
