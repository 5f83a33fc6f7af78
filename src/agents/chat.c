#include "agents/chat.h"

#include "agents/value/value.h"
#include "outbound/outbound.h"

enum {
        REQUEST_MAX = 4 * 1024 * 1024, /* bytes */
        REPLY_MAX = 4 * 1024 * 1024,   /* bytes */
        SHORTEN_TIMES = 4,
        SHORTEN_MIN = 400, /* bytes: what is shorter is not cut any more */
        WORDS_MAX = 400,   /* bytes of what the server says when it refuses */
        PAUSE_MS = 500,    /* before the second attempt; doubled with each */
};

/* What one attempt came to, besides an error. */
enum attempt { ATTEMPT_DONE = 0, ATTEMPT_AGAIN = 1, ATTEMPT_TOO_LONG = 2 };

/* ::/0: the operator's own choice of a server may be anywhere. */
static const struct network_list anywhere = { .n = 1 };

int chat_append(json_t *messages, const char *role, struct str content) {
        json_t *message = json_pack("{s:s, s:o}", "role", role, "content", value_of_str(content));

        return json_array_append_new(messages, message) < 0 ? -ERR_NO_MEMORY : 0;
}

static int choose_model(struct block_run *run, const char *wanted, struct str *ret) {
        struct str models = run->context->settings->llm_models, rest = models, model;
        bool first = true;

        while (str_next(&rest, ',', &model)) {
                model = str_trim(model);
                if (str_eq(model, str_of(wanted)) || (first && !*wanted)) {
                        *ret = model;
                        return 0;
                }
                first = false;
        }
        return block_fail(run, "The model %.100s is not offered here. Choose one of: " STR_FMT, wanted,
                          STR_ARG(models));
}

static int write_request(const struct chat *chat, struct str model, const json_t *messages,
                         struct strbuf *out) {
        json_auto_t *body = json_pack("{s:o, s:O}", "model", value_of_str(model), "messages", messages);

        if (!body ||
            (chat->max_tokens > 0 &&
             json_object_set_new(body, "max_tokens", json_integer(chat->max_tokens)) < 0) ||
            (chat->json &&
             json_object_set_new(body, "response_format", json_pack("{s:s}", "type", "json_object")) < 0))
                return -ERR_NO_MEMORY;
        value_write(out, body, VALUE_COMPACT);
        return 0;
}

static int send_messages(struct block_run *run, struct str body, struct outbound_response *response) {
        const struct settings *settings = run->context->settings;
        _cleanup_(strbuf_done) struct strbuf url = STRBUF_INIT(4096), authorization = STRBUF_INIT(8192);
        struct outbound_field fields[] = {
                { .name = STR("Content-Type"), .value = STR("application/json") },
                { .name = STR("Authorization") },
        };
        struct outbound_request request = {
                .method = "POST",
                .fields = fields,
                .n_fields = settings->llm_key.len ? 2 : 1,
                .body = body,
                .timeout_ms = block_time_left_ms(run),
                .stop = run->stop,
                .allowed = &anywhere,
                .ca_file = settings->ca_file,
        };

        strbuf_append(&url, settings->llm_url);
        strbuf_append(&url, STR("/chat/completions"));
        strbuf_append_char(&url, '\0');
        strbuf_append(&authorization, STR("Bearer "));
        strbuf_append(&authorization, settings->llm_key);
        if (url.failed || authorization.failed)
                return -ERR_NO_MEMORY;
        request.url = url.ptr;
        fields[1].value = strbuf_str(&authorization);
        return outbound_send(&request, response);
}

/* The server's own words, if it has any: but not about the operator's key, of which it may show a part. */
static int refuse(struct block_run *run, int status, const json_t *answer) {
        struct str key = run->context->settings->llm_key,
                   message = value_str(json_object_get(json_object_get(answer, "error"), "message"));

        if (!message.ptr || status == 401 || status == 403 || (key.len && str_contains(message, key)))
                message = STR("");
        return block_fail(run, "The language model's server answered %d%s%.*s", status,
                          message.len ? ": " : "", (int)MIN_OF(message.len, (size_t)WORDS_MAX), message.ptr);
}

static bool says_too_long(const json_t *answer) {
        struct str code = value_str(json_object_get(json_object_get(answer, "error"), "code"));

        return code.ptr && str_eq(code, STR("context_length_exceeded"));
}

