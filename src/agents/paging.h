/* Pages of a list, as the query says: `page` and `page_size` (dialect: Store). */
#pragma once

#include "base/json_write.h"
#include "http/request.h"

enum { PAGE_SIZE = 20, PAGE_SIZE_MAX = 100 };

struct paging {
        int64_t page, size;
};

/* errors   ERR_INVALID_FIELD: "Page must be greater than 0" and the like, a text; those of request_parse_query() */
_must_use_ int paging_read(struct request *req, struct paging *ret);

/* One number of the query, from 1 to max.
 *
 * called   how a refusal begins: "Page"
 * ret      stays as it is when the number is absent */
_must_use_ int paging_read_number(struct request *req, const char *name, const char *called, int64_t max,
                                  int64_t *ret);

static inline int64_t paging_offset(const struct paging *paging) {
        return (paging->page - 1) * paging->size;
}

/* The member `pagination` of a list's answer.
 *
 * total   items on all pages */
void paging_write(struct json_writer *w, const struct paging *paging, int64_t total);
