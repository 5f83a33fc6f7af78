#include "oauth_fixture.h"

#include <jansson.h>
#include <stdio.h>

#include "account/user.h"
#include "oauth/access_token.h"
#include "oauth/client.h"
#include "oauth/code.h"
#include "oauth/pkce.h"
#include "oauth/token.h"

static struct user_row ada;

static int insert(struct request *req, struct str id, const char *client_id, struct str redirect_uris) {
        return db_app_insert(req->tx, id, str_of(client_id), STR("An App"), STR_NULL, STR_NULL, STR_NULL,
                             STR_NULL, redirect_uris, STR("authorization_code refresh_token"),
                             STR("IDENTITY READ_GRAPH"), STR("owner"), FIXTURE_START);
}

static int make_all(struct request *req, struct response *res _unused_) {
        const struct user_new user = { STR_INIT("ada@example.org"), STR_INIT("Ada"), STR_INIT("hash"),
                                       false };

        assert_int_equal(user_create(req->context, req->tx, &req->arena, &user, &ada), 0);
        assert_int_equal(insert(req, STR("app-id"), APP, STR(CALLBACK " " LOOPBACK " " QUERY)), 1);
        assert_int_equal(insert(req, STR("other-id"), OTHER, STR(CALLBACK)), 1);
        return 0;
}

void oauth_fixture_init(struct oauth_fixture *o) {
        memset(o, 0, sizeof(*o));
        fixture_init(&o->f);
        fixture_get(&o->f, NULL);
        assert_int_equal(fixture_transaction(&o->f, make_all), 0);
        snprintf(o->ada_id, sizeof(o->ada_id), STR_FMT, STR_ARG(ada.id));
        o->ada = (struct identity){ .kind = IDENTITY_SESSION,
                                    .user_id = str_of(o->ada_id),
                                    .email = STR_INIT("ada@example.org"),
                                    .csrf = STR_INIT("csrf") };
        pkce_challenge_of(STR(VERIFIER), o->challenge);
        o->memory = SIZE_MAX;
}

void oauth_fixture_done(struct oauth_fixture *o) {
        fixture_done(&o->f);
}

static struct authorize *checked;

static int check(struct request *req, struct response *res _unused_) {
        return authorize_check_all(req, AUTHORIZE_QUERY, checked);
}

int oauth_check(struct oauth_fixture *o, const char *query, struct authorize *ret) {
        fixture_get(&o->f, query);
        o->f.req.identity = &o->ada;
        checked = ret;
        return fixture_read(&o->f, check);
}

static scope_set wanted;
static const char *challenge;
static char code_text[64];

static int issue(struct request *req, struct response *res _unused_) {
        _cleanup_(secret_done) struct secret code = SECRET_EMPTY;
        struct app app;
        int r;

        assert_int_equal(app_find(req->tx, &req->arena, STR(APP), &app), 0);
        r = code_issue(req, &app, req->identity->user_id, wanted, STR(CALLBACK), str_of(challenge), &code);
        snprintf(code_text, sizeof(code_text), STR_FMT, STR_ARG(secret_str(&code)));
        return r;
}

void oauth_code(struct oauth_fixture *o, scope_set scopes, char ret_code[64]) {
        o->f.req.arena.max = REQUEST_ARENA_MAX;
        fixture_get(&o->f, NULL);
        o->f.req.identity = &o->ada;
        wanted = scopes;
        challenge = o->challenge;
        assert_int_equal(fixture_transaction(&o->f, issue), 0);
        memcpy(ret_code, code_text, sizeof(code_text));
}

void oauth_limit_memory(struct oauth_fixture *o, size_t bytes) {
        o->memory = bytes;
}

/* Fills what is left of the arena's block, then lets it grow by the limit. */
static void apply_limit(struct oauth_fixture *o) {
        struct arena *arena = &o->f.req.arena;

        if (o->memory == SIZE_MAX)
                return;
        arena->max = arena->total;
        while (arena_alloc(arena, 16))
                ;
        arena->max += o->memory;
}

int oauth_token(struct oauth_fixture *o, const char *form) {
        int r;

        o->f.req.arena.max = REQUEST_ARENA_MAX;
        fixture_post_form(&o->f, form);
        apply_limit(o);
        r = fixture_read(&o->f, client_identify);
        return r == STEP_SKIP ? fixture_transaction(&o->f, handle_token) : r;
}

int oauth_redeem(struct oauth_fixture *o, const char *code, const char *more) {
        char form[1024];

        snprintf(form, sizeof(form),
                 "grant_type=authorization_code&client_id=" APP "&redirect_uri=" CALLBACK "&code=%s%s", code,
                 more);
        return oauth_token(o, form);
}

int oauth_refresh(struct oauth_fixture *o, const char *refresh_token, const char *more) {
        char form[1024];

        snprintf(form, sizeof(form), "grant_type=refresh_token&client_id=" APP "&refresh_token=%s%s",
                 refresh_token, more);
        return oauth_token(o, form);
}

struct pair oauth_pair(struct oauth_fixture *o) {
        json_t *body = json_loadb(o->f.res.body.ptr, o->f.res.body.len, 0, NULL);
        const char *access, *refresh;
        struct pair pair = { .expires_in = -1 };
        json_int_t left;

        assert_int_equal(o->f.res.status, 200);
        assert_int_equal(json_unpack(body, "{s:s, s:s, s:I}", "access_token", &access, "refresh_token",
                                     &refresh, "expires_in", &left),
                         0);
        snprintf(pair.access, sizeof(pair.access), "%s", access);
        snprintf(pair.refresh, sizeof(pair.refresh), "%s", refresh);
        pair.expires_in = (long)left;
        json_decref(body);
        return pair;
}

struct pair oauth_grant(struct oauth_fixture *o, scope_set scopes) {
        char code[64];

        oauth_code(o, scopes, code);
        assert_int_equal(oauth_redeem(o, code, "&code_verifier=" VERIFIER), 0);
        return oauth_pair(o);
}

static const char *looked_for;

static int find_access(struct request *req, struct response *res _unused_) {
        struct access_token token;

        return access_token_find(req->tx, &req->arena, req->context, str_of(looked_for), &token);
}

int oauth_access(struct oauth_fixture *o, const char *access_token) {
        fixture_get(&o->f, NULL);
        looked_for = access_token;
        return fixture_read(&o->f, find_access);
}

struct change {
        const char *client_id;
        bool active;
};

static int set_app(struct tx *tx, void *data) {
        const struct change *change = data;
        struct app_row row;
        struct arena arena;
        struct str id = strcmp(change->client_id, APP) == 0 ? STR("app-id") : STR("other-id");
        int r;

        arena_init(&arena, 64 * 1024);
        r = db_app_set_active(tx, &arena, id, STR("owner"), change->active, FIXTURE_START, &row);
        arena_done(&arena);
        return r;
}

void oauth_set_active(struct oauth_fixture *o, const char *client_id, bool active) {
        struct change change = { client_id, active };

        assert_int_equal(fixture_write(&o->f, set_app, &change), 1);
}

static int disable(struct tx *tx, void *data) {
        const struct oauth_fixture *o = data;

        return user_set_active(&o->f.context, tx, str_of(o->ada_id), false);
}

void oauth_disable_ada(struct oauth_fixture *o) {
        assert_int_equal(fixture_write(&o->f, disable, o), 0);
}
