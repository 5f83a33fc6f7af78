#include "agents/execution/handlers.h"

#include "account/audit.h"
#include "account/identity.h"
#include "agents/body.h"
#include "agents/execution/check.h"
#include "agents/execution/engine.h"
#include "agents/execution/store.h"
#include "agents/value/value.h"
#include "base/json_write.h"
#include "db/statements.h"

/* What the steps of one request leave for one another. */
struct execute {
        int64_t version;
        struct str inputs; /* JSON text of an object */
        char id[EXECUTION_ID_LENGTH + 1];
};

enum { NODES_CHECKED_AT_ONCE = 1000 }; /* of a graph that is in memory; more are checked on the crew */

/* The member node_input of the body, which may be left out as a whole. */
static int read_inputs(struct request *req, struct str *ret) {
        json_auto_t *body = NULL;
        int r;

        *ret = STR("{}");
        if (req->body_kind == BODY_NONE)
                return 0;
        r = body_read(req, &body);
        return r < 0 ? r : body_object(req, body, "node_input", EXECUTION_INPUTS_MAX, ret);
}

int handle_execute(struct request *req, struct response *res _unused_) {
        struct execute *e = arena_new(&req->arena, struct execute);
        struct graph_source source = { 0 };
        uint64_t version;
        int r;

        req->step_data = e;
        if (!e)
                return -ERR_NO_MEMORY;
        if (!str_to_uint(req->path_params[1], INT32_MAX, &version) || version == 0)
                return request_refuse_field(req, "graph_version", "int_parsing",
                                            "Input should be a valid integer, greater than 0");
        e->version = (int64_t)version;
        r = read_inputs(req, &e->inputs);
        if (r < 0)
                return r;
        r = graph_fetch(req->tx, req->context->graphs, req->identity->user_id, req->path_params[0],
                        e->version, &source);
        if (r == -ERR_NOT_FOUND)
                return execution_refuse_graph(req, req->path_params[0]);
        if (r < 0)
                return r;
        if (source.graph && source.graph->n_nodes <= NODES_CHECKED_AT_ONCE) {
                r = execution_check_graph(req, source.graph, e->inputs, STR(""));
                graph_source_done(&source);
                return r < 0 ? r : STEP_SKIP;
        }
        graph_source_done(&source);
        return STEP_NEXT;
}

int handle_execute_check(struct request *req, struct response *res _unused_) {
        const struct execute *e = req->step_data;
        int64_t version;
        int r;

        r = execution_check(req, req->path_params[0], e->version, e->inputs, STR(""), &version);
        return r < 0 ? r : STEP_NEXT;
}

int handle_execute_queue(struct request *req, struct response *res _unused_) {
        struct execute *e = req->step_data;
        const struct execution_new new = { .user_id = req->identity->user_id,
                                           .graph_id = req->path_params[0],
                                           .version = e->version,
                                           .inputs = e->inputs };
        int r;

        r = execution_create(req->tx, req->context, &req->arena, &new, e->id);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_EXECUTION_STARTED, .subject = str_of(e->id),
                                                .detail = req->path_params[0] });
        return r < 0 ? r : STEP_NEXT;
}

int handle_execute_answer(struct request *req, struct response *res) {
        const struct execute *e = req->step_data;
        struct json_writer w = JSON_WRITER(&res->body);

        engine_wake(req->context->engine);
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "id", str_of(e->id));
        json_object_end(&w);
        return 0;
}

int execution_of_path(struct request *req, struct arena *arena, struct execution_row *ret) {
        struct str graph_id = req->path_params[0], id = req->path_params[1];
        struct graph_version_row graph;
        int r;

        r = db_execution_find(req->tx, arena, id, req->identity->user_id, graph_id, ret);
        if (r != 0)
                return r < 0 ? r : 0;
        r = db_graph_version_find(req->tx, arena, graph_id, req->identity->user_id, 0, &graph);
        if (r == 0)
                r = db_graph_version_taken(req->tx, arena, graph_id, req->identity->user_id, 0, &graph);
        if (r < 0)
                return r;
        if (r == 0)
                return execution_refuse_graph(req, graph_id);
        return request_refuse(req, ERR_EXECUTION_NOT_FOUND, "Graph execution #" STR_FMT " not found.",
                              STR_ARG(str_first(id, 100)));
}

/* --- stopping --- */

/* An execution and its status, for the step that answers. */
struct told {
        struct str id, status;
};

static int tell(struct request *req, struct str id, enum execution_status status) {
        struct told *told = arena_new(&req->arena, struct told);

        req->step_data = told;
        if (!told)
                return -ERR_NO_MEMORY;
        told->id = id;
        told->status = execution_status_name(status);
        return STEP_NEXT;
}

static int answer_told(struct request *req, struct response *res) {
        const struct told *told = req->step_data;
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "id", told->id);
        json_member_str(&w, "status", told->status);
        json_object_end(&w);
        return 0;
}

