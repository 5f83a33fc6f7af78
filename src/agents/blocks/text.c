/* Text put together, taken apart, filled in, encoded (dialect: Blocks, text). */
#include "agents/blocks/families.h"
#include "agents/template.h"
#include "agents/value/python_text.h"

/* What was built, as the output of this name. */
static int yield_text(struct block_run *run, const char *name, const struct strbuf *text) {
        if (text->failed)
                return block_fail(run, "The text is longer than %zu bytes", text->max);
        return block_yield(run, name, value_of_str(str_n(text->ptr, text->len)));
}

static int run_fill_template(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);
        struct template_options options = { .escape_html = input_bool(run, "escape_html"),
                                            .random = run->context->random,
                                            .stop = run->stop,
                                            .deadline_us = run->deadline_us };
        char problem[TEMPLATE_PROBLEM_MAX];
        int r = template_render(input_str(run, "format"), input_value(run, "values"), &options, &out,
                                problem);

        if (r == -ERR_TEMPLATE)
                return block_fail(run, "%s", problem);
        return r < 0 ? r : yield_text(run, "output", &out);
}

static int run_combine(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);
        const json_t *list = input_value(run, "input");

        for (size_t i = 0; i < json_array_size(list); i++) {
                if (i > 0)
                        strbuf_append(&out, input_str(run, "delimiter"));
                strbuf_append(&out, value_str(json_array_get(list, i)));
        }
        return yield_text(run, "output", &out);
}

static int append_piece(json_t *list, struct str piece, bool strip) {
        return json_array_append_new(list, value_of_str(strip ? python_strip(piece) : piece)) < 0
                       ? -ERR_NO_MEMORY
                       : 0;
}

static int run_split(struct block_run *run) {
        struct str rest = input_str(run, "text"), delimiter = input_str(run, "delimiter");
        bool strip = input_bool(run, "strip");
        json_auto_t *texts = json_array();
        int r = 0;

        if (rest.len > 0 && delimiter.len == 0)
                return block_fail(run, "empty separator");
        while (rest.len > 0 && r >= 0) {
                ptrdiff_t at = python_find(rest, delimiter, 0);

                if (json_array_size(texts) >= BLOCK_OUTPUTS_MAX)
                        return block_fail(run, "More than %d texts", BLOCK_OUTPUTS_MAX);
                r = append_piece(texts, at < 0 ? rest : str_first(rest, (size_t)at), strip);
                if (at < 0)
                        break;
                rest = str_from(rest, (size_t)at + delimiter.len);
                if (r >= 0 && rest.len == 0)
                        r = append_piece(texts, rest, false);
        }
        return r < 0 ? r : block_yield(run, "texts", json_incref(texts));
}

static int run_replace(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);
        struct str rest = input_str(run, "text"), old = input_str(run, "old"), new = input_str(run, "new");
        uint32_t c;

        /* Nothing stands before each character and at the end. */
        while (old.len == 0 && rest.len > 0 && !out.failed) {
                size_t n = python_character(rest, &c);

                strbuf_append(&out, new);
                strbuf_append(&out, str_first(rest, n));
                rest = str_from(rest, n);
        }
        while (old.len > 0 && !out.failed) {
                ptrdiff_t at = python_find(rest, old, 0);

                if (at < 0)
                        break;
                strbuf_append(&out, str_first(rest, (size_t)at));
                strbuf_append(&out, new);
                rest = str_from(rest, (size_t)at + old.len);
        }
        strbuf_append(&out, old.len == 0 ? new : rest);
        return yield_text(run, "output", &out);
}

/* Characters beyond ASCII stay as they are; Python would take each for several of Latin-1. */
static int run_decode(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);
        const char *problem = python_unescape(&out, input_str(run, "text"));

        if (problem)
                return block_fail(run, "The text can't be decoded: %s", problem);
        if (memchr(out.ptr ? out.ptr : "", 0, out.len))
                return block_fail(run, "The text can't be decoded: U+0000 can't be stored");
        return yield_text(run, "decoded_text", &out);
}

static int run_encode(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);

        python_append_escaped(&out, input_str(run, "text"));
        return yield_text(run, "encoded_text", &out);
}

static int run_count(struct block_run *run) {
        struct str rest = input_str(run, "text"), word;
        json_int_t words = 0;
        int r;

        while (python_next_word(&rest, &word))
                words++;
        r = block_yield(run, "word_count", json_integer(words));
        return r < 0 ? r
                     : block_yield(run, "character_count",
                                   json_integer((json_int_t)str_utf8_length(input_str(run, "text"))));
}

