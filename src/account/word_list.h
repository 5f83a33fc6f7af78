/* A constant, sorted list of words, embedded at build from a text file (embed_list.py). */
#pragma once

#include "base/str.h"

struct word_list {
        const char *text;        /* all words, one behind the other, in byte order */
        const uint16_t *offsets; /* where each begins; one more for the end */
        unsigned count;
};

extern const struct word_list common_passwords; /* common_passwords.txt */
extern const struct word_list timezones;        /* timezones.txt */

/* Whether the word is on the list, byte for byte. */
bool word_list_has(const struct word_list *list, struct str word);

/* The word at a place from 0 to count - 1. */
struct str word_list_at(const struct word_list *list, unsigned i);
