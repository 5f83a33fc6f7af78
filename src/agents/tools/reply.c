#include "agents/tools/reply.h"

#include <stdarg.h>
#include <stdio.h>

#include "agents/value/value.h"
#include "base/id.h"

enum { MESSAGE_MAX = 1000 }; /* bytes */

int tool_reply_begin(struct request *req, struct response *res, struct json_writer *w, const char *type,
                     const char *format, ...) {
        char session_id[ID_UUID_LENGTH], message[MESSAGE_MAX + 1];
        va_list args;
        int r;

        r = id_uuid(req->context->clock, req->context->random, session_id);
        if (r < 0)
                return r;
        va_start(args, format);
        (void)vsnprintf(message, sizeof(message), format, args);
        va_end(args);
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(w);
        json_member_str(w, "type", str_of(type));
        json_member_str(w, "message", str_of(message));
        json_member_str(w, "session_id", str_n(session_id, ID_UUID_LENGTH));
        return 0;
}

int tool_reply_error(struct request *req, struct response *res, const char *format, ...) {
        struct json_writer w = JSON_WRITER(&res->body);
        char message[MESSAGE_MAX + 1];
        va_list args;
        int r;

        va_start(args, format);
        (void)vsnprintf(message, sizeof(message), format, args);
        va_end(args);
        r = tool_reply_begin(req, res, &w, "error", "%s", message);
        if (r < 0)
                return r;
        json_member_null(&w, "error");
        json_member_null(&w, "details");
        json_object_end(&w);
        return STEP_DONE;
}

static void write_value(struct json_writer *w, const char *name, const json_t *value) {
        json_key(w, name);
        if (!value) {
                json_write_null(w);
                return;
        }
        value_write(w->out, value, VALUE_COMPACT);
        w->comma = true;
}

static void write_slug(struct json_writer *w, const char *name, const struct store_card_row *card) {
        char text[STORE_USERNAME_MAX + STORE_SLUG_MAX + 2];
        int n = snprintf(text, sizeof(text), STR_FMT "/" STR_FMT, STR_ARG(card->creator),
                         STR_ARG(card->slug));

        json_member_str(w, name, str_n(text, MIN_OF((size_t)n, sizeof(text) - 1)));
}

void tool_write_agent_info(struct json_writer *w, const struct store_card_row *card) {
        static const char *const unsaid[] = {
                "status",        "can_access_graph", "has_external_trigger", "new_output",    "graph_id",
                "graph_version", "match_score",      "input_schema",         "output_schema", "inputs",
                "graph",         "trigger_info"
        };
        char rating[32];

        json_object_begin(w);
        write_slug(w, "id", card);
        json_member_str(w, "name", card->name);
        json_member_str(w, "description", card->description);
        json_member_str(w, "source", STR("marketplace"));
        json_member_bool(w, "in_library", false);
        json_member_str(w, "creator", card->creator);
        json_member_str(w, "category", STR("general"));
        (void)snprintf(rating, sizeof(rating), "%.17g", store_rating(card->stars, card->ratings));
        json_key(w, "rating");
        json_raw(w, str_of(rating));
        json_member_int(w, "runs", card->runs);
        json_member_bool(w, "is_featured", false);
        for (size_t i = 0; i < ARRAY_LENGTH(unsaid); i++)
                json_member_null(w, unsaid[i]);
        json_object_end(w);
}

static void write_graph(struct json_writer *w, const struct tool_agent *agent) {
        json_member_str(w, "graph_id", agent->card.graph_id);
        json_member_int(w, "graph_version", agent->graph_version);
}

int tool_reply_details(struct request *req, struct response *res, const struct tool_agent *agent,
                       struct str message) {
        struct json_writer w = JSON_WRITER(&res->body);
        int r;

        r = tool_reply_begin(req, res, &w, "agent_details", STR_FMT, STR_ARG(message));
        if (r < 0)
                return r;
        json_key(&w, "agent");
        json_object_begin(&w);
        json_member_str(&w, "id", agent->card.graph_id);
        json_member_str(&w, "name", agent->card.name);
        json_member_str(&w, "description", agent->card.description);
        json_member_bool(&w, "in_library", agent->in_library);
        write_value(&w, "inputs", agent->schema);
        json_key(&w, "credentials");
        tool_needs_write(&w, &agent->needs);
        json_key(&w, "execution_options");
        json_object_begin(&w);
        json_member_bool(&w, "manual", true);
        json_member_bool(&w, "scheduled", true);
        json_member_bool(&w, "webhook", false);
        json_object_end(&w);
        json_member_null(&w, "trigger_info");
        json_object_end(&w);
        json_member_bool(&w, "user_authenticated", true);
        write_graph(&w, agent);
        json_object_end(&w);
        return STEP_DONE;
}

