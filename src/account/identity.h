/* Who makes a request: a person with a session, or an app or key that acts for one. Filled by
 * web/authenticate before a handler runs; lives in the request's arena. */
#pragma once

#include "account/scope.h"
#include "base/str.h"

/* WWW-Authenticate where a person must sign in. No 401 may lack the field (RFC 9110 §15.5.2), and this is the one scheme
 * that browsers open no dialog for; no parameter tells of an error, for a session in a cookie is no bearer token. */
#define CHALLENGE_PERSON "Bearer realm=\"Gatehouse\""

enum identity_kind {
        IDENTITY_NONE,    /* nobody is signed in; `csrf` is set all the same */
        IDENTITY_SESSION, /* a browser's session */
        IDENTITY_TOKEN,   /* an access token */
        IDENTITY_KEY,     /* an API key */
};

struct api_key;

struct identity {
        enum identity_kind kind;

        /* the person; all STR_NULL for IDENTITY_NONE */
        struct str user_id;
        struct str email;
        struct str name;     /* STR_NULL when unset */
        struct str timezone; /* "not-set" when unset */
        bool is_admin;       /* IDENTITY_SESSION: a token never opens what is an administrator's */

        int64_t session_id; /* IDENTITY_SESSION; 0 when a user JWT stands for one */
        bool is_new;        /* came by a user JWT and was unknown when this step began */
        bool session_stale; /* its time of last use must be written anew: web/dispatch does */
        struct str csrf;    /* what forms made for this browser carry */

        scope_set scopes;      /* IDENTITY_TOKEN, IDENTITY_KEY */
        struct str app_id;     /* IDENTITY_TOKEN */
        int64_t authorization; /* IDENTITY_TOKEN */
        struct str key_id;     /* IDENTITY_KEY */
        struct api_key *key;   /* the API key that was sent, good or not; see oauth/api_key.h */
};
