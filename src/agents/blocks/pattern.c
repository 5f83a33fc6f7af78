/* Regular expressions over text, and code out of the answers of language models (dialect: Blocks, text). The expressions are
 * PCRE2's, which differ from Python's in little: (?<name>…) serves as (?P<name>…), and a group may be tested or recursed into. */
#include "agents/blocks/families.h"
#include "agents/value/python_text.h"
#include "base/regex.h"

enum { EXTRACT_TEXT_MAX = 1000000, EXTRACT_MATCHES_MAX = 1000, EXTRACT_MATCH_MAX = 10000 };

static unsigned regex_flags(const struct block_run *run) {
        return (input_bool(run, "case_sensitive") ? 0 : REGEX_IGNORE_CASE) |
               (input_bool(run, "dot_all") ? REGEX_DOTALL : 0);
}

/* What the block still has of its time. */
static int64_t budget(const struct block_run *run) {
        return MIN_OF(block_time_left_ms(run) * 1000, (int64_t)REGEX_BUDGET_US);
}

static int run_match(struct block_run *run) {
        _cleanup_(regex_free_at) struct regex *regex = NULL;
        json_auto_t *text = value_text(input_value(run, "text"));
        json_t *data = input_value(run, "data"), *output;
        char problem[REGEX_PROBLEM_MAX];
        int r;

        if (!text)
                return -ERR_NO_MEMORY;
        r = regex_new(input_str(run, "match"), regex_flags(run), &regex, problem);
        if (r == -ERR_REGEX)
                return block_fail(run, "The pattern is not valid: %s", problem);
        if (r >= 0)
                r = regex_search(regex, value_str(text), 0, budget(run), NULL);
        if (r == -ERR_REGEX_LIMIT)
                return block_fail(run, "The pattern takes too long on this text");
        if (r < 0)
                return r;
        output = data && value_truthy(data) ? data : input_value(run, "text");
        return block_yield(run, r > 0 ? "positive" : "negative", json_incref(output));
}

/* Matches of one group, cut to the greatest length. What took no part in a match, or isn't in the pattern, is left out. */
static int collect(struct block_run *run, const struct regex *regex, struct str text, json_t *matches) {
        json_int_t group = input_integer(run, "group");
        size_t from = 0, limit = input_bool(run, "find_all") ? EXTRACT_MATCHES_MAX : 1;
        int64_t until = clock_monotonic_us() + budget(run);
        struct regex_match match;
        int r = 1;

        if (group < 0 || (size_t)group > regex_groups(regex))
                return 0;
        for (size_t n = 0; n < limit && from <= text.len; n++) {
                struct str found, whole;
                uint32_t c;

                r = regex_search(regex, text, from, MAX_OF(until - clock_monotonic_us(), (int64_t)1), &match);
                if (r <= 0)
                        return r;
                found = match.list[group];
                whole = match.list[0];
                if (found.ptr) {
                        found = str_first(found, python_offset(found, EXTRACT_MATCH_MAX));
                        if (json_array_append_new(matches, value_of_str(found)) < 0)
                                return -ERR_NO_MEMORY;
                }
                from = (size_t)(whole.ptr - text.ptr) + whole.len;
                if (whole.len == 0)
                        from += from < text.len ? python_character(str_from(text, from), &c) : 1;
                r = block_go_on(run);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int yield_matches(struct block_run *run, struct str text, json_t *matches) {
        size_t n = json_array_size(matches);
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++)
                r = block_yield(run, "positive", json_incref(json_array_get(matches, i)));
        if (r >= 0 && n == 0)
                r = block_yield(run, "negative", value_of_str(text));
        if (r >= 0)
                r = block_yield(run, "matched_results", json_incref(matches));
        return r < 0 ? r : block_yield(run, "matched_count", json_integer((json_int_t)n));
}

/* A pattern that is wrong, or takes too long, matches nothing. */
static int run_extract(struct block_run *run) {
        _cleanup_(regex_free_at) struct regex *regex = NULL;
        json_auto_t *text = value_text(input_value(run, "text")), *matches = json_array();
        char problem[REGEX_PROBLEM_MAX];
        struct str s;
        int r;

        if (!text || !matches)
                return -ERR_NO_MEMORY;
        s = str_first(value_str(text), python_offset(value_str(text), EXTRACT_TEXT_MAX));
        r = regex_new(input_str(run, "pattern"), regex_flags(run), &regex, problem);
        if (r >= 0)
                r = collect(run, regex, s, matches);
        if (r == -ERR_REGEX_LIMIT)
                json_array_clear(matches);
        if (r < 0 && r != -ERR_REGEX && r != -ERR_REGEX_LIMIT)
                return r;
        return yield_matches(run, s, matches);
}

static const struct block_field match_inputs[] = {
        { "text", TYPE_ANY, NULL, "The text to look at; of anything else its JSON text", FIELD_REQUIRED },
        { "match", TYPE_STRING, NULL, "A regular expression to look for", FIELD_REQUIRED },
        { "data", TYPE_ANY, "null", "What goes out in place of the text", FIELD_BASIC },
        { "case_sensitive", TYPE_BOOLEAN, "true", "Whether upper and lower case differ", 0 },
        { "dot_all", TYPE_BOOLEAN, "true", "Whether a dot matches the end of a line too", 0 },
};
static const struct block_field match_outputs[] = {
        { "positive", TYPE_ANY, NULL, "The data, when the text matches", 0 },
        { "negative", TYPE_ANY, NULL, "The data, when it does not", 0 },
};
static const struct block_field extract_inputs[] = {
        { "text", TYPE_ANY, NULL, "The text to look at; of anything else its JSON text", FIELD_REQUIRED },
        { "pattern", TYPE_STRING, NULL, "A regular expression to look for", FIELD_REQUIRED },
        { "group", TYPE_INTEGER, "0", "Which group to take; 0 for the whole match", FIELD_BASIC },
        { "case_sensitive", TYPE_BOOLEAN, "true", "Whether upper and lower case differ", 0 },
        { "dot_all", TYPE_BOOLEAN, "true", "Whether a dot matches the end of a line too", 0 },
        { "find_all", TYPE_BOOLEAN, "false", "Whether to find all matches, not the first alone", 0 },
};
static const struct block_field extract_outputs[] = {
        { "positive", TYPE_STRING, NULL, "What was found, each match by itself", 0 },
        { "negative", TYPE_STRING, NULL, "The text, when nothing was found", 0 },
        { "matched_results", TYPE_STRINGS, NULL, "All that was found", 0 },
        { "matched_count", TYPE_INTEGER, NULL, "How many were found", 0 },
};

static const struct block blocks[] = {
        { .id = "3060088f-6ed9-4928-9ba7-9c92823a7ccd",
          .name = "MatchTextPatternBlock",
          .description = "Finds out whether a text matches a regular expression",
          .categories = CATEGORY_TEXT,
          INPUTS(match_inputs),
          OUTPUTS(match_outputs),
          .run = run_match },
        { .id = "3146e4fe-2cdd-4f29-bd12-0c9d5bb4deb0",
          .name = "ExtractTextInformationBlock",
          .description = "Takes what matches a regular expression out of a text",
          .categories = CATEGORY_TEXT,
          INPUTS(extract_inputs),
          OUTPUTS(extract_outputs),
          .run = run_extract },
};

const struct block_family family_pattern = BLOCK_FAMILY(blocks);
