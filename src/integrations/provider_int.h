/* The table of providers while it is read: provider_table.c merges and keeps it, provider_read.c takes it apart. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "integrations/provider.h"

struct providers {
        struct arena arena; /* of everything that they hold */
        struct provider *list;
        size_t n;
};

/* Where a reader is, and where it writes what is wrong. */
struct provider_reading {
        struct arena *arena;
        struct str name;  /* of the provider */
        const char *text; /* whose it is: "INTEGRATION_PROVIDERS_FILE …" or the program's own */
        char *problem;    /* PROVIDER_PROBLEM_MAX */
};

/* A member of a provider's object. */
struct provider_member {
        const char *name;
        int (*read)(const struct provider_reading *reading, const struct provider_member *m, const char *path,
                    const json_t *value, struct provider *to);
        size_t offset;    /* in struct provider */
        const void *more; /* words, or members within; ends in NULL, or in a row without a name */
        bool required;
};

static inline void *provider_place(struct provider *to, const struct provider_member *m) {
        return (char *)to + m->offset;
}

/* Says what is wrong with the member at `path`. Returns -ERR_SETTINGS. */
_printf_(3, 4) int provider_wrong(const struct provider_reading *reading, const char *path,
                                  const char *format, ...);

/* Position of a text among words that end in NULL, or -1 after provider_wrong(). */
int provider_find_word(const struct provider_reading *reading, const char *path, const json_t *value,
                       const char *const *words);

/* Readers, by kind of value. */
int provider_read_text(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to);
int provider_read_url(const struct provider_reading *reading, const struct provider_member *m,
                      const char *path, const json_t *value, struct provider *to);
int provider_read_bool(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to);
int provider_read_seconds(const struct provider_reading *reading, const struct provider_member *m,
                          const char *path, const json_t *value, struct provider *to);
int provider_read_word(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to);
int provider_read_bits(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to);
int provider_read_names(const struct provider_reading *reading, const struct provider_member *m,
                        const char *path, const json_t *value, struct provider *to);
int provider_read_pairs(const struct provider_reading *reading, const struct provider_member *m,
                        const char *path, const json_t *value, struct provider *to);

/* Reads one provider's object, but for its client.
 *
 * ret      strings are on the arena
 * errors   ERR_SETTINGS with a problem that names provider and member, ERR_NO_MEMORY
 */
_must_use_ int provider_read(const struct provider_reading *reading, const json_t *object,
                             struct provider *ret);
