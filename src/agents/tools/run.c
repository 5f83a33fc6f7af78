#include "account/audit.h"
#include "account/identity.h"
#include "account/user.h"
#include "agents/execution/check.h"
#include "agents/execution/engine.h"
#include "agents/graph/schema.h"
#include "agents/schedule/schedule.h"
#include "agents/tools/handlers.h"
#include "agents/tools/reply.h"
#include "agents/value/value.h"
#include "db/database.h"

/* One call, from step to step. */
struct run {
        struct str slug; /* "creator/name" */
        const json_t *inputs;
        struct str inputs_text;
        bool use_defaults;
        struct str schedule_name, cron, timezone; /* the first two empty where none is asked for */

        struct arena *arena;
        const struct context *context;
        struct str user_id;
        struct graph_source source;
        struct tool_agent agent;

        char problem[CRON_PROBLEM_MAX + 1]; /* of what can't be begun; empty: it was */
        char id[EXECUTION_ID_LENGTH + 1];   /* of the execution or the schedule */
        char library_id[ID_UUID_LENGTH + 1];
};

static bool is_scheduled(const struct run *run) {
        return run->schedule_name.len > 0 || run->cron.len > 0;
}

static int read_request(struct request *req, struct run *run) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(EXECUTION_INPUTS_MAX);
        struct str timezone = value_str(json_object_get(req->json, "timezone"));

        run->slug = str_trim(value_str(json_object_get(req->json, "username_agent_slug")));
        run->inputs = json_object_get(req->json, "inputs");
        run->use_defaults = json_is_true(json_object_get(req->json, "use_defaults"));
        run->schedule_name = str_trim(value_str(json_object_get(req->json, "schedule_name")));
        run->cron = str_trim(value_str(json_object_get(req->json, "cron")));
        run->timezone = timezone.len ? timezone : STR("UTC");
        if (!run->inputs || json_object_size(run->inputs) == 0) {
                run->inputs_text = STR("{}");
                return 0;
        }
        value_write(&text, run->inputs, VALUE_COMPACT);
        if (text.failed)
                return -ERR_TOO_LARGE;
        run->inputs_text = arena_copy(&req->arena, strbuf_str(&text));
        return run->inputs_text.ptr ? 0 : -ERR_NO_MEMORY;
}

/* Reads the listing and its graph. errors: ERR_NOT_FOUND */
static int fetch(struct tx *tx, void *data) {
        struct run *run = data;
        ptrdiff_t slash = str_find(run->slug, '/');
        int r;

        graph_source_done(&run->source);
        r = store_listing_find(tx, run->arena, str_first(run->slug, (size_t)slash),
                               str_from(run->slug, (size_t)slash + 1), &run->agent.card);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        r = store_listing_in_library(tx, run->arena, run->user_id, run->agent.card.graph_id);
        if (r < 0)
                return r;
        run->agent.in_library = r > 0;
        run->agent.graph_version = run->agent.card.graph_version;
        return store_listing_fetch(tx, run->context->graphs, &run->agent.card, &run->source);
}

static int meet_needs(struct tx *tx, void *data) {
        struct run *run = data;

        return tool_needs_meet(tx, run->arena, run->user_id, &run->agent.needs);
}

/* Names that the agent has no inputs for. */
static json_t *unknown_inputs(const struct run *run) {
        const json_t *properties = json_object_get(run->agent.schema, "properties");
        json_t *unknown = json_array(), *value;
        const char *name;

        json_object_foreach((json_t *)run->inputs, name, value) {
                if (!json_object_get(properties, name))
                        (void)json_array_append_new(unknown, json_string(name));
        }
        return unknown;
}

/* "a, b": inputs that are required and not given. */
static void lacking_inputs(const struct run *run, struct strbuf *out) {
        const json_t *name;
        size_t i;

        json_array_foreach(json_object_get(run->agent.schema, "required"), i, name) {
                const json_t *given = json_object_get(run->inputs, json_string_value(name));

                if (given && !json_is_null(given))
                        continue;
                if (out->len > 0)
                        strbuf_append(out, STR(", "));
                strbuf_append(out, value_str(name));
        }
}

