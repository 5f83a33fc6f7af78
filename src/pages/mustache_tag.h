/* One tag as it stands in a template's source: what is in it, and what is around it in its line. */
#pragma once

#include "base/str.h"

enum { DELIMITER_MAX = 16 };

struct delimiters {
        struct str open, close;
};

struct tag {
        size_t at, end;    /* first byte, and the one behind it */
        size_t blank_at;   /* where the white space before it begins; `at` if there is none */
        char kind;         /* one of # ^ / > < $ ! = & {, or 0 */
        bool blank_before; /* nothing but white space before it in its line; behind it */
        bool blank_after;
        size_t next_line; /* if blank_after */
        struct str content;
};

/* Reads the tag whose opening delimiter stands at `at`.
 *
 * text_start   what lies before this belongs to earlier tags
 * returns      false if the tag is not closed
 */
_must_use_ bool tag_read(struct str source, size_t at, size_t text_start, const struct delimiters *delimiters,
                         struct tag *ret);

/* The name in a tag.
 *
 * ret_dynamic   of a partial, a parent or a closing tag: it begins with '*', which is left out
 * returns       NULL, or what is wrong with it
 */
_must_use_ const char *tag_name(const struct tag *tag, struct str *ret, bool *ret_dynamic);

/* The content of a {{= =}} tag. False unless it is two words without '='. */
_must_use_ bool tag_delimiters(const struct tag *tag, struct delimiters *ret);
