/* One browser's way through the sign-in: what it asked for, what came back, and what each later step sent and received. Kept
 * in memory, for a few browsers at a time; the one that was idle longest makes room. On the HTTP loop's thread only. */
#pragma once

#include "base/random.h"
#include "base/secret.h"

enum {
        FLOWS_MAX = 16,
        FLOW_ID_LENGTH = 32,    /* hex digits: the cookie's value */
        FLOW_TOKEN_LENGTH = 43, /* characters of state, verifier and challenge: 32 bytes as base64url */
        FLOW_TEXT_MAX = 1024,   /* bytes of what came back with the redirect */
};

enum flow_step { FLOW_TOKEN, FLOW_ME, FLOW_REFRESH, FLOW_INTROSPECT, FLOW_REVOKE, FLOW_STEPS };

/* What a step sent and received, as text for the person. */
struct flow_record {
        char *sent;     /* NULL: not made yet */
        char *received; /* the answer; or why there was none */
        int status;     /* 0: no answer came */
};

struct flow {
        char id[FLOW_ID_LENGTH + 1]; /* empty: the place is free */
        uint64_t used;               /* when, counted in uses of the table */

        char state[FLOW_TOKEN_LENGTH + 1];
        char verifier[FLOW_TOKEN_LENGTH + 1];
        char challenge[FLOW_TOKEN_LENGTH + 1];

        bool returned; /* the browser came back; what it brought: */
        bool state_ok, iss_given, iss_ok;
        bool success; /* of the integration set-up */
        char returned_query[FLOW_TEXT_MAX];
        char error[FLOW_TEXT_MAX];
        char error_description[FLOW_TEXT_MAX];
        struct secret code;

        struct secret access_token, refresh_token;
        struct flow_record records[FLOW_STEPS];
};

struct flow_table {
        struct flow flows[FLOWS_MAX];
        uint64_t uses;
};

/* The flow of a cookie's value, or NULL. */
struct flow *flow_find(struct flow_table *table, struct str id);

/* A new flow, in place of `old` if that isn't NULL: its browser starts over, under a new name.
 * Errors: those of `random`. */
_must_use_ int flow_new(struct flow_table *table, struct flow *old, const struct random *random,
                        struct flow **ret);

/* Keeps what a step sent and received; both texts are copied. errors: ERR_NO_MEMORY */
_must_use_ int flow_record(struct flow *flow, enum flow_step step, int status, struct str sent,
                           struct str received);

/* Frees and zeroes everything. */
void flow_table_done(struct flow_table *table);
