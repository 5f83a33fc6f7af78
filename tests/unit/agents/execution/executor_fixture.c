#include "executor_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/execution/executor_int.h"
#include "base/errors.h"
#include "base/strbuf.h"

enum { RUNNING_MAX = 16 };

void flow_init(struct flow *f) {
        *f = (struct flow){ json_array(), json_array(), 1 };
}

static const struct block *block_by_name(const char *name) {
        const struct block *const *all;
        size_t n;

        all = block_all(&n);
        for (size_t i = 0; i < n; i++)
                if (strcmp(all[i]->name, name) == 0)
                        return all[i];
        fail_msg("no block is called %s", name);
        return NULL;
}

void flow_node(struct flow *f, const char *id, const char *block, const char *input) {
        json_t *value = json_loads(input, 0, NULL);

        if (!value)
                fail_msg("no JSON: %s", input);
        assert_int_equal(
                json_array_append_new(f->nodes, json_pack("{s:s,s:s,s:o}", "id", id, "block_id",
                                                          block_by_name(block)->id, "input_default", value)),
                0);
}

static void add_link(struct flow *f, const char *from, const char *to, bool is_static) {
        const char *source = strchr(from, '.'), *sink = strchr(to, '.');
        char id[32];

        snprintf(id, sizeof(id), "link-%zu", json_array_size(f->links));
        assert_non_null(source);
        assert_non_null(sink);
        json_array_append_new(f->links,
                              json_pack("{s:s,s:s%,s:s,s:s%,s:s,s:b}", "id", id, "source_id", from,
                                        (int)(source - from), "source_name", source + 1, "sink_id", to,
                                        (int)(sink - to), "sink_name", sink + 1, "is_static", is_static));
}

void flow_link(struct flow *f, const char *from, const char *to) {
        add_link(f, from, to, false);
}

void flow_static_link(struct flow *f, const char *from, const char *to) {
        add_link(f, from, to, true);
}

struct graph *flow_graph(struct flow *f) {
        struct graph_problems problems = { 0 };
        struct strbuf text = STRBUF_INIT(10000);
        struct graph *graph = NULL;
        char id[GRAPH_ID_LENGTH + 1];
        json_t *body;

        snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012d", f->version);
        body = json_pack("{s:s,s:i,s:s,s:s,s:o,s:o}", "id", id, "version", f->version, "name", "Flow",
                         "description", "", "nodes", f->nodes, "links", f->links);
        if (graph_new(body, &graph, &problems) < 0) {
                graph_problems_write(&problems, &text);
                fail_msg(STR_FMT, STR_ARG(strbuf_str(&text)));
        }
        json_decref(body);
        return graph;
}

static int load(void *data, struct str graph_id _unused_, int64_t version, struct graph **ret) {
        const struct trial *t = data;

        if (version < 1 || (size_t)version > t->n_agents)
                return -ERR_NOT_FOUND;
        *ret = graph_ref(t->agents[version - 1]);
        return 0;
}

/* A linear congruential generator: the same seed, the same lots. */
static unsigned draw(struct trial *t, unsigned n) {
        if (t->seed == 0)
                return 0;
        t->lot = t->lot * 1103515245u + 12345u;
        return (t->lot >> 16) % n;
}

struct yielding {
        struct trial *trial;
        struct node_execution *execution;
};

static int take_yield(struct block_run *run, const char *name, json_t *value) {
        struct yielding *y = run->yield_data;

        return executor_yield(y->trial->x, y->execution, name, value);
}

static int run_one(struct trial *t, struct node_execution *e) {
        struct yielding y = { t, e };
        struct block_run run = { .block = e->node->block,
                                 .input = e->input,
                                 .graph_id = str_of(node_execution_graph(e)->id),
                                 .yield = take_yield,
                                 .yield_data = &y };
        int r;

        r = block_execute(&run);
        if (r < 0 && r != -ERR_BLOCK)
                return r;
        return executor_end(t->x, e, r < 0 ? run.message : NULL);
}

/* --- what a database would keep --- */

static json_t *texts_of(json_t *value) {
        char *text = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
        json_t *string = text ? json_string(text) : json_null();

        free(text);
        return string;
}

struct store {
        struct node_execution_record *rows;
        size_t n;
};

static struct store store;

static void keep_json(json_t **place, json_t *value) {
        json_t *string = texts_of(value);

        json_decref(*place);
        *place = json_is_null(string) ? NULL : json_loads(json_string_value(string), JSON_DECODE_ANY, NULL);
        json_decref(string);
}

