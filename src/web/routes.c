/* THE table: every path that this server answers. To add an endpoint, add its row and its handler. */
#include "account/audit_handlers.h"
#include "account/handlers.h"
#include "agents/block_handlers.h"
#include "agents/execution/handlers.h"
#include "agents/graph/handlers.h"
#include "agents/schedule/handlers.h"
#include "agents/store/handlers.h"
#include "agents/store/submit.h"
#include "agents/tools/handlers.h"
#include "integrations/handlers.h"
#include "oauth/apps/handlers.h"
#include "oauth/authorize.h"
#include "oauth/client.h"
#include "oauth/handlers.h"
#include "oauth/logo/handlers.h"
#include "oauth/setup_wizard.h"
#include "oauth/token.h"
#include "web/account_delete.h"
#include "web/admin_health.h"
#include "web/api_document.h"
#include "web/external.h"
#include "web/guide.h"
#include "web/health.h"
#include "web/reference.h"
#include "web/route.h"

/* A table is read by its columns. */
/* clang-format off */

#define READ(handler)     { { EXECUTOR_READ, handler } }
#define READ_MUCH(handler) { { EXECUTOR_READ_MUCH, handler } }
#define TRANSACT(handler) { { EXECUTOR_TRANSACTION, handler } }

/* Hashing stands between two steps that need the database: a guess is counted, then judged, then answered. */
#define HASHED(on, reserve, hash, finish)                                                                    \
        { { EXECUTOR_##on, reserve }, { EXECUTOR_WORKER, hash }, { EXECUTOR_TRANSACTION, finish } }

/* Likewise, with something left to be told to other servers. */
#define ACCOUNT_DELETE { { EXECUTOR_TRANSACTION, handle_account_delete_reserve }, { EXECUTOR_WORKER, handle_account_delete_verify }, \
                         { EXECUTOR_TRANSACTION, handle_account_delete_finish }, { EXECUTOR_CREW, handle_account_delete_tell } }

/* An endpoint whose caller is an app: the first two steps authenticate it (oauth/client.h). */
#define CLIENT_THEN(on, handler)                                                                             \
        { { EXECUTOR_READ, client_identify }, { EXECUTOR_WORKER, client_verify }, { EXECUTOR_##on, handler } }

/* A graph that is sent: taking it apart and checking it is no work for an event loop, nor for a transaction. */
#define GRAPH_THEN(admit, handler)                                                                           \
        { { EXECUTOR_READ, admit }, { EXECUTOR_CREW, handle_graph_prepare }, { EXECUTOR_TRANSACTION, handler } }

/* What the store shows: from memory, or made where it may take its time. */
#define STORE_VIEW(handler) { { EXECUTOR_READ, handler }, { EXECUTOR_WORKER, handle_store_make } }

/* A logo is scanned and decoded by other processes. */
#define LOGO_UPLOAD(admit, handler) { { EXECUTOR_READ, admit }, { EXECUTOR_CREW, handle_logo_make }, { EXECUTOR_TRANSACTION, handler } }

/* The graph is checked on threads that may take their time. */
#define SCHEDULE_CREATE { { EXECUTOR_READ, handle_schedule_admit }, { EXECUTOR_CREW, handle_schedule_prepare }, { EXECUTOR_TRANSACTION, handle_schedule_create } }

enum { PAGE = ROUTE_PAGE, POSTED = ROUTE_PAGE | ROUTE_FORM, CORS = ROUTE_CORS, EXTERNAL = ROUTE_EXTERNAL | ROUTE_CORS };
enum { HEAVY = EXTERNAL | ROUTE_HEAVY };

const struct route routes[] = {
/* operation */
{ HTTP_GET,   "/healthz",       ACCESS_NONE, 0, 0, READ(handle_healthz), 0 },
{ HTTP_GET,   "/health",        ACCESS_NONE, 0, 0, READ(handle_health), 0 },
{ HTTP_GET,   "/readyz",        ACCESS_NONE, 0, 0, READ(handle_readyz), 0 },
{ HTTP_GET,   "/metrics",       ACCESS_NONE, 0, 0, READ(handle_metrics), 0 },
{ HTTP_GET,   "/static/{name}", ACCESS_NONE, 0, ROUTE_FILE, READ(handle_static), 0 },

/* API reference: Swagger UI */
{ HTTP_GET,   REFERENCE_PATH,        ACCESS_NONE, 0, PAGE, READ(handle_reference), 0 },
{ HTTP_GET,   REFERENCE_RETURN_PATH, ACCESS_NONE, 0, PAGE, READ(handle_reference_return), 0 },

/* guides */
{ HTTP_GET,   "/docs",        ACCESS_NONE, 0, PAGE, READ(handle_guides), 0 },
{ HTTP_GET,   "/docs/style",  ACCESS_NONE, 0, PAGE, READ(handle_style), 0 },
{ HTTP_GET,   "/docs/{name}", ACCESS_NONE, 0, PAGE, READ(handle_guide), 0 },

/* accounts: pages */
{ HTTP_GET,   "/",       ACCESS_SESSION, 0, PAGE,   READ(handle_home), 0 },
{ HTTP_GET,   "/login",  ACCESS_PUBLIC,  0, PAGE,   READ(handle_login_page), 0 },
{ HTTP_POST,  "/login",  ACCESS_PUBLIC,  0, POSTED, HASHED(TRANSACTION, handle_login_form_reserve, handle_login_form_verify, handle_login_form_finish), 0 },
{ HTTP_GET,   "/signup", ACCESS_PUBLIC,  0, PAGE,   READ(handle_signup_page), 0 },
{ HTTP_POST,  "/signup", ACCESS_PUBLIC,  0, POSTED, HASHED(TRANSACTION, handle_signup_form_reserve, handle_signup_hash, handle_signup_form_finish), 0 },
{ HTTP_GET,   "/logout", ACCESS_PUBLIC,  0, PAGE,   READ(handle_logout_page), 0 },
{ HTTP_POST,  "/logout", ACCESS_PUBLIC,  0, POSTED | ROUTE_LEAVES, TRANSACT(handle_logout_form), 0 },
{ HTTP_GET,   "/setup",  ACCESS_PUBLIC,  0, PAGE,   READ(handle_setup_page), 0 },
{ HTTP_POST,  "/setup",  ACCESS_PUBLIC,  0, POSTED, HASHED(READ, handle_setup_reserve, handle_setup_hash, handle_setup_finish), 0 },

/* connecting accounts elsewhere: pages */
{ HTTP_GET,   "/auth/integrations/setup-wizard",            ACCESS_SESSION, 0, PAGE,   READ(handle_setup_wizard), 0 },
{ HTTP_POST,  "/auth/integrations/setup-wizard",            ACCESS_SESSION, 0, POSTED, TRANSACT(handle_setup_wizard_done), 0 },
{ HTTP_POST,  "/auth/integrations/connect",                 ACCESS_SESSION, 0, POSTED, TRANSACT(handle_connect_form), 0 },
{ HTTP_GET,   "/auth/integrations/connected",               ACCESS_NONE,    0, PAGE,   READ(handle_connected_page), 0 },
{ HTTP_GET,   "/auth/integrations/credentials",             ACCESS_SESSION, 0, PAGE,   READ(handle_credential_form_page), 0 },
{ HTTP_POST,  "/auth/integrations/credentials",             ACCESS_SESSION, 0, POSTED, TRANSACT(handle_credential_form), 0 },
{ HTTP_GET,   "/profile/integrations",                      ACCESS_SESSION, 0, PAGE,   READ_MUCH(handle_integrations_page), 0 },
{ HTTP_POST,  "/profile/integrations/{provider}/{id}/rename", ACCESS_SESSION, 0, POSTED, TRANSACT(handle_integration_rename), 0 },
{ HTTP_POST,  "/profile/integrations/{provider}/{id}/delete", ACCESS_SESSION, 0, POSTED, { { EXECUTOR_TRANSACTION, handle_integration_delete }, { EXECUTOR_CREW, handle_integration_revoke } }, 0 },
{ HTTP_GET,   "/integrations/{name}",                       ACCESS_NONE,    0, ROUTE_FILE, READ(handle_provider_icon), 0 },

/* accounts: a person's own pages */
{ HTTP_GET,   "/profile",                                   ACCESS_SESSION, 0, PAGE,   READ(handle_profile_page), 0 },
{ HTTP_POST,  "/profile",                                   ACCESS_SESSION, 0, POSTED, TRANSACT(handle_profile_form), 0 },
{ HTTP_POST,  "/profile/password",                          ACCESS_SESSION, 0, POSTED, HASHED(TRANSACTION, handle_password_reserve, handle_password_verify, handle_password_finish), 0 },
{ HTTP_GET,   "/profile/delete",                            ACCESS_SESSION, 0, PAGE,   READ(handle_account_delete_page), 0 },
{ HTTP_POST,  "/profile/delete",                            ACCESS_SESSION, 0, POSTED, ACCOUNT_DELETE, 0 },
{ HTTP_GET,   "/profile/connected-apps",                    ACCESS_SESSION, 0, PAGE,   READ_MUCH(handle_connected_apps_page), 0 },
{ HTTP_POST,  "/profile/connected-apps/{client_id}/remove", ACCESS_SESSION, 0, POSTED, TRANSACT(handle_connected_app_remove), 0 },
{ HTTP_GET,   "/profile/api-keys",                          ACCESS_SESSION, 0, PAGE,   READ(handle_api_keys_page), 0 },
{ HTTP_GET,   "/profile/api-keys/new",                      ACCESS_SESSION, 0, PAGE,   READ(handle_api_key_new_page), 0 },
{ HTTP_POST,  "/profile/api-keys/new",                      ACCESS_SESSION, 0, POSTED, TRANSACT(handle_api_key_new_form), 0 },
{ HTTP_POST,  "/profile/api-keys/{id}/suspend",             ACCESS_SESSION, 0, POSTED, TRANSACT(handle_api_key_suspend_form), 0 },
{ HTTP_POST,  "/profile/api-keys/{id}/activate",            ACCESS_SESSION, 0, POSTED, TRANSACT(handle_api_key_activate_form), 0 },
{ HTTP_POST,  "/profile/api-keys/{id}/revoke",              ACCESS_SESSION, 0, POSTED, TRANSACT(handle_api_key_revoke_form), 0 },
{ HTTP_GET,   "/profile/oauth-apps",                        ACCESS_SESSION, 0, PAGE,   READ(handle_oauth_apps_page), 0 },
{ HTTP_GET,   "/profile/oauth-apps/new",                    ACCESS_SESSION, 0, PAGE,   READ(handle_app_new_page), 0 },
{ HTTP_POST,  "/profile/oauth-apps/new",                    ACCESS_SESSION, 0, POSTED, HASHED(READ, handle_app_new_check, handle_app_new_make, handle_app_new_store), 0 },
{ HTTP_GET,   "/profile/oauth-apps/{id}",                   ACCESS_SESSION, 0, PAGE,   READ(handle_oauth_app_page), 0 },
{ HTTP_POST,  "/profile/oauth-apps/{id}",                   ACCESS_SESSION, 0, POSTED, TRANSACT(handle_oauth_app_form), 0 },
{ HTTP_POST,  "/profile/oauth-apps/{id}/enable",            ACCESS_SESSION, 0, POSTED, TRANSACT(handle_oauth_app_enable), 0 },
{ HTTP_POST,  "/profile/oauth-apps/{id}/disable",           ACCESS_SESSION, 0, POSTED, TRANSACT(handle_oauth_app_disable), 0 },
{ HTTP_POST,  "/profile/oauth-apps/{id}/secret",            ACCESS_SESSION, 0, POSTED, HASHED(READ, handle_app_secret_check, handle_app_secret_make, handle_app_secret_store), 0 },
{ HTTP_POST,  "/profile/oauth-apps/{id}/secret/end-former", ACCESS_SESSION, 0, POSTED, TRANSACT(handle_app_secret_end), 0 },
{ HTTP_POST,  "/profile/oauth-apps/{id}/logo",              ACCESS_SESSION, 0, POSTED | ROUTE_UPLOAD, LOGO_UPLOAD(handle_logo_admit_form, handle_logo_store_form), LOGO_BODY_MAX },
{ HTTP_POST,  "/profile/oauth-apps/{id}/logo/remove",       ACCESS_SESSION, 0, POSTED, TRANSACT(handle_logo_remove_form), 0 },
{ HTTP_GET,   "/oauth-apps/{id}/logo/{name}",               ACCESS_NONE,    0, ROUTE_FILE, READ(handle_logo), 0 },
{ HTTP_POST,  "/profile/oauth-apps/{id}/revoke-tokens",     ACCESS_SESSION, 0, POSTED, TRANSACT(handle_oauth_app_revoke), 0 },
{ HTTP_GET,   "/profile/activity",                          ACCESS_SESSION, 0, PAGE,   READ_MUCH(handle_activity_page), 0 },
{ HTTP_GET,   "/profile/sessions",                          ACCESS_SESSION, 0, PAGE,   READ(handle_sessions_page), 0 },
{ HTTP_POST,  "/profile/sessions/{id}/end",                 ACCESS_SESSION, 0, POSTED, TRANSACT(handle_session_end), 0 },
{ HTTP_POST,  "/profile/sessions/end-others",               ACCESS_SESSION, 0, POSTED, TRANSACT(handle_sessions_end_others), 0 },

/* for administrators, once the password was entered again */
{ HTTP_GET,   "/admin",             ACCESS_ELEVATED, 0, PAGE,   READ(handle_admin_page), 0 },
{ HTTP_GET,   "/admin/confirm",     ACCESS_ADMIN,    0, PAGE,   READ(handle_admin_confirm_page), 0 },
{ HTTP_POST,  "/admin/confirm",     ACCESS_ADMIN,    0, POSTED, HASHED(TRANSACTION, handle_admin_confirm_reserve, handle_admin_confirm_verify, handle_admin_confirm_finish), 0 },
{ HTTP_GET,   "/admin/people",      ACCESS_ELEVATED, 0, PAGE,   READ_MUCH(handle_admin_people_page), 0 },
{ HTTP_GET,   "/admin/people/{id}", ACCESS_ELEVATED, 0, PAGE,   READ(handle_admin_person_page), 0 },
{ HTTP_POST,  "/admin/people/{id}", ACCESS_ELEVATED, 0, POSTED, TRANSACT(handle_admin_person_form), 0 },
{ HTTP_GET,   "/admin/apps",             ACCESS_ELEVATED, 0, PAGE,   READ_MUCH(handle_admin_apps_page), 0 },
{ HTTP_GET,   "/admin/apps/{id}",        ACCESS_ELEVATED, 0, PAGE,   READ(handle_admin_app_page), 0 },
{ HTTP_POST,  "/admin/apps/{id}",        ACCESS_ELEVATED, 0, POSTED, TRANSACT(handle_admin_app_form), 0 },
{ HTTP_GET,   "/admin/submissions",      ACCESS_ELEVATED, 0, PAGE,   READ_MUCH(handle_admin_submissions_page), 0 },
{ HTTP_GET,   "/admin/submissions/{id}", ACCESS_ELEVATED, 0, PAGE,   READ(handle_admin_submission_page), 0 },
{ HTTP_POST,  "/admin/submissions/{id}", ACCESS_ELEVATED, 0, POSTED, TRANSACT(handle_admin_submission_form), 0 },
{ HTTP_GET,   "/admin/audit",            ACCESS_ELEVATED, 0, PAGE,   READ_MUCH(handle_admin_audit_page), 0 },
{ HTTP_GET,   "/admin/audit.csv",        ACCESS_ELEVATED, 0, PAGE,   READ_MUCH(handle_admin_audit_csv), 0 },
{ HTTP_GET,   "/admin/health",           ACCESS_ELEVATED, 0, PAGE,   READ(handle_admin_health_page), 0 },
{ HTTP_GET,   "/admin/settings",         ACCESS_ELEVATED, 0, PAGE,   READ(handle_admin_settings_page), 0 },

/* accounts: JSON */
{ HTTP_POST,  "/api/auth/signup",        ACCESS_PUBLIC,  0, 0, HASHED(TRANSACTION, handle_signup_reserve, handle_signup_hash, handle_signup_finish), 0 },
{ HTTP_POST,  "/api/auth/login",         ACCESS_PUBLIC,  0, 0, HASHED(TRANSACTION, handle_login_reserve, handle_login_verify, handle_login_finish), 0 },
{ HTTP_POST,  "/api/auth/logout",        ACCESS_PUBLIC,  0, 0, TRANSACT(handle_logout), 0 },
{ HTTP_GET,   "/api/auth/user",          ACCESS_SESSION, 0, 0, READ(handle_user), 0 },
{ HTTP_POST,  "/api/auth/user",          ACCESS_SESSION, 0, 0, { { EXECUTOR_READ, handle_user }, { EXECUTOR_TRANSACTION, handle_user_new } }, 0 },
{ HTTP_GET,   "/api/auth/user/timezone", ACCESS_SESSION, 0, 0, READ(handle_timezone), 0 },
{ HTTP_POST,  "/api/auth/user/timezone", ACCESS_SESSION, 0, 0, TRANSACT(handle_timezone_set), 0 },
{ HTTP_POST,  "/api/auth/user/email",    ACCESS_SESSION, 0, 0, TRANSACT(handle_email_set), 0 },
{ HTTP_GET,   "/api/auth/user/preferences", ACCESS_SESSION, 0, 0, READ(handle_preferences), 0 },
{ HTTP_POST,  "/api/auth/user/preferences", ACCESS_SESSION, 0, 0, TRANSACT(handle_preferences_set), 0 },
{ HTTP_POST,  "/api/auth/user/name",     ACCESS_SESSION, 0, 0, TRANSACT(handle_name_set), 0 },
{ HTTP_POST,  "/api/auth/user/delete",   ACCESS_SESSION, 0, 0, ACCOUNT_DELETE, 0 },

/* the audit trail */
{ HTTP_GET,   "/api/audit",              ACCESS_SESSION, 0, 0, READ_MUCH(handle_audit), 0 },
{ HTTP_GET,   "/api/admin/audit",        ACCESS_ADMIN,   0, 0, READ_MUCH(handle_audit_admin), 0 },
{ HTTP_GET,   "/api/admin/audit/export", ACCESS_ADMIN,   0, 0, READ_MUCH(handle_audit_export), 0 },

/* OAuth, for apps */
{ HTTP_POST,  "/api/oauth/token",      ACCESS_CLIENT, 0, CORS, CLIENT_THEN(TRANSACTION, handle_token), 0 },
{ HTTP_POST,  "/api/oauth/introspect", ACCESS_CLIENT, 0, CORS, CLIENT_THEN(READ, handle_introspect), 0 },
{ HTTP_POST,  "/api/oauth/revoke",     ACCESS_CLIENT, 0, CORS, CLIENT_THEN(TRANSACTION, handle_revoke), 0 },
{ HTTP_GET,   "/.well-known/oauth-authorization-server",           ACCESS_NONE, 0, CORS, READ(handle_metadata), 0 },
{ HTTP_GET,   "/.well-known/oauth-authorization-server/api/oauth", ACCESS_NONE, 0, CORS, READ(handle_metadata), 0 },

/* OAuth, for people and the Platform's front end; who is not signed in is sent to sign in once the app is known */
{ HTTP_GET,   "/auth/authorize",             ACCESS_PUBLIC,  0, PAGE,   { { EXECUTOR_READ, handle_authorize_page }, { EXECUTOR_TRANSACTION, handle_authorize_silently } }, 0 },
{ HTTP_GET,   "/api/oauth/authorize",        ACCESS_PUBLIC,  0, PAGE,   { { EXECUTOR_READ, handle_authorize_page }, { EXECUTOR_TRANSACTION, handle_authorize_silently } }, 0 },
{ HTTP_POST,  "/auth/authorize",             ACCESS_SESSION, 0, POSTED, TRANSACT(handle_authorize_decision), 0 },
{ HTTP_POST,  "/api/oauth/authorize",        ACCESS_SESSION, 0, 0,      TRANSACT(handle_authorize_json), 0 },
{ HTTP_GET,   "/api/oauth/app/{client_id}",  ACCESS_SESSION, 0, 0,      READ(handle_app_info), 0 },
{ HTTP_GET,   "/api/oauth/apps/mine",        ACCESS_SESSION, 0, 0,      READ(handle_apps_mine), 0 },
{ HTTP_PATCH, "/api/oauth/apps/{id}/status", ACCESS_SESSION, 0, 0,      TRANSACT(handle_app_status), 0 },
{ HTTP_PATCH, "/api/oauth/apps/{id}/logo",   ACCESS_SESSION, 0, 0,      TRANSACT(handle_logo_set), 0 },
{ HTTP_POST,  "/api/oauth/apps/{id}/logo/upload", ACCESS_SESSION, 0, ROUTE_HEAVY | ROUTE_UPLOAD, LOGO_UPLOAD(handle_logo_admit, handle_logo_store), LOGO_BODY_MAX },

/* schedules of agents, by the person whom they run for */
{ HTTP_POST,   "/api/graphs/{graph_id}/schedules",     ACCESS_SESSION, 0, 0, SCHEDULE_CREATE, 0 },
{ HTTP_GET,    "/api/graphs/{graph_id}/schedules",     ACCESS_SESSION, 0, 0, READ_MUCH(handle_schedules_of_graph), 0 },
{ HTTP_GET,    "/api/schedules",                       ACCESS_SESSION, 0, 0, READ_MUCH(handle_schedules), 0 },
{ HTTP_GET,    "/api/schedules/{schedule_id}",         ACCESS_SESSION, 0, 0, READ(handle_schedule), 0 },
{ HTTP_DELETE, "/api/schedules/{schedule_id}",         ACCESS_SESSION, 0, 0, TRANSACT(handle_schedule_delete), 0 },
{ HTTP_POST,   "/api/schedules/{schedule_id}/pause",   ACCESS_SESSION, 0, 0, TRANSACT(handle_schedule_pause), 0 },
{ HTTP_POST,   "/api/schedules/{schedule_id}/resume",  ACCESS_SESSION, 0, 0, TRANSACT(handle_schedule_resume), 0 },

/* API keys, by the person whom they act for */
{ HTTP_POST,   "/api/api-keys",                  ACCESS_SESSION, 0, 0, TRANSACT(handle_api_key_create), 0 },
{ HTTP_GET,    "/api/api-keys",                  ACCESS_SESSION, 0, 0, READ(handle_api_keys), 0 },
{ HTTP_GET,    "/api/api-keys/{id}",             ACCESS_SESSION, 0, 0, READ(handle_api_key), 0 },
{ HTTP_PATCH,  "/api/api-keys/{id}",             ACCESS_SESSION, 0, 0, TRANSACT(handle_api_key_describe), 0 },
{ HTTP_DELETE, "/api/api-keys/{id}",             ACCESS_SESSION, 0, 0, TRANSACT(handle_api_key_revoke), 0 },
{ HTTP_POST,   "/api/api-keys/{id}/suspend",     ACCESS_SESSION, 0, 0, TRANSACT(handle_api_key_suspend), 0 },
{ HTTP_POST,   "/api/api-keys/{id}/activate",    ACCESS_SESSION, 0, 0, TRANSACT(handle_api_key_activate), 0 },
{ HTTP_PUT,    "/api/api-keys/{id}/permissions", ACCESS_SESSION, 0, 0, TRANSACT(handle_api_key_permissions), 0 },

/* accounts and keys elsewhere, by the person whose they are */
{ HTTP_GET,    "/api/integrations/providers",           ACCESS_SESSION, 0, 0, READ(handle_providers), 0 },
{ HTTP_GET,    "/api/integrations/providers/names",     ACCESS_SESSION, 0, 0, READ(handle_provider_names), 0 },
{ HTTP_GET,    "/api/integrations/providers/system",    ACCESS_SESSION, 0, 0, READ(handle_providers_system), 0 },
{ HTTP_GET,    "/api/integrations/providers/constants", ACCESS_SESSION, 0, 0, READ(handle_provider_constants), 0 },
{ HTTP_GET,    "/api/integrations/credentials",                       ACCESS_SESSION, 0, 0, READ_MUCH(handle_credentials), 0 },
{ HTTP_GET,    "/api/integrations/{provider}/credentials",            ACCESS_SESSION, 0, 0, READ_MUCH(handle_provider_credentials), 0 },
{ HTTP_POST,   "/api/integrations/{provider}/credentials",            ACCESS_SESSION, 0, 0, TRANSACT(handle_credential_create), 0 },
{ HTTP_GET,    "/api/integrations/{provider}/credentials/{id}",       ACCESS_SESSION, 0, 0, READ(handle_credential), 0 },
{ HTTP_PATCH,  "/api/integrations/{provider}/credentials/{id}",       ACCESS_SESSION, 0, 0, TRANSACT(handle_credential_rename), 0 },
{ HTTP_DELETE, "/api/integrations/{provider}/credentials/{id}",       ACCESS_SESSION, 0, 0, { { EXECUTOR_TRANSACTION, handle_credential_delete }, { EXECUTOR_CREW, handle_credential_revoke } }, 0 },
{ HTTP_GET,    "/api/integrations/{provider}/login",    ACCESS_SESSION, 0, ROUTE_CHANGES, TRANSACT(handle_connect_login), 0 },
{ HTTP_POST,   "/api/integrations/{provider}/callback", ACCESS_SESSION, 0, 0, { { EXECUTOR_READ, handle_connect_admit }, { EXECUTOR_CREW, handle_connect_callback } }, 0 },
{ HTTP_GET,    "/auth/integrations/oauth_callback",     ACCESS_SESSION, 0, PAGE, { { EXECUTOR_READ, handle_connect_page_admit }, { EXECUTOR_CREW, handle_connect_page } }, 0 },

/* the store, by those who offer agents there, who rate them, and by administrators */
{ HTTP_GET,    "/api/store/profile",                                        ACCESS_SESSION, 0, 0, READ(handle_store_profile), 0 },
{ HTTP_PUT,    "/api/store/profile",                                        ACCESS_SESSION, 0, 0, TRANSACT(handle_store_profile_put), 0 },
{ HTTP_POST,   "/api/store/submissions",                                    ACCESS_SESSION, 0, 0, TRANSACT(handle_submission_create), 0 },
{ HTTP_GET,    "/api/store/submissions",                                    ACCESS_SESSION, 0, 0, READ_MUCH(handle_submissions), 0 },
{ HTTP_GET,    "/api/store/submissions/{id}",                               ACCESS_SESSION, 0, 0, READ(handle_submission), 0 },
{ HTTP_PUT,    "/api/store/submissions/{id}",                               ACCESS_SESSION, 0, 0, TRANSACT(handle_submission_change), 0 },
{ HTTP_DELETE, "/api/store/submissions/{id}",                               ACCESS_SESSION, 0, 0, TRANSACT(handle_submission_remove), 0 },
{ HTTP_POST,   "/api/store/agents/{username}/{agent_name}/library",         ACCESS_SESSION, 0, 0, TRANSACT(handle_store_take), 0 },
{ HTTP_GET,    "/api/store/agents/{username}/{agent_name}/reviews",         ACCESS_SESSION, 0, 0, READ(handle_store_review), 0 },
{ HTTP_POST,   "/api/store/agents/{username}/{agent_name}/reviews",         ACCESS_SESSION, 0, 0, TRANSACT(handle_store_review_put), 0 },
{ HTTP_GET,    "/api/admin/store/submissions",                              ACCESS_ADMIN,   0, 0, READ_MUCH(handle_admin_submissions), 0 },
{ HTTP_POST,   "/api/admin/store/submissions/{id}/review",                  ACCESS_ADMIN,   0, 0, TRANSACT(handle_admin_decide), 0 },
{ HTTP_PUT,    "/api/admin/store/agents/{username}/{agent_name}/featured",  ACCESS_ADMIN,   0, 0, TRANSACT(handle_admin_feature), 0 },
{ HTTP_PUT,    "/api/admin/store/creators/{username}/featured",             ACCESS_ADMIN,   0, 0, TRANSACT(handle_admin_feature_creator), 0 },

/* External API */
{ HTTP_GET,   "/external-api/metrics", ACCESS_NONE, 0, ROUTE_EXTERNAL, READ(handle_metrics), 0 },
{ HTTP_GET,   "/external-api/openapi.json", ACCESS_NONE, 0, EXTERNAL, READ(handle_api_document), 0 },
{ HTTP_GET,   "/external-api/v1/me", ACCESS_API, SCOPE_IDENTITY, EXTERNAL, READ(handle_me), 0 },

/* External API: blocks */
{ HTTP_GET,   "/external-api/v1/blocks",                    ACCESS_API, SCOPE_READ_BLOCK,    EXTERNAL, { { EXECUTOR_READ, handle_blocks }, { EXECUTOR_WORKER, handle_blocks_make } }, 0 },
{ HTTP_POST,  "/external-api/v1/blocks/{block_id}/execute", ACCESS_API, SCOPE_EXECUTE_BLOCK, HEAVY, { { EXECUTOR_READ, handle_block_find }, { EXECUTOR_CREW, handle_block_run } }, BLOCK_INPUT_BYTES_MAX },

/* External API: graphs */
{ HTTP_POST,   "/external-api/v1/graphs",                     ACCESS_API, SCOPE_WRITE_GRAPH | SCOPE_WRITE_LIBRARY, HEAVY, GRAPH_THEN(handle_graph_admit, handle_graph_create), GRAPH_BYTES_MAX },
{ HTTP_GET,    "/external-api/v1/graphs",                     ACCESS_API, SCOPE_READ_GRAPH, EXTERNAL, READ_MUCH(handle_graphs), 0 },
{ HTTP_GET,    "/external-api/v1/graphs/{graph_id}",          ACCESS_API, SCOPE_READ_GRAPH, EXTERNAL, READ_MUCH(handle_graph), 0 },
{ HTTP_PUT,    "/external-api/v1/graphs/{graph_id}",          ACCESS_API, SCOPE_WRITE_GRAPH | SCOPE_WRITE_LIBRARY, HEAVY, GRAPH_THEN(handle_graph_admit_version, handle_graph_replace), GRAPH_BYTES_MAX },
{ HTTP_DELETE, "/external-api/v1/graphs/{graph_id}",          ACCESS_API, SCOPE_WRITE_GRAPH | SCOPE_WRITE_LIBRARY, EXTERNAL, TRANSACT(handle_graph_delete), 0 },
{ HTTP_GET,    "/external-api/v1/graphs/{graph_id}/versions", ACCESS_API, SCOPE_READ_GRAPH, EXTERNAL, READ_MUCH(handle_graph_versions), 0 },

/* External API: executions */
{ HTTP_POST, "/external-api/v1/graphs/{graph_id}/execute/{graph_version}",                       ACCESS_API, SCOPE_EXECUTE_GRAPH, HEAVY, { { EXECUTOR_READ, handle_execute }, { EXECUTOR_CREW, handle_execute_check }, { EXECUTOR_TRANSACTION, handle_execute_queue }, { EXECUTOR_READ, handle_execute_answer } }, EXECUTION_BODY_MAX },
{ HTTP_GET,  "/external-api/v1/graphs/{graph_id}/executions/{graph_exec_id}/results",            ACCESS_API, SCOPE_READ_GRAPH,    EXTERNAL, READ_MUCH(handle_results), 0 },
{ HTTP_GET,  "/external-api/v1/graphs/{graph_id}/executions/{graph_exec_id}/events",             ACCESS_API, SCOPE_READ_GRAPH,    EXTERNAL, READ(handle_events), 0 },
{ HTTP_POST, "/external-api/v1/graphs/{graph_id}/executions/{graph_exec_id}/stop",               ACCESS_API, SCOPE_EXECUTE_GRAPH, EXTERNAL, { { EXECUTOR_TRANSACTION, handle_stop }, { EXECUTOR_READ, handle_stop_answer } }, 0 },
{ HTTP_POST, "/external-api/v1/graphs/{graph_id}/executions/{graph_exec_id}/review/{node_exec}", ACCESS_API, SCOPE_EXECUTE_GRAPH, EXTERNAL, { { EXECUTOR_TRANSACTION, handle_review }, { EXECUTOR_READ, handle_review_answer } }, 0 },

/* External API: tools */
{ HTTP_POST,   "/external-api/v1/tools/find-agent", ACCESS_API, SCOPE_USE_TOOLS, EXTERNAL, { { EXECUTOR_READ, handle_tool_admit }, { EXECUTOR_CREW, handle_find_agent } }, 0 },
{ HTTP_POST,   "/external-api/v1/tools/run-agent",  ACCESS_API, SCOPE_USE_TOOLS, EXTERNAL, { { EXECUTOR_READ, handle_tool_admit }, { EXECUTOR_CREW, handle_run_agent }, { EXECUTOR_TRANSACTION, handle_run_agent_begin }, { EXECUTOR_READ, handle_run_agent_answer } }, EXECUTION_BODY_MAX },

/* External API: schedules */
{ HTTP_POST,   "/external-api/v1/graphs/{graph_id}/schedules",    ACCESS_API, SCOPE_EXECUTE_GRAPH, EXTERNAL, SCHEDULE_CREATE, 0 },
{ HTTP_GET,    "/external-api/v1/graphs/{graph_id}/schedules",    ACCESS_API, SCOPE_READ_GRAPH,    EXTERNAL, READ_MUCH(handle_schedules_of_graph), 0 },
{ HTTP_GET,    "/external-api/v1/schedules",                      ACCESS_API, SCOPE_READ_GRAPH,    EXTERNAL, READ_MUCH(handle_schedules), 0 },
{ HTTP_GET,    "/external-api/v1/schedules/{schedule_id}",        ACCESS_API, SCOPE_READ_GRAPH,    EXTERNAL, READ(handle_schedule), 0 },
{ HTTP_DELETE, "/external-api/v1/schedules/{schedule_id}",        ACCESS_API, SCOPE_EXECUTE_GRAPH, EXTERNAL, TRANSACT(handle_schedule_delete), 0 },
{ HTTP_POST,   "/external-api/v1/schedules/{schedule_id}/pause",  ACCESS_API, SCOPE_EXECUTE_GRAPH, EXTERNAL, TRANSACT(handle_schedule_pause), 0 },
{ HTTP_POST,   "/external-api/v1/schedules/{schedule_id}/resume", ACCESS_API, SCOPE_EXECUTE_GRAPH, EXTERNAL, TRANSACT(handle_schedule_resume), 0 },

/* External API: accounts and keys elsewhere */
{ HTTP_GET,    "/external-api/v1/integrations/providers", ACCESS_API, SCOPE_READ_INTEGRATIONS, EXTERNAL, READ(handle_providers_external), 0 },
{ HTTP_GET,    "/external-api/v1/integrations/credentials",                 ACCESS_API, SCOPE_READ_INTEGRATIONS,   EXTERNAL, READ_MUCH(handle_credentials), 0 },
{ HTTP_GET,    "/external-api/v1/integrations/{provider}/credentials",      ACCESS_API, SCOPE_READ_INTEGRATIONS,   EXTERNAL, READ_MUCH(handle_provider_credentials), 0 },
{ HTTP_POST,   "/external-api/v1/integrations/{provider}/credentials",      ACCESS_API, SCOPE_MANAGE_INTEGRATIONS, EXTERNAL, TRANSACT(handle_credential_create_external), 0 },
{ HTTP_PATCH,  "/external-api/v1/integrations/{provider}/credentials/{id}", ACCESS_API, SCOPE_MANAGE_INTEGRATIONS, EXTERNAL, TRANSACT(handle_credential_rename), 0 },
{ HTTP_DELETE, "/external-api/v1/integrations/{provider}/credentials/{id}", ACCESS_API, SCOPE_DELETE_INTEGRATIONS, EXTERNAL, { { EXECUTOR_TRANSACTION, handle_credential_delete_external }, { EXECUTOR_CREW, handle_credential_revoke_external } }, 0 },
{ HTTP_POST,   "/external-api/v1/integrations/{provider}/oauth/initiate", ACCESS_API, SCOPE_MANAGE_INTEGRATIONS, EXTERNAL, TRANSACT(handle_connect_initiate), 0 },
{ HTTP_POST,   "/external-api/v1/integrations/{provider}/oauth/complete", ACCESS_API, SCOPE_MANAGE_INTEGRATIONS, EXTERNAL, { { EXECUTOR_READ, handle_connect_admit }, { EXECUTOR_CREW, handle_connect_complete } }, 0 },

/* External API: store */
{ HTTP_GET, "/external-api/v1/store/agents",                         ACCESS_API, SCOPE_READ_STORE, EXTERNAL, STORE_VIEW(handle_store_agents), 0 },
{ HTTP_GET, "/external-api/v1/store/agents/{username}/{agent_name}", ACCESS_API, SCOPE_READ_STORE, EXTERNAL, STORE_VIEW(handle_store_agent), 0 },
{ HTTP_GET, "/external-api/v1/store/creators",                       ACCESS_API, SCOPE_READ_STORE, EXTERNAL, STORE_VIEW(handle_store_creators), 0 },
{ HTTP_GET, "/external-api/v1/store/creators/{username}",            ACCESS_API, SCOPE_READ_STORE, EXTERNAL, STORE_VIEW(handle_store_creator), 0 },
};
/* clang-format on */

const size_t routes_count = ARRAY_LENGTH(routes);
