#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum { STANDARD_BLOCK = 4096 };

struct arena_block {
        struct arena_block *next;
        size_t size; /* bytes of data */
        alignas(max_align_t) char data[];
};

void arena_init(struct arena *a, size_t max) {
        *a = (struct arena){ .max = max };
}

static struct arena_block *arena_grow(struct arena *a, size_t at_least) {
        size_t size = MAX_OF(at_least, (size_t)STANDARD_BLOCK - sizeof(struct arena_block));
        struct arena_block *block;

        if (size > a->max || a->total > a->max - size)
                return NULL;
        block = malloc(sizeof(*block) + size);
        if (!block)
                return NULL;
        block->next = a->blocks;
        block->size = size;
        a->blocks = block;
        a->used = 0;
        a->total += size;
        return block;
}

void *arena_alloc(struct arena *a, size_t size) {
        const size_t align = alignof(max_align_t);
        struct arena_block *block = a->blocks;
        char *at;

        if (size > a->max)
                return NULL;
        size = (size + align - 1) & ~(align - 1);
        if (!block || block->size - a->used < size) {
                block = arena_grow(a, size);
                if (!block)
                        return NULL;
        }
        at = block->data + a->used;
        a->used += size;
        return memset(at, 0, size);
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size) {
        size_t bytes;

        if (__builtin_mul_overflow(count, size, &bytes))
                return NULL;
        return arena_alloc(a, bytes);
}

static void arena_free_after(struct arena *a, struct arena_block *keep) {
        struct arena_block *block = a->blocks;

        while (block && block != keep) {
                struct arena_block *next = block->next;

                a->total -= block->size;
                free(block);
                block = next;
        }
        a->blocks = block;
        a->used = 0;
}

void arena_reset(struct arena *a) {
        struct arena_block *first = a->blocks;

        if (!first)
                return;
        while (first->next)
                first = first->next;
        arena_free_after(a, first->size + sizeof(*first) == STANDARD_BLOCK ? first : NULL);
}

void arena_done(struct arena *a) {
        arena_free_after(a, NULL);
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
