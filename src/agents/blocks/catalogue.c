/* All blocks there are. */
#include <pthread.h>
#include <stdlib.h>

#include "agents/blocks/families.h"

static const struct block_family *const families[] = {
#define X(name) &family_##name,
#include "agents/blocks/families.def"
#undef X
};

enum { BLOCKS_MAX = 256 };

static const struct block *all[BLOCKS_MAX];   /* in the order of the families */
static const struct block *by_id[BLOCKS_MAX]; /* in the order of their ids */
static size_t n_blocks;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int compare_ids(const void *a, const void *b) {
        const struct block *const *first = a, *const *second = b;

        return strcmp((*first)->id, (*second)->id);
}

static void collect(void) {
        for (size_t i = 0; i < ARRAY_LENGTH(families); i++)
                for (size_t k = 0; k < families[i]->n; k++) {
                        if (n_blocks == BLOCKS_MAX)
                                break; /* a test counts them */
                        by_id[n_blocks] = all[n_blocks] = &families[i]->blocks[k];
                        n_blocks++;
                }
        qsort(by_id, n_blocks, sizeof(by_id[0]), compare_ids);
}

const struct block *const *block_all(size_t *ret_n) {
        (void)pthread_once(&once, collect);
        *ret_n = n_blocks;
        return all;
}

const struct block *block_find(struct str id) {
        size_t low = 0, high;

        (void)pthread_once(&once, collect);
        if (id.len != BLOCK_ID_LENGTH)
                return NULL;
        for (high = n_blocks; low < high;) {
                size_t middle = low + (high - low) / 2;
                int order = memcmp(id.ptr, by_id[middle]->id, BLOCK_ID_LENGTH);

                if (order == 0)
                        return by_id[middle];
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return NULL;
}
