/* Regular expressions of strangers (PCRE2, UTF-8), searched within bounds of time and memory. A compiled one is immutable and
 * serves all threads. */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

struct regex;

enum {
        REGEX_PATTERN_MAX = 4096,      /* bytes */
        REGEX_GROUPS_MAX = 100,        /* capturing groups */
        REGEX_PROBLEM_MAX = 160,       /* bytes of what is wrong with a pattern, with its NUL */
        REGEX_BUDGET_US = 2 * 1000000, /* for whoever has no deadline of its own */
};

enum regex_flag {
        REGEX_IGNORE_CASE = 1 << 0,
        REGEX_MULTILINE = 1 << 1,  /* ^ and $ at every line */
        REGEX_DOTALL = 1 << 2,     /* . is a line's end too */
        REGEX_ECMASCRIPT = 1 << 3, /* as JSON Schema has them: $ at the very end alone, \uXXXX */
};

/* Where a group matched, in bytes of the text; ptr is NULL when it took no part. list[0] is the whole match. */
struct regex_match {
        struct str list[REGEX_GROUPS_MAX + 1];
        size_t n; /* groups of the pattern, and the whole */
};

/* Compiles a pattern.
 *
 * pattern       UTF-8
 * flags         enum regex_flag
 * ret_problem   on ERR_REGEX: what is wrong with it, and where
 * errors        ERR_REGEX, ERR_NO_MEMORY
 */
_must_use_ int regex_new(struct str pattern, unsigned flags, struct regex **ret,
                         char ret_problem[REGEX_PROBLEM_MAX]);
struct regex *regex_free(struct regex *regex);

static inline void regex_free_at(struct regex **regex) {
        regex_free(*regex);
}

/* Finds the first match at or after byte `from`.
 *
 * text        UTF-8
 * from        a character's first byte, or the text's end
 * budget_us   microseconds that it may take: what takes much longer ends with ERR_REGEX_LIMIT
 * ret         may be NULL
 * returns     1 when there is one, 0 when there is none
 * errors      ERR_REGEX_LIMIT (time, memory), ERR_REGEX (text is not UTF-8, `from` is not in it), ERR_NO_MEMORY
 */
_must_use_ int regex_search(const struct regex *regex, struct str text, size_t from, int64_t budget_us,
                            struct regex_match *ret);

/* Capturing groups, without the whole. */
size_t regex_groups(const struct regex *regex);
