/* News feeds: RSS 0.9x, 1.0 and 2.0, and Atom (RFC 4287). */
#pragma once

#include <jansson.h>

#include "base/errors.h"
#include "base/str.h"

enum {
        FEED_ENTRIES_MAX = 1000,
        FEED_TEXT_MAX = 64 * 1024 /* bytes of one member; what is longer is cut off */
};

/* Reads the entries that are newer than a time, in the feed's order.
 *
 * after_ms   epoch milliseconds; an entry without a date that can be read counts as older
 * ret        array of {title, link, description, pub_date, author, categories}
 * errors     ERR_BLOCK (no feed, not well-formed, defines entities, or has too many entries), ERR_NO_MEMORY
 */
_must_use_ int feed_read(struct str xml, int64_t after_ms, json_t **ret);

/* A date as feeds write it: RFC 822 or RFC 3339. Epoch milliseconds. */
_must_use_ bool feed_date(struct str text, int64_t *ret_ms);