static int judge(struct block_run *run, const struct outbound_response *response, json_t **ret) {
        struct str body = response->body.len ? strbuf_str(&response->body) : STR("");
        char problem[VALUE_PROBLEM_MAX];
        json_auto_t *answer = NULL;
        json_t *content;

        if (value_parse(body, false, &answer, problem) < 0)
                answer = NULL;
        if (response->status == 429 || response->status >= 500) {
                (void)refuse(run, response->status, answer);
                return ATTEMPT_AGAIN;
        }
        if (response->status != 200) {
                (void)refuse(run, response->status, answer);
                return says_too_long(answer) ? ATTEMPT_TOO_LONG : -ERR_BLOCK;
        }
        content = json_object_get(
                json_object_get(json_array_get(json_object_get(answer, "choices"), 0), "message"), "content");
        if (!json_is_string(content))
                return block_fail(run, "The language model's server sent no reply that could be understood");
        *ret = json_incref(content);
        return ATTEMPT_DONE;
}

static int attempt(struct block_run *run, const struct chat *chat, struct str model, const json_t *messages,
                   json_t **ret) {
        struct outbound_response response = { .body = STRBUF_INIT(REPLY_MAX) };
        struct strbuf body = STRBUF_INIT(REQUEST_MAX);
        int r;

        r = write_request(chat, model, messages, &body);
        if (r == 0 && body.failed)
                r = block_fail(run, "The messages are larger than %d MiB", REQUEST_MAX >> 20);
        if (r == 0) {
                r = send_messages(run, strbuf_str(&body), &response);
                if (r == -ERR_OUTBOUND) {
                        (void)block_fail(run, "The language model's server could not be reached: %s",
                                         response.problem);
                        r = ATTEMPT_AGAIN;
                } else if (r == 0) {
                        r = judge(run, &response, ret);
                }
        }
        strbuf_done(&response.body);
        strbuf_done(&body);
        return r;
}

/* The first n bytes, and the last, without part of a character. */
static struct str beginning(struct str s, size_t n) {
        while (n > 0 && (str_at(s, n) & 0xc0) == 0x80)
                n--;
        return str_first(s, n);
}

static struct str end(struct str s, size_t n) {
        size_t from = s.len - n;

        while (from < s.len && (str_at(s, from) & 0xc0) == 0x80)
                from++;
        return str_from(s, from);
}

/* Cuts the middle half out of the longest message. ATTEMPT_TOO_LONG if there is none worth cutting. */
static int shorten(json_t *messages) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(REQUEST_MAX);
        struct str longest = STR_NULL;
        size_t at = 0;
        json_t *message;

        for (size_t i = 0; i < json_array_size(messages); i++) {
                struct str content = value_str(json_object_get(json_array_get(messages, i), "content"));

                if (content.len > longest.len) {
                        longest = content;
                        at = i;
                }
        }
        if (longest.len < SHORTEN_MIN)
                return ATTEMPT_TOO_LONG;
        strbuf_append(&text, beginning(longest, longest.len / 4));
        strbuf_append(&text, STR("\n[…]\n"));
        strbuf_append(&text, end(longest, longest.len / 4));
        message = json_copy(json_array_get(messages, at));
        if (text.failed || !message ||
            json_object_set_new(message, "content", value_of_str(strbuf_str(&text))) < 0 ||
            json_array_set_new(messages, at, message) < 0)
                return -ERR_NO_MEMORY;
        return ATTEMPT_AGAIN;
}

/* Twice as long each time; a wait that ends the run's time keeps the message of what failed. */
static int pause(struct block_run *run, unsigned failed) {
        char message[BLOCK_MESSAGE_MAX + 1];
        int r;

        memcpy(message, run->message, sizeof(message));
        r = block_wait(run, PAUSE_MS << MIN_OF(failed - 1, 6u));
        memcpy(run->message, message, sizeof(message));
        return r < 0 ? r : ATTEMPT_AGAIN;
}

int chat_complete(struct block_run *run, const struct chat *chat, json_t **ret) {
        json_auto_t *messages = json_copy(chat->messages);
        unsigned shortened = 0, failed = 0;
        struct str model;
        int r;

        if (!messages)
                return -ERR_NO_MEMORY;
        if (run->context->settings->llm_url.len == 0)
                return block_fail(
                        run,
                        "No language model is configured on this server: its operator sets LLM_BASE_URL");
        r = choose_model(run, chat->model, &model);
        if (r < 0)
                return r;
        do {
                r = attempt(run, chat, model, messages, ret);
                if (r == ATTEMPT_TOO_LONG && chat->shorten && shortened++ < SHORTEN_TIMES) {
                        r = shorten(messages);
                } else if (r == ATTEMPT_AGAIN) {
                        if (++failed >= chat->attempts)
                                break;
                        r = pause(run, failed);
                }
        } while (r == ATTEMPT_AGAIN);
        return r > 0 ? -ERR_BLOCK : r; /* the message is that of the last attempt */
}
