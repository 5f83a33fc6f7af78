#include "cli/test_server/flow.h"

#include <stdlib.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/hash.h"
#include "base/memory.h"

enum { ID_BYTES = FLOW_ID_LENGTH / 2, TOKEN_BYTES = 32 };

static void flow_clear(struct flow *flow) {
        for (unsigned i = 0; i < FLOW_STEPS; i++) {
                memory_free_wiped(flow->records[i].sent);
                memory_free_wiped(flow->records[i].received);
        }
        memory_wipe(flow, sizeof(*flow));
}

struct flow *flow_find(struct flow_table *table, struct str id) {
        if (id.len != FLOW_ID_LENGTH)
                return NULL;
        for (unsigned i = 0; i < FLOWS_MAX; i++)
                if (secret_equal(str_of(table->flows[i].id), id)) {
                        table->flows[i].used = ++table->uses;
                        return &table->flows[i];
                }
        return NULL;
}

static struct flow *least_used(struct flow_table *table) {
        struct flow *least = &table->flows[0];

        for (unsigned i = 1; i < FLOWS_MAX; i++)
                if (table->flows[i].used < least->used)
                        least = &table->flows[i];
        return least;
}

int flow_new(struct flow_table *table, struct flow *old, const struct random *random, struct flow **ret) {
        uint8_t bytes[ID_BYTES + 2 * TOKEN_BYTES];
        struct flow *flow = old ? old : least_used(table);
        struct hash challenge;
        int r;

        r = random_fill(random, bytes, sizeof(bytes));
        if (r < 0)
                return r;
        flow_clear(flow);
        flow->used = ++table->uses;
        hex_encode(str_n(bytes, ID_BYTES), flow->id);
        base64url_encode(str_n(bytes + ID_BYTES, TOKEN_BYTES), flow->state);
        base64url_encode(str_n(bytes + ID_BYTES + TOKEN_BYTES, TOKEN_BYTES), flow->verifier);
        challenge = hash_sha256(str_n(flow->verifier, FLOW_TOKEN_LENGTH));
        base64url_encode(hash_str(&challenge), flow->challenge);
        memory_wipe(bytes, sizeof(bytes));
        *ret = flow;
        return 0;
}

static char *copy_of(struct str s) {
        char *copy = malloc(s.len + 1);

        if (!copy)
                return NULL;
        if (s.len)
                memcpy(copy, s.ptr, s.len);
        copy[s.len] = '\0';
        return copy;
}

int flow_record(struct flow *flow, enum flow_step step, int status, struct str sent, struct str received) {
        struct flow_record record = { .sent = copy_of(sent),
                                      .received = copy_of(received),
                                      .status = status };

        if (!record.sent || !record.received) {
                memory_free_wiped(record.sent);
                memory_free_wiped(record.received);
                return -ERR_NO_MEMORY;
        }
        memory_free_wiped(flow->records[step].sent);
        memory_free_wiped(flow->records[step].received);
        flow->records[step] = record;
        return 0;
}

void flow_table_done(struct flow_table *table) {
        for (unsigned i = 0; i < FLOWS_MAX; i++)
                flow_clear(&table->flows[i]);
}
