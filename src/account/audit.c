#include "account/audit.h"

#include <stdio.h>
#include <unistd.h>

#include "account/audit_int.h"
#include "account/identity.h"
#include "db/node.h"
#include "db/record.h"

enum { COMMAND_MAX = AUDIT_USER_AGENT_MAX };

static struct audit_entry entry_of(const struct audit *what) {
        return (struct audit_entry){
                .event = what->event,
                .count = MAX_OF(what->count, INT64_C(1)),
                .user_id = what->user_id,
                .app_id = what->app_id,
                .key_id = what->key_id,
                .session = what->session,
                .authorization = what->authorization,
                .subject = what->subject,
                .reason = str_of(what->reason),
                .detail = what->detail,
        };
}

/* Who calls, where the event does not say it of itself. */
static void add_caller(struct audit_entry *e, const struct identity *who) {
        static const enum audit_actor by[] = { [IDENTITY_NONE] = AUDIT_BY_NOBODY,
                                               [IDENTITY_SESSION] = AUDIT_BY_PERSON,
                                               [IDENTITY_TOKEN] = AUDIT_BY_APP,
                                               [IDENTITY_KEY] = AUDIT_BY_KEY };

        e->by = by[who->kind];
        if (!e->user_id.ptr)
                e->user_id = who->user_id;
        else if (who->user_id.ptr && !str_eq(e->user_id, who->user_id))
                e->actor_id = who->user_id;
        if (!e->app_id.ptr)
                e->app_id = who->app_id;
        if (!e->authorization)
                e->authorization = who->authorization;
        if (!e->session)
                e->session = who->session_id;
        if (!e->key_id.ptr)
                e->key_id = who->key_id;
}

struct audit_entry audit_entry_of(const struct request *req, const struct audit *what) {
        struct audit_entry e = entry_of(what);

        if (what->alone)
                e.by = audit_kind(e.event)->refused ? AUDIT_BY_NOBODY : AUDIT_BY_PERSON;
        else if (req->identity)
                add_caller(&e, req->identity);
        if (e.by == AUDIT_BY_NOBODY && e.app_id.len)
                e.by = AUDIT_BY_APP; /* a client, which has no identity but itself */
        e.address = str_of(req->address);
        e.user_agent = request_header(req, STR("User-Agent"));
        e.request_id = str_of(req->id);
        return e;
}

static int record(const struct context *context, struct tx *tx, struct audit_entry *e) {
        uint8_t bytes[AUDIT_ENTRY_MAX];

        e->id = id_next(context->ids);
        return tx_record(tx, e->id, str_n(bytes, audit_encode(e, bytes)));
}

int audit(struct request *req, const struct audit *what) {
        struct audit_entry e = audit_entry_of(req, what);

        if (!req->tx)
                return -ERR_INTERNAL;
        return record(req->context, req->tx, &e);
}

int audit_job(const struct context *context, struct tx *tx, const char *job, const struct audit *what) {
        struct audit_entry e = entry_of(what);

        e.by = AUDIT_BY_SERVER;
        e.user_agent = str_of(job);
        return record(context, tx, &e);
}

int audit_command(const struct context *context, struct tx *tx, struct arena *arena, const char *command,
                  const struct audit *what) {
        struct audit_entry e = entry_of(what);
        struct context leased = *context;
        char text[COMMAND_MAX];
        struct id_source ids;
        struct node node;
        int64_t floor;
        int r;

        r = node_lease(tx, arena, context->random, clock_now(context->clock), &node);
        if (r >= 0)
                r = node_id_floor(tx, arena, &floor);
        if (r < 0)
                return r;
        id_source_init(&ids, context->clock, node.number, floor);
        leased.ids = &ids;
        (void)snprintf(text, sizeof(text), "%s (user %u)", command, (unsigned)getuid());
        e.by = AUDIT_BY_COMMAND;
        e.user_agent = str_of(text);
        r = record(&leased, tx, &e);
        return r < 0 ? r : node_release(tx, &node);
}
