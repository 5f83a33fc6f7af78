#include "db/node_talk.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "db/listener_int.h"

/* Nothing that would end a quoted text of SQL. */
static bool is_plain(const char *text, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'z') ||
                      text[i] == ' ' || text[i] == '+' || text[i] == '-'))
                        return false;
        return true;
}

/* A NOTIFY takes part in a commit, so none is made where nobody would hear it. */
size_t talk_say(struct listener *l, int64_t now_ms, char *room) {
        char text[NODE_TALK_MAX];
        bool more = false;
        size_t n;

        if (!l->talk || now_ms < l->talk_ms)
                return 0;
        n = l->talk->say(l->talk->data, text, &more);
        l->talk_ms = more ? now_ms : now_ms + l->talk->every_ms;
        if (n == 0)
                return 0;
        if (n > sizeof(text) || !is_plain(text, n)) {
                LOG(LOG_ERROR, "what was to be told to other nodes is no plain text");
                return 0;
        }
        return (size_t)snprintf(room, TALK_QUERY_MAX,
                                ",(SELECT pg_notify('" LISTENER_TALK "','%016" PRIx64 ":%.*s') WHERE EXISTS "
                                "(SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
                                "(application_name LIKE '" LISTENER_NAME
                                "%%' OR application_name LIKE '" LISTENER_DEAF
                                "%%') AND application_name NOT LIKE '%%%016" PRIx64 "'))",
                                l->id, (int)n, text, l->id);
}

void talk_hear(struct listener *l, struct str text) {
        struct str from;
        uint64_t id;

        if (l->talk && str_next(&text, ':', &from) && text.ptr && listener_id_parse(from, &id) && id != l->id)
                l->talk->hear(l->talk->data, text);
}
