#include <jansson.h>

#include "base/codec.h"
#include "integrations/provider_scopes.h"
#include "oauth/setup_wizard.h"

static const char unreadable[] =
        TEXT_LITERAL("No providers specified. The application sent a list that can't be read.");

static struct str text_of(const json_t *value) {
        return json_is_string(value) ? str_n(json_string_value(value), json_string_length(value)) : STR_NULL;
}

/* Either alphabet, with padding or without. A "+" that came unescaped in a query has become a space. */
static int decode(struct request *req, struct str text, struct str *ret) {
        char *url = arena_alloc(&req->arena, text.len + 1), *json;
        size_t n = 0;
        int length;

        if (!url)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < text.len && text.ptr[i] != '='; i++)
                url[n++] = text.ptr[i] == '+' || text.ptr[i] == ' ' ? '-'
                           : text.ptr[i] == '/'                     ? '_'
                                                                    : text.ptr[i];
        json = arena_alloc(&req->arena, WIZARD_JSON_MAX);
        if (!json)
                return -ERR_NO_MEMORY;
        length = base64url_decode(str_n(url, n), json, WIZARD_JSON_MAX);
        if (length < 0)
                return request_refuse(req, ERR_INVALID_FIELD, "%s", unreadable);
        *ret = str_n(json, (size_t)length);
        return 0;
}

static struct wizard_slot *slot_of(struct wizard *wizard, const struct provider *p) {
        for (size_t i = 0; i < wizard->n_slots; i++) {
                if (wizard->slots[i].provider == p)
                        return &wizard->slots[i];
        }
        if (wizard->n_slots == WIZARD_PROVIDERS_MAX)
                return NULL;
        wizard->slots[wizard->n_slots] = (struct wizard_slot){ .provider = p, .scopes = STR("") };
        return &wizard->slots[wizard->n_slots++];
}

/* The scopes of an entry, in full; empty when it names none: then any account will do. */
static int read_scopes(struct request *req, const struct provider *p, const json_t *list, struct str *ret) {
        size_t n = json_array_size(list);
        struct str *scopes = arena_alloc_array(&req->arena, n + 1, sizeof(*scopes));
        int r;

        *ret = STR("");
        if (!scopes)
                return -ERR_NO_MEMORY;
        if (list && !json_is_null(list) && !json_is_array(list))
                return request_refuse(req, ERR_INVALID_FIELD, "%s", unreadable);
        for (size_t i = 0; i < n; i++) {
                scopes[i] = text_of(json_array_get(list, i));
                if (!scopes[i].ptr)
                        return request_refuse(req, ERR_INVALID_FIELD, "%s", unreadable);
        }
        if (n == 0)
                return 0;
        r = scopes_to_request(p, &req->arena, scopes, n, ret);
        if (r == -ERR_INVALID_SCOPE)
                return request_refuse(req, ERR_INVALID_FIELD,
                                      "The application asks " STR_FMT " for permissions that there can't be.",
                                      STR_ARG(p->title));
        return r;
}

static int read_entry(struct request *req, const json_t *entry, struct wizard *ret) {
        struct str name = text_of(json_object_get(entry, "provider")), scopes;
        const struct provider *p;
        struct wizard_slot *slot;
        int r;

        if (!name.ptr)
                return request_refuse(req, ERR_INVALID_FIELD, "%s", unreadable);
        p = provider_find(req->context, name);
        if (!p)
                return request_refuse(req, ERR_INVALID_FIELD,
                                      "The application asks for an account at '" STR_FMT
                                      "', which this server does not know.",
                                      STR_ARG(str_first(name, CREDENTIAL_PROVIDER_MAX)));
        r = read_scopes(req, p, json_object_get(entry, "scopes"), &scopes);
        if (r < 0)
                return r;
        slot = slot_of(ret, p);
        if (!slot)
                return request_refuse(req, ERR_INVALID_FIELD,
                                      "The application asks for more than %d accounts at once.",
                                      WIZARD_PROVIDERS_MAX);
        r = scopes_join(&req->arena, slot->scopes, scopes, &slot->scopes);
        return r == -ERR_INVALID_SCOPE ? request_refuse(req, ERR_INVALID_FIELD, "%s", unreadable) : r;
}

int wizard_read_providers(struct request *req, struct str text, struct wizard *ret) {
        struct str json = STR_NULL;
        json_t *list;
        int r;

        r = decode(req, text, &json);
        if (r < 0)
                return r;
        list = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_array(list) || json_array_size(list) == 0)
                r = request_refuse(req, ERR_INVALID_FIELD, "%s",
                                   json_is_array(list) ? TEXT_LITERAL("No providers specified.")
                                                       : unreadable);
        for (size_t i = 0; r == 0 && i < json_array_size(list); i++)
                r = read_entry(req, json_array_get(list, i), ret);
        json_decref(list);
        return r;
}
