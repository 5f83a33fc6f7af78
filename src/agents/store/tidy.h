/* The store's index, kept quick to search. */
#pragma once

#include "db/database.h"

/* Makes one of the parts that the index has grown to, if there are several: each search looks into each of them. Many short
 * transactions, between which others write.
 *
 * errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int store_tidy(struct database *database);
