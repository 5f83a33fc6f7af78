/* Holds the audit trail against its seals (account/audit_chain.h), and says where it was changed.
 *
 * Shown: any change, removal, insertion or reordering of sealed events, and an end that was cut off, to whoever holds the server's key.
 * Not shown: what happens to events before they are sealed, about a second after their commit; and an end that was cut off by
 * somebody who put back a head of that time, for which operators keep a head elsewhere and hand it in as `expect`. */
#pragma once

#include "account/audit_chain.h"

enum { AUDIT_FAULT_MAX = 256 /* bytes of a fault's text */, AUDIT_KEYS_MAX = 8 };

struct audit_verify {
        const struct mac_key *keys; /* the server's, then older ones */
        size_t n_keys;
        int64_t expect_seq; /* 0: no head is expected */
        struct hash expect_hash;
        void (*fault)(void *data, const char *text);
        void (*progress)(void *data, int64_t done, int64_t total); /* segments; may be NULL */
        void *data;
};

struct audit_verified {
        int64_t segments, events;
        int64_t removed;  /* events whose time was over */
        int64_t unsealed; /* rows that wait for the sealer: the parts of commits */
        int64_t faults;
        int64_t head_seq; /* the newest segment; 0 for an empty trail */
        struct hash head;
        bool expect_gone; /* the head that was expected is of a time that was removed since */
};

/* tx   a snapshot, for the whole of it
 * errors   ERR_STORAGE, ERR_NO_MEMORY; what is wrong with the trail is no error of this function's */
_must_use_ int audit_verify(struct tx *tx, const struct audit_verify *how, struct audit_verified *ret);

/* Whether a segment's bytes are the events that it says it has, from the first to the last. */
bool audit_segment_holds(const struct audit_segment_row *segment);
