#include "agents/execution/credentials.h"

#include "account/identity.h"
#include "agents/graph/credentials.h"
#include "agents/value/value.h"
#include "base/context.h"
#include "db/database.h"
#include "integrations/credential.h"

#define MISMATCH "Invalid credentials: type/provider mismatch"

struct owned {
        struct request *req;
        struct credential *list;
        size_t n;
};

static int list_owned(struct tx *tx, void *data) {
        struct owned *o = data;

        return credential_list(tx, &o->req->arena, o->req->identity->user_id, STR_NULL, &o->list, &o->n);
}

static const struct credential *find(const struct owned *o, struct str id) {
        for (size_t i = 0; i < o->n; i++)
                if (str_eq(o->list[i].id, id))
                        return &o->list[i];
        return NULL;
}

static bool says(const json_t *value, const char *name, struct str text) {
        const json_t *said = json_object_get(value, name);

        return !said || json_is_null(said) || str_eq(value_str(said), text);
}

static bool fits(const json_t *value, const struct credential *found) {
        return says(value, "provider", found->provider) &&
               says(value, "type", credential_kind_name(found->kind));
}

static int check(const struct graph *graph, const struct graph_credential *c, const json_t *given,
                 const struct owned *o, struct graph_problems *problems) {
        const json_t *value = json_object_get(json_object_get(given, c->node->id), c->field->name), *id;
        const struct credential *found;

        if (!value)
                value = json_object_get(c->node->input_default, c->field->name);
        id = json_object_get(value, "id");
        if (json_is_null(value) && !graph_credential_is_optional(graph, c->node))
                return graph_problems_add(problems, c->node->id, c->field->name,
                                          "These credentials are required");
        if (!value || json_is_null(value))
                return 0; /* told with the other inputs, or may be so */
        if (!json_is_object(value) || (id && !json_is_null(id) && !json_is_string(id)))
                return graph_problems_add(problems, c->node->id, c->field->name, MISMATCH);
        if (json_string_length(id) == 0)
                return 0;
        found = find(o, value_str(id));
        if (!found)
                return graph_problems_add(problems, c->node->id, c->field->name,
                                          "Unknown credentials #%.100s", json_string_value(id));
        if (!fits(value, found))
                return graph_problems_add(problems, c->node->id, c->field->name, MISMATCH);
        return 0;
}

int execution_check_credentials(struct request *req, const struct graph *graph, const json_t *given,
                                struct graph_problems *problems) {
        struct graph_credential c = { 0 };
        struct owned owned = { .req = req };
        int r;

        if (!graph_credential_next(graph, &c))
                return 0;
        r = req->tx ? list_owned(req->tx, &owned)
                    : database_read_now(req->context->database, list_owned, &owned);
        for (bool more = true; r >= 0 && more; more = graph_credential_next(graph, &c))
                r = check(graph, &c, given, &owned, problems);
        return r < 0 ? r : 0;
}

int execution_credentials_held(struct tx *tx, struct arena *arena, struct str user_id, struct str given) {
        struct owned owned = { 0 };
        char problem[VALUE_PROBLEM_MAX];
        const struct credential *found;
        json_auto_t *all = NULL;
        const json_t *value;
        const char *key;
        int r;

        if (given.len == 0 || str_eq(given, STR("{}")))
                return 1;
        r = value_parse(given, false, &all, problem);
        if (r < 0)
                return r == -ERR_BAD_JSON ? -ERR_INTERNAL : r;
        r = credential_list(tx, arena, user_id, STR_NULL, &owned.list, &owned.n);
        if (r < 0)
                return r;
        json_object_foreach(all, key, value) {
                struct str id = value_str(json_object_get(value, "id"));

                found = id.len ? find(&owned, id) : NULL;
                if (id.len && (!found || !fits(value, found)))
                        return 0;
        }
        return 1;
}