int tool_reply_unknown_inputs(struct request *req, struct response *res, const struct tool_agent *agent,
                              const json_t *unknown) {
        _cleanup_(strbuf_done) struct strbuf names = STRBUF_INIT(64 * 1024);
        struct json_writer w = JSON_WRITER(&res->body);
        const json_t *name;
        size_t i;
        int r;

        json_array_foreach(unknown, i, name) {
                if (i > 0)
                        strbuf_append(&names, STR(", "));
                strbuf_append(&names, value_str(name));
        }
        r = tool_reply_begin(req, res, &w, "input_validation_error",
                             "Agent '" STR_FMT "' was not run, since it has no such inputs: " STR_FMT,
                             STR_ARG(str_first(agent->card.name, 200)),
                             STR_ARG(str_first(strbuf_str(&names), 500)));
        if (r < 0)
                return r;
        write_value(&w, "unrecognized_fields", unknown);
        write_value(&w, "inputs", agent->schema);
        write_graph(&w, agent);
        json_object_end(&w);
        return STEP_DONE;
}

/* The agent's inputs as a list. */
static void write_inputs(struct json_writer *w, const json_t *schema) {
        const json_t *required = json_object_get(schema, "required");
        const char *name;
        json_t *property;

        json_array_begin(w);
        json_object_foreach(json_object_get(schema, "properties"), name, property) {
                bool needed = false;
                const json_t *one;
                size_t i;

                json_array_foreach(required, i, one) {
                        needed = needed || str_eq(value_str(one), str_of(name));
                }
                json_object_begin(w);
                json_member_str(w, "name", str_of(name));
                write_value(w, "type", json_object_get(property, "type"));
                write_value(w, "title", json_object_get(property, "title"));
                json_key(w, "description");
                json_str(w, json_object_get(property, "description")
                                    ? value_str(json_object_get(property, "description"))
                                    : STR(""));
                json_member_bool(w, "required", needed);
                write_value(w, "default", json_object_get(property, "default"));
                json_object_end(w);
        }
        json_array_end(w);
}

int tool_reply_setup(struct request *req, struct response *res, const struct tool_agent *agent) {
        struct json_writer w = JSON_WRITER(&res->body);
        int r;

        r = tool_reply_begin(req, res, &w, "setup_requirements",
                             "Agent '" STR_FMT "' needs credentials that are not there yet",
                             STR_ARG(str_first(agent->card.name, 200)));
        if (r < 0)
                return r;
        json_key(&w, "setup_info");
        json_object_begin(&w);
        json_member_str(&w, "agent_id", agent->card.graph_id);
        json_member_str(&w, "agent_name", agent->card.name);
        json_key(&w, "requirements");
        json_object_begin(&w);
        json_key(&w, "credentials");
        tool_needs_write(&w, &agent->needs);
        json_key(&w, "inputs");
        write_inputs(&w, agent->schema);
        json_key(&w, "execution_modes");
        json_raw(&w, STR("[\"manual\",\"scheduled\"]"));
        json_object_end(&w);
        json_key(&w, "user_readiness");
        json_object_begin(&w);
        json_member_bool(&w, "has_all_credentials", false);
        json_key(&w, "missing_credentials");
        tool_needs_write_missing(&w, &agent->needs);
        json_member_bool(&w, "ready_to_run", false);
        json_object_end(&w);
        json_object_end(&w);
        write_graph(&w, agent);
        json_object_end(&w);
        return STEP_DONE;
}

int tool_reply_started(struct request *req, struct response *res, const struct store_card_row *card,
                       struct str id, struct str library_id, const char *status) {
        struct json_writer w = JSON_WRITER(&res->body);
        char link[64];
        int r;

        r = tool_reply_begin(req, res, &w, "execution_started", "Agent '" STR_FMT "' is %s",
                             STR_ARG(str_first(card->name, 200)),
                             strcmp(status, "SCHEDULED") == 0 ? "scheduled" : "on its way");
        if (r < 0)
                return r;
        (void)snprintf(link, sizeof(link), "/library/agents/" STR_FMT, STR_ARG(library_id));
        json_member_str(&w, "execution_id", id);
        json_member_str(&w, "graph_id", card->graph_id);
        json_member_str(&w, "graph_name", card->name);
        json_member_str(&w, "library_agent_id", library_id);
        json_member_str(&w, "library_agent_link", str_of(link));
        json_member_str(&w, "status", str_of(status));
        json_member_null(&w, "saved_preset_id");
        json_object_end(&w);
        return STEP_DONE;
}
