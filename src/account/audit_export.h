/* The audit trail as JSON lines, oldest first: one event a line, with the number of the segment that it is sealed in. */
#pragma once

#include "account/audit_read.h"
#include "db/statements.h"

struct audit_export {
        int64_t since, until; /* ids */
        int64_t after, last;  /* segments: the one that came last, the last one that can have anything */

        /* Writes one event; NULL for a line of JSON. */
        void (*write)(void *data, int64_t segment, const struct audit_entry *e, struct strbuf *out);
        void *data;
};

/* "2026-01-31T12:00:00Z" -> milliseconds since 1970 */
bool audit_time_read(struct str text, int64_t *ret);

/* `since` and `until` of a query; 0 where they are absent. errors: ERR_BAD_REQUEST */
_must_use_ int audit_read_times(struct request *req, int64_t *ret_since, int64_t *ret_until);

/* since, until   milliseconds since 1970; 0: from the beginning, to the end
 * errors         ERR_STORAGE */
_must_use_ int audit_export_begin(struct tx *tx, struct arena *arena, int64_t since, int64_t until,
                                  struct audit_export *ret);

/* Some segments more. Returns 1 while there may be more of them, 0 at the end. errors: ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int audit_export_some(struct tx *tx, struct arena *arena, struct audit_export *x,
                                 struct strbuf *out);
