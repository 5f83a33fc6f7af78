#include <jansson.h>
#include <stdio.h>

#include "base/codec.h"
#include "base/errors.h"
#include "cli/test_server/client.h"

enum { URL_MAX = 8192 };

static const struct {
        const char *name; /* of its anchor and its path */
        const char *title;
        const char *text;
        const char *button;
} rows[FLOW_STEPS] = {
        [FLOW_TOKEN] = { "token", "Exchange the code",
                         "The app sends the code and the PKCE verifier to the token endpoint, and gets its "
                         "tokens.",
                         "Exchange the code for tokens" },
        [FLOW_ME] = { "me", "Call the API",
                      "The app asks who signed in, with the access token as its credential.", "Call /me" },
        [FLOW_REFRESH] = { "refresh", "Refresh",
                           "The refresh token gives a new access token and a new refresh token; the old one "
                           "is spent.",
                           "Refresh the tokens" },
        [FLOW_INTROSPECT] = { "introspect", "Introspect",
                              "The app asks whether its access token is still good.",
                              "Introspect the access token" },
        [FLOW_REVOKE] = { "revoke", "Revoke",
                          "The app gives its access token back; introspect it again to see the effect.",
                          "Revoke the access token" },
};

static json_t *text_of(struct str s) {
        return json_stringn(s.ptr ? s.ptr : "", s.len);
}

static json_t *text_of_buffer(struct strbuf *b) {
        struct str s = strbuf_str(b);
        json_t *text = b->failed ? NULL : text_of(s);

        strbuf_done(b);
        return text;
}

static json_t *shortened(struct str s) {
        struct strbuf b = STRBUF_INIT(URL_MAX);

        append_shortened(&b, s);
        return text_of_buffer(&b);
}

static json_t *authorize_url(const struct test_client *client, const struct flow *flow) {
        struct strbuf b = STRBUF_INIT(URL_MAX);

        step_authorize_url(client, flow, &b);
        return text_of_buffer(&b);
}

/* The wizard that connects accounts (dialect: oauth-tool): github with two scopes, and google. */
static json_t *integration_url(const struct test_client *client, const struct flow *flow) {
        static const struct str providers = STR_INIT("W3sicHJvdmlkZXIiOiJnaXRodWIiLCJzY29wZXMiOlsicmVwbyIsInJ"
                                                     "lYWQ6dXNlciJdfSx7InByb3ZpZGVyIjoiZ29vZ2xlIn1d");
        struct strbuf b = STRBUF_INIT(URL_MAX);

        strbuf_printf(&b, STR_FMT "/auth/integrations/setup-wizard?client_id=%.*s&providers=",
                      STR_ARG(client->platform_url), CLIENT_ID_LENGTH, client->app->app.client_id);
        strbuf_append_percent(&b, providers, false);
        strbuf_append(&b, STR("&redirect_uri="));
        strbuf_append_percent(&b, client->app->app.redirect_uris, false);
        strbuf_append(&b, STR("&state="));
        strbuf_append(&b, str_of(flow->state));
        return text_of_buffer(&b);
}

static json_t *parameter(const char *name, struct str value, const char *meaning) {
        return json_pack("{s:s, s:o, s:s}", "name", name, "value", text_of(value), "meaning", meaning);
}

static json_t *parameters(const struct test_client *client, const struct flow *flow) {
        return json_pack(
                "[o, o, o, o, o, o, o]",
                parameter("response_type", STR("code"), "An authorization code is wanted"),
                parameter("client_id", str_n(client->app->app.client_id, CLIENT_ID_LENGTH), "Which app asks"),
                parameter("redirect_uri", client->app->app.redirect_uris, "Where the browser comes back to"),
                parameter("scope", STR(TEST_CLIENT_SCOPES), "What the app wants to be allowed"),
                parameter("state", str_of(flow->state),
                          "Comes back unchanged: ties the answer to this browser"),
                parameter("code_challenge", str_of(flow->challenge),
                          "SHA-256 of a secret that the app keeps (PKCE)"),
                parameter("code_challenge_method", STR("S256"), "How the challenge was made"));
}

static json_t *check(bool ok, const char *good, const char *bad) {
        return json_pack("{s:b, s:s}", "ok", ok, "text", ok ? good : bad);
}

static json_t *callback(const struct flow *flow) {
        json_t *checks;

        if (!flow->returned)
                return json_null();
        checks = json_pack("[o, o]",
                           check(flow->state_ok, "state is the one that this browser was given",
                                 "state is not the one that this browser was given: the answer is not used"),
                           check(flow->iss_ok, "iss names the server that was asked",
                                 flow->iss_given ? "iss names another server than the one that was asked"
                                                 : "iss is missing"));
        return json_pack("{s:o, s:o, s:b, s:s, s:s, s:b, s:b}", "query",
                         text_of(str_of(flow->returned_query)), "checks", checks, "has_error",
                         *flow->error != '\0', "error", flow->error, "error_description",
                         flow->error_description, "success", flow->success, "has_code", flow->code.len > 0);
}

static json_t *step(const struct flow *flow, enum flow_step id) {
        const struct flow_record *record = &flow->records[id];
        json_t *json;

        json = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s+, s:b, s:b}", "number", (int)id + 3, "name",
                         rows[id].name, "title", rows[id].title, "text", rows[id].text, "button",
                         rows[id].button, "action", "/steps/", rows[id].name, "possible",
                         step_possible(flow, id), "done", record->sent != NULL);
        if (json && record->sent) {
                json_object_set_new(json, "sent", json_string(record->sent));
                json_object_set_new(json, "received", json_string(record->received));
                json_object_set_new(json, "status", json_integer(record->status));
                json_object_set_new(json, "ok", json_boolean(record->status >= 200 && record->status < 300));
        }
        return json;
}

static json_t *steps(const struct flow *flow) {
        json_t *list = json_array();

        for (unsigned i = 0; i < FLOW_STEPS; i++)
                if (json_array_append_new(list, step(flow, i)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

int test_client_page(const struct test_client *client, const struct flow *flow, struct response *res) {
        const struct registration *app = &client->app->app;
        json_t *data;

        data = json_pack("{s:s, s:{s:o, s:o, s:o, s:o, s:o}, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                         "title", "OAuth Test Client", "app", "name", text_of(app->name), "client_id",
                         text_of(str_n(app->client_id, sizeof(app->client_id))), "client_secret",
                         shortened(secret_str(&client->app->secret)), "redirect_uri",
                         text_of(app->redirect_uris), "scopes", text_of(app->scopes), "platform_url",
                         text_of(client->platform_url), "backend_url", text_of(client->backend_url),
                         "authorize_url", authorize_url(client, flow), "parameters", parameters(client, flow),
                         "integration_url", integration_url(client, flow), "callback", callback(flow),
                         "steps", steps(flow), "reset_action", json_string("/reset"));
        return page_respond(client->theme, res, 200, "test_client", data);
}