static const struct block_field fill_inputs[] = {
        { "values", TYPE_OBJECT, NULL, "What the names in the template stand for", FIELD_REQUIRED },
        { "format", TYPE_STRING, NULL, "A template in Jinja2: Hello, {{ name }}!", FIELD_REQUIRED },
        { "escape_html", TYPE_BOOLEAN, "false", "Escape the values for HTML", 0 },
};
static const struct block_field text_output[] = {
        { "output", TYPE_STRING, NULL, "The text", 0 },
};
static const struct block_field combine_inputs[] = {
        { "input", TYPE_STRINGS, NULL, "The texts to combine", FIELD_REQUIRED },
        { "delimiter", TYPE_STRING, "\"\"", "What stands between two of them", FIELD_BASIC },
};
static const struct block_field split_inputs[] = {
        { "text", TYPE_STRING, NULL, "The text to split", FIELD_REQUIRED },
        { "delimiter", TYPE_STRING, NULL, "Where to split it", FIELD_REQUIRED },
        { "strip", TYPE_BOOLEAN, "true", "Take white space off the pieces", FIELD_BASIC },
};
static const struct block_field split_outputs[] = {
        { "texts", TYPE_STRINGS, NULL, "The pieces", 0 },
};
static const struct block_field replace_inputs[] = {
        { "text", TYPE_STRING, NULL, "The text to change", FIELD_REQUIRED },
        { "old", TYPE_STRING, NULL, "What to replace, everywhere", FIELD_REQUIRED },
        { "new", TYPE_STRING, NULL, "What to put in its place", FIELD_REQUIRED },
};
static const struct block_field text_input[] = {
        { "text", TYPE_STRING, NULL, "The text", FIELD_REQUIRED },
};
static const struct block_field decode_outputs[] = {
        { "decoded_text", TYPE_STRING, NULL, "The text with its escapes decoded", 0 },
};
static const struct block_field encode_outputs[] = {
        { "encoded_text", TYPE_STRING, NULL, "The text with escapes for all that is not plain ASCII", 0 },
};
static const struct block_field count_outputs[] = {
        { "word_count", TYPE_INTEGER, NULL, "How many words it has, parted by white space", 0 },
        { "character_count", TYPE_INTEGER, NULL, "How many characters it has, white space included", 0 },
};

static const struct block blocks[] = {
        { .id = "db7d8f02-2f44-4c55-ab7a-eae0941f0c30",
          .name = "FillTextTemplateBlock",
          .description = "Fills values into a template",
          .categories = CATEGORY_TEXT,
          INPUTS(fill_inputs),
          OUTPUTS(text_output),
          .run = run_fill_template },
        { .id = "e30a4d42-7b7d-4e6a-b36e-1f9b8e3b7d85",
          .name = "CombineTextsBlock",
          .description = "Joins texts into one",
          .categories = CATEGORY_TEXT,
          INPUTS(combine_inputs),
          OUTPUTS(text_output),
          .run = run_combine },
        { .id = "d5ea33c8-a575-477a-b42f-2fe3be5055ec",
          .name = "TextSplitBlock",
          .description = "Splits a text into a list of texts",
          .categories = CATEGORY_TEXT,
          INPUTS(split_inputs),
          OUTPUTS(split_outputs),
          .run = run_split },
        { .id = "7e7c87ab-3469-4bcc-9abe-67705091b713",
          .name = "TextReplaceBlock",
          .description = "Replaces a text within another, everywhere",
          .categories = CATEGORY_TEXT,
          INPUTS(replace_inputs),
          OUTPUTS(text_output),
          .run = run_replace },
        { .id = "2570e8fe-8447-43ed-84c7-70d657923231",
          .name = "TextDecoderBlock",
          .description = "Turns escapes like \\n into the characters that they stand for",
          .categories = CATEGORY_TEXT,
          INPUTS(text_input),
          OUTPUTS(decode_outputs),
          .run = run_decode },
        { .id = "5185f32e-4b65-4ecf-8fbb-873f003f09d6",
          .name = "TextEncoderBlock",
          .description = "Turns what is not plain ASCII into escapes like \\n",
          .categories = CATEGORY_TEXT,
          INPUTS(text_input),
          OUTPUTS(encode_outputs),
          .run = run_encode },
        { .id = "ab2a782d-22cf-4587-8a70-55b59b3f9f90",
          .name = "WordCharacterCountBlock",
          .description = "Counts the words and characters of a text",
          .categories = CATEGORY_TEXT,
          INPUTS(text_input),
          OUTPUTS(count_outputs),
          .run = run_count },
};

const struct block_family family_text = BLOCK_FAMILY(blocks);
