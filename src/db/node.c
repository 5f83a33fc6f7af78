#include "db/node.h"

#include "base/codec.h"
#include "base/id.h"
#include "db/statements.h"

int node_lease(struct tx *tx, struct arena *arena, const struct random *random, int64_t now,
               struct node *ret) {
        uint8_t bytes[NODE_OWNER_LENGTH / 2];
        struct node node = { .leased_until = now + NODE_LEASE_MS };
        struct node_turn_row turn;
        struct node_row free;
        int r;

        r = random_fill(random, bytes, sizeof(bytes));
        if (r < 0)
                return r;
        hex_encode(str_n(bytes, sizeof(bytes)), node.owner);

        r = db_node_lease_turn(tx, arena, &turn);
        if (r < 0)
                return r;
        r = db_node_expired(tx, arena, now, &free);
        if (r == 0)
                r = db_node_unused(tx, arena, &free);
        if (r < 0)
                return r;
        if (free.node < 0 || free.node > ID_NODE_MAX)
                return -ERR_BUSY;
        r = db_node_lease(tx, free.node, str_of(node.owner), node.leased_until, now);
        if (r < 0)
                return r;
        if (r == 0)
                return -ERR_CONFLICT;
        r = db_node_describe(tx, free.node, str_of(node.owner), STR(GATEHOUSE_VERSION), now);
        if (r < 0)
                return r;
        node.number = (uint32_t)free.node;
        *ret = node;
        return 0;
}

int node_renew(struct tx *tx, const struct node *node, int64_t now, int64_t *ret_leased_until) {
        int r;

        r = db_node_renew(tx, node->number, str_of(node->owner), now + NODE_LEASE_MS, now);
        if (r < 0)
                return r;
        if (r == 0)
                return -ERR_CONFLICT;
        *ret_leased_until = now + NODE_LEASE_MS;
        return 0;
}

int node_release(struct tx *tx, const struct node *node) {
        int r;

        r = db_node_release(tx, node->number, str_of(node->owner));
        return r < 0 ? r : 0;
}

int node_clock_mark(struct tx *tx, struct arena *arena, int64_t *ret) {
        struct mark_row mark;
        int r;

        r = db_node_clock_mark(tx, arena, &mark);
        if (r < 0)
                return r;
        *ret = r ? mark.clock_at : 0;
        return 0;
}

int node_id_floor(struct tx *tx, struct arena *arena, int64_t *ret) {
        struct greatest_row greatest;
        int r;

        r = db_greatest_id(tx, arena, &greatest);
        if (r < 0)
                return r;
        *ret = r ? greatest.id : 0;
        return 0;
}
