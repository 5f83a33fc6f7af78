/* Texts in another language, ordered by the English ones. Written by scripts/texts.py when the program is built. */
#pragma once

#include "base/str.h"

struct text_row {
        struct str english, other;
};

extern const struct text_row text_table_de[];
extern const size_t text_table_de_count;
