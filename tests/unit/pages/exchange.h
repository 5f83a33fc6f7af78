/* A request and its response, without a connection. */
#pragma once

#include <stdlib.h>

#include "http/response.h"
#include "unit.h"

struct exchange {
        struct request request;
        struct response response;
};

/* The value of a header field that is there at most once; STR_NULL if it is not. */
static inline struct str field(const struct response *res, const char *name) {
        struct str found = STR_NULL;

        for (size_t i = 0; i < res->n_headers; i++)
                if (str_eq_ignore_case(res->headers[i].name, str_of(name))) {
                        assert_null(found.ptr);
                        found = res->headers[i].value;
                }
        return found;
}

static inline struct exchange *exchange_new(void) {
        struct exchange *x = calloc(1, sizeof(*x));

        assert_non_null(x);
        arena_init(&x->request.arena, 65536);
        x->response.request = &x->request;
        strbuf_init(&x->response.body, 65536);
        return x;
}

static inline void exchange_free(struct exchange *x) {
        arena_done(&x->request.arena);
        strbuf_done(&x->response.body);
        free(x);
}
