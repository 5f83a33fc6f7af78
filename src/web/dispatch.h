/* What the HTTP server asks: which route a request takes, if any, how large its body may be, and what each loop keeps open of
 * the database. The route's steps are call.h's.
 *
 * Owned by `serve`; borrowed by the HTTP server until that has ended. */
#pragma once

#include "base/context.h"
#include "db/database.h"
#include "http/server.h"

struct web_application;

/* Checks the route table and makes the application. context and database are borrowed.
 * errors   ERR_INTERNAL (the table contradicts itself: the log says where), ERR_NO_MEMORY */
_must_use_ int web_application_new(const struct context *context, struct database *database,
                                   struct web_application **ret);
struct web_application *web_application_free(struct web_application *app);

/* What the HTTP server calls; valid as long as the application. */
const struct http_application *web_application_http(const struct web_application *app);
