/* Language models that summarize (dialect: Blocks, language models). */
#include "agents/blocks/llm.h"

/* One piece of the text, by words: `words` of them from *at on; *at is moved behind, less the overlap. */
static struct str next_piece(struct str text, size_t *at, size_t words, size_t overlap) {
        size_t start = *at, end = *at, back = text.len, n = 0;

        while (end < text.len && n < words) {
                while (end < text.len && str_at(text, end) <= ' ')
                        end++;
                if (n++ == words - overlap)
                        back = end;
                while (end < text.len && str_at(text, end) > ' ')
                        end++;
        }
        *at = end == text.len ? end : MAX_OF(MIN_OF(back, end), start + 1);
        return str_n(text.ptr + start, end - start);
}

static int summarize_piece(struct block_run *run, struct str piece, json_t **ret) {
        json_auto_t *messages = json_array();
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(LLM_PROMPT_MAX);
        struct chat chat;

        strbuf_append(&text, STR("Summarize the following text in the style \""));
        strbuf_append(&text, input_str(run, "style"));
        strbuf_append(&text, STR("\", with the focus on "));
        strbuf_append(&text, input_str(run, "focus"));
        strbuf_append(&text, STR(". Reply with nothing but the summary.\n\n"));
        strbuf_append(&text, piece);
        if (text.failed)
                return block_fail(run, "The text is larger than %d MiB", LLM_PROMPT_MAX >> 20);
        if (!messages || chat_append(messages, "user", strbuf_str(&text)) < 0)
                return -ERR_NO_MEMORY;
        chat = llm_chat(run, messages);
        chat.attempts = 3;
        return chat_complete(run, &chat, ret);
}

enum { SUMMARY_ROUNDS = 5, SUMMARY_PIECES = 200 };

/* Summaries of the pieces, one after the other. *ret_pieces says of how many. */
static int summarize_pieces(struct block_run *run, struct str text, struct strbuf *out,
                            unsigned *ret_pieces) {
        size_t words = (size_t)input_integer(run, "max_tokens"),
               overlap = (size_t)input_integer(run, "chunk_overlap");
        unsigned n = 0;
        size_t at = 0;

        while (at < text.len) {
                struct str piece = next_piece(text, &at, words, MIN_OF(overlap, words / 2));
                json_auto_t *summary = NULL;
                int r;

                if (++n > SUMMARY_PIECES)
                        return block_fail(run, "The text falls into more than %d pieces: raise max_tokens",
                                          SUMMARY_PIECES);
                r = summarize_piece(run, piece, &summary);
                if (r < 0)
                        return r;
                strbuf_append(out, out->len ? STR("\n\n") : STR(""));
                strbuf_append(out, value_str(summary));
        }
        *ret_pieces = n;
        return out->failed ? block_fail(run, "The summaries are larger than %d MiB", LLM_PROMPT_MAX >> 20)
                           : 0;
}

/* A long text in pieces, and their summaries again, until one piece is left. */
static int run_summarizer(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf from = STRBUF_INIT(LLM_PROMPT_MAX),
                                             to = STRBUF_INIT(LLM_PROMPT_MAX);
        unsigned pieces = 2;

        strbuf_append(&from, input_str(run, "text"));
        if (from.failed)
                return block_fail(run, "The text is larger than %d MiB", LLM_PROMPT_MAX >> 20);
        for (unsigned round = 0; pieces > 1 && round < SUMMARY_ROUNDS; round++) {
                struct strbuf swap;
                int r;

                strbuf_reset(&to);
                r = summarize_pieces(run, from.len ? strbuf_str(&from) : STR(""), &to, &pieces);
                if (r < 0)
                        return r;
                swap = from;
                from = to;
                to = swap;
        }
        return block_yield(run, "summary", value_of_str(from.len ? strbuf_str(&from) : STR("")));
}

static const struct block_field summary_inputs[] = {
        { "text", TYPE_STRING, NULL, "The text to summarize", FIELD_REQUIRED },
        MODEL_FIELD,
        CREDENTIALS_FIELD,
        { "focus", TYPE_STRING, "\"general information\"", "What matters most", FIELD_BASIC },
        { "style",
          "{\"type\":\"string\",\"enum\":[\"concise\",\"detailed\",\"bullet points\",\"numbered list\"]}",
          "\"concise\"", "How it is written", FIELD_BASIC },
        { "max_tokens", "{\"type\":\"integer\",\"minimum\":1}", "4096",
          "The longest piece of text, in words, and the longest reply", 0 },
        { "chunk_overlap", "{\"type\":\"integer\",\"minimum\":0}", "100", "Words that two pieces share", 0 },
        OLLAMA_FIELD,
};

static const struct block_field summary_outputs[] = {
        { "summary", TYPE_STRING, NULL, "The summary", 0 },
};

static const struct block blocks[] = {
        { .id = "a0a69be1-4528-491c-a85a-a4ab6873e3f0",
          .name = "AITextSummarizerBlock",
          .description = "Has a language model summarize a text of any length",
          .categories = CATEGORY_AI | CATEGORY_TEXT,
          .acts = true,
          .waits = true,
          INPUTS(summary_inputs),
          OUTPUTS(summary_outputs),
          .run = run_summarizer },
};

const struct block_family family_llm_summary = BLOCK_FAMILY(blocks);
