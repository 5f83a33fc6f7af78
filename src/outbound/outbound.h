/* HTTP calls to other servers on behalf of people: blocks, language models, providers of accounts. Blocks its thread: never
 * on an event loop.
 *
 * What is called is a stranger's choice, so each connection's address is checked as it is opened (address_policy.h), proxies
 * of the environment are not used, redirects are followed one by one under the same check, credentials stay with the origin
 * that they were meant for, and size and time are bounded. */
#pragma once

#include <stdatomic.h>

#include "base/errors.h"
#include "base/network.h"
#include "base/strbuf.h"
#include "outbound/redirect.h"

enum {
        OUTBOUND_FIELDS_MAX = 64,
        OUTBOUND_FIELD_BYTES_MAX = 16 * 1024, /* of one field's name and value */
        OUTBOUND_PARTS_MAX = 32,
        OUTBOUND_REDIRECTS_MAX = 10,
        OUTBOUND_PROBLEM_MAX = 256,
        OUTBOUND_CONNECT_MS = 10 * 1000,
        OUTBOUND_TYPE_MAX = 128,
};

struct outbound_field {
        struct str name, value;
        bool credential; /* leaves with a redirect to another origin; so do Authorization and Cookie in any case */
};

/* A part of a multipart/form-data body: a file when it has a file name. */
struct outbound_part {
        struct str name, file_name, type, content;
};

struct outbound_request {
        const char *method; /* a token, in capitals */
        const char *url;
        const struct outbound_field *fields;
        size_t n_fields;
        struct str body; /* STR_NULL for none */
        const struct outbound_part *parts;
        size_t n_parts;                     /* instead of a body */
        unsigned redirects;                 /* followed at most; 0: a redirect is the answer */
        int64_t timeout_ms;                 /* all in all */
        const atomic_bool *stop;            /* ends the call early; NULL for never */
        const struct network_list *allowed; /* see address_policy.h */
        struct str ca_file;                 /* authorities to trust beside the system's; empty for none */
};

struct outbound_response {
        int status;
        char content_type[OUTBOUND_TYPE_MAX]; /* as sent; empty when absent or longer */
        struct strbuf body;                   /* decoded; its maximum is the caller's, see outbound_send() */
        char problem[OUTBOUND_PROBLEM_MAX]; /* on failure: for the person whose call it was; no credentials */
};

/* Calls. Any status is an answer.
 *
 * ret      body initialised by the caller with its maximum (STRBUF_INIT), and released by it in any case
 * errors   ERR_OUTBOUND with ret->problem (request malformed, address refused, no connection, too slow, too large),
 *          ERR_STOPPED, ERR_NO_MEMORY
 */
_must_use_ int outbound_send(const struct outbound_request *request, struct outbound_response *ret);

/* "libcurl/7.88.1 OpenSSL/3.0.15 …": of what makes the calls. */
const char *outbound_library_version(void);