/* What a schedule needs, beside an agent that can run. The reply's status; STEP_NEXT if all is well. */
static int check_schedule(struct request *req, struct response *res, struct run *run) {
        char problem[CRON_PROBLEM_MAX + 1];
        int64_t next;
        int r;

        if (run->schedule_name.len == 0)
                return tool_reply_error(req, res, "schedule_name is required for scheduled execution");
        if (run->cron.len == 0)
                return tool_reply_error(req, res, "cron expression is required for scheduled execution");
        if (str_utf8_length(run->schedule_name) > SCHEDULE_NAME_MAX || str_has_control(run->schedule_name))
                return tool_reply_error(
                        req, res, "schedule_name must have at most %d characters, without control characters",
                        SCHEDULE_NAME_MAX);
        if (run->inputs_text.len > SCHEDULE_INPUTS_MAX)
                return tool_reply_error(req, res, "The inputs of a schedule may have %d bytes as JSON",
                                        SCHEDULE_INPUTS_MAX);
        r = timezone_known(run->timezone) ? schedule_next(run->cron, run->timezone, 0, &next, problem)
                                          : -ERR_TIMEZONE;
        if (r == -ERR_CRON)
                return tool_reply_error(req, res, "Invalid cron expression: %s", problem);
        if (r == -ERR_TIMEZONE)
                return tool_reply_error(
                        req, res,
                        "timezone must be a name of the IANA time zone database, such as Europe/Paris");
        return r < 0 ? r : STEP_NEXT;
}

/* The decisions that need no more than the agent and what was sent, in the dialect's order. */
static int decide(struct request *req, struct response *res, struct run *run, const struct graph *graph) {
        _cleanup_(strbuf_done) struct strbuf lacking = STRBUF_INIT(64 * 1024);
        struct str name = str_first(run->agent.card.name, 200);
        json_auto_t *unknown = unknown_inputs(run);
        char message[1000];
        int r;

        if (json_array_size(unknown) > 0)
                return tool_reply_unknown_inputs(req, res, &run->agent, unknown);
        if (run->agent.needs.missing)
                return tool_reply_setup(req, res, &run->agent);
        if (json_object_size(json_object_get(run->agent.schema, "properties")) > 0 &&
            json_object_size(run->inputs) == 0 && !run->use_defaults) {
                (void)snprintf(
                        message, sizeof(message),
                        "Agent '" STR_FMT
                        "' takes inputs. Give their values, or use_defaults to run it with its defaults.",
                        STR_ARG(name));
                return tool_reply_details(req, res, &run->agent, str_of(message));
        }
        lacking_inputs(run, &lacking);
        if (lacking.len > 0) {
                (void)snprintf(message, sizeof(message),
                               "Agent '" STR_FMT "' is missing required inputs: " STR_FMT
                               ". Please provide these values to run the agent.",
                               STR_ARG(name), STR_ARG(str_first(strbuf_str(&lacking), 500)));
                return tool_reply_details(req, res, &run->agent, str_of(message));
        }
        r = is_scheduled(run) ? check_schedule(req, res, run) : STEP_NEXT;
        if (r != STEP_NEXT)
                return r;
        r = execution_check_graph(req, graph, run->inputs_text, STR(""));
        if (r == -ERR_GRAPH)
                return tool_reply_error(req, res, STR_FMT, STR_ARG(req->error_detail));
        return r < 0 ? r : STEP_NEXT;
}

static int decide_with_graph(struct request *req, struct response *res, struct run *run) {
        struct graph_problems problems = { 0 };
        struct graph *graph = NULL;
        int r;

        r = graph_open(&run->source, req->context->graphs, &graph, &problems);
        graph_problems_end(&problems);
        if (r == -ERR_GRAPH)
                return tool_reply_error(req, res, "Agent '" STR_FMT "' cannot be run any more",
                                        STR_ARG(str_first(run->slug, 200)));
        if (r == 0)
                r = graph_schema(graph, BLOCK_UI_INPUT, &run->agent.schema);
        if (r == 0)
                r = tool_needs_find(graph, &run->agent.needs);
        if (r == 0 && run->agent.needs.n > 0)
                r = database_read_now(req->context->database, meet_needs, run);
        if (r == 0)
                r = decide(req, res, run, graph);
        tool_needs_done(&run->agent.needs);
        json_decref(run->agent.schema);
        run->agent.schema = NULL;
        (void)graph_unref(graph);
        return r;
}

