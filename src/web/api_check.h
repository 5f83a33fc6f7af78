/* Whether routes and API documents say the same. */
#pragma once

#include <jansson.h>

#include "web/route.h"

/* What a document says of a route: its operation; NULL if nothing. */
json_t *api_find(json_t *document, const struct route *route);

/* Holds the route table against the documents, in both directions: every route but pages and files is an operation of one
 * document and every operation is a route; security, scopes and the greatest body agree. What differs goes to the log, all
 * of it.
 * errors   ERR_SCHEMA */
_must_use_ int api_check(json_t *external, json_t *others);
