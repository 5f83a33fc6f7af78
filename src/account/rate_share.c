#include "account/rate_share.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/codec.h"

enum {
        NAME_DIGITS = 16,
        ENTRY_MAX = NAME_DIGITS + 21 + 1, /* "NAME+NS " */
        ENTRIES_MAX = NODE_TALK_MAX / ENTRY_MAX,
};

/* The slowest limit's whole burst, twice: what a node that counts in the same way does not pass. */
#define NS_MAX (INT64_C(2) * 3600 * 1000000000)

static void share_begin(void *data) {
        struct rate_change changes[ENTRIES_MAX];
        struct rate_share *share = data;

        while (rate_table_changes(share->table, changes, ENTRIES_MAX) == ENTRIES_MAX)
                ;
}

static size_t share_say(void *data, char *text, bool *ret_more) {
        struct rate_change changes[ENTRIES_MAX];
        struct rate_share *share = data;
        size_t n, at = 0;

        n = rate_table_changes(share->table, changes, ENTRIES_MAX);
        for (size_t i = 0; i < n; i++)
                at += (size_t)snprintf(text + at, NODE_TALK_MAX - at, "%016" PRIx64 "%+" PRId64 " ",
                                       changes[i].name, changes[i].ns);
        *ret_more = n == ENTRIES_MAX;
        return at;
}

static bool parse(struct str entry, struct rate_change *ret) {
        bool negative;
        uint64_t ns;

        if (entry.len < NAME_DIGITS + 2)
                return false;
        ret->name = 0;
        for (size_t i = 0; i < NAME_DIGITS; i++) {
                int digit = hex_digit(entry.ptr[i]);

                if (digit < 0)
                        return false;
                ret->name = ret->name << 4 | (uint64_t)digit;
        }
        negative = entry.ptr[NAME_DIGITS] == '-';
        if ((!negative && entry.ptr[NAME_DIGITS] != '+') ||
            !str_to_uint(str_from(entry, NAME_DIGITS + 1), NS_MAX, &ns) || ret->name == 0)
                return false;
        ret->ns = negative ? -(int64_t)ns : (int64_t)ns;
        return true;
}

static void share_hear(void *data, struct str text) {
        struct rate_share *share = data;
        int64_t now_ns = clock_now(share->clock) * 1000000;
        struct rate_change change;
        struct str entry;

        while (str_next(&text, ' ', &entry))
                if (parse(entry, &change))
                        rate_table_add(share->table, &change, now_ns);
}

int rate_share_init(struct rate_share *share, const struct clock *clock, struct rate_limits *limits,
                    struct database *database) {
        *share = (struct rate_share){
                .talk = { .every_ms = RATE_SHARE_MS,
                          .begin = share_begin,
                          .say = share_say,
                          .hear = share_hear,
                          .data = share },
                .table = rate_limits_table(limits),
                .clock = clock,
        };
        if (database_reads_inline(database))
                return 0;
        database_talk(database, &share->talk);
        return rate_table_share(share->table);
}