int handle_run_agent(struct request *req, struct response *res) {
        struct run *run = arena_new(&req->arena, struct run);
        int r;

        req->step_data = run;
        if (!run)
                return -ERR_NO_MEMORY;
        request_allow(req, REQUEST_ARENA_MAX + EXECUTION_INPUTS_MAX);
        *run = (struct run){ .arena = &req->arena,
                             .context = req->context,
                             .user_id = req->identity->user_id };
        r = read_request(req, run);
        if (r < 0)
                return r;
        if (!str_contains(run->slug, STR("/")))
                return tool_reply_error(req, res,
                                        "Please provide either a username_agent_slug (format "
                                        "'username/agent-name') or a library_agent_id");
        r = database_read_now(req->context->database, fetch, run);
        if (r == -ERR_NOT_FOUND)
                r = tool_reply_error(req, res, "Agent '" STR_FMT "' not found",
                                     STR_ARG(str_first(run->slug, 200)));
        else if (r == 0)
                r = decide_with_graph(req, res, run);
        graph_source_done(&run->source);
        return r;
}

static int begin_schedule(struct request *req, struct run *run) {
        const struct schedule_new new = {
                .user_id = run->user_id,
                .graph_id = run->agent.card.graph_id,
                .graph_version = run->agent.graph_version,
                .name = run->schedule_name,
                .cron = run->cron,
                .timezone = run->timezone,
                .inputs = run->inputs_text,
                .credentials = STR("{}"),
        };
        struct schedule_row row;
        int r;

        r = schedule_create(req->tx, req->context, &req->arena, &new, &row, run->problem);
        if (r < 0)
                return r;
        memcpy(run->id, row.id.ptr, SCHEDULE_ID_LENGTH);
        run->id[SCHEDULE_ID_LENGTH] = '\0';
        return audit(req, &(struct audit){ AUDIT_SCHEDULE_CREATED, .subject = row.id, .detail = row.name });
}

static int begin_execution(struct request *req, struct run *run) {
        const struct execution_new new = { .user_id = run->user_id,
                                           .graph_id = run->agent.card.graph_id,
                                           .version = run->agent.graph_version,
                                           .inputs = run->inputs_text };
        int r;

        r = execution_create(req->tx, req->context, &req->arena, &new, run->id);
        if (r < 0)
                return r;
        return audit(req, &(struct audit){ AUDIT_EXECUTION_STARTED, .subject = str_of(run->id) });
}

/* Nothing was written where it is refused for want of room: the limits are looked at first. */
int handle_run_agent_begin(struct request *req, struct response *res _unused_) {
        struct run *run = req->step_data;
        int r;

        run->problem[0] = '\0';
        r = is_scheduled(run) ? begin_schedule(req, run) : begin_execution(req, run);
        if (r == -ERR_EXECUTIONS_MANY || r == -ERR_STORAGE_FULL || r == -ERR_SCHEDULES_FULL) {
                struct str text = error_row(r)->text;

                (void)snprintf(run->problem, sizeof(run->problem), STR_FMT, STR_ARG(text));
                return STEP_NEXT;
        }
        if (r == 0)
                r = store_listing_add(req->tx, req->context, &req->arena, run->user_id, &run->agent.card,
                                      run->library_id);
        if (r == 0 && !run->agent.in_library)
                r = audit(req, &(struct audit){ AUDIT_STORE_INSTALLED, .subject = run->agent.card.graph_id,
                                                .detail = run->slug });
        return r < 0 ? r : STEP_NEXT;
}

int handle_run_agent_answer(struct request *req, struct response *res) {
        const struct run *run = req->step_data;

        if (run->problem[0])
                return tool_reply_error(req, res, "%s", run->problem);
        if (!is_scheduled(run))
                engine_wake(req->context->engine);
        return tool_reply_started(req, res, &run->agent.card, str_of(run->id), str_of(run->library_id),
                                  is_scheduled(run) ? "SCHEDULED" : "QUEUED");
}
