#include "cli/server_node.h"

#include "base/errors.h"
#include "cli/command.h"
#include "integrations/vault_nodes.h"

enum { ARENA_MAX = 64 * 1024, LEASE_ATTEMPTS = 16 };

struct leasing {
        struct server *server;
        struct arena *arena;
        int64_t floor, mark;
};

static int lease(struct tx *tx, void *data) {
        struct leasing *l = data;
        int r;

        r = node_clock_mark(tx, l->arena, &l->mark);
        if (r < 0)
                return r;
        if (l->mark > clock_now(l->server->context.clock) + NODE_MARK_MAX_MS)
                return -ERR_SETTINGS;
        clock_steady_begin(l->mark);
        r = node_lease(tx, l->arena, l->server->context.random, clock_now(l->server->context.clock),
                       &l->server->node);
        if (r < 0)
                return r;
        return node_id_floor(tx, l->arena, &l->floor);
}

static void refuse_clock(const char *who, int64_t mark) {
        char now[CLOCK_ISO_LENGTH], then[CLOCK_ISO_LENGTH];

        clock_format_iso(clock_now(&clock_system), now);
        clock_format_iso(mark, then);
        problem(who,
                "This machine's clock says %.*s, but a server on this database had %.*s already, more than a "
                "day "
                "ahead: what has expired since would be valid again. Set this clock right. If it was the "
                "other that went wrong, stop every server and run `gatehouse reset-clock`.",
                CLOCK_ISO_LENGTH, now, CLOCK_ISO_LENGTH, then);
}

int server_node_lease(const char *who, struct server *s) {
        struct arena arena;
        struct leasing l = { .server = s, .arena = &arena };
        int r = -ERR_CONFLICT;

        arena_init(&arena, ARENA_MAX);
        for (unsigned i = 0; i < LEASE_ATTEMPTS && r == -ERR_CONFLICT; i++)
                r = database_write_now(s->database, lease, &l);
        arena_done(&arena);
        if (r == -ERR_SETTINGS)
                refuse_clock(who, l.mark);
        else if (r == -ERR_BUSY)
                problem(who,
                        "All %d node numbers of this database are taken: that many servers run on it, or did "
                        "in the last "
                        "minutes.",
                        ID_NODE_MAX + 1);
        else if (r < 0)
                problem(who, "No node number could be leased from the database: " STR_FMT,
                        STR_ARG(error_row(r)->text));
        if (r < 0)
                return r;
        s->node_leased = true;
        id_source_init(&s->ids, s->context.clock, s->node.number, l.floor);
        return 0;
}

struct renewing {
        struct server *server;
        struct arena *arena;
        int64_t leased_until, mark;
};

static int renew(struct tx *tx, void *data) {
        struct renewing *n = data;
        int r;

        r = node_renew(tx, &n->server->node, clock_now(n->server->context.clock), &n->leased_until);
        if (r == 0)
                r = vault_nodes_announce(tx, n->server->vault, &n->server->node);
        return r < 0 ? r : node_clock_mark(tx, n->arena, &n->mark);
}

/* Nodes whose clocks stand apart would disagree on what has expired: the slower ones follow, a little way. */
static void follow_clock(struct server *s, int64_t mark) {
        int64_t ahead = mark - clock_now(s->context.clock);

        if (ahead <= NODE_FOLLOW_MS)
                clock_steady_begin(mark);
        else
                LOG(LOG_WARNING, "another server's clock is far ahead of this one's",
                    LOG_INT("milliseconds", ahead));
}

int server_node_renew(struct server *s) {
        struct arena arena;
        struct renewing n = { .server = s, .arena = &arena };
        int r;

        arena_init(&arena, ARENA_MAX);
        r = database_write_now(s->database, renew, &n);
        arena_done(&arena);
        if (r < 0)
                return r;
        s->node.leased_until = n.leased_until;
        follow_clock(s, n.mark);
        return r;
}

static int announce(struct tx *tx, void *data) {
        struct server *s = data;

        return vault_nodes_announce(tx, s->vault, &s->node);
}

int server_node_announce(struct server *s) {
        return database_write_now(s->database, announce, s);
}

static int release(struct tx *tx, void *data) {
        struct server *s = data;
        int64_t leased_until;
        int r;

        /* the last word on what time it is */
        r = node_renew(tx, &s->node, clock_now(s->context.clock), &leased_until);
        return r < 0 ? r : node_release(tx, &s->node);
}

void server_node_release(struct server *s) {
        /* A lease that can't be given back runs out by itself. */
        if (s->node_leased && database_write_now(s->database, release, s) < 0)
                LOG(LOG_WARNING, "the node number could not be given back", LOG_INT("node", s->node.number));
}
