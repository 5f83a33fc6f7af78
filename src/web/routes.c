/* THE table: every path that this server answers. To add an endpoint, add its row and its handler. */
#include "oauth/authorize.h"
#include "oauth/client.h"
#include "oauth/handlers.h"
#include "oauth/token.h"
#include "web/external.h"
#include "web/health.h"
#include "web/route.h"

#define READ(handler)                      \
        {                                  \
                { EXECUTOR_READ, handler } \
        }
#define TRANSACTION(handler)                      \
        {                                         \
                { EXECUTOR_TRANSACTION, handler } \
        }

/* An endpoint whose caller is an app: the first two steps authenticate it (oauth/client.h). */
#define CLIENT_THEN(executor, handler)                                                    \
        {                                                                                 \
                { EXECUTOR_READ, client_identify }, { EXECUTOR_WORKER, client_verify }, { \
                        executor, handler                                                 \
                }                                                                         \
        }

const struct route routes[] = {
        /* operation */
        { HTTP_GET, "/healthz", ACCESS_NONE, 0, 0, READ(handle_healthz), 0 },
        { HTTP_GET, "/health", ACCESS_NONE, 0, 0, READ(handle_health), 0 },
        { HTTP_GET, "/readyz", ACCESS_NONE, 0, 0, READ(handle_readyz), 0 },
        { HTTP_GET, "/metrics", ACCESS_NONE, 0, 0, READ(handle_metrics), 0 },
        { HTTP_GET, "/static/{name}", ACCESS_NONE, 0, 0, READ(handle_static), 0 },

        /* OAuth, for apps */
        { HTTP_POST, "/api/oauth/token", ACCESS_CLIENT, 0, ROUTE_CORS,
          CLIENT_THEN(EXECUTOR_TRANSACTION, handle_token), 0 },
        { HTTP_POST, "/api/oauth/introspect", ACCESS_CLIENT, 0, ROUTE_CORS,
          CLIENT_THEN(EXECUTOR_READ, handle_introspect), 0 },
        { HTTP_POST, "/api/oauth/revoke", ACCESS_CLIENT, 0, ROUTE_CORS,
          CLIENT_THEN(EXECUTOR_TRANSACTION, handle_revoke), 0 },
        { HTTP_GET, "/.well-known/oauth-authorization-server", ACCESS_NONE, 0, ROUTE_CORS,
          READ(handle_metadata), 0 },
        { HTTP_GET, "/.well-known/oauth-authorization-server/api/oauth", ACCESS_NONE, 0, ROUTE_CORS,
          READ(handle_metadata), 0 },

        /* OAuth, for people and the Platform's front end */
        { HTTP_GET,
          "/auth/authorize",
          ACCESS_PUBLIC,
          0,
          ROUTE_PAGE,
          { { EXECUTOR_READ, handle_authorize_page }, { EXECUTOR_TRANSACTION, handle_authorize_silently } },
          0 },
        { HTTP_POST, "/auth/authorize", ACCESS_SESSION, 0, ROUTE_PAGE | ROUTE_FORM,
          TRANSACTION(handle_authorize_decision), 0 },
        { HTTP_POST, "/api/oauth/authorize", ACCESS_SESSION, 0, 0, TRANSACTION(handle_authorize_json), 0 },
        { HTTP_GET, "/api/oauth/app/{client_id}", ACCESS_SESSION, 0, 0, READ(handle_app_info), 0 },
        { HTTP_GET, "/api/oauth/apps/mine", ACCESS_SESSION, 0, 0, READ(handle_apps_mine), 0 },
        { HTTP_PATCH, "/api/oauth/apps/{id}/status", ACCESS_SESSION, 0, 0, TRANSACTION(handle_app_status),
          0 },

        /* External API */
        { HTTP_GET, "/external-api/v1/me", ACCESS_API, SCOPE_IDENTITY, ROUTE_EXTERNAL | ROUTE_CORS,
          READ(handle_me), 0 },
};

const size_t routes_count = ARRAY_LENGTH(routes);
