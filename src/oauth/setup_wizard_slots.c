/* Whether each provider of the wizard is connected, and how it can be. */
#include "account/form.h"
#include "integrations/credential.h"
#include "integrations/credentials_input.h"
#include "integrations/provider_icon.h"
#include "integrations/provider_scopes.h"
#include "oauth/setup_wizard.h"

/* What a person has for a slot: credentials that fit, one to connect anew, one that lacks scopes. */
struct found {
        json_t *choices;
        const struct credential *chosen, *reconnect, *upgrade;
        struct str missing; /* that `upgrade` lacks */
        size_t n_fitting;
};

static int look_at(struct request *req, const struct wizard_slot *slot, const struct credential *c,
                   struct str wanted, struct found *found) {
        struct str missing = STR("");
        json_t *choice;
        int r;

        if (c->state == CREDENTIAL_RECONNECT_NEEDED) {
                found->reconnect = c;
                return 0;
        }
        if (c->kind == CREDENTIAL_OAUTH2) {
                r = scopes_missing(&req->arena, slot->scopes, c->scopes.ptr ? c->scopes : STR(""), &missing);
                if (r < 0)
                        return r;
        }
        if (missing.len) {
                found->upgrade = c;
                found->missing = missing;
                return 0;
        }
        found->n_fitting++;
        if (!found->chosen || str_eq(c->id, wanted))
                found->chosen = c;
        choice = json_object();
        form_set(&choice, "id", c->id);
        form_set(&choice, "label", c->username.len ? c->username : c->title.len ? c->title : c->host);
        json_array_append_new(found->choices, choice);
        return 0;
}

/* Which of several that fit the person chose before: "use_github". */
static struct str choice_of(struct request *req, const struct provider *p) {
        struct str name = arena_printf(&req->arena, "use_" STR_FMT, STR_ARG(p->name));
        const struct param *param = name.ptr ? params_find(&req->query_params, name) : NULL;

        return param ? param->value : STR("");
}

static void set_connected(json_t **data, const struct found *found) {
        const struct credential *c = found->chosen;
        json_t *connected = json_object();

        form_set(&connected, "username", c->username);
        form_set(&connected, "label", c->title.len ? c->title : c->host);
        form_set_object(data, "connected", connected);
        form_set_object(data, "choices", json_incref(found->choices));
        form_set_bool(data, "has_choices", found->n_fitting > 1);
}

static json_t *slot_json(struct request *req, const struct wizard_slot *slot, const struct found *found) {
        const struct provider *p = slot->provider;
        const struct credential *again = found->reconnect ? found->reconnect : found->upgrade;
        struct credentials_input input = { .provider = p, .scopes = slot->scopes, .return_to = req->target };
        json_t *data;

        if (!found->chosen && again && again->kind == CREDENTIAL_OAUTH2)
                input.credential_id = again->id;
        data = credentials_input_json(req, &input);
        form_set(&data, "icon_url", provider_icon_path(&req->arena, p));
        form_set(&data, "use_name", arena_printf(&req->arena, "use_" STR_FMT, STR_ARG(p->name)));
        if (found->chosen)
                set_connected(&data, found);
        else if (found->upgrade) {
                form_set_object(&data, "missing", scopes_in_words(req, p, found->missing));
                form_set_bool(&data, "short_of", true);
        }
        form_set_bool(&data, "reconnect", !found->chosen && found->reconnect);
        return data;
}

static int add_slot(struct request *req, struct wizard_slot *slot, const struct credential *all, size_t n,
                    json_t *list, size_t *connected) {
        struct found found = { .choices = json_array(), .missing = STR_NULL };
        struct str wanted = choice_of(req, slot->provider);
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++) {
                if (str_eq(all[i].provider, slot->provider->name))
                        r = look_at(req, slot, &all[i], wanted, &found);
        }
        if (r == 0) {
                json_array_append_new(list, slot_json(req, slot, &found));
                slot->credential_id = found.chosen ? found.chosen->id : STR_NULL;
                *connected += found.chosen != NULL;
        }
        json_decref(found.choices);
        return r;
}

int wizard_slots_json(struct request *req, struct wizard *wizard, json_t **ret, size_t *ret_connected) {
        json_t *list = json_array();
        struct credential *all;
        size_t n;
        int r;

        *ret_connected = 0;
        r = credential_list(req->tx, &req->arena, req->identity->user_id, STR_NULL, &all, &n);
        for (size_t i = 0; r == 0 && i < wizard->n_slots; i++)
                r = add_slot(req, &wizard->slots[i], all, n, list, ret_connected);
        if (r < 0)
                json_decref(list);
        else
                *ret = list;
        return r;
}
