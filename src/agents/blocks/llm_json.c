/* Language models that make objects and lists (dialect: Blocks, language models). */
#include "agents/blocks/llm.h"

/* The JSON value within a reply: models like to say something before and after it. */
static json_t *find_json(struct str reply, char opens, char closes) {
        ptrdiff_t from = str_find(reply, opens);
        size_t to = reply.len;
        char problem[VALUE_PROBLEM_MAX];
        json_t *value;

        while (to > 0 && reply.ptr[to - 1] != closes)
                to--;
        if (from < 0 || to <= (size_t)from ||
            value_parse(str_n(reply.ptr + from, to - (size_t)from), false, &value, problem) < 0)
                return NULL;
        return value;
}

/* What a reply has to be. `check` writes what is wrong with a value into problem, and says false then. */
struct expected {
        char opens, closes;
        bool (*check)(const json_t *value, const struct expected *expected, struct strbuf *problem);
        const json_t *keys; /* object: name to description */
};

static bool check_keys(const json_t *value, const struct expected *expected, struct strbuf *problem) {
        json_t *description;
        const char *name;

        json_object_foreach((json_t *)expected->keys, name, description) {
                if (json_object_get(value, name))
                        continue;
                strbuf_append(problem, problem->len ? STR(", ") : STR("these keys are missing: "));
                strbuf_append(problem, str_of(name));
        }
        return problem->len == 0;
}

static bool check_object(const json_t *value, const struct expected *expected, struct strbuf *problem) {
        if (json_is_object(value))
                return check_keys(value, expected, problem);
        strbuf_append(problem, STR("it must be a JSON object"));
        return false;
}

static bool check_objects(const json_t *value, const struct expected *expected, struct strbuf *problem) {
        for (size_t i = 0; i < json_array_size(value); i++)
                if (!check_object(json_array_get(value, i), expected, problem))
                        return false;
        return true;
}

static bool check_list(const json_t *value _unused_, const struct expected *expected _unused_,
                       struct strbuf *problem _unused_) {
        return true; /* it begins with a bracket, so it is one */
}

/* Tells the model what was wrong with its reply. */
static int ask_again(json_t *messages, struct str reply, const struct strbuf *problem) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(LLM_PROMPT_MAX);

        strbuf_append(&text, STR("This reply can't be used: "));
        strbuf_append(&text, strbuf_str(problem));
        strbuf_append(&text, STR(". Reply again, with nothing but the JSON that was asked for."));
        if (text.failed || chat_append(messages, "assistant", reply) < 0)
                return -ERR_NO_MEMORY;
        return chat_append(messages, "user", strbuf_str(&text));
}

/* Asks until the reply is as expected, or as often as may be. */
static int complete_json(struct block_run *run, struct chat *chat, const struct expected *expected,
                         unsigned tries, json_t **ret) {
        _cleanup_(strbuf_done) struct strbuf problem = STRBUF_INIT(LLM_PROMPT_MAX);

        for (unsigned n = 0;; n++) {
                json_auto_t *reply = NULL, *value = NULL;
                int r;

                r = chat_complete(run, chat, &reply);
                if (r < 0)
                        return r;
                strbuf_reset(&problem);
                value = find_json(value_str(reply), expected->opens, expected->closes);
                if (!value)
                        strbuf_append(&problem, STR("there is no valid JSON in it"));
                else if (expected->check(value, expected, &problem)) {
                        *ret = json_incref(value);
                        return 0;
                }
                if (n >= tries)
                        return block_fail(run, "The model's reply can't be used: " STR_FMT,
                                          STR_ARG(strbuf_str(&problem)));
                r = ask_again(chat->messages, value_str(reply), &problem);
                if (r < 0)
                        return r;
        }
}

static int tell_format(json_t *messages, const json_t *format, bool list) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(LLM_PROMPT_MAX);

        strbuf_append(&text, STR("Reply with nothing but JSON: "));
        strbuf_append(&text, list ? STR("a list of objects, each with") : STR("one object with"));
        strbuf_append(&text, STR(" exactly these keys, whose values are described here: "));
        value_write(&text, format, VALUE_SPACED);
        return text.failed ? -ERR_NO_MEMORY : chat_append(messages, "system", strbuf_str(&text));
}

static int run_structured_generator(struct block_run *run) {
        const json_t *format = input_value(run, "expected_format");
        bool list = input_bool(run, "list_result");
        const struct expected object = { '{', '}', check_object, format },
                              objects = { '[', ']', check_objects, format };
        json_auto_t *messages = NULL, *sent = NULL, *value = NULL;
        struct chat chat;
        int r;

        if (json_object_size(format) == 0)
                return block_fail(run, "expected_format names no keys");
        r = llm_messages(run, &messages);
        if (r == 0)
                r = tell_format(messages, format, list);
        if (r < 0)
                return r;
        sent = json_copy(messages);
        if (!sent)
                return -ERR_NO_MEMORY;
        chat = llm_chat(run, messages);
        chat.json = input_bool(run, "force_json_output") && !list;
        chat.shorten = input_bool(run, "compress_prompt_to_fit");
        r = complete_json(run, &chat, list ? &objects : &object, (unsigned)input_integer(run, "retry"),
                          &value);
        return r < 0 ? r : llm_yield(run, "response", json_incref(value), sent);
}

