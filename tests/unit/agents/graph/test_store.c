#include "agents/graph/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../support/fixture.h"
#include "graph_fixture.h"

#define DOCUMENT(input)                                                                                  \
        "{'id': 'old', 'name': 'N', 'description': 'D', 'nodes': [{'id': 's', 'block_id': "              \
        "'StoreValueBlock', "                                                                            \
        "'input_default': {'input': " input "}}, {'id': 'c', 'block_id': 'CalculatorBlock'}], 'links': " \
        "[{'source_id': 's', 'source_name': 'output', 'sink_id': 'c', 'sink_name': 'a'}]}"

/* One graph on its way through storage. */
struct state {
        struct fixture f;
        struct arena arena;
        struct graph_draft draft;
        struct graph_version_row row;
        struct graph_cache *cache;
        struct graph *graph;
        struct str user, id;
        int64_t version;
};

static void begin(struct state *s) {
        memset(s, 0, sizeof(*s));
        fixture_init(&s->f);
        arena_init(&s->arena, 2 * GRAPH_ANSWER_MAX);
        s->user = STR("person");
        s->cache = graph_cache_new(1024 * 1024);
        assert_non_null(s->cache);
}

static void end(struct state *s) {
        graph_unref(s->graph);
        graph_cache_free(s->cache);
        arena_done(&s->arena);
        fixture_done(&s->f);
}

static void make_draft(struct state *s, const char *document, struct str id, int64_t version) {
        const struct graph_author author = {
                .context = &s->f.context, .user_id = s->user, .id = id, .version = version
        };
        char problem[GRAPH_MESSAGE_MAX + 1] = "";
        struct graph_problems problems = { 0 };
        json_t *value = graph_fixture_parse(document);

        assert_int_equal(graph_draft_new(&author, &s->arena, value, &s->draft, &problems, problem), 0);
        json_decref(value);
}

static int store_new(struct tx *tx, void *data) {
        struct state *s = data;

        return graph_store_new(tx, &s->f.context, s->user, &s->draft, &s->row);
}

static int store_next(struct tx *tx, void *data) {
        struct state *s = data;

        return graph_store_next(tx, &s->f.context, s->user, &s->draft, &s->row);
}

static int load(struct tx *tx, void *data) {
        struct graph_problems problems = { 0 };
        struct state *s = data;
        int r;

        s->graph = graph_unref(s->graph);
        r = graph_load(tx, s->cache, s->user, s->id, s->version, &s->graph, &problems);
        graph_problems_end(&problems);
        return r;
}

static void store(struct state *s, const char *document) {
        make_draft(s, document, STR_NULL, 0);
        assert_int_equal(fixture_write(&s->f, store_new, s), 0);
        s->id = s->row.graph_id;
        s->version = 0;
}

static void what_was_stored_is_loaded_as_the_same_graph(void **state) {
        struct state s;

        begin(&s);
        store(&s, DOCUMENT("5"));
        assert_int_equal(s.row.created_at, FIXTURE_START);
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        assert_string_equal(s.graph->id, s.id.ptr);
        assert_string_equal(s.graph->name, "N");
        assert_string_equal(s.graph->description, "D");
        assert_int_equal(s.graph->version, 1);
        assert_int_equal(s.graph->n_nodes, 2);
        assert_int_equal(json_integer_value(json_object_get(s.graph->nodes[0].input_default, "input")), 5);
        assert_true(s.graph->links[0].is_static);
        assert_ptr_equal(s.graph->links[0].source, &s.graph->nodes[0]);
        assert_true(id_is_uuid(str_of(s.graph->nodes[0].id)));
        assert_null(
                json_object_get(json_array_get(json_object_get(s.graph->body, "nodes"), 0), "output_links"));
        end(&s);
}

static void a_version_is_one_graph_in_memory(void **state) {
        struct graph *first;
        struct state s;

        begin(&s);
        store(&s, DOCUMENT("5"));
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        first = graph_ref(s.graph);
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        assert_ptr_equal(s.graph, first);
        graph_unref(first);
        end(&s);
}

