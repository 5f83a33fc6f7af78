#include "base/errors.h"

static const struct error_row rows[] = {
        [ERR_NONE] = { "none", 500, 500, STR_INIT("server_error"), STR_INIT("An unexpected error occurred") },
#define X(ident, json_status, other_status, oauth_code, text) \
        [ERR_##ident] = { #ident, json_status, other_status, STR_INIT(oauth_code), STR_INIT(text) },
#include "base/errors.def"
#undef X
};

const struct error_row *error_row(int result) {
        if (result >= 0 || result <= -(int)ERR_COUNT)
                return &rows[ERR_INTERNAL];
        return &rows[-result];
}
