#include <stdio.h>

#include "account/audit_int.h"
#include "account/audit_read.h"

enum { NUMBERS_TEXT_MAX = 32 * 1024 };

static const char *const actors[AUDIT_ACTORS] = {
        [AUDIT_BY_NOBODY] = "nobody", [AUDIT_BY_PERSON] = "person", [AUDIT_BY_APP] = "app",
        [AUDIT_BY_KEY] = "api_key",   [AUDIT_BY_SERVER] = "server", [AUDIT_BY_COMMAND] = "command",
};

static void member_id(struct json_writer *w, const char *name, int64_t id) {
        char text[24];

        if (id == 0) {
                json_member_null(w, name);
                return;
        }
        (void)snprintf(text, sizeof(text), "%lld", (long long)id);
        json_member_str(w, name, str_of(text)); /* a JSON number would lose digits in JavaScript */
}

/* An absent text is null. */
static void member(struct json_writer *w, const char *name, struct str value) {
        json_member_str(w, name, value.len ? value : STR_NULL);
}

void audit_write_json(struct json_writer *w, const struct audit_entry *e, bool private) {
        const struct audit_kind *kind = audit_kind(e->event);

        member_id(w, "id", e->id);
        json_member_time(w, "at", id_time_ms(e->id));
        json_member_str(w, "event", kind ? kind->name : STR("unknown"));
        json_member_str(w, "text", kind ? kind->text : STR("An event of a newer version of this program"));
        json_member_str(w, "outcome", kind && kind->refused ? STR("refused") : STR("done"));
        json_member_int(w, "count", e->count);
        json_member_str(w, "by", str_of(actors[e->by]));
        member(w, "user_id", e->user_id);
        member(w, "actor_id", e->actor_id);
        member(w, "app_id", e->app_id);
        member(w, "api_key_id", e->key_id);
        member_id(w, "session_id", e->session);
        member_id(w, "authorization_id", e->authorization);
        member(w, "subject", e->subject);
        member(w, "ip", private ? e->address : STR_NULL);
        member(w, "user_agent", private ? e->user_agent : STR_NULL);
        member(w, "request_id", e->request_id);
        member(w, "reason", e->reason);
        member(w, "detail", e->detail);
}

bool audit_shows_place(const struct audit_entry *e, struct str user_id) {
        return (!e->actor_id.len && e->by != AUDIT_BY_COMMAND && e->by != AUDIT_BY_SERVER) ||
               str_eq(e->actor_id, user_id);
}

struct str audit_numbers(struct arena *arena, const int64_t *list, size_t n) {
        struct strbuf out = STRBUF_INIT(NUMBERS_TEXT_MAX);
        struct json_writer w = JSON_WRITER(&out);
        struct str text;

        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                json_int(&w, list[i]);
        json_array_end(&w);
        text = out.failed ? STR_NULL : arena_copy(arena, strbuf_str(&out));
        strbuf_done(&out);
        return text;
}
