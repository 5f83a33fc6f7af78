/* The statements that add an app to the Platform's own PostgreSQL database (dialect: Formats, oauth-tool). */
#pragma once

#include "base/strbuf.h"
#include "oauth/registration.h"

#define APP_SQL_OWNER_PLACEHOLDER "YOUR_USER_ID_HERE"

/* A literal that means the same whatever standard_conforming_strings says; NULL for STR_NULL. The text has no
 * NUL. */
void sql_append_text(struct strbuf *out, struct str text);

/* A literal for an array column of any element type, from words separated by spaces: '{"a","b"}'. */
void sql_append_array(struct strbuf *out, struct str words);

/* Comment with name, time and credentials, the INSERT, and a SELECT that verifies it. With an owner's address
 * the owner is looked up by it, else a placeholder stands for the owner's id.
 *
 * app           not public: the Platform knows no apps without a secret
 * secret        shown in a comment
 * owner_email   STR_NULL for the placeholder
 * now           milliseconds since 1970
 */
void app_sql_write(struct strbuf *out, const struct registration *app, struct str secret,
                   struct str owner_email, int64_t now);
