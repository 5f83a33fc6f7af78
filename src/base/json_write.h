/* Writes JSON (RFC 8259) straight into a string builder, one call a member; commas come by themselves.
 * Text must be UTF-8; anything else is written with U+FFFD for each bad byte. Failure shows in the builder
 * alone. */
#pragma once

#include "base/strbuf.h"

struct json_writer {
        struct strbuf *out;
        bool comma; /* the next value needs one before it */
};

#define JSON_WRITER(builder) \
        { .out = (builder) }

void json_object_begin(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_array_begin(struct json_writer *w);
void json_array_end(struct json_writer *w);

/* The name of the member whose value comes next. */
void json_key(struct json_writer *w, const char *name);

void json_str(struct json_writer *w, struct str value); /* null for STR_NULL */
void json_int(struct json_writer *w, int64_t value);
void json_bool(struct json_writer *w, bool value);
void json_write_null(struct json_writer *w);
void json_time(struct json_writer *w, int64_t ms); /* ISO 8601, a string; null for 0 */

/* A value that is JSON already. */
void json_raw(struct json_writer *w, struct str json);

/* A member: name and value. */
void json_member_str(struct json_writer *w, const char *name, struct str value);
void json_member_int(struct json_writer *w, const char *name, int64_t value);
void json_member_bool(struct json_writer *w, const char *name, bool value);
void json_member_null(struct json_writer *w, const char *name);
void json_member_time(struct json_writer *w, const char *name, int64_t ms);

/* A member whose value is the array of the space-separated words of `list`. */
void json_member_words(struct json_writer *w, const char *name, struct str list);
