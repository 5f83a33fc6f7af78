/* What the pages under /admin share. All of them but the one that asks for the password again are ACCESS_ELEVATED. */
#pragma once

#include <jansson.h>

#include "http/response.h"

/* Data of such a page: what form_data() gives, `person`, `nav`, and `notice` when the address says what was done (`?done=`).
 *
 * page   name of its entry in `nav`
 */
json_t *admin_data(struct request *req, const char *page);

enum {
        ADMIN_SEARCH_MAX = 200, /* bytes of what is looked for */
        ADMIN_PAGE = 50,        /* rows */
        ADMIN_SCAN = 20000,     /* rows that one page may look through; it may then be short, and go on */
        ADMIN_PATTERN_MAX = 2 * ADMIN_SEARCH_MAX + 2,
};

/* A parameter of the query as it is shown again: empty when it is absent, too long or no text. The query is parsed. */
struct str admin_query(struct request *req, const char *name, size_t max);

/* A pattern of LIKE … ESCAPE '!' for texts that hold what was typed, in lower case (ASCII).
 *
 * out   room for ADMIN_PATTERN_MAX bytes
 */
struct str admin_pattern(struct str typed, char out[ADMIN_PATTERN_MAX]);

/* The address of the next page of a list: `path` with the query's parameters of these names, and `before`. */
struct str admin_link(struct request *req, const char *path, const char *const *names, struct str before);
