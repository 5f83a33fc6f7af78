/* Pages of a list, as the query says: `page` and `page_size` (dialect: Store). */
#pragma once

#include "http/request.h"

enum { STORE_PAGE_SIZE = 20, STORE_PAGE_SIZE_MAX = 100 };

struct store_paging {
        int64_t page, size;
};

/* errors   ERR_INVALID_FIELD: "Page must be greater than 0" and the like, a text; those of request_parse_query() */
_must_use_ int store_paging_read(struct request *req, struct store_paging *ret);

static inline int64_t store_paging_offset(const struct store_paging *paging) {
        return (paging->page - 1) * paging->size;
}
