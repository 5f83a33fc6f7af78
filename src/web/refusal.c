#include "web/refusal.h"

#include "account/audit.h"
#include "account/identity.h"
#include "oauth/client.h"

/* Somebody asked more often than they may, or has all that they may have. */
static bool is_limit(int result) {
        static const int full[] = { ERR_STORAGE_FULL, ERR_API_KEYS_FULL, ERR_SCHEDULES_FULL,
                                    ERR_SUBMISSIONS_FULL, ERR_CREDENTIALS_FULL };

        for (size_t i = 0; i < ARRAY_LENGTH(full); i++)
                if (result == -full[i])
                        return true;
        return error_row(result)->json_status == 429;
}

/* At the endpoints of apps; a malformed request is none of the audit trail's. */
static void client_refusal(const struct request *req, int result) {
        const struct error_row *row = error_row(result);
        const struct app *app = client_claimed(req);
        struct audit what = { .reason = row->name };

        if (!app)
                return;
        if (result == -ERR_INVALID_CLIENT)
                what.event = AUDIT_CLIENT_REFUSED;
        else if (is_limit(result))
                what.event = AUDIT_QUOTA_REFUSED;
        else if (str_eq(row->oauth_code, STR("invalid_grant")) ||
                 str_eq(row->oauth_code, STR("invalid_scope")) ||
                 str_eq(row->oauth_code, STR("unauthorized_client")))
                what.event = AUDIT_GRANT_REFUSED;
        else
                return;
        what.app_id = app->row.id;
        audit_soon(req, &what);
}

void refusal_audit(const struct request *req, const struct route *route, int result) {
        const struct error_row *row = error_row(result);
        enum audit_event event = AUDIT_ACCESS_REFUSED;

        if (route->access == ACCESS_CLIENT) {
                client_refusal(req, result);
                return;
        }
        if (!req->identity || !req->identity->user_id.ptr)
                return;
        if (is_limit(result))
                event = AUDIT_QUOTA_REFUSED;
        else if (row->json_status != 401 && row->json_status != 403)
                return;
        /* Signing in tells of its own refusals (account/login.c), and who is to enter the password again is refused nothing. */
        if (result == -ERR_WRONG_PASSWORD || result == -ERR_NOT_ELEVATED ||
            (event == AUDIT_QUOTA_REFUSED && route->access == ACCESS_PUBLIC))
                return;
        audit_soon(req, &(struct audit){ event, .reason = row->name, .detail = str_of(route->path) });
}
