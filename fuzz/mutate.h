/* Changes inputs at random, as a fuzzer does that knows nothing of the program: what replaces libFuzzer where runs are to be brief. */
#pragma once

#include "base/str.h"

/* `seed` decides all that mutate() does from here on. */
void mutate_seed(uint64_t seed);

/* Reads the words of a libFuzzer dictionary: a line each, in double quotes, with \xNN, \\ and \" in it. */
void mutate_words(const char *path);

/* Changes the `size` bytes in one to four places: bits, bytes, pieces removed and doubled, words of the dictionary and pieces
 * of `other` inserted. Returns the new size, at most `max`. */
size_t mutate(uint8_t *bytes, size_t size, size_t max, struct str other);
