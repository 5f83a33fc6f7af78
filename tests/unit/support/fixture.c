#include "support/fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "http/request_int.h"
#include "support/database_file.h"

static int64_t fixture_now(const struct clock *c) {
        return CONTAINER_OF(c, const struct fixture_clock, clock)->now;
}

static void open_database(struct fixture *f) {
        char problem[DATABASE_PROBLEM_MAX] = "", url[128];

        database_folder_make(f->folder);
        snprintf(url, sizeof(url), "sqlite:%s/test.db", f->folder);
        database_file_make(url + strlen("sqlite:"));
        if (database_open(str_of(url), &f->db, problem) < 0)
                fail_msg("%s", problem);
        assert_int_equal(database_reader_open(f->db, &f->reader), 0);
}

void fixture_init(struct fixture *f) {
        memset(f, 0, sizeof(*f));
        log_setup(LOG_ERROR, LOG_LOGFMT); /* migrations tell nothing here */
        open_database(f);
        f->settings = (struct settings){
                .public_url = STR_INIT("http://localhost:8006"),
                .signup_open = true,
                .code_lifetime = 600,
                .access_token_lifetime = 3600,
                .refresh_token_lifetime = INT64_C(30) * 86400,
                .authorization_lifetime = INT64_C(365) * 86400,
                .refresh_grace = 30,
                .session_idle = INT64_C(7) * 86400,
                .session_lifetime = INT64_C(30) * 86400,
        };
        f->clock = (struct fixture_clock){ .clock.now_ms = fixture_now, .now = FIXTURE_START };
        id_source_init(&f->ids, &f->clock.clock, 1, 0);
        f->context = (struct context){
                .settings = &f->settings,
                .clock = &f->clock.clock,
                .random = &random_system,
                .ids = &f->ids,
        };
        mac_key_set(&f->context.server_key, (uint8_t[HASH_SIZE]){ 0x5a });
        mac_key_set(&f->context.process_key, (uint8_t[HASH_SIZE]){ 0xa5 });
        request_init(&f->req);
        strbuf_init(&f->res.body, RESPONSE_BODY_MAX);
        f->res.request = &f->req;
        snprintf(f->address, sizeof(f->address), "192.0.2.1");
}

void fixture_done(struct fixture *f) {
        request_done(&f->req);
        strbuf_done(&f->res.body);
        database_reader_close(f->reader);
        database_close(f->db);
        database_folder_remove(f->folder);
}

void fixture_pass(struct fixture *f, int64_t ms) {
        f->clock.now += ms;
}

static struct str on_arena(struct fixture *f, const char *text) {
        struct str copy = arena_copy(&f->req.arena, str_of(text));

        assert_non_null(copy.ptr);
        return copy;
}

static void send_cookies(struct fixture *f) {
        _cleanup_(strbuf_done) struct strbuf all = STRBUF_INIT(16 * 1024);

        for (size_t i = 0; i < f->n_cookies; i++)
                strbuf_printf(&all, "%s%s=%s", i ? "; " : "", f->cookies[i].name, f->cookies[i].value);
        if (!f->n_cookies)
                return;
        f->req.headers[f->req.n_headers].name = STR("Cookie");
        f->req.headers[f->req.n_headers++].value = arena_copy(&f->req.arena, strbuf_str(&all));
}

static void begin(struct fixture *f, enum http_method method, enum body_kind kind, const char *body) {
        request_reset(&f->req);
        response_reset(&f->res);
        f->req.method = method;
        f->req.context = &f->context;
        f->req.body_kind = kind;
        if (body)
                f->req.body = on_arena(f, body);
        snprintf(f->req.address, sizeof(f->req.address), "%s", f->address);
        send_cookies(f);
}

void fixture_get(struct fixture *f, const char *query) {
        begin(f, HTTP_GET, BODY_NONE, NULL);
        if (query)
                f->req.query = on_arena(f, query);
}

void fixture_post_form(struct fixture *f, const char *form) {
        begin(f, HTTP_POST, BODY_FORM, form);
}

void fixture_post_json(struct fixture *f, const char *json) {
        begin(f, HTTP_POST, BODY_JSON, json);
}

struct write {
        struct fixture *f;
        fixture_step step;
};

static int run_step(struct tx *tx, void *data) {
        struct write *w = data;
        int r;

        response_reset(&w->f->res);
        w->f->req.tx = tx;
        r = w->step(&w->f->req, &w->f->res);
        w->f->req.tx = NULL;
        return r;
}

int fixture_transaction(struct fixture *f, fixture_step step) {
        struct write w = { f, step };

        return database_write_now(f->db, run_step, &w);
}

int fixture_read(struct fixture *f, fixture_step step) {
        struct tx tx;
        int r;

        assert_int_equal(database_read(f->reader, &tx), 0);
        f->req.tx = &tx;
        r = step(&f->req, &f->res);
        f->req.tx = NULL;
        database_read_end(f->reader);
        return r;
}

int fixture_worker(struct fixture *f, fixture_step step) {
        f->req.tx = NULL;
        return step(&f->req, &f->res);
}

int fixture_steps(struct fixture *f, fixture_step first, fixture_step worker, fixture_step last) {
        int r;

        r = fixture_transaction(f, first);
        if (r == STEP_NEXT)
                r = fixture_worker(f, worker);
        if (r == STEP_NEXT)
                r = fixture_transaction(f, last);
        return r;
}

struct fixture_cookie *fixture_cookie(struct fixture *f, const char *name) {
        for (size_t i = 0; i < f->n_cookies; i++) {
                if (strcmp(f->cookies[i].name, name) == 0)
                        return &f->cookies[i];
        }
        return NULL;
}

void fixture_set_cookie(struct fixture *f, const char *name, const char *value) {
        struct fixture_cookie *cookie = fixture_cookie(f, name);

        if (!cookie) {
                assert_true(f->n_cookies < FIXTURE_COOKIES_MAX);
                cookie = &f->cookies[f->n_cookies++];
        }
        snprintf(cookie->name, sizeof(cookie->name), "%s", name);
        snprintf(cookie->value, sizeof(cookie->value), "%s", value);
        cookie->attributes[0] = 0;
}

void fixture_keep_cookies(struct fixture *f) {
        for (size_t i = 0; i < f->res.n_headers; i++) {
                struct str rest = f->res.headers[i].value, pair, name;
                char name_text[64], value_text[COOKIE_VALUE_MAX];

                if (!str_eq_ignore_case(f->res.headers[i].name, STR("Set-Cookie")))
                        continue;
                assert_true(str_next(&rest, ';', &pair));
                assert_true(str_next(&pair, '=', &name));
                snprintf(name_text, sizeof(name_text), STR_FMT, STR_ARG(name));
                snprintf(value_text, sizeof(value_text), STR_FMT, STR_ARG(pair));
                fixture_set_cookie(f, name_text, value_text);
                snprintf(fixture_cookie(f, name_text)->attributes, sizeof(f->cookies[0].attributes), STR_FMT,
                         STR_ARG(rest));
        }
}

struct str fixture_header(const struct fixture *f, const char *name) {
        for (size_t i = 0; i < f->res.n_headers; i++) {
                if (str_eq_ignore_case(f->res.headers[i].name, str_of(name)))
                        return f->res.headers[i].value;
        }
        return STR_NULL;
}

int fixture_write(struct fixture *f, int (*fn)(struct tx *tx, void *data), void *data) {
        return database_write_now(f->db, fn, data);
}
