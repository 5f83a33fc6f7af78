#include "oauth/token.h"

enum { GRANT_TYPE_MAX = 128 };

static const struct {
        struct str name;
        int (*run)(struct request *req, struct response *res, const struct app *app);
} grants[] = {
        { STR_INIT("authorization_code"), grant_authorization_code },
        { STR_INIT("refresh_token"), grant_refresh_token },
};

int handle_token(struct request *req, struct response *res) {
        const struct app *app = client_app(req);
        struct str grant_type;
        int r;

        r = request_text(req, "grant_type", GRANT_TYPE_MAX, &grant_type);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_LENGTH(grants); i++) {
                if (!str_eq(grants[i].name, grant_type))
                        continue;
                if (!app_has_grant(app, grant_type))
                        return -ERR_UNAUTHORIZED_CLIENT;
                return grants[i].run(req, res, app);
        }
        (void)request_refuse_field(req, "grant_type", "literal_error", "%s",
                                   error_row(-ERR_GRANT_TYPE)->text.ptr);
        return -ERR_GRANT_TYPE;
}
