/* Which addresses from data may stand in a link, an image or a form. */
#pragma once

#include <jansson.h>

#include "base/str.h"

/* A local path ("/x", not "//host" or "/\host"), http:, https:, or a native app's scheme, which has a dot in it
 * (RFC 8252 §7.1). Never javascript:, data:, or anything with a control character, which browsers skip. */
bool page_url_is_safe(struct str url);

/* For struct mustache_env: a value whose name is `url` or `action`, or ends in `_url` or `_action`, is
 * shown only if it is safe. */
bool page_url_may_show(struct str name, const json_t *value);
