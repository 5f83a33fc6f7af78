#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum { STANDARD_BLOCK = 4096 };

struct arena_block {
        struct arena_block *next;
        size_t size; /* bytes of data */
        alignas(max_align_t) char data[];
};

void arena_init(struct arena *a, size_t max) {
        *a = (struct arena){ .max = max };
}

/* A new block of at least that many bytes: a standard one where the maximum leaves room for it. */
static struct arena_block *arena_grow(struct arena *a, size_t at_least) {
        size_t room = a->max - a->total, size = STANDARD_BLOCK - sizeof(struct arena_block);
        struct arena_block *block;

        if (at_least > room)
                return NULL;
        size = MAX_OF(at_least, MIN_OF(size, room));
        block = calloc(1, sizeof(*block) + size);
        if (!block)
                return NULL;
        block->next = a->blocks;
        block->size = size;
        a->blocks = block;
        a->used = 0;
        a->total += size;
        return block;
}

/* What lies beyond `used` is zero: blocks come so from calloc(), and arena_reset() zeroes what was handed
 * out. */
void *arena_alloc(struct arena *a, size_t size) {
        const size_t align = alignof(max_align_t);
        struct arena_block *block = a->blocks;
        size_t start = (a->used + align - 1) & ~(align - 1);

        if (!block || start > block->size || block->size - start < size) {
                block = arena_grow(a, size);
                if (!block)
                        return NULL;
                start = 0;
        }
        a->used = start + size;
        return block->data + start;
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size) {
        size_t bytes;

        if (__builtin_mul_overflow(count, size, &bytes))
                return NULL;
        return arena_alloc(a, bytes);
}

/* Zeroes what was handed out, since it may hold what a client sent, and frees all blocks but `keep`, the
 * oldest. */
static void arena_sweep(struct arena *a, struct arena_block *keep) {
        struct arena_block *block = a->blocks;
        size_t used = a->used;

        while (block) {
                struct arena_block *next = block->next;

                memory_wipe(block->data, used);
                if (block != keep) {
                        a->total -= block->size;
                        free(block);
                }
                block = next;
                used = block ? block->size : 0;
        }
        a->blocks = keep;
        a->used = 0;
}

void arena_reset(struct arena *a) {
        struct arena_block *oldest = a->blocks;

        while (oldest && oldest->next)
                oldest = oldest->next;
        arena_sweep(a, oldest && oldest->size + sizeof(*oldest) <= STANDARD_BLOCK ? oldest : NULL);
}

void arena_done(struct arena *a) {
        arena_sweep(a, NULL);
}

struct str arena_copy(struct arena *a, struct str s) {
        char *copy = arena_alloc(a, s.len + 1);

        if (!copy)
                return STR_NULL;
        if (s.len)
                memcpy(copy, s.ptr, s.len);
        return str_n(copy, s.len);
}

struct str arena_vprintf(struct arena *a, const char *format, va_list args) {
        va_list again;
        char *text;
        int n;

        va_copy(again, args);
        n = vsnprintf(NULL, 0, format, again);
        va_end(again);
        if (n < 0)
                return STR_NULL;
        text = arena_alloc(a, (size_t)n + 1);
        if (!text)
                return STR_NULL;
        n = vsnprintf(text, (size_t)n + 1, format, args);
        return n < 0 ? STR_NULL : str_n(text, (size_t)n);
}

struct str arena_printf(struct arena *a, const char *format, ...) {
        struct str s;
        va_list args;

        va_start(args, format);
        s = arena_vprintf(a, format, args);
        va_end(args);
        return s;
}
