/* What the pages of accounts share: reading fields so that they can be shown again, and building a page's
 * data. */
#pragma once

#include <jansson.h>

#include "account/identity.h"
#include "db/statements.h"
#include "http/response.h"

/* Whether a person is signed in with a session. */
bool form_signed_in(const struct request *req);

/* The `next` of the query (GET) or of the form (POST), as next_path() has it. */
struct str form_next(struct request *req);

/* A field as it was typed, to be shown again; empty when it is absent, longer than max bytes or no text. */
struct str form_echo(const struct request *req, const char *name, size_t max);

/* Reads a text field that a person fills in: absent counts as empty.
 *
 * ret_problem   set, and *ret to empty, when the field can't be used: too long, not UTF-8
 * errors        those of the body as a whole
 */
_must_use_ int form_text(struct request *req, const char *name, size_t max, struct str *ret,
                         struct str *ret_problem);

/* What is wrong with the field that the request was just refused for, as one would say it to a person, in the language of the
 * request's pages: the words of request_refuse_field() are for programs. */
struct str form_refusal(struct request *req);

/* Adds a text to a page's data; nothing for STR_NULL. When memory runs out *data becomes NULL and stays so,
 * which page_respond() answers. */
void form_set(json_t **data, const char *name, struct str value);
/* The same with a text of ours, in the language of the request's pages. */
void form_set_text(const struct request *req, json_t **data, const char *name, struct str english);
void form_set_bool(json_t **data, const char *name, bool value);
void form_set_object(json_t **data, const char *name, json_t *value); /* takes over `value` */

/* Data that every page with a form has: `csrf`, and `next` unless it is STR_NULL. */
json_t *form_data(const struct request *req, struct str next);

/* `person`: e-mail address, name and initials of who is signed in. */
void form_set_person(json_t **data, const struct identity *identity);

/* Adds the link to another page that keeps `next`: member `name`. */
void form_set_link(json_t **data, const char *name, struct str page, struct str next);

/* The sentence for a result that a person can do something about; Retry-After is added where it applies. */
struct str form_problem(struct request *req, struct response *res, int result);

/* The answer 200 with the user object (dialect: Accounts). */
_must_use_ int form_answer_user(struct request *req, struct response *res, const struct user_row *user);
