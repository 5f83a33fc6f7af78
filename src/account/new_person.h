/* The fields of somebody who wants an account, checked: shared by sign-up and set-up. */
#pragma once

#include "account/password.h"
#include "account/user.h"
#include "http/response.h"

#include <jansson.h>

struct new_person {
        struct str email; /* normalised */
        struct str name;  /* STR_NULL for none */
        struct str password;
        char hash[PASSWORD_HASH_MAX]; /* once hashed */

        /* what is wrong with each field; STR_NULL for nothing */
        struct {
                struct str email, name, password, password_confirm;
        } problems;
};

/* Reads the fields of a JSON body and refuses the first that is wrong.
 * errors   ERR_INVALID_FIELD, those of the body as a whole */
_must_use_ int new_person_read(struct request *req, struct new_person *ret);

/* Reads a form and notes what is wrong with each field.
 *
 * returns   1 if all is well, 0 if `problems` has something to show
 */
_must_use_ int new_person_read_form(struct request *req, struct new_person *ret);

/* Hashes the password; on the worker pool.
 * errors   ERR_RANDOM, ERR_NO_MEMORY */
_must_use_ int new_person_hash(const struct context *context, struct new_person *person);

struct user_new new_person_user(const struct new_person *person);

/* Adds `email` and `name` as typed, and `errors`, to a page's data. */
void new_person_show(const struct request *req, const struct new_person *person, json_t **data);
