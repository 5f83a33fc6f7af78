/* What every fuzz target shares. A target is one file: it takes bytes apart, hands them to a parser, and holds what comes
 * out against properties that must be true of every input. It must not keep state from one input to the next, but for
 * what LLVMFuzzerInitialize() made. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "base/attributes.h"
#include "base/str.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Fails on the input in hand: says which property is broken, and where. */
#define HOLDS(condition)                                                                        \
        do {                                                                                    \
                if (_unlikely_(!(condition))) {                                                 \
                        fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
                        abort();                                                                \
                }                                                                               \
        } while (0)

/* Takes the next line off an input of several parts; the last part is whatever is left. Empty when nothing is. */
static inline struct str fuzz_line(struct str *rest) {
        ptrdiff_t end = str_find(*rest, '\n');
        struct str line = end < 0 ? *rest : str_first(*rest, (size_t)end);

        *rest = str_from(*rest, end < 0 ? rest->len : (size_t)end + 1);
        return line;
}
