/* JSON pointers (RFC 6901), as they stand in the fragment of a reference. */
#pragma once

#include <jansson.h>

#include "base/str.h"

enum { JSON_POINTER_NAME_MAX = 512 }; /* bytes of one name */

/* What a pointer points at within a document; NULL when there is nothing. Borrowed.
 *
 * pointer   "" for the document itself, "/paths/~1me"; percent-encoding is decoded
 */
json_t *json_pointer_find(json_t *document, struct str pointer);
