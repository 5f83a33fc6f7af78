/* When something was, as a person reads it: in their own language and time zone, and near ones by how long ago they were. */
#pragma once

#include <jansson.h>

#include "http/request.h"
#include "pages/text.h"

/* The members `iso` (for <time datetime>) and `text` of a time; JSON null for 0, which stands for "never".
 *
 * req   of who reads it: identity->timezone counts, UTC when none is set
 * ms    milliseconds since 1970
 * returns   NULL when memory runs out
 */
json_t *moment_json(struct request *req, int64_t ms);

/* The text alone, which lasts as long as the arena; STR_NULL when memory runs out.
 *
 * now    milliseconds since 1970
 * zone   name of a time zone; what is unknown counts as UTC, and is then said
 */
struct str moment_text(struct arena *arena, enum language language, int64_t ms, int64_t now, struct str zone);
