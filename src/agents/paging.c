#include "agents/paging.h"

/* A number that is right but for its size; digits go on as long as they like. */
static bool is_large(struct str text) {
        for (size_t i = 0; i < text.len; i++)
                if (text.ptr[i] < '0' || text.ptr[i] > '9')
                        return false;
        return text.len > 0 && text.ptr[0] != '0';
}

int paging_read_number(struct request *req, const char *name, const char *called, int64_t max, int64_t *ret) {
        const struct param *param;
        uint64_t number = 0;
        int r;

        r = request_parse_query(req);
        if (r < 0)
                return r;
        param = params_find(&req->query_params, str_of(name));
        if (!param)
                return 0;
        if (str_to_uint(param->value, (uint64_t)max, &number) && number > 0) {
                *ret = (int64_t)number;
                return 0;
        }
        if (is_large(param->value))
                return request_refuse(req, ERR_INVALID_FIELD, "%s must be at most %lld", called,
                                      (long long)max);
        return request_refuse(req, ERR_INVALID_FIELD, "%s must be greater than 0", called);
}

int paging_read(struct request *req, struct paging *ret) {
        int r;

        *ret = (struct paging){ .page = 1, .size = PAGE_SIZE };
        r = paging_read_number(req, "page", "Page", INT32_MAX, &ret->page);
        return r < 0 ? r : paging_read_number(req, "page_size", "Page size", PAGE_SIZE_MAX, &ret->size);
}

void paging_write(struct json_writer *w, const struct paging *paging, int64_t total) {
        json_key(w, "pagination");
        json_object_begin(w);
        json_member_int(w, "total_items", total);
        json_member_int(w, "total_pages", (total + paging->size - 1) / paging->size);
        json_member_int(w, "current_page", paging->page);
        json_member_int(w, "page_size", paging->size);
        json_object_end(w);
}
