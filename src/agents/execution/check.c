#include "agents/execution/check.h"

#include "account/identity.h"
#include "agents/execution/credentials.h"
#include "agents/graph/credentials.h"
#include "agents/graph/store.h"
#include "agents/value/value.h"
#include "base/context.h"
#include "base/strbuf.h"
#include "db/database.h"

int execution_refuse_graph(struct request *req, struct str graph_id) {
        return request_refuse(req, ERR_GRAPH_NOT_FOUND, "Graph #" STR_FMT " not found.",
                              STR_ARG(str_first(graph_id, 100)));
}

/* What was given must be for something. */
static int check_given(struct request *req, const struct graph *graph, const json_t *given) {
        json_auto_t *schema = NULL;
        json_t *value;
        const char *key;
        int r;

        if (json_object_size(given) == 0)
                return 0;
        r = graph_credentials_schema(graph, &schema);
        if (r < 0)
                return r;
        json_object_foreach((json_t *)given, key, value) {
                if (!json_object_get(json_object_get(schema, "properties"), key))
                        return request_refuse_field(req, "credentials", "value_error",
                                                    "The agent takes no credentials %.100s", key);
        }
        return 0;
}

int execution_check_graph(struct request *req, const struct graph *graph, struct str text,
                          struct str credentials) {
        _cleanup_(graph_problems_end) struct graph_problems problems = { 0 };
        _cleanup_(strbuf_done) struct strbuf said = STRBUF_INIT(64 * 1024);
        json_auto_t *inputs = NULL, *given = NULL, *places = NULL;
        char problem[VALUE_PROBLEM_MAX];
        int r;

        r = value_parse(text, true, &inputs, problem);
        if (r == 0 && credentials.len)
                r = value_parse(credentials, false, &given, problem);
        if (r == 0)
                r = check_given(req, graph, given);
        if (r == 0)
                r = graph_credentials_place(graph, given, &places);
        if (r == 0)
                r = graph_check_inputs(graph, inputs, places, &problems);
        if (r < 0 && r != -ERR_GRAPH)
                return r;
        r = execution_check_credentials(req, graph, places, &problems);
        if (r < 0 || (problems.n == 0 && !problems.message[0]))
                return r;
        graph_problems_write(&problems, &said);
        return request_refuse(req, ERR_GRAPH, STR_FMT, STR_ARG(strbuf_str(&said)));
}

struct fetching {
        struct request *req;
        struct str graph_id;
        int64_t version;
        struct graph_source source;
};

static int fetch(struct tx *tx, void *data) {
        struct fetching *f = data;

        graph_source_done(&f->source);
        return graph_fetch(tx, f->req->context->graphs, f->req->identity->user_id, f->graph_id, f->version,
                           &f->source);
}

int execution_check(struct request *req, struct str graph_id, int64_t version, struct str inputs,
                    struct str credentials, int64_t *ret) {
        struct fetching f = { .req = req, .graph_id = graph_id, .version = version };
        struct graph_problems problems = { 0 };
        struct graph *graph = NULL;
        int r;

        r = database_read_now(req->context->database, fetch, &f);
        if (r >= 0)
                r = graph_open(&f.source, req->context->graphs, &graph, &problems);
        graph_problems_end(&problems);
        graph_source_done(&f.source);
        if (r == -ERR_NOT_FOUND)
                return execution_refuse_graph(req, graph_id);
        if (r == -ERR_GRAPH)
                return request_refuse(req, ERR_GRAPH, "Graph #" STR_FMT " cannot be run any more.",
                                      STR_ARG(str_first(graph_id, 100)));
        if (r < 0)
                return r;
        r = execution_check_graph(req, graph, inputs, credentials);
        if (r >= 0)
                *ret = graph->version;
        (void)graph_unref(graph);
        return r;
}
