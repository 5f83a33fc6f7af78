/* An event's canonical form: the bytes that are stored and hashed. One form for each event.
 *
 *     u16 length of what follows · u64 id · u16 event · fields
 *
 * Numbers are big-endian. A field is u8 tag · u8 length · bytes; tags ascend, no field is empty. An id that is a UUID takes its
 * 16 bytes; any other takes its text, and its tag has AUDIT_TEXT set. */
#pragma once

#include "account/audit.h"

enum audit_actor {
        AUDIT_BY_NOBODY,  /* nobody who was known */
        AUDIT_BY_PERSON,  /* with a session */
        AUDIT_BY_APP,     /* by an access token, or as a client */
        AUDIT_BY_KEY,     /* by an API key */
        AUDIT_BY_SERVER,  /* a job */
        AUDIT_BY_COMMAND, /* an operator at the command line */
        AUDIT_ACTORS
};

enum {
        AUDIT_ENTRY_MAX = 1024, /* bytes of one event */
        AUDIT_ID_MAX = 100,
        AUDIT_UUID_BYTES = 16,
        AUDIT_ADDRESS_TEXT = 46
};

enum audit_tag {
        AUDIT_TAG_BY = 1,
        AUDIT_TAG_COUNT,
        AUDIT_TAG_USER,
        AUDIT_TAG_ACTOR,
        AUDIT_TAG_APP,
        AUDIT_TAG_KEY,
        AUDIT_TAG_SESSION,
        AUDIT_TAG_AUTHORIZATION,
        AUDIT_TAG_SUBJECT,
        AUDIT_TAG_ADDRESS,
        AUDIT_TAG_USER_AGENT,
        AUDIT_TAG_REQUEST,
        AUDIT_TAG_REASON,
        AUDIT_TAG_DETAIL,
        AUDIT_TAGS,
        AUDIT_TEXT = 0x40, /* with a tag: text, where mostly a UUID stands */
};

/* An event with all that is known of it. Strings are borrowed. */
struct audit_entry {
        int64_t id; /* time-ordered: says when */
        unsigned event;
        enum audit_actor by;
        int64_t count; /* at least 1 */
        struct str user_id;
        struct str actor_id; /* the person who did it, where that is not user_id */
        struct str app_id, key_id;
        int64_t session, authorization;
        struct str subject;
        struct str address; /* text, "192.0.2.1" */
        struct str user_agent;
        struct str request_id; /* 16 hex digits */
        struct str reason, detail;
};

/* Writes the canonical form; returns its length. Texts are cut to their maximum, between characters.
 *
 * out   room for AUDIT_ENTRY_MAX bytes */
size_t audit_encode(const struct audit_entry *entry, uint8_t *out);

/* An id as it is stored: 16 bytes, or text.
 *
 * room   AUDIT_UUID_BYTES; what is returned borrows from it or from the id */
struct str audit_pack_id(struct str id, uint8_t *room);

/* An event in its parts, as they are stored. */
struct audit_fields {
        int64_t id;
        unsigned event;
        unsigned texts;                /* bits of tags: where AUDIT_TEXT is set */
        struct str fields[AUDIT_TAGS]; /* by tag; what the event has not is empty */
};

/* Takes the next event off the front of *bytes: a fifth of the work of audit_decode(), which sees the same events.
 *
 * returns  1, 0 at the end, -ERR_INTERNAL when the bytes are no canonical form
 */
_must_use_ int audit_take(struct str *bytes, struct audit_fields *ret);

/* Room for the texts that a decoded entry does not hold as they are shown. */
struct audit_texts {
        char user_id[36], actor_id[36], app_id[36], key_id[36], subject[36];
        char address[AUDIT_ADDRESS_TEXT + 1], request_id[16];
};

/* Takes the next event off the front of *bytes.
 *
 * ret      borrows from *bytes and from *texts
 * returns  1, 0 at the end, -ERR_INTERNAL when the bytes are no canonical form
 */
_must_use_ int audit_decode(struct str *bytes, struct audit_texts *texts, struct audit_entry *ret);

/* What audit_event.def says of an event; NULL for a code that this program does not know. */
struct audit_kind {
        unsigned code;
        struct str name; /* "session.sign_in" */
        struct str text; /* "Signed in" */
        bool refused;
};

const struct audit_kind *audit_kind(unsigned code);
const struct audit_kind *audit_kind_named(struct str name);
const struct audit_kind *audit_kind_at(unsigned i); /* the i-th; NULL behind the last */
