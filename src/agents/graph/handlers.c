#include "agents/graph/handlers.h"

#include "account/audit.h"
#include "account/identity.h"
#include "agents/graph/answer.h"
#include "agents/graph/draft.h"
#include "agents/paging.h"
#include "base/log.h"

enum {
        ROWS_MAX = 2 * GRAPH_ANSWER_MAX, /* bytes of what one answer takes from storage */
};

static int refuse_unknown(struct request *req, struct str id) {
        return request_refuse(req, ERR_GRAPH_NOT_FOUND, "Graph #" STR_FMT " not found.",
                              STR_ARG(str_first(id, 100)));
}

/* {"graphs": [...], "pagination": {...}}, as the store's lists are. */
static void answer_page(struct request *req, struct response *res, const char *name,
                        const struct graph_version_row *rows, size_t n, const struct paging *paging,
                        int64_t total) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_key(&w, name);
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                graph_answer_summary(&w, &rows[i], req->identity->user_id);
        json_array_end(&w);
        paging_write(&w, paging, total);
        json_object_end(&w);
}

/* The newest version of each of the person's graphs; or, with an id, all versions of that one. */
static int list(struct request *req, struct response *res, struct str id) {
        _cleanup_(arena_done) struct arena arena;
        struct str user_id = req->identity->user_id;
        struct graph_version_row *rows;
        struct graph_count_row total;
        struct paging paging;
        int64_t skip;
        size_t n;
        int r;

        arena_init(&arena, ROWS_MAX);
        r = paging_read(req, &paging);
        if (r < 0)
                return r;
        skip = paging_offset(&paging);
        r = id.len ? db_graph_versions_count(req->tx, &arena, id, user_id, &total)
                   : db_graphs_count(req->tx, &arena, user_id, &total);
        if (r < 0)
                return r;
        if (id.len && total.n == 0)
                return refuse_unknown(req, id);
        r = id.len ? db_graph_versions_newest(req->tx, &arena, id, user_id, paging.size, skip, &rows, &n)
                   : db_graphs_newest(req->tx, &arena, user_id, paging.size, skip, &rows, &n);
        if (r < 0)
                return r;
        answer_page(req, res, id.len ? "versions" : "graphs", rows, n, &paging, total.n);
        return 0;
}

int handle_graphs(struct request *req, struct response *res) {
        return list(req, res, (struct str){ 0 });
}

int handle_graph_versions(struct request *req, struct response *res) {
        return list(req, res, req->path_params[0]);
}

int handle_graph(struct request *req, struct response *res) {
        _cleanup_(arena_done) struct arena arena;
        struct json_writer w = JSON_WRITER(&res->body);
        struct str id = req->path_params[0], user_id = req->identity->user_id;
        struct graph_version_row row;
        struct graph_body_row body;
        struct graph_part_row *parts;
        int64_t version = 0;
        size_t n_parts;
        int r;

        arena_init(&arena, ROWS_MAX);
        r = paging_read_number(req, "version", "Version", INT32_MAX, &version);
        if (r < 0)
                return r;
        r = db_graph_version_find(req->tx, &arena, id, user_id, version, &row);
        if (r <= 0)
                return r < 0 ? r : refuse_unknown(req, id);
        r = db_graph_body(req->tx, &arena, row.id, &body);
        if (r <= 0)
                return r < 0 ? r : refuse_unknown(req, id);
        r = db_graph_parts(req->tx, &arena, row.id, GRAPH_SUB_GRAPHS_MAX, &parts, &n_parts);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        graph_answer(&w, &row, user_id, body.body, parts, n_parts);
        return 0;
}

int handle_graph_delete(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct str id = req->path_params[0], user_id = req->identity->user_id;
        struct graph_version_row row;
        struct graph_count_row versions;
        struct store_count_row in_store;
        int r;

        r = db_graph_version_find(req->tx, &req->arena, id, user_id, 0, &row);
        if (r <= 0)
                return r < 0 ? r : refuse_unknown(req, id);
        if (row.parent_id.len)
                return -ERR_GRAPH_IS_PART;
        r = db_store_versions_of_graph(req->tx, &req->arena, id, &in_store);
        if (r < 0)
                return r;
        if (in_store.n > 0)
                return -ERR_GRAPH_IN_STORE;
        r = db_graph_versions_count(req->tx, &req->arena, id, user_id, &versions);
        if (r < 0)
                return r;
        r = db_graph_delete(req->tx, id, user_id, clock_now(req->context->clock));
        if (r <= 0)
                return r < 0 ? r : refuse_unknown(req, id);
        r = db_schedules_delete_of_graph(req->tx, user_id, id);
        if (r < 0)
                return r;
        r = db_library_agent_delete(req->tx, user_id, id);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_GRAPH_DELETED, .subject = row.graph_id });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "graph deleted", LOG_STR("graph", row.graph_id), LOG_STR("user", user_id));
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_int(&w, "version_counts", versions.n);
        json_object_end(&w);
        return 0;
}
