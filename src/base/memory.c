#include "base/memory.h"

#include <jansson.h>
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void memory_wipe(void *ptr, size_t len) {
        sodium_memzero(ptr, len);
}

void memory_free_wiped(void *ptr) {
        if (!ptr)
                return;
        memory_wipe(ptr, malloc_usable_size(ptr));
        free(ptr);
}

void *memory_realloc_wiped(void *ptr, size_t size) {
        size_t had = ptr ? malloc_usable_size(ptr) : 0;
        void *moved = malloc(size ? size : 1);

        if (!moved)
                return NULL;
        if (had)
                memcpy(moved, ptr, had < size ? had : size);
        memory_free_wiped(ptr);
        return moved;
}

void memory_wipe_json(void) {
        json_set_alloc_funcs(malloc, memory_free_wiped);
}
