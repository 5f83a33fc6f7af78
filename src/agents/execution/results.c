/* What an execution came to (dialect: Results). */
#include "agents/execution/results.h"
#include "account/identity.h"
#include "agents/execution/handlers.h"
#include "agents/value/value.h"
#include "base/json_write.h"

enum {
        NODES_MAX = 1000,
        NODES_AT_ONCE = 50,
        MEMORY_MAX = 64 * 1024 * 1024, /* of rows on their way into an answer */
        NODES_BYTES_MAX =
                RESPONSE_BODY_MAX * 3 / 8, /* of JSON text; the outputs have at most half of an answer */
};

/* A node's input as it is told: the member `value` alone, if it has one. */
static void write_input(struct json_writer *w, struct str text) {
        json_auto_t *input = NULL;
        char problem[VALUE_PROBLEM_MAX];
        const json_t *value = NULL;

        if (str_contains(text, STR("\"value\":")) && value_parse(text, false, &input, problem) == 0)
                value = json_object_get(input, "value");
        if (value)
                value_write(w->out, value, VALUE_COMPACT);
        else
                strbuf_append(w->out, text);
        w->comma = true;
}

void execution_write_node(struct json_writer *w, const struct node_execution_row *row) {
        json_member_str(w, "node_id", row->node_id);
        json_key(w, "input");
        write_input(w, row->input.ptr ? row->input : row->pins.ptr ? row->pins : STR("{}"));
        json_key(w, "output");
        json_raw(w, row->output.ptr ? row->output : STR("{}"));
}

static int write_nodes(struct request *req, struct json_writer *w, struct str id) {
        _cleanup_(arena_done) struct arena arena;
        struct node_execution_place_row place;
        struct node_execution_row *rows = NULL;
        size_t n = 0, begun = w->out->len;
        int r;

        arena_init(&arena, MEMORY_MAX);
        r = db_node_executions_first(req->tx, &arena, id, NODES_MAX, &place);
        if (r < 0)
                return r;
        do {
                r = db_node_executions_top(req->tx, &arena, id, place.number, NODES_AT_ONCE, &rows, &n);
                if (r < 0)
                        return r;
                for (size_t i = 0; i < n && w->out->len - begun < NODES_BYTES_MAX; i++) {
                        json_object_begin(w);
                        execution_write_node(w, &rows[i]);
                        json_object_end(w);
                        place.number = rows[i].number + 1;
                }
                arena_reset(&arena);
        } while (n == NODES_AT_ONCE && w->out->len - begun < NODES_BYTES_MAX);
        return 0;
}

int handle_results(struct request *req, struct response *res) {
        _cleanup_(arena_done) struct arena arena;
        struct json_writer w = JSON_WRITER(&res->body);
        struct execution_row row;
        int r;

        arena_init(&arena, MEMORY_MAX);
        r = execution_of_path(req, &arena, &row);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "execution_id", row.id);
        json_member_str(&w, "status", row.status);
        json_key(&w, "nodes");
        json_array_begin(&w);
        r = write_nodes(req, &w, row.id);
        if (r < 0)
                return r;
        json_array_end(&w);
        json_key(&w, "output");
        if (row.outputs.ptr)
                json_raw(&w, row.outputs);
        else
                json_write_null(&w);
        json_object_end(&w);
        return 0;
}
