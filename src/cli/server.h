/* A running server's parts, in the order in which they are made: theme, key, database, node number, application, HTTP. */
#pragma once

#include <stdatomic.h>

#include "account/rate_share.h"
#include "base/context.h"
#include "base/secret.h"
#include "db/database.h"
#include "db/node.h"
#include "http/server.h"
#include "web/dispatch.h"

struct server {
        struct settings settings;
        struct context context;
        struct id_source ids;
        atomic_bool draining;
        struct page_theme *theme;
        struct secret_memo *client_secrets;
        struct rate_limits *rates;
        struct rate_share rate_share;
        struct platform_issuer *platform;
        struct providers *providers;
        struct audit_gather *audit;
        struct audit_job *audit_job;
        struct crew *crew;
        struct engine *engine;
        struct scheduler *scheduler;
        struct graph_cache *graphs;
        struct vault *vault;
        struct store_cache *store;
        struct database *database;
        struct node node;
        bool node_leased;
        struct web_application *application;
        struct http_limits limits;
        struct http_server *http;
        char public_url[64]; /* made from the port, where nobody set one */
};

enum { SERVER_DRAIN_MS = 8000, SERVER_END_MS = 10000 };

/* Makes everything and binds the address; no thread but the agents' and the database's writer runs yet. What is wrong is said on standard
 * error, with the remedy.
 *
 * s                  settings filled, the rest zero
 * derive_public_url  nobody set a public address: http://localhost and the port stand for it
 * errors             any; server_done() frees what was made
 */
_must_use_ int server_prepare(const char *who, struct server *s, bool derive_public_url);

/* The one-time link for the first administrator.
 *
 * ret_token   of PUBLIC_URL/setup?token=…
 * returns     1, or 0 when there is an administrator
 */
_must_use_ int server_setup_link(struct server *s, struct secret *ret_token);

/* Registers the app as which the API reference signs people in, or has it follow the public address.
 * errors   ERR_RANDOM, ERR_NO_MEMORY, ERR_STORAGE */
_must_use_ int server_register_reference(struct server *s);

/* The end is near: /readyz answers 503 from here on, and every connection's next answer is its last; all else is served
 * as before. */
void server_drain(struct server *s);

/* Ends gracefully: begun requests are answered; at most SERVER_DRAIN_MS. Then frees everything. */
void server_done(struct server *s);
