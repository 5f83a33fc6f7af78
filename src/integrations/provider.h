/* Providers: the services elsewhere that people connect (dialect: Integrations, providers). They are data: providers.json is
 * part of the program, and an operator's file of the same form (INTEGRATION_PROVIDERS_FILE) is merged over it at start-up
 * (RFC 7396). provider_read.c says which members there are; docs/integrations.md says it to people.
 *
 * Made by `serve`, constant after, owned by whoever made them. */
#pragma once

#include "base/context.h"
#include "base/network.h"
#include "integrations/credential.h"

enum {
        PROVIDERS_MAX = 500,
        PROVIDER_URL_MAX = 1024, /* bytes of an address of the table */
        PROVIDER_SCOPES_MAX = 100,
        PROVIDERS_FILE_MAX = 1024 * 1024, /* bytes */
        PROVIDER_PROBLEM_MAX = 512,
        PROVIDER_CLIENT_MAX = 1024, /* bytes of a client id or secret */
};

/* How the table's texts are sent or read. Each row's words stand in provider_read.c. */
enum provider_auth {
        PROVIDER_AUTH_FORM,   /* client id and secret are members of the body */
        PROVIDER_AUTH_BASIC,  /* HTTP Basic, client id and secret form-encoded first (RFC 6749 §2.3.1) */
        PROVIDER_AUTH_BEARER, /* the token itself */
        PROVIDER_AUTH_NONE,
};

enum provider_body { PROVIDER_BODY_FORM, PROVIDER_BODY_JSON, PROVIDER_BODY_NONE };

enum provider_scopes {
        PROVIDER_SCOPES_REQUESTED, /* those asked for; the defaults if there are none */
        PROVIDER_SCOPES_UNION,     /* those asked for and the defaults */
        PROVIDER_SCOPES_FIXED,     /* the defaults, whatever was asked for */
        PROVIDER_SCOPES_NONE,      /* the provider knows none */
};

struct provider_names {
        const struct str *at;
        size_t n;
};

struct provider_pairs {
        const struct provider_pair { struct str name, value; } * at;
        size_t n;
};

/* Addresses end in NUL. In those of `revoke` and `user`, {client_id} and {token} stand for their percent-encoded values. */
struct provider_oauth {
        struct {
                struct str url;
                struct provider_pairs params; /* sent besides */
                struct provider_names omit;   /* of the usual ones: response_type, redirect_uri, scope */
        } authorize;
        struct {
                struct str url;
                int client;         /* enum provider_auth: form or basic */
                int body;           /* enum provider_body: form or json */
                int64_t expires_in; /* seconds, where the answer names none; 0 for never */
                struct str
                        granted_all; /* stands in the answer for all that was asked for; STR_NULL for nothing */
                struct provider_names
                        require; /* members without which an answer to a code counts as failed */
                struct provider_names
                        refused; /* codes besides invalid_grant that say that a refresh token is over */
        } token;
        struct {
                struct str url;    /* STR_NULL: it has no such endpoint */
                struct str method; /* POST, DELETE */
                struct str member; /* of the body, that holds the token */
                int auth, body;
                struct provider_names
                        tokens; /* "refresh_token", "access_token": in this order, those that there are */
        } revoke;
        struct {
                struct str url;      /* STR_NULL: the token's answer has it */
                struct str path;     /* members with dots between; STR_NULL: it tells no name */
                struct str fallback; /* where there is none; STR_NULL for none */
        } user;
        struct {
                struct provider_names initial; /* the defaults */
                int mode;                      /* enum provider_scopes */
                struct str separator;          /* between those of a request */
                struct str separators;         /* bytes, each of which separates those of an answer */
                struct str prefix;             /* of what is no address itself; STR_NULL for none */
                struct provider_pairs names;   /* short names and what they stand for */
                struct provider_pairs words;   /* what each allows, for people */
        } scopes;
        bool pkce;
        struct provider_pairs headers;  /* with every call */
        struct provider_names hosts;    /* of its API: where its tokens may be sent; "*.example.com" too */
        struct str title;               /* member of the token's answer that names the credential */
        struct provider_names metadata; /* members of it that are kept */
};

struct provider {
        struct str name;  /* "github": in paths and bodies */
        struct str title; /* "GitHub": for people */
        struct {
                struct str letters, colour; /* a mark of our own: "GH" on "#24292f" */
        } icon;
        unsigned kinds;              /* enum credential_kind: what it accepts */
        struct provider_oauth oauth; /* with CREDENTIAL_OAUTH2 */

        struct str variable; /* "GITHUB": what its variables _CLIENT_ID and _CLIENT_SECRET begin with */
        struct str client_id, client_secret; /* STR_NULL: not configured */

        /* Where its addresses may lead. What the operator wrote may be anywhere, as the operator's own choice. */
        const struct network_list *allowed;
};

struct providers;

/* Reads the table and the operator's file over it.
 *
 * settings     providers_file; outbound_networks is borrowed
 * lookup       gives the value of a variable, or NULL; what it gives is copied
 * ret_problem  on ERR_SETTINGS one line for the operator: the provider, the member, what is wrong
 * errors       ERR_SETTINGS, ERR_NO_MEMORY
 */
_must_use_ int providers_new(const struct settings *settings,
                             const char *(*lookup)(const char *variable, void *data), void *data,
                             struct providers **ret, char ret_problem[PROVIDER_PROBLEM_MAX]);

/* Takes NULL; returns NULL. Wipes the client secrets. */
struct providers *providers_free(struct providers *providers);

/* All of them, sorted by name. */
const struct provider *providers_all(const struct context *context, size_t *ret_n);

/* The provider of this name; NULL when there is none. Lives as long as the process. */
const struct provider *provider_find(const struct context *context, struct str name);

/* Whether people can connect it by OAuth: it takes such credentials, and client id and secret are set. */
static inline bool provider_is_configured(const struct provider *p) {
        return (p->kinds & CREDENTIAL_OAUTH2) && p->client_id.ptr && p->client_secret.ptr;
}
