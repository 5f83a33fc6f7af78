/* Code out of the answers of language models: what stands between ``` fences, by language (dialect: Blocks, text). */
#include "agents/blocks/families.h"
#include "agents/value/python_text.h"

enum { ALIASES_MAX = 3, TAG_MAX = 64 /* bytes from a fence to its line's end */ };

static const struct {
        const char *output;
        const char *tags[ALIASES_MAX];
} languages[] = {
        { "html", { "html", "htm" } },
        { "css", { "css" } },
        { "javascript", { "javascript", "js" } },
        { "python", { "python", "py" } },
        { "sql", { "sql" } },
        { "java", { "java" } },
        { "cpp", { "cpp", "c++" } },
        { "csharp", { "csharp", "c#", "cs" } },
        { "json_code", { "json" } },
        { "bash", { "bash", "shell", "sh" } },
        { "php", { "php" } },
        { "ruby", { "ruby", "rb" } },
        { "yaml", { "yaml", "yml" } },
        { "markdown", { "markdown", "md" } },
        { "typescript", { "typescript", "ts" } },
        { "xml", { "xml" } },
};

/* The language of a tag, or its number of entries. */
static size_t find_language(struct str tag) {
        size_t i, k;

        for (i = 0; i < ARRAY_LENGTH(languages); i++)
                for (k = 0; k < ALIASES_MAX && languages[i].tags[k]; k++)
                        if (str_eq_ignore_case(tag, str_of(languages[i].tags[k])))
                                return i;
        return i;
}

struct fence {
        size_t language;
        struct str code;
        size_t start, end; /* of all of it in the text */
};

/* The next fenced piece at or after `from` whose language is known. A fence begins with its tag alone on its line, and ends
 * with the next ```. */
static bool next_fence(struct str text, size_t from, struct fence *ret) {
        for (;;) {
                ptrdiff_t open = python_find(text, STR("```"), from), line, close;
                size_t begin;

                if (open < 0)
                        return false;
                begin = (size_t)open + 3;
                from = begin;
                line = python_find(str_first(text, begin + TAG_MAX), STR("\n"), begin);
                if (line < 0)
                        continue;
                ret->language =
                        find_language(python_strip(str_first(str_from(text, begin), (size_t)line - begin)));
                close = python_find(text, STR("```"), (size_t)line + 1);
                if (ret->language < ARRAY_LENGTH(languages) && close >= 0) {
                        ret->start = (size_t)open;
                        ret->end = (size_t)close + 3;
                        ret->code = python_strip(str_n(text.ptr + line + 1, (size_t)(close - line - 1)));
                        return true;
                }
                /* A fence of another language is passed over as a whole, lest its end be taken for a beginning. */
                if (close >= 0)
                        from = (size_t)close + 3;
        }
}

static int yield_language(struct block_run *run, struct str text, size_t language) {
        _cleanup_(strbuf_done) struct strbuf code = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);
        struct fence fence;

        for (size_t at = 0; next_fence(text, at, &fence); at = fence.end) {
                if (fence.language != language || fence.code.len == 0)
                        continue;
                if (code.len > 0)
                        strbuf_append(&code, STR("\n\n"));
                strbuf_append(&code, fence.code);
        }
        if (code.failed)
                return -ERR_NO_MEMORY;
        return code.len > 0 ? block_yield(run, languages[language].output, value_of_str(strbuf_str(&code)))
                            : 0;
}

/* What is left, without empty lines. */
static int yield_rest(struct block_run *run, struct str text) {
        _cleanup_(strbuf_done) struct strbuf rest = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);
        _cleanup_(strbuf_done) struct strbuf lines = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);
        struct fence fence;
        struct str left, line;
        size_t at = 0;

        for (; next_fence(text, at, &fence); at = fence.end)
                strbuf_append(&rest, str_n(text.ptr + at, fence.start - at));
        strbuf_append(&rest, str_from(text, at));
        left = python_strip(str_n(rest.ptr ? rest.ptr : "", rest.len));
        while (str_next(&left, '\n', &line)) {
                if (python_strip(line).len == 0)
                        continue;
                if (lines.len > 0)
                        strbuf_append_char(&lines, '\n');
                strbuf_append(&lines, line);
        }
        if (rest.failed || lines.failed)
                return -ERR_NO_MEMORY;
        return lines.len > 0 ? block_yield(run, "remaining_text", value_of_str(strbuf_str(&lines))) : 0;
}

static int run_code_extraction(struct block_run *run) {
        struct str text = input_str(run, "text");
        int r = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(languages) && r >= 0; i++)
                r = yield_language(run, text, i);
        return r < 0 ? r : yield_rest(run, text);
}

static const struct block_field inputs[] = {
        { "text", TYPE_STRING, NULL, "A text with code between ``` fences", FIELD_REQUIRED },
};
static const struct block_field outputs[] = {
        { "html", TYPE_STRING, NULL, "HTML", 0 },
        { "css", TYPE_STRING, NULL, "CSS", 0 },
        { "javascript", TYPE_STRING, NULL, "JavaScript", 0 },
        { "python", TYPE_STRING, NULL, "Python", 0 },
        { "sql", TYPE_STRING, NULL, "SQL", 0 },
        { "java", TYPE_STRING, NULL, "Java", 0 },
        { "cpp", TYPE_STRING, NULL, "C++", 0 },
        { "csharp", TYPE_STRING, NULL, "C#", 0 },
        { "json_code", TYPE_STRING, NULL, "JSON", 0 },
        { "bash", TYPE_STRING, NULL, "Shell scripts", 0 },
        { "php", TYPE_STRING, NULL, "PHP", 0 },
        { "ruby", TYPE_STRING, NULL, "Ruby", 0 },
        { "yaml", TYPE_STRING, NULL, "YAML", 0 },
        { "markdown", TYPE_STRING, NULL, "Markdown", 0 },
        { "typescript", TYPE_STRING, NULL, "TypeScript", 0 },
        { "xml", TYPE_STRING, NULL, "XML", 0 },
        { "remaining_text", TYPE_STRING, NULL, "What is left without the code", 0 },
};

static const struct block blocks[] = {
        { .id = "d3a7d896-3b78-4f44-8b4b-48fbf4f0bcd8",
          .name = "CodeExtractionBlock",
          .description = "Takes the code out of a text, by language",
          .categories = CATEGORY_TEXT,
          INPUTS(inputs),
          OUTPUTS(outputs),
          .run = run_code_extraction },
};

const struct block_family family_code = BLOCK_FAMILY(blocks);
