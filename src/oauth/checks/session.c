/* A person must be signed in. */
#include "account/identity.h"
#include "oauth/authorize.h"

int check_session(struct authorize *a) {
        const struct identity *who = a->req->identity;

        if (who && who->kind == IDENTITY_SESSION)
                return 0;
        return a->silent ? -ERR_LOGIN_REQUIRED : -ERR_NOT_SIGNED_IN;
}
