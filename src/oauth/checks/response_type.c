/* Codes alone: no token ever travels in an address (RFC 9700 §2.1.2). Absent means `code`, as on the
 * Platform. */
#include "oauth/authorize.h"

int check_response_type(struct authorize *a) {
        return !a->response_type.ptr || str_eq(a->response_type, STR("code")) ? 0 : -ERR_RESPONSE_TYPE;
}
