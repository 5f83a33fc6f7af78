#include "agents/tools/needs.h"

#include <stdio.h>

#include "agents/block_schema.h"
#include "agents/graph/credentials.h"
#include "agents/value/value.h"
#include "base/errors.h"
#include "integrations/credential.h"

/* The first text of a list in a schema; STR_NULL if it has none. */
static struct str first_of(const json_t *schema, const char *name) {
        return value_str(json_array_get(json_object_get(schema, name), 0));
}

static int note(const struct graph *graph, const struct graph_credential *c, struct tool_needs *needs) {
        struct tool_need *need = &needs->list[needs->n];
        const struct block_schema *schema;
        int r;

        if (graph_credential_is_optional(graph, c->node))
                return 0;
        if (needs->n == TOOL_NEEDS_MAX)
                return -ERR_GRAPH;
        r = block_schema_of(c->node->block, &schema);
        if (r < 0)
                return r;
        needs->n++;
        (void)snprintf(need->key, sizeof(need->key), "%s_%s", c->node->id, c->field->name);
        need->title = c->node->block->name;
        need->schema =
                json_incref(json_object_get(json_object_get(schema->input, "properties"), c->field->name));
        need->is_met = false;
        return 0;
}

int tool_needs_find(const struct graph *graph, struct tool_needs *ret) {
        struct graph_credential c = { 0 };
        int r = 0;

        *ret = (struct tool_needs){ 0 };
        while (r == 0 && graph_credential_next(graph, &c))
                r = note(graph, &c, ret);
        if (r < 0)
                tool_needs_done(ret);
        return r;
}

static bool has(const json_t *list, struct str text) {
        const json_t *one;
        size_t i;

        json_array_foreach(list, i, one) {
                if (str_eq(value_str(one), text))
                        return true;
        }
        return false;
}

/* An account counts only with all the scopes that are asked for. */
static bool covers(const struct credential *c, const json_t *scopes) {
        const json_t *one;
        size_t i;

        if (c->kind != CREDENTIAL_OAUTH2)
                return true;
        json_array_foreach(scopes, i, one) {
                struct str rest = c->scopes.ptr ? c->scopes : STR(""), word;
                bool found = false;

                while (!found && str_next(&rest, ' ', &word))
                        found = str_eq(word, value_str(one));
                if (!found)
                        return false;
        }
        return true;
}

static bool fits(const struct credential *c, const json_t *schema) {
        const json_t *types = json_object_get(schema, "credentials_types");

        return has(json_object_get(schema, "credentials_provider"), c->provider) &&
               (!types || has(types, credential_kind_name(c->kind))) && c->state == CREDENTIAL_OK &&
               covers(c, json_object_get(schema, "credentials_scopes"));
}

int tool_needs_meet(struct tx *tx, struct arena *arena, struct str user_id, struct tool_needs *needs) {
        struct credential *list = NULL;
        size_t n = 0;
        int r;

        needs->missing = false;
        if (needs->n == 0)
                return 0;
        r = credential_list(tx, arena, user_id, STR_NULL, &list, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < needs->n; i++) {
                struct tool_need *need = &needs->list[i];

                need->is_met = false;
                for (size_t j = 0; j < n && !need->is_met; j++)
                        need->is_met = fits(&list[j], need->schema);
                needs->missing = needs->missing || !need->is_met;
        }
        return 0;
}

void tool_needs_done(struct tool_needs *needs) {
        for (size_t i = 0; i < needs->n; i++)
                json_decref(needs->list[i].schema);
        needs->n = 0;
}

static void write_head(struct json_writer *w, const struct tool_need *need) {
        json_member_str(w, "id", str_of(need->key));
        json_member_str(w, "title", str_of(need->title));
        json_member_str(w, "provider", first_of(need->schema, "credentials_provider"));
}

static void write_member(struct json_writer *w, const char *name, const json_t *value, struct str otherwise) {
        json_key(w, name);
        if (!value) {
                json_raw(w, otherwise);
                return;
        }
        value_write(w->out, value, VALUE_COMPACT);
        w->comma = true;
}

void tool_needs_write(struct json_writer *w, const struct tool_needs *needs) {
        json_array_begin(w);
        for (size_t i = 0; i < needs->n; i++) {
                json_object_begin(w);
                write_head(w, &needs->list[i]);
                json_member_str(w, "type", first_of(needs->list[i].schema, "credentials_types"));
                json_object_end(w);
        }
        json_array_end(w);
}

void tool_needs_write_missing(struct json_writer *w, const struct tool_needs *needs) {
        json_object_begin(w);
        for (size_t i = 0; i < needs->n; i++) {
                const struct tool_need *need = &needs->list[i];

                if (need->is_met)
                        continue;
                json_key(w, need->key);
                json_object_begin(w);
                write_head(w, need);
                json_member_str(w, "provider_name", first_of(need->schema, "credentials_provider"));
                json_member_str(w, "type", first_of(need->schema, "credentials_types"));
                write_member(w, "types", json_object_get(need->schema, "credentials_types"), STR("[]"));
                write_member(w, "scopes", json_object_get(need->schema, "credentials_scopes"), STR("[]"));
                write_member(w, "discriminator", json_object_get(need->schema, "discriminator"), STR("null"));
                json_object_end(w);
        }
        json_object_end(w);
}
