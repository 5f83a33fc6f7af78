/* What the blocks of language models have in common. Credentials are the operator's (agents/chat.h): the `credentials` that
 * agents of the Platform bring along are taken and not used. */
#pragma once

#include "agents/blocks/families.h"
#include "agents/chat.h"

enum { LLM_PROMPT_MAX = 2 * 1024 * 1024 /* bytes */ };

#define MODEL_FIELD                                                                                  \
        {                                                                                            \
                "model", TYPE_STRING, "\"\"",                                                        \
                        "One of the models that this server's operator offers; empty for the first", \
                        FIELD_BASIC                                                                  \
        }
#define CREDENTIALS_FIELD \
        { "credentials", TYPE_ANY, "null", "Not needed: the operator's are used", FIELD_HIDDEN }
#define MAX_TOKENS_FIELD                                                                    \
        {                                                                                   \
                "max_tokens", TYPE_OR_NULL("{\"type\":\"integer\",\"minimum\":1}"), "null", \
                        "The longest reply, in tokens", 0                                   \
        }
#define RETRY_FIELD                                                                  \
        {                                                                            \
                "retry", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":20}", "3", \
                        "How often to try, when it does not work out", 0             \
        }
#define PROMPT_VALUES_FIELD \
        { "prompt_values", TYPE_OBJECT, "{}", "What the names in the prompts' templates stand for", 0 }
#define SYS_PROMPT_FIELD \
        { "sys_prompt", TYPE_STRING, "\"\"", "What the model is told before all else", 0 }
#define OLLAMA_FIELD                                                              \
        {                                                                         \
                "ollama_host", TYPE_STRING, "\"localhost:11434\"",                \
                        "Not needed: the operator's server is used", FIELD_HIDDEN \
        }
#define PROMPT_OUTPUT \
        { "prompt", TYPE_LIST, NULL, "The messages that were sent", 0 }

#define TYPE_MESSAGES                                                                                        \
        "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"role\":{\"type\":\"string\"}," \
        "\"content\":{\"type\":\"string\"}},\"required\":[\"role\",\"content\"],\"additionalProperties\":"   \
        "true}}"

/* The messages of a block's inputs: conversation_history, sys_prompt and prompt, whose templates are filled in.
 * errors   ERR_BLOCK after block_fail(), ERR_NO_MEMORY */
_must_use_ int llm_messages(struct block_run *run, json_t **ret);

/* A conversation by the inputs model, max_tokens and retry. */
struct chat llm_chat(struct block_run *run, json_t *messages);

/* Yields the reply, which it steals, and the messages that led to it as `prompt`. */
_must_use_ int llm_yield(struct block_run *run, const char *name, json_t *reply, json_t *messages);
