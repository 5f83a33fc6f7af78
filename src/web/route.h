/* The route table's types. The table itself is routes.c: every path that the server answers, in one place. */
#pragma once

#include "account/scope.h"
#include "http/request.h"
#include "http/response.h"

/* Who may call. */
enum access {
        ACCESS_NONE,     /* anybody, and nobody is looked up: health, static files, metadata */
        ACCESS_PUBLIC,   /* anybody; a session is looked up when there is one */
        ACCESS_CLIENT,   /* an app that authenticates itself: the handler's first check (RFC 6749 §2.3) */
        ACCESS_SESSION,  /* a person who is signed in */
        ACCESS_ADMIN,    /* one who is an administrator too */
        ACCESS_ELEVATED, /* an administrator whose password was entered again not long ago: /admin */
        ACCESS_API,      /* API key or access token with the route's scopes */
};

enum executor {
        EXECUTOR_NONE, /* end of the steps */
        EXECUTOR_READ, /* with a snapshot, on the event loop: must not block */
        EXECUTOR_READ_MUCH, /* with a snapshot, on the pool: for what may take longer than a loop should be held up */
        EXECUTOR_TRANSACTION, /* with a transaction, on the writer */
        EXECUTOR_WORKER,      /* on the pool: may block; no database */
        EXECUTOR_CREW,        /* on the threads of agents: may take minutes; no transaction */
};

typedef int (*handler_fn)(struct request *req, struct response *res);

struct step {
        enum executor on;
        handler_fn run;
};

enum { ROUTE_STEPS_MAX = 4 };

enum route_flag {
        ROUTE_PAGE = 1 << 0,     /* for people: errors are pages, a missing session leads to /login */
        ROUTE_CORS = 1 << 1,     /* any origin may call it, without cookies */
        ROUTE_FORM = 1 << 2,     /* a form's post: needs its CSRF token */
        ROUTE_EXTERNAL = 1 << 3, /* External API: errors in its shape */
        ROUTE_FILE = 1 << 5,     /* a page's style sheets and the like: as pages are, in no API document */
        ROUTE_HEAVY = 1 << 6,    /* expensive: counts RATE_UNITS_HEAVY against its caller's limits */
        ROUTE_CHANGES = 1 << 7,  /* a GET that changes something: other sites' pages are kept from it */
        ROUTE_UPLOAD = 1 << 8,   /* takes multipart/form-data with files */
        ROUTE_LEAVES = 1 << 4, /* a form that only ends the session: without one its token is not asked for */
};

struct route {
        enum http_method method;
        const char *path; /* segments that are `{name}` stand for any: they become req->path_params */
        enum access access;
        scope_set scopes; /* of ACCESS_API: all of these */
        unsigned flags;   /* enum route_flag */
        struct step steps[ROUTE_STEPS_MAX];
        size_t body_max; /* bytes; 0 for REQUEST_BODY_MAX */
};

extern const struct route routes[];
extern const size_t routes_count;
