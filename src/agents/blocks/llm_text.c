/* Language models that write text (dialect: Blocks, language models). */
#include "agents/blocks/llm.h"

static int complete_and_yield(struct block_run *run, json_t *messages) {
        struct chat chat = llm_chat(run, messages);
        json_t *reply;
        int r;

        r = chat_complete(run, &chat, &reply);
        return r < 0 ? r : llm_yield(run, "response", reply, messages);
}

static int run_text_generator(struct block_run *run) {
        json_auto_t *messages = NULL;
        int r;

        r = llm_messages(run, &messages);
        return r < 0 ? r : complete_and_yield(run, messages);
}

static int run_conversation(struct block_run *run) {
        json_auto_t *messages = json_copy(input_value(run, "messages"));
        struct str prompt = input_str(run, "prompt");

        if (!messages || (prompt.len > 0 && chat_append(messages, "user", prompt) < 0))
                return -ERR_NO_MEMORY;
        if (json_array_size(messages) == 0)
                return block_fail(run, "There is nothing to say: give a prompt or messages");
        return complete_and_yield(run, messages);
}

static const struct block_field text_inputs[] = {
        { "prompt", TYPE_STRING, NULL, "What the model is asked; a template if there are prompt_values",
          FIELD_REQUIRED },
        MODEL_FIELD,
        CREDENTIALS_FIELD,
        SYS_PROMPT_FIELD,
        RETRY_FIELD,
        PROMPT_VALUES_FIELD,
        OLLAMA_FIELD,
        MAX_TOKENS_FIELD,
};

static const struct block_field text_outputs[] = {
        { "response", TYPE_STRING, NULL, "What the model replied", 0 },
        PROMPT_OUTPUT,
};

static const struct block_field conversation_inputs[] = {
        { "prompt", TYPE_STRING, "\"\"", "What is said last", FIELD_BASIC },
        { "messages", TYPE_MESSAGES, NULL, "The conversation so far", FIELD_REQUIRED },
        MODEL_FIELD,
        CREDENTIALS_FIELD,
        MAX_TOKENS_FIELD,
        OLLAMA_FIELD,
};

static const struct block blocks[] = {
        { .id = "1f292d4a-41a4-4977-9684-7c8d560b9f91",
          .name = "AITextGeneratorBlock",
          .description = "Asks a language model and hands on its reply",
          .categories = CATEGORY_AI,
          .acts = true,
          .waits = true,
          INPUTS(text_inputs),
          OUTPUTS(text_outputs),
          .run = run_text_generator },
        { .id = "32a87eab-381e-4dd4-bdb8-4c47151be35a",
          .name = "AIConversationBlock",
          .description = "Goes on with a conversation with a language model",
          .categories = CATEGORY_AI,
          .acts = true,
          .waits = true,
          INPUTS(conversation_inputs),
          OUTPUTS(text_outputs),
          .run = run_conversation },
};

const struct block_family family_llm_text = BLOCK_FAMILY(blocks);
