/* The fields of the forms that describe an app. */
#pragma once

#include <jansson.h>

#include "http/request.h"
#include "oauth/registration.h"

/* What was typed. Strings are the request's. */
struct app_form {
        struct str name, description, redirect_uris; /* as typed, to be shown again */
        bool public_client;
        struct str uris[APP_REDIRECT_URIS_MAX +
                        1]; /* those of redirect_uris, a line each; one more than are allowed */
        struct str scopes[SCOPE_BITS];
        struct registration_request request; /* of all these */
};

/* Reads description and redirect_uris.
 *
 * errors   ERR_BAD_REQUEST (what no browser sends of such a form), those of request_parse_body() */
_must_use_ int app_form_read_changes(struct request *req, struct app_form *ret);

/* Reads name, public and scope_IDENTITY … too. */
_must_use_ int app_form_read(struct request *req, struct app_form *ret);

/* What is wrong, by field, in the language of the request's pages: { "name": "…" }; NULL when nothing is.
 *
 * first, last   the fields that are looked at */
json_t *app_form_problems(struct request *req, const struct app_form *form, enum registration_field first,
                          enum registration_field last);
