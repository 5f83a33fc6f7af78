/* One outbound HTTP request with libcurl: no redirects, time-outs, a cap on what is read. Blocks: for the worker pool. */
#pragma once

#include "base/strbuf.h"

enum {
        FETCH_CONNECT_MS = 5000,
        FETCH_TOTAL_MS = 15000,
        FETCH_BODY_MAX = 256 * 1024, /* bytes */
        FETCH_HEADERS_MAX = 16 * 1024,
        FETCH_PROBLEM_MAX = 256,
};

struct fetch_request {
        const char *method; /* "GET", "POST" */
        const char *url;
        const char *content_type; /* NULL without a body */
        const char *bearer;       /* access token; NULL for none */
        struct str body;
};

struct fetch_result {
        int status;
        struct strbuf headers; /* lines as they came, from the status line on */
        struct strbuf body;
        char content_type[128];
        char problem[FETCH_PROBLEM_MAX]; /* on failure: a sentence for the person */
};

/* Once, before threads start. errors: ERR_NO_MEMORY */
_must_use_ int fetch_setup(void);

/* errors   ERR_BUSY (no complete answer came: ret->problem says why), ERR_NO_MEMORY. fetch_result_done() in any case. */
_must_use_ int fetch(const struct fetch_request *request, struct fetch_result *ret);

void fetch_result_done(struct fetch_result *result);