int handle_stop(struct request *req, struct response *res _unused_) {
        enum execution_status status = EXECUTION_FAILED;
        struct execution_row row;
        int r;

        r = execution_of_path(req, &req->arena, &row);
        if (r < 0)
                return r;
        if (!execution_status_find(row.status, &status))
                return -ERR_INTERNAL;
        if (execution_status_ended(status))
                return tell(req, row.id, status);
        r = db_execution_stop(req->tx, row.id, req->identity->user_id, req->path_params[0],
                              clock_now(req->context->clock));
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_EXECUTION_STOPPED, .subject = row.id,
                                                .detail = req->path_params[0] });
        if (r < 0)
                return r;
        r = db_execution_find(req->tx, &req->arena, row.id, req->identity->user_id, req->path_params[0],
                              &row);
        if (r <= 0 || !execution_status_find(row.status, &status))
                return r < 0 ? r : -ERR_INTERNAL;
        if (status == EXECUTION_TERMINATED) {
                r = db_node_executions_terminate(req->tx, row.id);
                if (r < 0)
                        return r;
        }
        return tell(req, row.id, status);
}

int handle_stop_answer(struct request *req, struct response *res) {
        const struct told *told = req->step_data;

        engine_stop_execution(req->context->engine, told->id);
        return answer_told(req, res);
}

/* --- a person's answer --- */

static int read_review(struct request *req, json_t **ret) {
        json_auto_t *body = NULL;
        struct str message;
        bool approved;
        int r;

        r = body_read(req, &body);
        if (r == 0)
                r = body_bool(req, body, "approved", &approved);
        if (r == 0)
                r = body_text(req, body, "message", false, EXECUTION_INPUTS_MAX, &message);
        if (r == 0)
                *ret = json_incref(body);
        return r;
}

static int refuse_review(struct request *req) {
        return request_refuse(req, ERR_REVIEW_NOT_FOUND,
                              "No review of node execution #" STR_FMT " is waited for.",
                              STR_ARG(str_first(req->path_params[2], 20)));
}

/* What is to be reviewed may say that it must be taken or left as it is. */
static int check_editable(struct request *req, struct str execution, int64_t number, const json_t *review) {
        struct node_execution_row *rows = NULL;
        json_auto_t *input = NULL;
        char problem[VALUE_PROBLEM_MAX];
        size_t n = 0;
        int r;

        r = db_node_executions_after(req->tx, &req->arena, execution, number - 1, 1, &rows, &n);
        if (r < 0)
                return r;
        if (n == 0 || rows[0].number != number)
                return refuse_review(req);
        if (!json_object_get(review, "data") || !rows[0].input.ptr)
                return 0;
        if (value_parse(rows[0].input, false, &input, problem) < 0)
                return -ERR_INTERNAL;
        if (json_is_false(json_object_get(input, "editable")))
                return request_refuse_field(req, "data", "value_error", "This data cannot be edited");
        return 0;
}

int handle_review(struct request *req, struct response *res _unused_) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(EXECUTION_INPUTS_MAX);
        struct execution_turn_row turn;
        json_auto_t *review = NULL;
        struct execution_row row;
        uint64_t number;
        int r;

        r = execution_of_path(req, &req->arena, &row);
        if (r < 0)
                return r;
        if (!str_to_uint(req->path_params[2], INT64_MAX, &number))
                return refuse_review(req);
        r = read_review(req, &review);
        if (r == 0)
                r = check_editable(req, row.id, (int64_t)number, review);
        if (r < 0)
                return r;
        value_write(&text, review, VALUE_COMPACT);
        if (text.failed)
                return -ERR_TOO_LARGE;
        r = db_node_execution_review(req->tx, row.id, (int64_t)number, strbuf_str(&text));
        if (r <= 0)
                return r < 0 ? r : refuse_review(req);
        r = audit(req, &(struct audit){ AUDIT_EXECUTION_REVIEWED, .subject = row.id,
                                        .detail = json_is_true(json_object_get(review, "approved"))
                                                          ? STR("approved")
                                                          : STR("refused") });
        if (r >= 0)
                r = db_execution_turn(req->tx, &req->arena, req->identity->user_id, &turn);
        if (r >= 0)
                r = db_execution_resume(req->tx, row.id, turn.turn);
        if (r >= 0)
                r = db_execution_find(req->tx, &req->arena, row.id, req->identity->user_id,
                                      req->path_params[0], &row);
        if (r <= 0)
                return r < 0 ? r : -ERR_INTERNAL;
        enum execution_status status = EXECUTION_QUEUED;

        return execution_status_find(row.status, &status) ? tell(req, row.id, status) : -ERR_INTERNAL;
}

int handle_review_answer(struct request *req, struct response *res) {
        engine_wake(req->context->engine);
        return answer_told(req, res);
}
