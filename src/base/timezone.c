#include "base/timezone.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/timezone_rule.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"

enum { FILE_MAX = 64 * 1024, HEADER = 44, TYPES_MAX = 256, TYPE_SIZE = 6, DAY = 86400 };

struct timezone_data {
        struct timezone_data *next;
        char name[TIMEZONE_NAME_MAX + 1];
        size_t n_transitions, n_types;
        int64_t *transitions; /* seconds since 1970, growing */
        uint8_t *types;       /* of each */
        struct timezone_local *locals;
        struct timezone_rule rule;
        bool has_rule;
};

struct timezone_data *timezone_free(struct timezone_data *zone) {
        if (!zone)
                return NULL;
        free(zone->transitions);
        free(zone->types);
        free(zone->locals);
        free(zone);
        return NULL;
}

static int64_t read_number(const char *at, size_t bytes) {
        uint64_t value = (uint8_t)at[0] & 0x80 ? UINT64_MAX : 0;

        for (size_t i = 0; i < bytes; i++)
                value = value << 8 | (uint8_t)at[i];
        return (int64_t)value;
}

struct header {
        size_t n_ut, n_standard, n_leaps, n_transitions, n_types, n_characters;
};

/* Bytes that follow a header whose times have `width` bytes. */
static size_t block_size(const struct header *h, size_t width) {
        return h->n_transitions * (width + 1) + h->n_types * TYPE_SIZE + h->n_characters +
               h->n_leaps * (width + 4) + h->n_standard + h->n_ut;
}

static int read_header(struct str s, struct header *ret) {
        size_t *const counts[] = { &ret->n_ut,          &ret->n_standard, &ret->n_leaps,
                                   &ret->n_transitions, &ret->n_types,    &ret->n_characters };

        if (s.len < HEADER || !str_starts_with(s, STR("TZif")) || s.ptr[4] < '2')
                return -ERR_TIMEZONE;
        for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
                int64_t n = read_number(s.ptr + 20 + 4 * i, 4);

                if (n < 0 || n > FILE_MAX)
                        return -ERR_TIMEZONE;
                *counts[i] = (size_t)n;
        }
        return 0;
}

static int read_types(struct timezone_data *zone, struct str types, struct str characters) {
        for (size_t i = 0; i < zone->n_types; i++) {
                const char *at = types.ptr + i * TYPE_SIZE;
                struct timezone_local *local = &zone->locals[i];
                struct str name = str_from(characters, (uint8_t)at[5]);
                ptrdiff_t end = str_find(name, 0);
                int64_t offset = read_number(at, 4);

                if (end < 0 || end > TIMEZONE_ABBREVIATION_MAX || offset < -DAY * 2 || offset > DAY * 2)
                        return -ERR_TIMEZONE;
                local->offset = (int32_t)offset;
                local->summer = at[4] != 0;
                memcpy(local->abbreviation, name.ptr, (size_t)end);
        }
        return 0;
}

static int read_transitions(struct timezone_data *zone, struct str s) {
        for (size_t i = 0; i < zone->n_transitions; i++) {
                zone->transitions[i] = read_number(s.ptr + 8 * i, 8);
                zone->types[i] = (uint8_t)s.ptr[8 * zone->n_transitions + i];
                if (zone->types[i] >= zone->n_types ||
                    (i > 0 && zone->transitions[i] <= zone->transitions[i - 1]))
                        return -ERR_TIMEZONE;
        }
        return 0;
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; an empty one means that nothing is known. */
static int read_footer(struct timezone_data *zone, struct str s) {
        ptrdiff_t end;

        if (!str_starts_with(s, STR("\n")))
                return -ERR_TIMEZONE;
        s = str_from(s, 1);
        end = str_find(s, '\n');
        if (end < 0)
                return -ERR_TIMEZONE;
        zone->has_rule = end > 0;
        return end > 0 ? timezone_rule_parse(str_first(s, (size_t)end), &zone->rule) : 0;
}

static int read_file(struct timezone_data *zone, struct str s) {
        struct header h;
        size_t skip;
        int r = read_header(s, &h);

        if (r < 0)
                return r;
        /* What programs of old read, then the same again with times of 64 bits. */
        skip = HEADER + block_size(&h, 4);
        if (skip > s.len)
                return -ERR_TIMEZONE;
        s = str_from(s, skip);
        r = read_header(s, &h);
        if (r < 0)
                return r;
        s = str_from(s, HEADER);
        if (block_size(&h, 8) > s.len || h.n_types == 0 || h.n_types > TYPES_MAX)
                return -ERR_TIMEZONE;
        zone->n_transitions = h.n_transitions;
        zone->n_types = h.n_types;
        zone->transitions = calloc(h.n_transitions + 1, sizeof(*zone->transitions));
        zone->types = calloc(h.n_transitions + 1, sizeof(*zone->types));
        zone->locals = calloc(h.n_types, sizeof(*zone->locals));
        if (!zone->transitions || !zone->types || !zone->locals)
                return -ERR_NO_MEMORY;
        r = read_transitions(zone, s);
        s = str_from(s, h.n_transitions * 9);
        if (r >= 0)
                r = read_types(zone, s, str_first(str_from(s, h.n_types * TYPE_SIZE), h.n_characters));
        if (r >= 0)
                r = read_footer(zone, str_from(s, block_size(&h, 8) - h.n_transitions * 9));
        return r;
}

int timezone_parse(struct str s, struct timezone_data **ret) {
        struct timezone_data *zone = calloc(1, sizeof(*zone));
        int r = zone ? read_file(zone, s) : -ERR_NO_MEMORY;

        if (r < 0)
                timezone_free(zone);
        else
                *ret = zone;
        return r;
}

/* Names have no way out of the folder. */
static bool is_name(struct str name) {
        if (name.len == 0 || name.len > TIMEZONE_NAME_MAX || name.ptr[0] == '/' ||
            str_contains(name, STR("..")))
                return false;
        for (size_t i = 0; i < name.len; i++)
                if (!name.ptr[i] ||
                    !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/",
                            name.ptr[i]))
                        return false;
        return true;
}

