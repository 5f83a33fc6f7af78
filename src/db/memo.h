/* The newest row that a snapshot found by a text, kept for as long as the snapshot lasts: requests that share a snapshot
 * mostly look up the same app. Within one snapshot the same question has the same answer, so nothing can be stale.
 * Owned by its connection. */
#pragma once

#include "base/arena.h"
#include "db/driver_int.h"

enum { MEMO_MAX = 64 * 1024 }; /* bytes; a row that is larger is not kept */

void memo_init(struct db_memo *memo);

/* Forgets the row, at the end of a snapshot. */
void memo_forget(struct db_memo *memo);

/* Frees the memory. */
void memo_done(struct db_memo *memo);

/* Whether a statement's answers are kept: look-ups by one text. */
bool memo_serves(unsigned statement, const struct db_value *params);

/* 1 and the row, its strings on the arena, if it is the one kept; 0 if not.
 * errors   ERR_NO_MEMORY */
_must_use_ int memo_find(const struct db_memo *memo, struct arena *arena, unsigned statement,
                         const struct db_value *params, void *row);

/* Keeps a row that was found, in place of the one before. */
void memo_keep(struct db_memo *memo, unsigned statement, const struct db_value *params, const void *row);
