#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"

enum { WORDS_MAX = 256, WORD_MAX = 64, PIECE_MAX = 32, CHANGES_MAX = 4 };

static struct {
        uint8_t bytes[WORD_MAX];
        size_t size;
} words[WORDS_MAX];
static size_t n_words;
static uint64_t state = 1;

void mutate_seed(uint64_t seed) {
        state = seed | 1; /* it must not be 0 */
}

/* xorshift64*: below `bound`, or 0. */
static size_t below(size_t bound) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        return bound ? (size_t)((state * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % bound : 0;
}

static void add_word(const char *line) {
        size_t size = 0;

        while (*line && *line != '"' && size < WORD_MAX) {
                char hex[3] = "";

                if (line[0] == '\\' && line[1] == 'x' && line[2] && line[3]) {
                        memcpy(hex, line + 2, 2);
                        words[n_words].bytes[size++] = (uint8_t)strtoul(hex, NULL, 16);
                        line += 4;
                        continue;
                }
                if (line[0] == '\\' && line[1])
                        line++;
                words[n_words].bytes[size++] = (uint8_t)*line++;
        }
        words[n_words].size = size;
        n_words += size > 0;
}

void mutate_words(const char *path) {
        FILE *file = fopen(path, "re");
        char line[512], *quote;

        while (file && n_words < WORDS_MAX && fgets(line, sizeof(line), file)) {
                quote = line[0] == '#' ? NULL : strchr(line, '"');
                if (quote)
                        add_word(quote + 1);
        }
        if (file)
                (void)fclose(file);
}

static size_t insert(uint8_t *bytes, size_t size, size_t max, const void *piece, size_t n) {
        size_t at = below(size + 1);

        if (n > max - size)
                return size;
        memmove(bytes + at + n, bytes + at, size - at);
        memcpy(bytes + at, piece, n);
        return size + n;
}

/* A piece of `from`, of any length up to the limit, put anywhere. */
static size_t insert_piece(uint8_t *bytes, size_t size, size_t max, struct str from) {
        uint8_t piece[PIECE_MAX];
        size_t n = below(MIN_OF(from.len, (size_t)PIECE_MAX) + 1), at = below(from.len - n + 1);

        if (n)
                memcpy(piece, from.ptr + at, n);
        return insert(bytes, size, max, piece, n);
}

static size_t removed(uint8_t *bytes, size_t size) {
        size_t n = below(MIN_OF(size, (size_t)PIECE_MAX) + 1), at = below(size - n + 1);

        memmove(bytes + at, bytes + at + n, size - at - n);
        return size - n;
}

static size_t change(uint8_t *bytes, size_t size, size_t max, struct str other) {
        static const uint8_t telling[] = { 0,   1,   '\t', '\n', '\r', ' ',  '"',  '%',
                                           '&', '/', '0',  '\\', 0x7f, 0x80, 0xc3, 0xff };
        uint8_t byte = telling[below(sizeof(telling))];
        size_t word = below(n_words);

        switch (below(7)) {
        case 0:
                if (size)
                        bytes[below(size)] ^= (uint8_t)(1U << below(8));
                return size;
        case 1:
                if (size)
                        bytes[below(size)] = byte;
                return size;
        case 2:
                return insert(bytes, size, max, &byte, 1);
        case 3:
                return removed(bytes, size);
        case 4:
                return insert_piece(bytes, size, max, (struct str){ (const char *)bytes, size });
        case 5:
                return insert_piece(bytes, size, max, other);
        default:
                return n_words ? insert(bytes, size, max, words[word].bytes, words[word].size)
                               : removed(bytes, size);
        }
}

size_t mutate(uint8_t *bytes, size_t size, size_t max, struct str other) {
        for (size_t n = 1 + below(CHANGES_MAX); n > 0; n--)
                size = change(bytes, size, max, other);
        return size;
}