static int read_zone(struct str name, struct timezone_data **ret) {
        char path[sizeof(ZONE_FOLDER) + TIMEZONE_NAME_MAX], *bytes;
        size_t n = 0;
        ssize_t got;
        int file, r;

        (void)snprintf(path, sizeof(path), ZONE_FOLDER STR_FMT, STR_ARG(name));
        file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0)
                return -ERR_TIMEZONE;
        bytes = malloc(FILE_MAX);
        while (bytes && n < FILE_MAX && (got = read(file, bytes + n, FILE_MAX - n)) > 0)
                n += (size_t)got;
        (void)close(file);
        r = bytes ? timezone_parse(str_n(bytes, n), ret) : -ERR_NO_MEMORY;
        free(bytes);
        if (r >= 0)
                memcpy((*ret)->name, name.ptr, name.len);
        return r;
}

static struct timezone_data *kept;
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

int timezone_find(struct str name, const struct timezone_data **ret) {
        struct timezone_data *zone;
        int r = 0;

        if (!is_name(name))
                return -ERR_TIMEZONE;
        pthread_mutex_lock(&kept_lock);
        for (zone = kept; zone && !str_eq(str_of(zone->name), name); zone = zone->next)
                ;
        if (!zone) {
                r = read_zone(name, &zone);
                if (r >= 0) {
                        zone->next = kept;
                        kept = zone;
                }
        }
        pthread_mutex_unlock(&kept_lock);
        if (r < 0)
                return r;
        *ret = zone;
        return 0;
}

/* How many of a zone's transitions have come by then. */
static size_t transitions_by(const struct timezone_data *zone, int64_t utc) {
        size_t low = 0, high = zone->n_transitions;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (zone->transitions[middle] <= utc)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

bool timezone_change_after(const struct timezone_data *zone, int64_t utc, int64_t *ret_utc) {
        size_t n = transitions_by(zone, utc);

        if (n == zone->n_transitions)
                return zone->has_rule && timezone_rule_change_after(&zone->rule, utc, ret_utc);
        *ret_utc = zone->transitions[n];
        return true;
}

void timezone_at(const struct timezone_data *zone, int64_t utc, struct timezone_local *ret) {
        size_t low = transitions_by(zone, utc);

        if (low == zone->n_transitions && zone->has_rule)
                timezone_rule_at(&zone->rule, utc, ret);
        else
                *ret = zone->locals[low == 0 ? 0 : zone->types[low - 1]];
}

enum timezone_match timezone_instant(const struct timezone_data *zone, int64_t local, bool later,
                                     int64_t *ret_utc) {
        struct timezone_local before, after, check;
        int64_t first, second;
        bool has_first, has_second;

        timezone_at(zone, local - DAY, &before);
        timezone_at(zone, local + DAY, &after);
        /* By the offset before a change, and by the one after it. */
        first = local - before.offset;
        second = local - after.offset;
        timezone_at(zone, first, &check);
        has_first = check.offset == before.offset;
        timezone_at(zone, second, &check);
        has_second = check.offset == after.offset;
        if (first == second || has_first != has_second) {
                *ret_utc = has_first ? first : second;
                return TIMEZONE_ONCE;
        }
        *ret_utc = later ? second : first;
        return has_first ? TIMEZONE_TWICE : TIMEZONE_NEVER;
}