static void versions_follow_one_another(void **state) {
        struct state s;
        struct str id;

        begin(&s);
        store(&s, DOCUMENT("1"));
        id = s.id;
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        make_draft(&s, "{'name': 'M', 'description': '', 'is_active': false}", id, 2);
        assert_int_equal(fixture_write(&s.f, store_next, &s), 0);
        assert_int_equal(fixture_write(&s.f, store_next, &s), -ERR_GRAPH_CHANGED); /* 2 is there by now */
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        assert_int_equal(s.graph->version, 1);
        s.version = 2;
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        assert_string_equal(s.graph->name, "M");
        make_draft(&s, "{'name': 'O', 'description': ''}", id, 3);
        assert_int_equal(fixture_write(&s.f, store_next, &s), 0);
        s.version = 0;
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        assert_int_equal(s.graph->version, 3);
        end(&s);
}

static int delete_it(struct tx *tx, void *data) {
        struct state *s = data;

        return db_graph_delete(tx, s->id, s->user, FIXTURE_START);
}

static void others_and_deleted_graphs_are_unknown_though_they_are_in_memory(void **state) {
        struct state s;

        begin(&s);
        store(&s, DOCUMENT("5"));
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        s.user = STR("another");
        assert_int_equal(fixture_write(&s.f, load, &s), -ERR_NOT_FOUND);
        assert_int_equal(fixture_write(&s.f, delete_it, &s), 0);
        s.user = STR("person");
        assert_int_equal(fixture_write(&s.f, load, &s), 0);
        s.version = 2;
        assert_int_equal(fixture_write(&s.f, load, &s), -ERR_NOT_FOUND);
        s.version = 1;
        assert_int_equal(fixture_write(&s.f, delete_it, &s), 1);
        assert_int_equal(fixture_write(&s.f, load, &s), -ERR_NOT_FOUND);
        end(&s);
}

static int without_block(struct tx *tx, void *data) {
        struct state *s = data;

        return db_graph_version_insert(tx, 1, s->id, 2, 0, STR("{\"name\":\"x\"}"),
                                       STR("{\"nodes\":[{\"id\":\"a\",\"block_id\":\"gone\"}]}"),
                                       FIXTURE_START);
}

static void a_graph_whose_block_is_gone_is_told_so(void **state) {
        struct state s;

        begin(&s);
        store(&s, DOCUMENT("5"));
        assert_int_equal(fixture_write(&s.f, without_block, &s), 1);
        s.version = 2;
        assert_int_equal(fixture_write(&s.f, load, &s), -ERR_GRAPH);
        end(&s);
}

static void the_cache_lets_go_of_what_was_not_used_for_longest(void **state) {
        struct graph_cache *cache = graph_cache_new(1000);
        struct graph *graph = graph_fixture_new("{}"), *found;

        for (int64_t row = 1; row <= 3; row++)
                graph_cache_keep(cache, row, graph, 300);
        found = graph_cache_find(cache, 1);
        assert_ptr_equal(found, graph);
        graph_unref(found);
        graph_cache_keep(cache, 4, graph, 300);
        assert_null(graph_cache_find(cache, 2));
        for (int64_t row = 1; row <= 4; row++)
                if (row != 2) {
                        found = graph_cache_find(cache, row);
                        assert_ptr_equal(found, graph);
                        graph_unref(found);
                }
        graph_cache_keep(cache, 5, graph, 1001);
        assert_null(graph_cache_find(cache, 5));
        graph_cache_keep(cache, 6, graph, 1000);
        assert_null(graph_cache_find(cache, 4));
        graph_cache_free(cache);

        cache = graph_cache_new(1024 * 1024);
        for (int64_t row = 1; row <= GRAPH_CACHE_ENTRIES + 1; row++)
                graph_cache_keep(cache, row, graph, 1);
        assert_null(graph_cache_find(cache, 1));
        graph_cache_free(cache);
        assert_int_equal(atomic_load(&graph->references), 1);
        graph_unref(graph);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_was_stored_is_loaded_as_the_same_graph),
                cmocka_unit_test(a_version_is_one_graph_in_memory),
                cmocka_unit_test(versions_follow_one_another),
                cmocka_unit_test(others_and_deleted_graphs_are_unknown_though_they_are_in_memory),
                cmocka_unit_test(a_graph_whose_block_is_gone_is_told_so),
                cmocka_unit_test(the_cache_lets_go_of_what_was_not_used_for_longest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
