#include "oauth/reference_app.h"

#include "account/scope.h"
#include "base/errors.h"
#include "db/statements.h"

enum { ARENA_MAX = 16 * 1024 };

int reference_app_put(const struct context *context, struct tx *tx) {
        _cleanup_(arena_done) struct arena arena;
        char id[ID_UUID_LENGTH];
        struct str redirect_uri, scopes;
        int r;

        arena_init(&arena, ARENA_MAX);
        r = id_uuid(context->clock, context->random, id);
        if (r < 0)
                return r;
        redirect_uri =
                arena_printf(&arena, STR_FMT REFERENCE_RETURN_PATH, STR_ARG(context->settings->public_url));
        scopes = scope_text(&arena, SCOPE_ALL);
        if (!redirect_uri.ptr || !scopes.ptr)
                return -ERR_NO_MEMORY;
        r = db_app_put_built_in(tx, str_n(id, sizeof(id)), STR(REFERENCE_CLIENT_ID), STR("API reference"),
                                STR("This server's own page, where you can try its API as yourself."),
                                redirect_uri, STR("authorization_code"), scopes, clock_now(context->clock));
        return r < 0 ? r : 0;
}
