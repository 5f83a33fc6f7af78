#include "agents/store/paging.h"

static int read_number(struct request *req, const char *name, const char *called, int64_t max, int64_t *ret) {
        const struct param *param = params_find(&req->query_params, str_of(name));
        uint64_t number = 0;

        if (!param)
                return 0;
        if (!str_to_uint(param->value, UINT32_MAX, &number) || number == 0)
                return request_refuse(req, ERR_INVALID_FIELD, "%s must be greater than 0", called);
        if (number > (uint64_t)max)
                return request_refuse(req, ERR_INVALID_FIELD, "%s must be at most %lld", called,
                                      (long long)max);
        *ret = (int64_t)number;
        return 0;
}

int store_paging_read(struct request *req, struct store_paging *ret) {
        int r;

        *ret = (struct store_paging){ .page = 1, .size = STORE_PAGE_SIZE };
        r = request_parse_query(req);
        if (r == 0)
                r = read_number(req, "page", "Page", INT32_MAX, &ret->page);
        return r < 0 ? r : read_number(req, "page_size", "Page size", STORE_PAGE_SIZE_MAX, &ret->size);
}
