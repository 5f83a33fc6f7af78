#include "account/email_change.h"

#include "account/audit.h"
#include "account/identity.h"
#include "account/throttle.h"
#include "account/user.h"
#include "base/id.h"

static bool signed_in_lately(const struct request *req) {
        int64_t session = req->identity->session_id;

        return session == 0 || clock_now(req->context->clock) - id_time_ms(session) <=
                                       EMAIL_CHANGE_MINUTES * INT64_C(60) * 1000;
}

/* What was counted stays, and whose address it is learns of it. */
static int taken(struct request *req, struct str email) {
        struct user_row owner;

        tx_keep(req->tx);
        if (db_user_by_email(req->tx, &req->arena, email, &owner) == 1)
                audit_soon(req,
                           &(struct audit){ AUDIT_EMAIL_REFUSED, .user_id = owner.id,
                                            .reason = error_row(-ERR_EMAIL_TAKEN)->name, .alone = true });
        return -ERR_EMAIL_TAKEN;
}

int email_change(struct request *req, struct user_row *user, struct str email) {
        struct throttle_taken counted;
        struct str normalised;
        int r;

        r = email_normalise(&req->arena, email, &normalised);
        if (r == -ERR_INVALID_FIELD)
                return request_refuse_field(req, "email", "value_error",
                                            "value is not a valid email address");
        if (r < 0 || str_eq(normalised, user->email))
                return r;
        if (!signed_in_lately(req))
                return -ERR_SIGN_IN_STALE;
        r = throttle_signup(req, &counted);
        if (r < 0)
                return r;
        r = db_user_set_email(req->tx, user->id, normalised, clock_now(req->context->clock));
        if (r <= 0)
                return r < 0 ? r : taken(req, normalised);
        r = throttle_refund(req->tx, &counted);
        if (r >= 0)
                r = audit(req, &(struct audit){ .event = AUDIT_EMAIL_CHANGED });
        if (r < 0)
                return r;
        user->email = normalised;
        return 0;
}