static int list_messages(struct block_run *run, json_t *messages) {
        static const struct str task = STR_INIT(
                "Make a list from what you are given. Reply with nothing but a JSON list of texts, such as "
                "[\"first\", \"second\"].");
        struct str focus = input_str(run, "focus"), source = input_str(run, "source_data");
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(LLM_PROMPT_MAX);

        if (focus.len > 0) {
                strbuf_append(&text, STR("The list is about: "));
                strbuf_append(&text, focus);
                strbuf_append_char(&text, '\n');
        }
        strbuf_append(&text, source.len > 0 ? STR("Take its items from this text:\n")
                                            : STR("Think of its items yourself."));
        strbuf_append(&text, source.len > 0 ? source : STR(""));
        if (text.failed)
                return block_fail(run, "source_data is larger than %d MiB", LLM_PROMPT_MAX >> 20);
        if (chat_append(messages, "system", task) < 0)
                return -ERR_NO_MEMORY;
        return chat_append(messages, "user", strbuf_str(&text));
}

static int run_list_generator(struct block_run *run) {
        static const struct expected list = { '[', ']', check_list, NULL };
        json_auto_t *messages = json_array(), *sent = NULL, *items = NULL;
        struct chat chat;
        int r;

        r = messages ? list_messages(run, messages) : -ERR_NO_MEMORY;
        if (r < 0)
                return r;
        sent = json_copy(messages);
        if (!sent)
                return -ERR_NO_MEMORY;
        chat = llm_chat(run, messages);
        chat.attempts = (unsigned)input_integer(run, "max_retries") + 1;
        r = complete_json(run, &chat, &list, (unsigned)input_integer(run, "max_retries"), &items);
        if (r < 0)
                return r;
        r = block_yield(run, "generated_list", json_incref(items));
        for (size_t i = 0; i < json_array_size(items) && r == 0; i++)
                r = block_yield(run, "list_item", json_incref(json_array_get(items, i)));
        return r < 0 ? r : block_yield(run, "prompt", json_incref(sent));
}

static const struct block_field structured_inputs[] = {
        { "prompt", TYPE_STRING, NULL, "What the model is asked; a template if there are prompt_values",
          FIELD_REQUIRED },
        { "expected_format", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}", NULL,
          "The keys that the reply shall have, each with a description of its value", FIELD_REQUIRED },
        { "list_result", TYPE_BOOLEAN, "false", "Ask for a list of such objects", FIELD_BASIC },
        MODEL_FIELD,
        CREDENTIALS_FIELD,
        { "force_json_output", TYPE_BOOLEAN, "false", "Make the server allow nothing but JSON, if it can",
          0 },
        SYS_PROMPT_FIELD,
        { "conversation_history", TYPE_MESSAGES, "[]", "Messages that come before", 0 },
        RETRY_FIELD,
        PROMPT_VALUES_FIELD,
        MAX_TOKENS_FIELD,
        { "compress_prompt_to_fit", TYPE_BOOLEAN, "true",
          "Cut the longest message if all is too long for the model", 0 },
        OLLAMA_FIELD,
};

static const struct block_field structured_outputs[] = {
        { "response", "{\"anyOf\":[" TYPE_OBJECT "," TYPE_LIST "]}", NULL,
          "The object, or the list of objects", 0 },
        PROMPT_OUTPUT,
};

static const struct block_field list_inputs[] = {
        { "focus", TYPE_OR_NULL(TYPE_STRING), "null", "What the list is about", FIELD_BASIC },
        { "source_data", TYPE_OR_NULL(TYPE_STRING), "null", "The text to make the list from", FIELD_BASIC },
        MODEL_FIELD,
        CREDENTIALS_FIELD,
        { "max_retries", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":20}", "3",
          "How often to ask again, when the reply is no list", 0 },
        { "force_json_output", TYPE_BOOLEAN, "false", "Taken, and not needed", FIELD_HIDDEN },
        MAX_TOKENS_FIELD,
        OLLAMA_FIELD,
};

static const struct block_field list_outputs[] = {
        { "generated_list", TYPE_LIST, NULL, "The whole list", 0 },
        { "list_item", TYPE_ANY, NULL, "Each of its items", 0 },
        PROMPT_OUTPUT,
};

static const struct block blocks[] = {
        { .id = "ed55ac19-356e-4243-a6cb-bc599e9b716f",
          .name = "AIStructuredResponseGeneratorBlock",
          .description = "Asks a language model for an object with certain keys, or a list of such objects",
          .categories = CATEGORY_AI,
          .acts = true,
          .waits = true,
          INPUTS(structured_inputs),
          OUTPUTS(structured_outputs),
          .run = run_structured_generator },
        { .id = "9c0b0450-d199-458b-a731-072189dd6593",
          .name = "AIListGeneratorBlock",
          .description = "Has a language model make a list",
          .categories = CATEGORY_AI | CATEGORY_TEXT,
          .acts = true,
          .waits = true,
          INPUTS(list_inputs),
          OUTPUTS(list_outputs),
          .run = run_list_generator },
};

const struct block_family family_llm_json = BLOCK_FAMILY(blocks);
