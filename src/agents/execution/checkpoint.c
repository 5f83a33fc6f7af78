/* What an execution has come to, on its way to storage. */
#include <stdlib.h>

#include "agents/execution/store.h"
#include "agents/store/listing.h"
#include "agents/value/value.h"
#include "base/errors.h"
#include "db/statements.h"

/* A value's place in the checkpoint's text; `end` 0 for none. */
struct span {
        size_t begin, end;
};

struct checkpoint_row {
        int64_t number, parent, queued;
        const char *node_id; /* of the graph, which lives as long as the executor */
        enum execution_status status;
        struct span pins, input, output;
};

enum { TEXT_MAX = 1 << 30 };

static void write_span(struct checkpoint *cp, const json_t *value, struct span *ret) {
        *ret = (struct span){ 0 };
        if (!value)
                return;
        ret->begin = cp->text.len;
        value_write(&cp->text, value, VALUE_COMPACT);
        ret->end = cp->text.len;
}

static int add(struct checkpoint *cp, const struct node_execution *e) {
        json_auto_t *pins = NULL;
        struct checkpoint_row *row;
        int r;

        if (cp->n == cp->max) {
                size_t max = cp->max ? cp->max * 2 : 8;
                struct checkpoint_row *rows = realloc(cp->rows, max * sizeof(*rows));

                if (!rows)
                        return -ERR_NO_MEMORY;
                cp->rows = rows;
                cp->max = max;
        }
        r = node_execution_pins(e, &pins);
        if (r < 0)
                return r;
        row = &cp->rows[cp->n++];
        *row = (struct checkpoint_row){
                .number = e->number,
                .parent = e->parent,
                .queued = e->queued,
                .status = e->status,
                .node_id = e->node->id,
        };
        write_span(cp, pins, &row->pins);
        write_span(cp, e->input, &row->input);
        write_span(cp, e->output, &row->output);
        return 0;
}

int checkpoint_take(struct checkpoint *checkpoint, struct executor *x) {
        struct node_execution *e;
        int r = 0;

        checkpoint->text.max = TEXT_MAX;
        checkpoint->steps = executor_steps(x);
        checkpoint->node_bytes = executor_bytes(x);
        while (r == 0 && (e = executor_take_changed(x)))
                r = add(checkpoint, e);
        return checkpoint->text.failed ? -ERR_NO_MEMORY : r;
}

int checkpoint_outputs(struct checkpoint *checkpoint, json_t *outputs) {
        checkpoint->has_outputs = true;
        checkpoint->outputs_begin = checkpoint->text.len;
        value_write(&checkpoint->text, outputs, VALUE_COMPACT);
        checkpoint->outputs_end = checkpoint->text.len;
        return checkpoint->text.failed ? -ERR_NO_MEMORY : 0;
}

static struct str text_of(const struct checkpoint *cp, struct span span) {
        return span.end ? str_n(cp->text.ptr + span.begin, span.end - span.begin) : STR_NULL;
}

int checkpoint_store(struct tx *tx, const struct checkpoint *checkpoint) {
        const struct checkpoint *cp = checkpoint;
        struct str id = str_of(cp->id);
        int r;

        r = db_execution_checkpoint(
                tx, id, cp->owner, execution_status_name(cp->status),
                cp->has_outputs ? str_n(cp->text.ptr + cp->outputs_begin, cp->outputs_end - cp->outputs_begin)
                                : STR_NULL,
                str_of(cp->problem), cp->steps, cp->ran_ms, cp->changes, cp->ended_at, cp->node_bytes);
        if (r == 0)
                return -ERR_CONFLICT;
        for (size_t i = 0; i < cp->n && r >= 0; i++) {
                const struct checkpoint_row *row = &cp->rows[i];

                r = db_node_execution_save(tx, id, row->number, row->parent, str_of(row->node_id),
                                           execution_status_name(row->status), row->queued,
                                           text_of(cp, row->pins), text_of(cp, row->input),
                                           text_of(cp, row->output), cp->changes);
        }
        if (r >= 0 && cp->ends_rows)
                r = db_node_executions_terminate(tx, id);
        if (r >= 0 && cp->status == EXECUTION_COMPLETED)
                r = store_run_count(tx, id);
        if (r >= 0 && cp->status == EXECUTION_REVIEW)
                r = db_execution_resume(tx, id, 0); /* somebody was quick, and has answered already */
        return r < 0 ? r : 0;
}

struct checkpoint *checkpoint_free(struct checkpoint *checkpoint) {
        if (!checkpoint)
                return NULL;
        free(checkpoint->rows);
        strbuf_done(&checkpoint->text);
        free(checkpoint);
        return NULL;
}
