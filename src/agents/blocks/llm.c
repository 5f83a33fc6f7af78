#include "agents/blocks/llm.h"

#include "agents/template.h"

/* A prompt with its template filled in. Without values it is sent as it is. */
static int render_prompt(struct block_run *run, const char *name, json_t **ret) {
        json_t *values = input_value(run, "prompt_values");
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(LLM_PROMPT_MAX);
        const struct template_options options = { .random = run->context->random,
                                                  .stop = run->stop,
                                                  .deadline_us = run->deadline_us };
        char problem[TEMPLATE_PROBLEM_MAX];
        int r;

        if (json_object_size(values) == 0) {
                *ret = json_incref(input_value(run, name));
                return 0;
        }
        r = template_render(input_str(run, name), values, &options, &out, problem);
        if (r == -ERR_TEMPLATE)
                return block_fail(run, "%s: %s", name, problem);
        if (r < 0)
                return r;
        *ret = value_of_str(out.len ? strbuf_str(&out) : STR(""));
        return *ret ? 0 : -ERR_NO_MEMORY;
}

int llm_messages(struct block_run *run, json_t **ret) {
        json_t *history = input_value(run, "conversation_history");
        json_auto_t *system = NULL, *prompt = NULL, *messages = json_array();
        int r;

        r = messages ? render_prompt(run, "sys_prompt", &system) : -ERR_NO_MEMORY;
        if (r == 0)
                r = render_prompt(run, "prompt", &prompt);
        if (r == 0 && history && json_array_extend(messages, history) < 0)
                r = -ERR_NO_MEMORY;
        if (r == 0 && value_str(system).len > 0)
                r = chat_append(messages, "system", value_str(system));
        if (r == 0 && value_str(prompt).len > 0)
                r = chat_append(messages, "user", value_str(prompt));
        if (r == 0)
                *ret = json_incref(messages);
        return r;
}

struct chat llm_chat(struct block_run *run, json_t *messages) {
        return (struct chat){ .model = json_string_value(input_value(run, "model")),
                              .messages = messages,
                              .max_tokens = input_integer(run, "max_tokens"),
                              .attempts = (unsigned)MAX_OF(input_integer(run, "retry"), (json_int_t)1) };
}

int llm_yield(struct block_run *run, const char *name, json_t *reply, json_t *messages) {
        int r = block_yield(run, name, reply);

        return r < 0 ? r : block_yield(run, "prompt", json_incref(messages));
}
