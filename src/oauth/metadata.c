/* Authorization server metadata (RFC 8414 §2): what a client library needs to know, with the parameters of
 * RFC 9207. */
#include "account/scope.h"
#include "base/context.h"
#include "base/json_write.h"
#include "oauth/handlers.h"
#include "oauth/issuer.h"

static void member_url(struct json_writer *w, struct request *req, const char *name, const char *path) {
        struct str origin = req->context->settings->public_url;

        json_member_str(w, name, arena_printf(&req->arena, STR_FMT "%s", STR_ARG(origin), path));
}

static void write_endpoints(struct json_writer *w, struct request *req) {
        static const char *const methods = "client_secret_basic client_secret_post none";

        bool below = str_contains(req->path, STR(ISSUER_PATH));

        member_url(w, req, "issuer", below ? ISSUER_PATH : "");
        member_url(w, req, "authorization_endpoint", below ? AUTHORIZE_PATH_BELOW : AUTHORIZE_PATH);
        member_url(w, req, "token_endpoint", "/api/oauth/token");
        json_member_words(w, "token_endpoint_auth_methods_supported", str_of(methods));
        member_url(w, req, "introspection_endpoint", "/api/oauth/introspect");
        json_member_words(w, "introspection_endpoint_auth_methods_supported", str_of(methods));
        member_url(w, req, "revocation_endpoint", "/api/oauth/revoke");
        json_member_words(w, "revocation_endpoint_auth_methods_supported", str_of(methods));
}

int handle_metadata(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_header(res, STR("Cache-Control"), STR("public, max-age=300"));
        json_object_begin(&w);
        write_endpoints(&w, req);
        json_member_words(&w, "scopes_supported", scope_text(&req->arena, SCOPE_ALL));
        json_member_words(&w, "response_types_supported", STR("code"));
        json_member_words(&w, "response_modes_supported", STR("query"));
        json_member_words(&w, "grant_types_supported", STR("authorization_code refresh_token"));
        json_member_words(&w, "code_challenge_methods_supported", STR("S256"));
        json_member_words(&w, "prompt_values_supported", STR("none login consent select_account"));
        json_member_bool(&w, "authorization_response_iss_parameter_supported", true);
        json_object_end(&w);
        return 0;
}
