/* Conversations with a language model, at whatever server the operator named: any that speaks OpenAI's chat completions
 * (LLM_BASE_URL, LLM_API_KEY, LLM_MODELS). */
#pragma once

#include "agents/block.h"
#include "base/errors.h"

struct chat {
        const char *model;     /* empty for the operator's first */
        json_t *messages;      /* array of {"role", "content"}; borrowed, unchanged */
        json_int_t max_tokens; /* of the reply; 0 for the server's own limit */
        bool json;             /* ask the server for a JSON object */
        bool shorten;          /* cut the longest message when the server says that all is too long */
        unsigned attempts;     /* when the server is busy or fails; at least 1 */
};

/* Appends {"role": role, "content": content}. errors: ERR_NO_MEMORY */
_must_use_ int chat_append(json_t *messages, const char *role, struct str content);

/* Sends the messages and waits for the reply.
 *
 * ret      the reply's text, a JSON string
 * errors   ERR_BLOCK after block_fail() (no server configured, model not offered, refused, no answer), ERR_STOPPED,
 *          ERR_NO_MEMORY
 */
_must_use_ int chat_complete(struct block_run *run, const struct chat *chat, json_t **ret);
