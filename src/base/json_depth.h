/* How deep a JSON text nests, found before a parser that recurses sees it. */
#pragma once

#include "base/str.h"

/* Whether more than `max` objects and arrays stand within one another. Of a malformed text the answer means nothing but
 * that a parser goes no deeper. */
bool json_deeper_than(struct str text, unsigned max);