static void store_changes(struct trial *t) {
        struct node_execution *e;
        json_t *pins;

        while ((e = executor_take_changed(t->x))) {
                struct node_execution_record *row;

                if ((size_t)e->number > store.n) {
                        store.rows = realloc(store.rows, (size_t)e->number * sizeof(*store.rows));
                        memset(store.rows + store.n, 0, ((size_t)e->number - store.n) * sizeof(*store.rows));
                        store.n = (size_t)e->number;
                }
                row = &store.rows[e->number - 1];
                row->number = e->number;
                row->parent = e->parent;
                row->queued = e->queued;
                row->status = e->status;
                row->node_id = str_of(e->node->id);
                pins = NULL;
                assert_int_equal(node_execution_pins(e, &pins), 0);
                keep_json(&row->pins, pins);
                json_decref(pins);
                keep_json(&row->input, e->input);
                keep_json(&row->output, e->output);
        }
}

static void store_end(void) {
        for (size_t i = 0; i < store.n; i++) {
                json_decref(store.rows[i].pins);
                json_decref(store.rows[i].input);
                json_decref(store.rows[i].output);
        }
        free(store.rows);
        store = (struct store){ 0 };
}

static void make(struct trial *t) {
        const struct executor_config config = {
                .limits = { t->limits.steps ? t->limits.steps : 1000000,
                            t->limits.bytes ? t->limits.bytes : 1u << 30 },
                .load = load,
                .data = t,
        };

        assert_int_equal(executor_new(t->graph, &config, &t->x), 0);
}

static void cut_off(struct trial *t) {
        t->cuts++;
        t->x = executor_free(t->x);
        make(t);
        t->result = executor_restore(t->x, store.rows, store.n);
}

/* Starts the next one, or ends one of those that run. */
static bool step(struct trial *t, struct node_execution **running, unsigned *n) {
        struct node_execution *e = NULL;
        unsigned which;

        if (*n < MAX_OF(t->parallel, 1u) && (*n == 0 || draw(t, 2) == 0)) {
                t->result = executor_next(t->x, &e);
                if (t->result < 0)
                        return false;
                if (e) {
                        executor_start(t->x, e);
                        running[(*n)++] = e;
                        return true;
                }
        }
        if (*n == 0)
                return false;
        which = draw(t, *n);
        e = running[which];
        running[which] = running[--*n];
        t->result = run_one(t, e);
        return t->result == 0;
}

void trial_go_on(struct trial *t) {
        struct node_execution *running[RUNNING_MAX];
        unsigned n = 0;

        assert_true(t->parallel <= RUNNING_MAX);
        while (step(t, running, &n)) {
                if (!t->cut || draw(t, t->cut) != 0)
                        continue;
                if (draw(t, 2))
                        store_changes(t);
                cut_off(t);
                n = 0;
                if (t->result < 0)
                        break;
        }
        store_changes(t);
}

void trial_run(struct trial *t, const char *inputs) {
        json_t *values = json_loads(inputs, 0, NULL);

        assert_non_null(values);
        t->lot = t->seed;
        make(t);
        t->result = executor_begin(t->x, values);
        json_decref(values);
        if (t->result < 0)
                return;
        store_changes(t);
        trial_go_on(t);
}

void trial_restore(struct trial *t, const struct node_execution_record *rows, size_t n) {
        make(t);
        assert_int_equal(executor_restore(t->x, rows, n), 0);
        trial_go_on(t);
}

void trial_end(struct trial *t) {
        t->x = executor_free(t->x);
        store_end();
}

char *trial_outputs(const struct trial *t) {
        json_t *outputs;
        char *text;

        assert_int_equal(executor_outputs(t->x, &outputs), 0);
        text = json_dumps(outputs, JSON_COMPACT);
        json_decref(outputs);
        return text;
}

const struct node_execution *trial_execution(const struct trial *t, const char *node, size_t n) {
        for (int64_t i = 0; i < t->x->steps; i++)
                if (strcmp(t->x->all[i]->node->id, node) == 0 && n-- == 0)
                        return t->x->all[i];
        return NULL;
}

void trial_statuses(const struct trial *t, const char *node, char *out, size_t size) {
        const struct node_execution *e;
        size_t len = 0;

        out[0] = '\0';
        for (size_t n = 0; (e = trial_execution(t, node, n)) && len < size; n++)
                len += (size_t)snprintf(out + len, size - len, "%s" STR_FMT, n ? " " : "",
                                        STR_ARG(execution_status_name(e->status)));
}
