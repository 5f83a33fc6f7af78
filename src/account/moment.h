/* When something was, as a person reads it: in their own time zone, and near ones by how long ago they were. */
#pragma once

#include <jansson.h>

#include "http/request.h"

/* The members `iso` (for <time datetime>) and `text` of a time; JSON null for 0, which stands for "never".
 *
 * req   of who reads it: identity->timezone counts, UTC when none is set
 * ms    milliseconds since 1970
 * returns   NULL when memory runs out
 */
json_t *moment_json(const struct request *req, int64_t ms);

/* The text alone.
 *
 * now    milliseconds since 1970
 * zone   name of a time zone; what is unknown counts as UTC, and is then said
 * out    room for MOMENT_TEXT_MAX bytes
 */
enum { MOMENT_TEXT_MAX = 64 };
void moment_text(int64_t ms, int64_t now, struct str zone, char *out);
