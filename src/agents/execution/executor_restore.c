/* Going on where an execution was cut off. */
#include <stdlib.h>

#include "agents/execution/executor_int.h"
#include "base/errors.h"

#define UNKNOWN_OUTCOME                                                                               \
        "The server ended while this block was at work: whether it did what it should is not known. " \
        "It was not run again."

/* Finds a graph's nodes by their ids. */
struct directory {
        const struct graph *graph;
        json_t *ids; /* id → index */
};

struct restoring {
        struct executor *x;
        struct directory *directories; /* of the frames' graphs */
        size_t n_directories;
        struct node_execution **queued; /* those that were queued, by `queued` */
        size_t n_queued;
};

static int directory_new(const struct graph *graph, struct directory *ret) {
        json_auto_t *ids = json_object();

        for (size_t i = 0; i < graph->n_nodes; i++)
                if (json_object_set_new(ids, graph->nodes[i].id, json_integer((json_int_t)i)) < 0)
                        return -ERR_NO_MEMORY;
        *ret = (struct directory){ graph, json_incref(ids) };
        return ids ? 0 : -ERR_NO_MEMORY;
}

static int find_node(struct restoring *s, const struct frame *frame, struct str id,
                     const struct graph_node **ret) {
        const struct graph *graph = frame->plan->graph;
        struct directory *directories, *d = NULL;
        json_t *index;
        int r;

        for (size_t i = 0; i < s->n_directories && !d; i++)
                if (s->directories[i].graph == graph)
                        d = &s->directories[i];
        if (!d) {
                directories = realloc(s->directories, (s->n_directories + 1) * sizeof(*directories));
                if (!directories)
                        return -ERR_NO_MEMORY;
                s->directories = directories;
                d = &directories[s->n_directories];
                r = directory_new(graph, d);
                if (r < 0)
                        return r;
                s->n_directories++;
        }
        index = json_object_getn(d->ids, id.ptr, id.len);
        if (!index)
                return -ERR_STORAGE;
        *ret = &graph->nodes[json_integer_value(index)];
        return 0;
}

static int find_frame(struct executor *x, int64_t parent, struct frame **ret) {
        struct node_execution *e;
        int r;

        if (parent == 0) {
                *ret = x->root;
                return 0;
        }
        if (parent < 0 || parent > x->steps)
                return -ERR_STORAGE;
        e = x->all[parent - 1];
        if (e->node->block->ui != BLOCK_UI_AGENT || !e->input)
                return -ERR_STORAGE;
        if (!e->child) {
                r = agent_open(x, e, &e->child);
                if (r < 0)
                        return r;
        }
        *ret = e->child;
        return e->child ? 0 : -ERR_STORAGE;
}

static void put_pins(struct node_execution *e, const json_t *pins) {
        const struct plan_node *plan = &e->frame->plan->nodes[e->node->index];

        for (size_t i = 0; i < plan->n_pins; i++) {
                e->pins[i] = json_incref(json_object_get(pins, plan->pins[i].name));
                if (e->pins[i] && plan->pins[i].is_static)
                        e->missing_static--;
                else if (e->pins[i])
                        e->missing--;
        }
}

static int restore_row(struct restoring *s, const struct node_execution_record *row) {
        const struct graph_node *node = NULL;
        struct node_execution *e;
        struct frame *frame;
        json_t *values;
        const char *name;
        int r;

        r = find_frame(s->x, row->parent, &frame);
        if (r == 0)
                r = find_node(s, frame, row->node_id, &node);
        if (r == 0)
                r = node_execution_new(frame, node, &e);
        if (r < 0)
                return r;
        if (e->number != row->number)
                return -ERR_STORAGE;
        e->status = row->status;
        e->queued = row->queued;
        e->input = json_incref(row->input);
        e->output = json_incref(row->output);
        json_object_foreach(e->output, name, values) e->n_outputs += json_array_size(values);
        put_pins(e, row->pins);
        if ((e->input && executor_count_bytes(s->x, e->input) < 0) ||
            (e->output && executor_count_bytes(s->x, e->output) < 0))
                return -ERR_TOO_LARGE;
        if (e->queued > 0)
                s->queued[s->n_queued++] = e;
        else
                node_state_add_incomplete(e);
        return 0;
}

static int by_queue(const void *a, const void *b) {
        const struct node_execution *const *first = a, *const *second = b;

        return ((*first)->queued > (*second)->queued) - ((*first)->queued < (*second)->queued);
}

/* What was running begins anew. */
static int begin_again(struct executor *x, struct node_execution *e) {
        if (e->node->block->ui == BLOCK_UI_AGENT && e->child)
                return 0; /* as far as what is in it */
        if (e->node->block->acts)
                return executor_end(x, e, UNKNOWN_OUTCOME);
        e->status = EXECUTION_QUEUED;
        e->repeats = e->n_outputs;
        executor_changed(x, e);
        executor_push(x, e);
        return 0;
}

/* Puts one that was queued into its lists. */
static int take_up(struct executor *x, struct node_execution *e) {
        struct frame *frame = e->frame;
        int r;

        x->queued = MAX_OF(x->queued, e->queued);
        r = frame_note_output(e);
        if (r < 0)
                return r;
        if (e->status == EXECUTION_REVIEW) {
                frame->reviewing++;
                x->reviewing++;
                return 0;
        }
        if (e->status != EXECUTION_FAILED && e->status != EXECUTION_TERMINATED)
                node_state_add_newest(e);
        if (execution_status_ended(e->status))
                return 0;
        frame_count(frame, 1);
        if (e->status == EXECUTION_QUEUED)
                executor_push(x, e);
        return 0;
}

static int restore(struct restoring *s, const struct node_execution_record *rows, size_t n) {
        struct executor *x = s->x;
        int r;

        for (size_t i = 0; i < n; i++) {
                r = restore_row(s, &rows[i]);
                if (r < 0)
                        return r;
        }
        while (executor_take_changed(x))
                ; /* all is stored as it is */
        if (s->n_queued > 1)
                qsort(s->queued, s->n_queued, sizeof(s->queued[0]), by_queue);
        for (size_t i = 0; i < s->n_queued; i++) {
                r = take_up(x, s->queued[i]);
                if (r < 0)
                        return r;
        }
        for (struct frame *f = x->frames; f; f = f->next) {
                if (f->parent && execution_status_ended(f->parent->status)) {
                        f->settled = true;
                        x->open--;
                }
                frame_resume(f);
        }
        for (struct frame *f = x->frames; f; f = f->next) {
                r = frame_pass_on(f); /* what a version that did so at their end had not passed on */
                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < s->n_queued; i++) {
                r = s->queued[i]->status == EXECUTION_RUNNING ? begin_again(x, s->queued[i]) : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

int executor_restore(struct executor *x, const struct node_execution_record *rows, size_t n) {
        struct restoring s = { .x = x, .queued = calloc(n + 1, sizeof(s.queued[0])) };
        int r;

        r = s.queued ? restore(&s, rows, n) : -ERR_NO_MEMORY;
        for (size_t i = 0; i < s.n_directories; i++)
                json_decref(s.directories[i].ids);
        free(s.directories);
        free(s.queued);
        return r;
}
