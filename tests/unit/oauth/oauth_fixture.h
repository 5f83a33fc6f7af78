/* On top of the fixture: Ada, who is signed in, and two apps without a secret, so that no test waits for scrypt. */
#pragma once

#include "support/fixture.h"

#include "account/identity.h"
#include "oauth/authorize.h"

/* Both apps may ask for IDENTITY and READ_GRAPH. */
#define APP      "agpt_client_app"
#define OTHER    "agpt_client_other"
#define CALLBACK "https://app.example/cb" /* of either; APP has LOOPBACK and QUERY as well */
#define LOOPBACK "http://127.0.0.1/cb"
#define QUERY    "https://app.example/q?x=1"
#define VERIFIER "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv"

struct oauth_fixture {
        struct fixture f;
        struct identity ada;
        char ada_id[ID_UUID_LENGTH + 1];
        char challenge[64]; /* of VERIFIER */
        size_t memory;
};

/* Of a token answer. */
struct pair {
        char access[64], refresh[64];
        long expires_in;
};

void oauth_fixture_init(struct oauth_fixture *o);
void oauth_fixture_done(struct oauth_fixture *o);

/* Runs the checks on a query, with Ada signed in unless o->ada.kind says otherwise. The request stays for what follows. */
int oauth_check(struct oauth_fixture *o, const char *query, struct authorize *ret);

/* Ada's yes to APP for these scopes. */
void oauth_code(struct oauth_fixture *o, scope_set scopes, char ret_code[64]);

/* A form to the token endpoint, from client_identify to the answer. */
int oauth_token(struct oauth_fixture *o, const char *form);

/* Redeems, or refreshes, for APP; `more` is appended to the form. */
int oauth_redeem(struct oauth_fixture *o, const char *code, const char *more);
int oauth_refresh(struct oauth_fixture *o, const char *refresh_token, const char *more);

/* A fresh pair of APP's; what the last answer held. */
struct pair oauth_grant(struct oauth_fixture *o, scope_set scopes);
struct pair oauth_pair(struct oauth_fixture *o);

/* Every further request gets as many bytes of memory beside its parameters' text; SIZE_MAX for no limit. */
void oauth_limit_memory(struct oauth_fixture *o, size_t bytes);

/* Whether an access token is good: 0, or why not. */
int oauth_access(struct oauth_fixture *o, const char *access_token);

/* Switches an app on or off; disables Ada. */
void oauth_set_active(struct oauth_fixture *o, const char *client_id, bool active);
void oauth_disable_ada(struct oauth_fixture *o);
