#include "agents/blocks/web_credential.h"

#include <stdlib.h>

#include "agents/blocks/families.h"
#include "base/codec.h"
#include "base/memory.h"
#include "db/database.h"
#include "integrations/credential_host.h"
#include "integrations/credential_use.h"
#include "integrations/provider.h"
#include "outbound/redirect.h"

static void secret_free(struct credential_secret **secret) {
        credential_secret_done(*secret);
        free(*secret);
}

static struct str text_of(const json_t *value) {
        return json_is_string(value) ? value_str(value) : STR_NULL;
}

/* --- which one --- */

struct picking {
        struct block_run *run;
        struct arena *arena;
        struct str host;
        struct credential found;
};

static int pick(struct tx *tx, void *data) {
        struct picking *p = data;

        return credential_find_for_host(tx, p->arena, p->run->user_id, p->host, &p->found);
}

static int choose(struct block_run *run, struct arena *arena, struct str host, struct str *ret) {
        struct picking p = { .run = run, .arena = arena, .host = host };
        struct str id = text_of(json_object_get(input_value(run, "credentials"), "id"));
        int r;

        if (id.len) {
                *ret = id;
                return 0;
        }
        r = database_read_now(run->database, pick, &p);
        if (r == 0)
                return block_fail(run, "There are no credentials for the host " STR_FMT, STR_ARG(host));
        *ret = p.found.id;
        return MIN_OF(r, 0);
}

static int open_it(struct block_run *run, struct arena *arena, struct str id, struct credential *ret,
                   struct credential_secret *secret) {
        struct oauth_problem problem;
        int r;

        r = credential_use(run->context, arena, run->user_id, STR_NULL, id, ret, secret, &problem);
        if (r == -ERR_CREDENTIAL_NOT_FOUND)
                return block_fail(run, "Unknown credentials #" STR_FMT, STR_ARG(str_first(id, 100)));
        if (r == -ERR_CREDENTIAL_RECONNECT)
                return block_fail(run,
                                  "The credentials #" STR_FMT " must be connected anew: " STR_FMT
                                  " refuses to renew the access",
                                  STR_ARG(ret->id), STR_ARG(ret->provider));
        if (r == -ERR_OUTBOUND)
                return block_fail(run, "The credentials #" STR_FMT " could not be renewed: %s",
                                  STR_ARG(ret->id), problem.text);
        return r;
}

/* --- where it may go --- */

static bool provider_has(const struct provider *p, struct str host) {
        for (size_t i = 0; p && i < p->oauth.hosts.n; i++)
                if (credential_host_matches(p->oauth.hosts.at[i], host))
                        return true;
        return false;
}

/* An account's token goes nowhere in the clear. */
static bool is_private(const char *url, struct str host) {
        return str_eq_ignore_case(str_first(str_of(url), 8), STR("https://")) ||
               str_eq(host, STR("localhost")) || str_eq(host, STR("127.0.0.1")) || str_eq(host, STR("[::1]"));
}

static int check(struct block_run *run, const struct credential *c, const char *url, struct str host) {
        const json_t *asked = input_value(run, "credentials");
        struct str provider = text_of(json_object_get(asked, "provider")),
                   type = text_of(json_object_get(asked, "type"));
        bool fits;

        if ((provider.ptr && !str_eq(provider, c->provider)) ||
            (type.ptr && !str_eq(type, credential_kind_name(c->kind))))
                return block_fail(run, "Invalid credentials: type/provider mismatch");
        fits = c->kind == CREDENTIAL_HOST_SCOPED ? credential_host_matches(c->host, host)
               : c->kind == CREDENTIAL_OAUTH2 ? provider_has(provider_find(run->context, c->provider), host)
                                              : false;
        if (fits && c->kind == CREDENTIAL_OAUTH2 && !is_private(url, host))
                return block_fail(run, "The token of an account is sent by https alone");
        if (fits)
                return 0;
        return block_fail(run, "The credentials #" STR_FMT " are not for the host " STR_FMT, STR_ARG(c->id),
                          STR_ARG(host));
}

/* --- how --- */

static int add(struct block_run *run, struct arena *arena, struct outbound_field *to, size_t *n,
               struct str name, struct str value) {
        if (*n == OUTBOUND_FIELDS_MAX)
                return block_fail(run, "There are more than %d headers", OUTBOUND_FIELDS_MAX);
        to[*n] = (struct outbound_field){ arena_copy(arena, name), arena_copy(arena, value), true };
        if (!to[*n].name.ptr || !to[*n].value.ptr)
                return -ERR_NO_MEMORY;
        (*n)++;
        return 0;
}

static int write_fields(struct block_run *run, struct arena *arena, const struct credential *c,
                        const struct credential_secret *secret, struct outbound_field *to, size_t *n) {
        int r = 0;

        if (c->kind == CREDENTIAL_OAUTH2) {
                struct str value = arena_printf(arena, "Bearer " STR_FMT, STR_ARG(secret->access_token));

                return value.ptr ? add(run, arena, to, n, STR("Authorization"), value) : -ERR_NO_MEMORY;
        }
        for (size_t i = 0; i < secret->n_headers && r == 0; i++)
                r = add(run, arena, to, n, secret->headers[i].name, secret->headers[i].value);
        return r;
}

int web_credential_fields(struct block_run *run, struct arena *arena, const char *url,
                          struct outbound_field *ret, size_t *ret_n) {
        _cleanup_(secret_free) struct credential_secret *secret = malloc(sizeof(*secret));
        char name[OUTBOUND_HOST_MAX + 1];
        struct credential c = { 0 };
        struct str id = STR_NULL;
        int r;

        *ret_n = 0;
        if (!secret)
                return -ERR_NO_MEMORY;
        credential_secret_init(secret);
        if (outbound_url_host(url, name) < 0)
                return block_fail(run, "The URL must be a web address that starts with http:// or https://, "
                                       "without user name or password");
        r = choose(run, arena, str_of(name), &id);
        if (r == 0)
                r = open_it(run, arena, id, &c, secret);
        if (r == 0)
                r = check(run, &c, url, str_of(name));
        return r < 0 ? r : write_fields(run, arena, &c, secret, ret, ret_n);
}
