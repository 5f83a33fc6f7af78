#include "graph_fixture.h"

#include <stdlib.h>

#include "base/errors.h"
#include "base/strbuf.h"

static json_t *json_of(const char *text) {
        char *copy = strdup(text);
        json_error_t problem;
        json_t *value;

        for (char *at = copy; *at; at++)
                if (*at == '\'')
                        *at = '"';
        value = json_loads(copy, JSON_DECODE_ANY, &problem);
        if (!value)
                print_error("%s at %d of %s\n", problem.text, problem.position, copy);
        assert_non_null(value);
        free(copy);
        return value;
}

static void name_blocks(json_t *document) {
        const struct block *const *all;
        json_t *node;
        size_t i, n;

        all = block_all(&n);
        json_array_foreach(json_object_get(document, "nodes"), i, node) {
                const char *name = json_string_value(json_object_get(node, "block_id"));

                for (size_t k = 0; name && k < n; k++)
                        if (strcmp(all[k]->name, name) == 0) {
                                json_object_set_new(node, "block_id", json_string(all[k]->id));
                                break;
                        }
        }
}

json_t *graph_fixture_parse(const char *text) {
        json_t *document = json_of(text);

        name_blocks(document);
        return document;
}

static char *told(struct graph_problems *problems) {
        struct strbuf out = STRBUF_INIT(1024 * 1024);
        char *text;

        graph_problems_write(problems, &out);
        assert_false(out.failed);
        assert_true(str_is_utf8(strbuf_str(&out)));
        text = strndup(out.ptr, out.len);
        strbuf_done(&out);
        graph_problems_end(problems);
        return text;
}

struct graph *graph_fixture_new(const char *text) {
        struct graph_problems problems = { 0 };
        json_t *document = graph_fixture_parse(text);
        struct graph *graph = NULL;
        int r;

        r = graph_new(document, &graph, &problems);
        if (r == -ERR_GRAPH) {
                char *said = told(&problems);

                print_error("%s\n", said);
                free(said);
        }
        assert_int_equal(r, 0);
        json_decref(document);
        return graph;
}

char *graph_fixture_refused(const char *text) {
        struct graph_problems problems = { 0 };
        json_t *document = graph_fixture_parse(text);
        struct graph *graph = NULL;

        assert_int_equal(graph_new(document, &graph, &problems), -ERR_GRAPH);
        assert_null(graph);
        json_decref(document);
        return told(&problems);
}

char *graph_fixture_lacks(const char *text, const char *inputs) {
        struct graph_problems problems = { 0 };
        struct graph *graph = graph_fixture_new(text);
        json_t *values = inputs ? json_of(inputs) : NULL;
        int r;

        r = graph_check_inputs(graph, values, NULL, &problems);
        json_decref(values);
        graph_unref(graph);
        if (r == 0)
                return NULL;
        assert_int_equal(r, -ERR_GRAPH);
        return told(&problems);
}
