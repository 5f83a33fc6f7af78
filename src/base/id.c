#include "base/id.h"

#include "base/codec.h"

enum { SEQUENCE_BITS = 12, NODE_BITS = 10 };

static uint64_t ticks_at(int64_t ms) {
        return ms <= ID_EPOCH_MS ? 0 : (uint64_t)(ms - ID_EPOCH_MS) << SEQUENCE_BITS;
}

void id_source_init(struct id_source *s, const struct clock *clock, uint32_t node, int64_t floor) {
        uint64_t ms = (uint64_t)floor >> (SEQUENCE_BITS + NODE_BITS);

        s->clock = clock;
        s->node = node & ID_NODE_MAX;
        /* The floor may be another node's, whose number counts before the sequence: only its next millisecond
         * is above it for certain. */
        atomic_init(&s->last, ms << SEQUENCE_BITS | ((1u << SEQUENCE_BITS) - 1));
}

int64_t id_next(struct id_source *s) {
        uint64_t last = atomic_load_explicit(&s->last, memory_order_relaxed), next, now;

        /* A full sequence runs on into the next millisecond; a clock that went back leaves the count where it
         * was. */
        now = ticks_at(clock_now(s->clock));
        do
                next = now > last ? now : last + 1;
        while (!atomic_compare_exchange_weak_explicit(&s->last, &last, next, memory_order_relaxed,
                                                      memory_order_relaxed));

        return (int64_t)(next >> SEQUENCE_BITS << (SEQUENCE_BITS + NODE_BITS) |
                         (uint64_t)s->node << SEQUENCE_BITS | (next & ((1u << SEQUENCE_BITS) - 1)));
}

int64_t id_time_ms(int64_t id) {
        return (int64_t)((uint64_t)id >> (SEQUENCE_BITS + NODE_BITS)) + ID_EPOCH_MS;
}

int64_t id_at(int64_t ms) {
        if (ms >= ID_EPOCH_MS + (INT64_C(1) << (63 - SEQUENCE_BITS - NODE_BITS)))
                return INT64_MAX;
        return (int64_t)(ticks_at(ms) << NODE_BITS);
}

int id_uuid(const struct clock *clock, const struct random *random, char *out) {
        uint64_t ms = (uint64_t)clock_now(clock);
        uint8_t bytes[16];
        char hex[32];
        int r;

        r = random_fill(random, bytes, sizeof(bytes));
        if (r < 0)
                return r;
        for (size_t i = 0; i < 6; i++)
                bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
        bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);

        hex_encode(str_n(bytes, sizeof(bytes)), hex);
        for (size_t i = 0; i < sizeof(hex); i++) {
                if (i == 8 || i == 12 || i == 16 || i == 20)
                        *out++ = '-';
                *out++ = hex[i];
        }
        return 0;
}

bool id_is_uuid(struct str s) {
        if (s.len != ID_UUID_LENGTH)
                return false;
        for (size_t i = 0; i < s.len; i++) {
                bool dash = i == 8 || i == 13 || i == 18 || i == 23;

                if (dash ? s.ptr[i] != '-' : hex_digit(s.ptr[i]) < 0)
                        return false;
        }
        return true;
}
