#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/regex.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/errors.h"

/* PCRE2 counts its steps anew for each position that a match may begin at, so that its own limit bounds the time for one
 * position only. A search therefore goes over few positions at a time and looks at the clock in between. */
enum {
        NESTING_MAX = 64,    /* parentheses in one another */
        STEPS_MAX = 2000000, /* for one position: some 50 ms */
        HEAP_MAX_KIB = 32 * 1024,
        POSITIONS_MAX = 64, /* looked at without a look at the clock */
        POSITION_SLOW_US = 2000,
};

struct regex {
        pcre2_code *code;
        uint32_t groups;
};

static uint32_t options_of(unsigned flags) {
        /* Looking ahead for a match's first byte would go over the whole rest of the text for every few positions. */
        uint32_t options =
                PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT | PCRE2_NO_START_OPTIMIZE;

        if (flags & REGEX_IGNORE_CASE)
                options |= PCRE2_CASELESS;
        if (flags & REGEX_MULTILINE)
                options |= PCRE2_MULTILINE;
        if (flags & REGEX_DOTALL)
                options |= PCRE2_DOTALL;
        if (flags & REGEX_ECMASCRIPT)
                options |= PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_MATCH_UNSET_BACKREF;
        return options;
}

static int compile(struct str pattern, unsigned flags, pcre2_code **ret,
                   char ret_problem[REGEX_PROBLEM_MAX]) {
        pcre2_compile_context *context;
        PCRE2_SIZE offset = 0;
        PCRE2_UCHAR text[120];
        int problem = 0;

        context = pcre2_compile_context_create(NULL);
        if (!context)
                return -ERR_NO_MEMORY;
        pcre2_set_parens_nest_limit(context, NESTING_MAX);
        /* What ends a line is told by the pattern's flags alone, not by how the library was built. */
        pcre2_set_newline(context, flags & REGEX_ECMASCRIPT ? PCRE2_NEWLINE_ANYCRLF : PCRE2_NEWLINE_LF);
        *ret = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options_of(flags), &problem, &offset,
                             context);
        pcre2_compile_context_free(context);
        if (*ret)
                return 0;
        if (problem == PCRE2_ERROR_HEAP_FAILED)
                return -ERR_NO_MEMORY;
        if (pcre2_get_error_message(problem, text, sizeof(text)) < 0)
                text[0] = '\0';
        snprintf(ret_problem, REGEX_PROBLEM_MAX, "%s at byte %zu", (const char *)text, (size_t)offset);
        return -ERR_REGEX;
}

int regex_new(struct str pattern, unsigned flags, struct regex **ret, char ret_problem[REGEX_PROBLEM_MAX]) {
        struct regex *regex;
        pcre2_code *code;
        uint32_t groups = 0;
        int r;

        if (pattern.len > REGEX_PATTERN_MAX) {
                snprintf(ret_problem, REGEX_PROBLEM_MAX, "longer than %d bytes", REGEX_PATTERN_MAX);
                return -ERR_REGEX;
        }
        r = compile(pattern, flags, &code, ret_problem);
        if (r < 0)
                return r;
        if (pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups) != 0 || groups > REGEX_GROUPS_MAX) {
                pcre2_code_free(code);
                snprintf(ret_problem, REGEX_PROBLEM_MAX, "more than %d groups", REGEX_GROUPS_MAX);
                return -ERR_REGEX;
        }
        regex = calloc(1, sizeof(*regex));
        if (!regex) {
                pcre2_code_free(code);
                return -ERR_NO_MEMORY;
        }
        *regex = (struct regex){ .code = code, .groups = groups };
        *ret = regex;
        return 0;
}

struct regex *regex_free(struct regex *regex) {
        if (regex)
                pcre2_code_free(regex->code);
        free(regex);
        return NULL;
}

size_t regex_groups(const struct regex *regex) {
        return regex->groups;
}

/* The byte after `positions` characters from `from` on. */
static size_t step(struct str text, size_t from, size_t positions) {
        size_t at = from;

        while (positions-- > 0 && at < text.len) {
                at++;
                while (at < text.len && (str_at(text, at) & 0xc0) == 0x80)
                        at++;
        }
        return at;
}

static int search(const struct regex *regex, struct str text, size_t from, int64_t budget_us,
                  pcre2_match_data *data, pcre2_match_context *context) {
        int64_t begin = clock_monotonic_us(), before = begin, now;
        size_t positions = POSITIONS_MAX, next;
        int rc;

        for (;;) {
                next = step(text, from, positions);
                /* Of the last piece the text's own end is a position too. */
                pcre2_set_offset_limit(context, next == text.len ? PCRE2_UNSET : next - 1);
                rc = pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, from, PCRE2_NO_UTF_CHECK, data,
                                 context);
                if (rc >= 0)
                        return 1;
                if (rc == PCRE2_ERROR_NOMEMORY)
                        return -ERR_NO_MEMORY;
                if (rc != PCRE2_ERROR_NOMATCH)
                        return -ERR_REGEX_LIMIT;
                if (next == text.len)
                        return 0;
                now = clock_monotonic_us();
                if (now - begin > budget_us)
                        return -ERR_REGEX_LIMIT;
                positions = now - before > POSITION_SLOW_US ? 1 : POSITIONS_MAX;
                before = now;
                from = next;
        }
}

static void take_groups(const struct regex *regex, struct str text, pcre2_match_data *data,
                        struct regex_match *ret) {
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);

        ret->n = regex->groups + 1;
        for (size_t i = 0; i < ret->n; i++) {
                PCRE2_SIZE start = ends[2 * i], end = ends[2 * i + 1];

                /* \K may set the start of a match behind its end. */
                ret->list[i] =
                        start == PCRE2_UNSET || start > end ? STR_NULL : str_n(text.ptr + start, end - start);
        }
}

int regex_search(const struct regex *regex, struct str text, size_t from, int64_t budget_us,
                 struct regex_match *ret) {
        pcre2_match_context *context;
        pcre2_match_data *data;
        int r = -ERR_NO_MEMORY;

        if (!text.ptr)
                text = STR("");
        if (from > text.len || !str_is_utf8(text) || (from < text.len && (str_at(text, from) & 0xc0) == 0x80))
                return -ERR_REGEX;
        data = pcre2_match_data_create_from_pattern(regex->code, NULL);
        context = pcre2_match_context_create(NULL);
        if (data && context) {
                pcre2_set_match_limit(context, STEPS_MAX);
                pcre2_set_heap_limit(context, HEAP_MAX_KIB);
                r = search(regex, text, from, budget_us, data, context);
                if (r > 0 && ret)
                        take_groups(regex, text, data, ret);
        }
        pcre2_match_context_free(context);
        pcre2_match_data_free(data);
        return r;
}
