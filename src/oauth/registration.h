/* Registering an app: what is asked for is checked, credentials are made, and a row is written. The command
 * line and the administrator's pages share it.
 *
 * Three steps, because each belongs to another executor: registration_check() anywhere,
 * registration_credentials() where 40 ms of scrypt may pass, registration_store() in a transaction. */
#pragma once

#include "account/scope.h"
#include "base/arena.h"
#include "base/context.h"
#include "base/sentence.h"
#include "db/tx.h"
#include "oauth/client_secret.h"

enum {
        APP_NAME_MAX = 100,        /* characters */
        APP_DESCRIPTION_MAX = 500, /* characters */
        APP_REDIRECT_URIS_MAX = 10,
        REGISTRATION_PROBLEM_MAX = 512,
};

/* What is asked for. Lists are the words as they were given; strings are borrowed. */
struct registration_request {
        struct str name;
        struct str description; /* empty or STR_NULL for none */
        const struct str *redirect_uris;
        size_t n_redirect_uris;
        const struct str *scopes;
        size_t n_scopes;
        const struct str *grant_types; /* none: the default, authorization_code and refresh_token */
        size_t n_grant_types;
        struct str owner_id; /* user id; STR_NULL for an app without an owner */
        bool public_client;  /* no secret: the app runs on its users' devices */
};

/* An app that is fit to be registered, in the form of its row. Strings live in the arena. */
struct registration {
        struct str name;
        struct str description; /* STR_NULL for none */
        struct str redirect_uris;
        struct str grant_types;
        struct str scopes;
        struct str owner_id;
        bool public_client;

        /* by registration_credentials() */
        char id[ID_UUID_LENGTH];
        char client_id[CLIENT_ID_LENGTH];
        char secret_hash[CLIENT_SECRET_HEX_LENGTH];
        char secret_salt[CLIENT_SECRET_HEX_LENGTH];
};

/* In the order in which they are checked. */
enum registration_field {
        REGISTRATION_NAME,
        REGISTRATION_DESCRIPTION,
        REGISTRATION_REDIRECT_URIS,
        REGISTRATION_SCOPES,
        REGISTRATION_GRANT_TYPES,
        REGISTRATION_FIELDS
};

/* Checks one field, for forms that say beside each what is wrong with it.
 *
 * arena         of ret_problem
 * ret_problem   on ERR_INVALID_FIELD, as registration_check() has it
 * errors        ERR_INVALID_FIELD, ERR_NO_MEMORY */
_must_use_ int registration_check_field(const struct registration_request *request,
                                        enum registration_field field, struct arena *arena,
                                        struct sentence **ret_problem);

/* Checks everything; writes nothing.
 *
 * ret_problem   on failure, a sentence without a full stop that names what is wrong; holds no control characters
 * errors        ERR_INVALID_FIELD, ERR_NO_MEMORY
 */
_must_use_ int registration_check(const struct registration_request *request, struct arena *arena,
                                  struct registration *ret, char ret_problem[REGISTRATION_PROBLEM_MAX]);

/* Makes ids (`id` only if it is all zero), and a secret unless the app is public. Takes the time of one scrypt.
 *
 * ret_secret   to be shown once; empty for a public app
 * errors       ERR_RANDOM, ERR_NO_MEMORY
 */
_must_use_ int registration_credentials(struct registration *app, const struct clock *clock,
                                        const struct random *random, struct secret *ret_secret);

/* Writes the row. owner_id, if any, is that of an existing user: the caller looked it up.
 *
 * now      milliseconds since 1970
 * errors   ERR_CONFLICT (there is an app of this id, or client id, already), ERR_STORAGE
 */
_must_use_ int registration_store(struct tx *tx, const struct registration *app, int64_t now);
