/* What agents keep for later runs, for one agent or for all of a person's (dialect: Blocks, data). */

#include "account/quota.h"
#include "agents/blocks/families.h"
#include "base/context.h"
#include "base/strbuf.h"
#include "db/database.h"
#include "db/statements.h"

enum {
        NAME_MAX_BYTES = 1000,
        VALUE_MAX_BYTES = 1024 * 1024, /* of JSON text */
        MEMORIES_MAX = 1000,           /* of one person */
        ARENA_MAX = VALUE_MAX_BYTES + 4096,
};

struct remembering {
        struct block_run *run;
        struct strbuf name, value;
        struct arena arena;
        struct agent_memory_row found;
        bool any;
};

static void remembering_done(struct remembering *m) {
        strbuf_done(&m->name);
        strbuf_done(&m->value);
        arena_done(&m->arena);
}

/* The Platform's names: "agent#{graph}#{key}", "global#{key}". */
static int name_memory(struct block_run *run, struct remembering *m) {
        struct str key = input_str(run, "key");

        if (!run->graph_id.ptr)
                return block_fail(run, "%s runs only within a graph", run->block->name);
        m->run = run;
        strbuf_init(&m->name, NAME_MAX_BYTES);
        strbuf_init(&m->value, VALUE_MAX_BYTES);
        arena_init(&m->arena, ARENA_MAX);
        if (str_eq(input_str(run, "scope"), STR("across_agents"))) {
                strbuf_append(&m->name, STR("global#"));
        } else {
                strbuf_append(&m->name, STR("agent#"));
                strbuf_append(&m->name, run->graph_id);
                strbuf_append_char(&m->name, '#');
        }
        strbuf_append(&m->name, key);
        if (m->name.failed)
                return block_fail(run, "The key is longer than %d bytes", NAME_MAX_BYTES - 50);
        return 0;
}

static int store(struct tx *tx, void *data) {
        struct remembering *m = data;
        const struct block_run *run = m->run;
        struct str name = strbuf_str(&m->name);
        struct agent_memory_count_row count = { 0 };
        int r;

        r = db_agent_memory_find(tx, &m->arena, run->user_id, name, &m->found);
        if (r == 0)
                r = db_agent_memory_count(tx, &m->arena, run->user_id, &count);
        if (r < 0)
                return r;
        if (count.n >= MEMORIES_MAX)
                return -ERR_TOO_LARGE;
        r = quota_check_storage(tx, run->context, &m->arena, run->user_id,
                                (int64_t)m->value.len - (int64_t)m->found.value.len);
        if (r < 0)
                return r;
        r = db_agent_memory_set(tx, run->user_id, name, strbuf_str(&m->value),
                                clock_now(run->context->clock));
        return r < 0 ? r : 0;
}

static int run_persist(struct block_run *run) {
        _cleanup_(remembering_done) struct remembering m = { 0 };
        int r;

        r = name_memory(run, &m);
        if (r < 0)
                return r;
        value_write(&m.value, input_value(run, "value"), VALUE_COMPACT);
        if (m.value.failed)
                return block_fail(run, "The value is longer than %d MiB as JSON", VALUE_MAX_BYTES >> 20);
        r = database_write_now(run->database, store, &m);
        if (r == -ERR_TOO_LARGE)
                return block_fail(run, "More than %d values are kept already", MEMORIES_MAX);
        if (r == -ERR_STORAGE_FULL)
                return block_fail(run, STR_FMT, STR_ARG(error_row(r)->text));
        return r < 0 ? r : block_yield(run, "value", json_incref(input_value(run, "value")));
}

static int find(struct tx *tx, void *data) {
        struct remembering *m = data;
        int r;

        r = db_agent_memory_find(tx, &m->arena, m->run->user_id, strbuf_str(&m->name), &m->found);
        m->any = r > 0;
        return r < 0 ? r : 0;
}

static int run_retrieve(struct block_run *run) {
        _cleanup_(remembering_done) struct remembering m = { 0 };
        char problem[VALUE_PROBLEM_MAX];
        json_t *value;
        int r;

        r = name_memory(run, &m);
        if (r == 0)
                r = database_write_now(run->database, find, &m);
        if (r < 0)
                return r;
        if (!m.any) {
                value = input_value(run, "default_value");
                return block_yield(run, "value", value ? json_incref(value) : json_null());
        }
        if (value_parse(m.found.value, false, &value, problem) < 0)
                return block_fail(run, "What was kept can't be read: %s", problem);
        return block_yield(run, "value", value);
}

#define SCOPE "{\"type\":\"string\",\"enum\":[\"within_agent\",\"across_agents\"]}"

static const struct block_field persist_inputs[] = {
        { "key", TYPE_STRING, NULL, "Under which name it is kept", FIELD_REQUIRED },
        { "value", TYPE_ANY, NULL, "What to keep", FIELD_REQUIRED },
        { "scope", SCOPE, "\"within_agent\"", "For this agent alone, or for all of the person's",
          FIELD_BASIC },
};

static const struct block_field retrieve_inputs[] = {
        { "key", TYPE_STRING, NULL, "Under which name it was kept", FIELD_REQUIRED },
        { "scope", SCOPE, "\"within_agent\"", "By this agent, or by any of the person's", FIELD_BASIC },
        { "default_value", TYPE_ANY, "null", "What to give when nothing was kept", FIELD_BASIC },
};

static const struct block_field value_outputs[] = {
        { "value", TYPE_ANY, NULL, "The value", 0 },
};

static const struct block blocks[] = {
        {
                .id = "1d055e55-a2b9-4547-8311-907d05b0304d",
                .name = "PersistInformationBlock",
                .description = "Keeps a value for later runs",
                .categories = CATEGORY_DATA,
                INPUTS(persist_inputs),
                OUTPUTS(value_outputs),
                .run = run_persist,
        },
        {
                .id = "d8710fc9-6e29-481e-a7d5-165eb16f8471",
                .name = "RetrieveInformationBlock",
                .description = "Gives a value that an earlier run has kept",
                .categories = CATEGORY_DATA,
                .static_output = true,
                INPUTS(retrieve_inputs),
                OUTPUTS(value_outputs),
                .run = run_retrieve,
        },
};

const struct block_family family_memory = BLOCK_FAMILY(blocks);
