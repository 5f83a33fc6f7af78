/* What a client says about the form that it wants an answer in. */
#pragma once

#include "base/str.h"

/* Whether gzip may be sent (RFC 9110 §12.5.3): it is named, or covered by `*`, without a weight of 0.
 *
 * accept_encoding   the field's value; STR_NULL when it was not sent: no */
bool accepts_gzip(struct str accept_encoding);

/* Whether a client holds this representation already (RFC 9110 §13.1.2, weak comparison).
 *
 * if_none_match   the field's value; STR_NULL when it was not sent: no
 * etag            with its quotes, not weak */
bool etag_matches(struct str if_none_match, struct str etag);
