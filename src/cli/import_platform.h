/* `gatehouse import platform`: what its parts share. One function for each table of the Platform's takes one row over; it
 * writes all that the row stands for, or nothing. */
#pragma once

#include "base/context.h"
#include "cli/import_platform_source.h"
#include "db/tx.h"

enum import_outcome {
        IMPORT_ADDED,
        IMPORT_UPDATED,   /* the Platform's row is newer */
        IMPORT_REVOKED,   /* revoked, suspended or disabled there since the last import */
        IMPORT_UNCHANGED, /* here already, or dead there and never here */
        IMPORT_REFUSED,   /* bad: told of, and left out */
        IMPORT_OUTCOMES
};

struct import {
        const struct source *source;
        const struct settings *settings;
        struct id_source ids; /* of new authorizations */
        int64_t now;          /* milliseconds since 1970 */
        struct tx *tx;
        struct arena arena;  /* of one row */
        const char *refusal; /* why a row is refused; without a full stop */
        char text[512];      /* room for a refusal that is made up */
};

/* One row of the piece that is at hand.
 *
 * returns   enum import_outcome; of IMPORT_REFUSED the reason stands in i->refusal
 * errors    ERR_CONFLICT (somebody else wrote the same at the same time: the piece may be tried again), ERR_STORAGE, …
 */
_must_use_ int import_user(struct import *i, int row);
_must_use_ int import_key(struct import *i, int row);
_must_use_ int import_app(struct import *i, int row);
_must_use_ int import_access_token(struct import *i, int row);
_must_use_ int import_refresh_token(struct import *i, int row);

/* The queries that they expect. The first column names the row in messages. */
extern const char import_users_sql[], import_keys_sql[], import_apps_sql[], import_access_tokens_sql[],
        import_refresh_tokens_sql[];

/* Refuses a row. */
static inline int import_refuse(struct import *i, const char *reason) {
        i->refusal = reason;
        return IMPORT_REFUSED;
}

/* Whether a text is a hash or a salt as the Platform stores them: 32 bytes in hex. */
bool import_is_hash(struct str text);

/* A column's list of scopes, as a key's permissions or a token's, in the form in which they are stored here; on the arena.
 *
 * returns   0, or IMPORT_REFUSED
 * errors    ERR_NO_MEMORY */
_must_use_ int import_scopes(struct import *i, int row, int column, struct str *ret);

/* Milliseconds since 1970 of a column that holds UTC without saying so. */
#define IMPORT_MS(column) "(extract(epoch FROM " column ") * 1000)::bigint"
