#include "integrations/credential_uses.h"

#include "account/form.h"

int credential_uses_find(struct tx *tx, struct arena *arena, struct str user_id,
                         struct credential_uses *ret) {
        int r;

        r = db_credential_agents(tx, arena, user_id, CREDENTIAL_USES_MAX, &ret->agents, &ret->n_agents);
        return r < 0 ? r
                     : db_credential_apps(tx, arena, user_id, CREDENTIAL_USES_MAX, &ret->apps, &ret->n_apps);
}

static json_t *agent_json(struct arena *arena, struct str name, int64_t schedules) {
        json_t *data = json_object();

        form_set(&data, "name", name.len ? name : STR("An agent without a name"));
        if (schedules)
                form_set(&data, "schedules",
                         arena_printf(arena, "%lld %s", (long long)schedules,
                                      schedules == 1 ? "schedule" : "schedules"));
        return data;
}

/* Versions of one agent stand side by side, the newest first: they are one, with the schedules of all. */
static json_t *agents_json(const struct credential_uses *uses, struct arena *arena, struct str id) {
        json_t *list = json_array();

        for (size_t i = 0; i < uses->n_agents;) {
                const struct credential_agent_row *row = &uses->agents[i];
                int64_t schedules = 0;

                for (; i < uses->n_agents && str_eq(uses->agents[i].credential_id, row->credential_id) &&
                       str_eq(uses->agents[i].graph_id, row->graph_id);
                     i++)
                        schedules += uses->agents[i].schedules;
                if (str_eq(row->credential_id, id))
                        json_array_append_new(list, agent_json(arena, row->name, schedules));
        }
        return list;
}

json_t *credential_uses_json(const struct credential_uses *uses, struct arena *arena,
                             struct str credential_id) {
        json_t *data = json_object(), *agents = agents_json(uses, arena, credential_id), *apps = json_array();

        for (size_t i = 0; i < uses->n_apps; i++)
                if (str_eq(uses->apps[i].credential_id, credential_id))
                        json_array_append_new(apps,
                                              json_stringn(uses->apps[i].name.ptr, uses->apps[i].name.len));
        form_set_bool(&data, "has_agents", json_array_size(agents) > 0);
        form_set_bool(&data, "has_apps", json_array_size(apps) > 0);
        form_set_object(&data, "agents", agents);
        form_set_object(&data, "apps", apps);
        return data;
}
