/* What tests of handlers stand on: a real database in a folder of its own, a context whose clock the test sets, and one
 * browser, whose requests run through a route's steps as the dispatcher runs them. */
#pragma once

#include "unit.h"

#include "base/context.h"
#include "db/database.h"
#include "http/request.h"
#include "http/response.h"

/* 2026-01-01T00:00:00Z: where every test's clock begins */
#define FIXTURE_START INT64_C(1767225600000)

enum { FIXTURE_COOKIES_MAX = 8 };

struct fixture_clock {
        struct clock clock;
        int64_t now; /* milliseconds since 1970 */
};

struct fixture_cookie {
        char name[64];
        char value[COOKIE_VALUE_MAX];
        char attributes[128]; /* "; Max-Age=…; Path=/; …", as set last */
};

struct fixture {
        char folder[64];
        struct database *db;
        struct db_connection *reader;
        struct settings settings;
        struct fixture_clock clock;
        struct id_source ids;
        struct context context;

        struct request req;
        struct response res;
        char address[ADDRESS_TEXT_MAX];                     /* the browser's: "192.0.2.1" at first */
        struct fixture_cookie cookies[FIXTURE_COOKIES_MAX]; /* the browser's jar */
        size_t n_cookies;
};

/* A migrated, empty database and a context with the product's default lifetimes, on http. */
void fixture_init(struct fixture *f);
void fixture_done(struct fixture *f);

/* Moves the clock. */
void fixture_pass(struct fixture *f, int64_t ms);

/* Begins a request with the jar's cookies; the one before it is forgotten.
 *
 * query   without '?'; NULL for none
 * form    an urlencoded body, NULL for none; json likewise
 */
void fixture_get(struct fixture *f, const char *query);
void fixture_post_form(struct fixture *f, const char *form);
void fixture_post_json(struct fixture *f, const char *json);

typedef int (*fixture_step)(struct request *req, struct response *res);

/* Runs one step in a write transaction of its own, in a snapshot, or without database as on the pool. What an error's
 * step wrote is undone. */
int fixture_transaction(struct fixture *f, fixture_step step);
int fixture_read(struct fixture *f, fixture_step step);
int fixture_worker(struct fixture *f, fixture_step step);

/* The usual three: transaction, worker, transaction; ends with the first that does not say STEP_NEXT. */
int fixture_steps(struct fixture *f, fixture_step first, fixture_step worker, fixture_step last);

/* Puts the Set-Cookie fields of the last answer into the jar. */
void fixture_keep_cookies(struct fixture *f);
struct fixture_cookie *fixture_cookie(struct fixture *f, const char *name);
void fixture_set_cookie(struct fixture *f, const char *name, const char *value);

/* A field of the last answer, or STR_NULL. */
struct str fixture_header(const struct fixture *f, const char *name);

/* Runs fn(tx, data) in a write transaction of its own. */
int fixture_write(struct fixture *f, int (*fn)(struct tx *tx, void *data), void *data);
