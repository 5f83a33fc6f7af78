/* Listings with their agents, as an operator brings them (docs/store.md): one at a time, each written whole or not at all. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/context.h"
#include "db/tx.h"

enum { STORE_IMPORT_PROBLEM_MAX = 511 };

enum store_import_outcome {
        STORE_IMPORT_ADDED,
        STORE_IMPORT_UPDATED,
        STORE_IMPORT_UNCHANGED,
        STORE_IMPORT_REFUSED,
        STORE_IMPORT_OUTCOMES
};

/* What a batch, which is one transaction, has come to. */
struct store_import {
        const struct context *context;
        struct tx *tx;
        struct arena arena; /* of one row; has room for a graph */
        int64_t *profiles;  /* those that were changed, which store_import_finish() sums up */
        size_t n_profiles, max_profiles;
        char problem[STORE_IMPORT_PROBLEM_MAX + 1]; /* why a row is refused, without a full stop */
};

/* Begins a batch, or begins it again. */
void store_import_begin(struct store_import *import, struct tx *tx);

/* Takes one row over: creator, slug and version name what it is, so it may come again and again.
 *
 * row       JSON object with the columns as members; `graph` may be an object or JSON text
 * returns   enum store_import_outcome; of STORE_IMPORT_REFUSED the reason is in import->problem, and nothing was written
 * errors    ERR_STORAGE, ERR_CONFLICT, ERR_NO_MEMORY, …: the batch must be undone
 */
_must_use_ int store_import_row(struct store_import *import, json_t *row);

/* Sums up, within the batch's transaction. */
_must_use_ int store_import_finish(struct store_import *import);
void store_import_done(struct store_import *import);
