/* The guides of docs/ as pages. Their HTML is made when the program is built (scripts/guides.py); the frame around it, the
 * template `guide`, is rendered at first need. From then on the page is kept, compressed: it is the same for everybody. */
#pragma once

#include <jansson.h>

#include "http/response.h"

struct page_theme;

struct guide {
        struct str name;  /* "/oauth" of /docs/oauth; "" of the index */
        struct str title; /* text */
        struct str html;  /* what follows the heading */
};

extern const struct guide guides[];
extern const size_t guides_count;

/* Pages that were rendered, of one theme. */
struct guide_pages;

/* NULL when memory is short. */
struct guide_pages *guide_pages_new(void);

/* Safe on NULL; returns NULL. */
struct guide_pages *guide_pages_free(struct guide_pages *pages);

/* The way to the guides: a list of `url`, `label` and `current`.
 *
 * here   the one that is shown; NULL for another page */
json_t *guide_nav(const struct guide *here);

/* Answers with a guide, or 304 to who holds it already. Any thread.
 *
 * name              "oauth"; "" for the index
 * accept_encoding   the field's value, or STR_NULL
 * if_none_match     likewise
 * errors            ERR_NOT_FOUND, ERR_NO_MEMORY, ERR_INTERNAL (an operator's template does not show the guide)
 */
_must_use_ int page_guide(const struct page_theme *theme, struct str name, struct str accept_encoding,
                          struct str if_none_match, struct response *res);
