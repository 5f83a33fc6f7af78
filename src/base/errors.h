/* The error table: each error is one row of errors.def. Functions return -ERR_… ; 0 and above is good. */
#pragma once

#include "base/str.h"

enum error {
        ERR_NONE = 0,
#define X(ident, json_status, other_status, oauth_code, text) ERR_##ident,
#include "base/errors.def"
#undef X
        ERR_COUNT
};

struct error_row {
        const char *name;      /* "CODE_SPENT": for logs and metrics */
        int json_status;       /* HTTP status of the answer to a JSON request */
        int other_status;      /* to every other one */
        struct str oauth_code; /* member `error`; empty if there is none */
        struct str text;       /* public: member `detail`, `error_description` */
};

/* The row of a result; a result that is no error, or none that is known, gives ERR_INTERNAL's.
 *
 * result   a negative result, -ERR_…
 */
const struct error_row *error_row(int result);
