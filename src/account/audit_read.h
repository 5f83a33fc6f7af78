/* Looking into the audit trail, newest first: what is sealed, and before that what the journal still holds.
 *
 * Segments come in the order of their sealing, the events of one in the order of their ids; so events that were under way at the same
 * moment may stand beside each other in any order, and a cursor never shows one twice nor leaves one out once it is sealed. */
#pragma once

#include "account/audit_codec.h"
#include "base/json_write.h"

enum {
        AUDIT_PAGE = 50,
        AUDIT_PAGE_MAX = 200,
        AUDIT_CURSOR_MAX = 48, /* bytes */
        AUDIT_READ_SEGMENTS_MAX =
                24, /* that one page may look through; it may then be short, or empty, and go on */
        AUDIT_READ_BYTES = 8 * 1024 * 1024,
};

/* What is asked for; what is absent is not asked for. */
struct audit_filter {
        struct str person, app_id, key_id; /* ids */
        unsigned event;                    /* 0: any */
        int64_t since, until;              /* milliseconds since 1970; [since, until) */
        struct str cursor;                 /* of the page before */
        size_t limit;                      /* 1 to AUDIT_PAGE_MAX */
};

struct audit_found {
        struct audit_entry entry;
        struct audit_texts texts; /* the entry's */
};

struct audit_page {
        struct audit_found **list;
        size_t n;
        char next[AUDIT_CURSOR_MAX]; /* cursor; empty at the end */
};

/* errors   ERR_BAD_REQUEST (the cursor), ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int audit_find(struct tx *tx, struct arena *arena, const struct audit_filter *filter,
                          struct audit_page *ret);

/* Whether an event has the person, app, key and kind that are asked for; times are not looked at. */
bool audit_matches(const struct audit_filter *filter, const struct audit_entry *e);

/* Whether a person may see from where an event came: where an administrator sat is not theirs to know; who tried their password, and
 * whence, is. */
bool audit_shows_place(const struct audit_entry *e, struct str user_id);

/* An event as JSON, without what has to be looked up: ids alone tell of people, apps and keys. The members of the object only, whose
 * beginning and end are the caller's.
 *
 * private   with address and User-Agent */
void audit_write_json(struct json_writer *w, const struct audit_entry *e, bool private);
