/* The app must be registered for codes: nobody is asked for a yes that leads to nothing (RFC 6749 §4.1.2.1). */
#include "oauth/authorize.h"

int check_grant_registered(struct authorize *a) {
        return app_has_grant(&a->app, STR("authorization_code")) ? 0 : -ERR_UNAUTHORIZED_CLIENT;
}
