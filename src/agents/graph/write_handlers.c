/* Making graphs and new versions of them. */
#include "account/audit.h"
#include "account/identity.h"
#include "account/quota.h"
#include "agents/graph/answer.h"
#include "agents/graph/handlers.h"
#include "agents/graph/store.h"
#include "base/log.h"

enum { MEMORY_MAX = GRAPH_ANSWER_MAX + REQUEST_ARENA_MAX }; /* bytes of a request with its draft */

/* What the steps of one request leave for one another. */
struct graph_sent {
        struct graph_author author;
        struct graph_draft draft;
};

static int admit(struct request *req, struct graph_sent **ret) {
        struct graph_sent *sent;

        req->step_data = sent = arena_new(&req->arena, struct graph_sent);
        if (!sent)
                return -ERR_NO_MEMORY;
        sent->author = (struct graph_author){ .context = req->context, .user_id = req->identity->user_id };
        *ret = sent;
        return STEP_NEXT;
}

int handle_graph_admit(struct request *req, struct response *res _unused_) {
        struct graph_sent *sent;

        return admit(req, &sent);
}

int handle_graph_admit_version(struct request *req, struct response *res _unused_) {
        struct str id = req->path_params[0];
        struct graph_version_row row;
        struct graph_sent *sent;
        int r;

        r = db_graph_version_find(req->tx, &req->arena, id, req->identity->user_id, 0, &row);
        if (r < 0)
                return r;
        if (r == 0)
                return request_refuse(req, ERR_GRAPH_NOT_FOUND, "Graph #" STR_FMT " not found.",
                                      STR_ARG(str_first(id, 100)));
        if (row.parent_id.len)
                return -ERR_GRAPH_IS_PART;
        if (row.newest_version >= INT32_MAX)
                return request_refuse(req, ERR_GRAPH, "This graph has as many versions as there can be");
        r = admit(req, &sent);
        if (r < 0)
                return r;
        sent->author.id = row.graph_id;
        sent->author.version = row.newest_version + 1;
        return r;
}

/* A document of the wrong shape is told by its member, as a 422; a graph that could not run in the Platform's words. */
static int refuse_graph(struct request *req, const struct graph_problems *problems) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(128 * 1024);

        if (problems->type)
                return request_refuse_field(req, problems->field, problems->type, "%s", problems->message);
        graph_problems_write(problems, &text);
        return text.failed ? -ERR_NO_MEMORY
                           : request_refuse(req, ERR_GRAPH, STR_FMT, STR_ARG(strbuf_str(&text)));
}

int handle_graph_prepare(struct request *req, struct response *res _unused_) {
        _cleanup_(graph_problems_end) struct graph_problems problems = { 0 };
        struct graph_sent *sent = req->step_data;
        char problem[GRAPH_MESSAGE_MAX + 1] = "";
        int r;

        request_allow(req, MEMORY_MAX);
        r = graph_draft_new(&sent->author, &req->arena, req->json, &sent->draft, &problems, problem);
        if (r == -ERR_GRAPH)
                return refuse_graph(req, &problems);
        if (problem[0])
                return request_refuse(req, (enum error) - r, "%s", problem);
        return r < 0 ? r : STEP_NEXT;
}

/* Graphs and versions that were made are answered as they are found later on. */
static int answer(struct request *req, struct response *res, int status,
                  const struct graph_version_row *row) {
        const struct graph_sent *sent = req->step_data;
        const struct graph_draft *draft = &sent->draft;
        struct json_writer w = JSON_WRITER(&res->body);
        struct graph_part_row *subs;
        size_t n = draft->n_parts - 1;

        subs = arena_alloc_array(&req->arena, n + 1, sizeof(*subs));
        if (!subs)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < n; i++) {
                const struct graph_part *part = &draft->parts[i + 1];

                subs[i] = (struct graph_part_row){ .graph_id = part->id,
                                                   .version = part->version,
                                                   .active_version = part->version,
                                                   .summary = part->summary,
                                                   .body = part->body };
        }
        LOG(LOG_INFO, "graph stored", LOG_STR("graph", row->graph_id), LOG_INT("version", row->version),
            LOG_STR("user", sent->author.user_id));
        response_begin(res, status, CONTENT_TYPE_JSON);
        response_no_store(res);
        graph_answer(&w, row, sent->author.user_id, draft->parts[0].body, subs, n);
        return 0;
}

/* What only storage can tell of a draft: whether what it runs is there, and whether there is room. */
static int check_stored(struct request *req, const struct graph_sent *sent) {
        _cleanup_(graph_problems_end) struct graph_problems problems = { 0 };
        int64_t bytes = 0;
        int r;

        r = graph_store_check_needs(req->tx, &req->arena, sent->author.user_id, &sent->draft, &problems);
        if (r == -ERR_GRAPH)
                return refuse_graph(req, &problems);
        if (r < 0)
                return r;
        for (size_t i = 0; i < sent->draft.n_parts; i++)
                bytes += (int64_t)(sent->draft.parts[i].summary.len + sent->draft.parts[i].body.len);
        return quota_check_storage(req->tx, req->context, &req->arena, sent->author.user_id, bytes);
}

int handle_graph_create(struct request *req, struct response *res) {
        const struct graph_sent *sent = req->step_data;
        struct graph_version_row row;
        int r;

        r = check_stored(req, sent);
        if (r < 0)
                return r;
        r = graph_store_new(req->tx, req->context, sent->author.user_id, &sent->draft, &row);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_GRAPH_CREATED, .subject = row.graph_id });
        return r < 0 ? r : answer(req, res, 201, &row);
}

int handle_graph_replace(struct request *req, struct response *res) {
        const struct graph_sent *sent = req->step_data;
        struct graph_version_row row;
        int r;

        r = check_stored(req, sent);
        if (r < 0)
                return r;
        r = graph_store_next(req->tx, req->context, sent->author.user_id, &sent->draft, &row);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_GRAPH_CHANGED, .subject = row.graph_id,
                                                .detail = arena_printf(&req->arena, "version %lld",
                                                                       (long long)row.version) });
        return r < 0 ? r : answer(req, res, 200, &row);
}
