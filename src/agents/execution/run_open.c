/* An execution is taken up: its graph is made, and what was stored of it is put back. */
#include <stdio.h>

#include "agents/execution/engine_int.h"
#include "agents/graph/credentials.h"
#include "agents/value/value.h"
#include "base/errors.h"

struct fetching {
        struct run *run;
        struct str id;
        int64_t version;
        struct graph_source source;
};

static int fetch(struct tx *tx, void *data) {
        struct fetching *f = data;

        graph_source_done(&f->source);
        return graph_fetch(tx, f->run->engine->context->graphs, str_of(f->run->owner_id), f->id, f->version,
                           &f->source);
}

static int open_source(struct run *run, struct graph_source *source, struct graph **ret) {
        struct graph_problems problems = { 0 };
        int r;

        r = graph_open(source, run->engine->context->graphs, ret, &problems);
        graph_problems_end(&problems);
        return r;
}

/* The graphs of agents within it: they are of whoever made it, as for one that was taken from the store. */
static int load_agent(void *data, struct str graph_id, int64_t version, struct graph **ret) {
        struct run *run = data;
        struct fetching f = { .run = run, .id = graph_id, .version = version };
        int r;

        r = database_write_now(run->engine->context->database, fetch, &f);
        if (r >= 0)
                r = open_source(run, &f.source, ret);
        graph_source_done(&f.source);
        return r;
}

static int say(struct run *run, int r, const char *what) {
        (void)snprintf(run->problem, sizeof(run->problem), "Graph #%s %s", run->work->graph_id, what);
        return r;
}

static int place_credentials(struct run *run, const struct graph *graph, json_t **ret) {
        char problem[VALUE_PROBLEM_MAX];
        json_auto_t *given = NULL;

        if (value_parse(str_of(run->work->credentials), false, &given, problem) < 0)
                return -ERR_INTERNAL;
        return graph_credentials_place(graph, given, ret);
}

static int open_executor(struct run *run) {
        const struct settings *settings = run->engine->context->settings;
        struct executor_config config = {
                .limits = { .steps = settings->execution_steps,
                            .bytes = (size_t)settings->execution_megabytes << 20 },
                .load = load_agent,
                .data = run,
        };
        struct graph *graph = NULL;
        int r = run->work->found;

        if (r < 0)
                return say(run, r, "not found.");
        memcpy(run->owner_id, run->work->source.owner_id, sizeof(run->owner_id));
        r = open_source(run, &run->work->source, &graph);
        if (r == -ERR_GRAPH)
                return say(run, r, "cannot be run any more.");
        if (r < 0)
                return r;
        r = place_credentials(run, graph, &config.given);
        if (r == 0)
                r = executor_new(graph, &config, &run->executor);
        json_decref(config.given);
        (void)graph_unref(graph);
        return r;
}

static int begin(struct run *run) {
        char problem[VALUE_PROBLEM_MAX];
        json_auto_t *inputs = NULL;
        int r;

        r = value_parse(str_of(run->work->inputs), false, &inputs, problem);
        return r < 0 ? -ERR_INTERNAL : executor_begin(run->executor, inputs);
}

static int answer(struct run *run, const struct execution_answer *answer) {
        int r;

        r = executor_review(run->executor, answer->number,
                            json_is_true(json_object_get(answer->review, "approved")),
                            json_object_get(answer->review, "data"),
                            value_str(json_object_get(answer->review, "message")));
        return r == -ERR_NOT_FOUND ? 0 : r;
}

static int restore(struct run *run) {
        struct execution_rows rows = { 0 };
        int r;

        r = execution_rows_load(run->engine->context->database, str_of(run->work->id), &rows);
        if (r < 0)
                return r;
        r = rows.n > 0 ? executor_restore(run->executor, rows.records, rows.n) : begin(run);
        if (r == -ERR_STORAGE)
                r = -ERR_INTERNAL; /* it won't go better the next time */
        for (size_t i = 0; i < rows.n_answers && r == 0; i++)
                r = answer(run, &rows.answers[i]);
        execution_rows_done(&rows);
        return r;
}

int run_open(struct run *run) {
        int r;

        run->opened_ms = run->stored_ms = clock_monotonic_ms();
        r = open_executor(run);
        if (r < 0)
                return r;
        return run->work->changes == 0 ? begin(run) : restore(run);
}
