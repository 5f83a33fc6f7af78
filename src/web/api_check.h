/* Whether routes and API documents say the same. */
#pragma once

#include "web/api_row.h"
#include "web/route.h"

/* What the documents say of a route; NULL if nothing.
 *
 * rows   in the order of paths, then of methods
 */
const struct api_row *api_row_find(const struct api_row *rows, size_t n, const struct route *route);

/* Holds the route table against the documents, in both directions: every route but pages and files is an operation of its
 * document and every operation is a route; security, scopes and the greatest body agree. What differs goes to the log, all
 * of it.
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int api_check(const struct api_row *rows, size_t n);
