/* Executions in storage, which is their queue as well: whoever has them at work is told by a lease.
 *
 * The queue is fair: an execution's turn lies behind that of the person's last one, and where the queue begins if there is none.
 * So however many one person has queued, another's first is among the next, and their second comes after everybody's first. */
#pragma once

#include "agents/execution/executor.h"
#include "agents/graph/store.h"
#include "base/context.h"
#include "base/strbuf.h"
#include "db/database.h"

enum {
        EXECUTION_ID_LENGTH = 36,       /* UUID */
        EXECUTION_INPUTS_MAX = 1 << 20, /* bytes of JSON text, which may be longer than what was sent */
        EXECUTION_OWNER_LENGTH = 32,    /* hex digits */
        EXECUTIONS_AT_ONCE = 32,        /* taken in one transaction */
};

struct execution_new {
        struct str user_id, graph_id;
        int64_t version;
        struct str inputs;      /* JSON object */
        struct str credentials; /* JSON object, as graph_credentials_place() takes them; empty for none */
};

/* Queues an execution.
 *
 * ret_id   EXECUTION_ID_LENGTH characters and NUL
 * errors   ERR_EXECUTIONS_MANY, ERR_STORAGE_FULL (nothing is changed), ERR_RANDOM, ERR_STORAGE
 */
_must_use_ int execution_create(struct tx *tx, const struct context *context, struct arena *arena,
                                const struct execution_new *new, char ret_id[EXECUTION_ID_LENGTH + 1]);

/* An execution that this process has the lease of. */
struct execution_work {
        struct execution_work *next;
        char id[EXECUTION_ID_LENGTH + 1];
        char user_id[ID_UUID_LENGTH + 1];
        char timezone[64];
        char graph_id[GRAPH_ID_LENGTH + 1];
        int64_t version, ran_ms, changes;
        bool is_stopped; /* or its person's account is disabled: it is to be ended */
        char *inputs, *credentials;
        struct graph_source source;
        int found; /* what graph_fetch() said */
};

struct execution_work *execution_work_free(struct execution_work *work);

struct execution_taking {
        struct str owner; /* who takes them: EXECUTION_OWNER_LENGTH hex digits, of this process alone */
        int64_t now, until;
        int64_t per_person; /* running at a time */
        size_t limit;
        bool take_over; /* those whose lease has run out, in place of the queue's */
};

/* Takes what is next.
 *
 * cache    of graphs
 * ret      a list, oldest first
 * errors   ERR_STORAGE, ERR_NO_MEMORY, ERR_BUSY
 */
_must_use_ int executions_take(struct database *database, struct graph_cache *cache,
                               const struct execution_taking *taking, struct execution_work **ret);

/* What a stored execution consists of, and a person's answers in it. */
struct execution_rows {
        struct node_execution_record *records; /* their texts stand on the arena */
        size_t n, max;
        struct execution_answer {
                int64_t number;
                json_t *review; /* {"approved": …, "data": …, "message": …} */
        } * answers;
        size_t n_answers;
        struct arena arena;
};

_must_use_ int execution_rows_load(struct database *database, struct str id, struct execution_rows *ret);
void execution_rows_done(struct execution_rows *rows);

/* What has changed since the last time, as text, ready to be stored by another thread. */
struct checkpoint {
        struct write_job job;
        void *data; /* its maker's */
        char id[EXECUTION_ID_LENGTH + 1];
        struct str owner;
        enum execution_status status;
        char problem[EXECUTOR_PROBLEM_MAX + 1];
        int64_t steps, ran_ms, changes, ended_at;
        int64_t node_bytes; /* that its nodes got and gave so far */
        bool ends_rows; /* node executions that have not ended are TERMINATED, those too that are not among the rows */
        bool has_outputs;
        size_t outputs_begin, outputs_end; /* in text */
        struct checkpoint_row *rows;
        size_t n, max;
        struct strbuf text;
};

/* Takes all changes of an executor.
 * errors   ERR_NO_MEMORY */
_must_use_ int checkpoint_take(struct checkpoint *checkpoint, struct executor *x);

/* Adds the execution's outputs. errors: ERR_NO_MEMORY */
_must_use_ int checkpoint_outputs(struct checkpoint *checkpoint, json_t *outputs);

/* errors   ERR_CONFLICT (another process has the lease now), ERR_STORAGE */
_must_use_ int checkpoint_store(struct tx *tx, const struct checkpoint *checkpoint);

struct checkpoint *checkpoint_free(struct checkpoint *checkpoint);
