/* Files that are part of the program. The arrays are written by scripts/embed.py when it is built. */
#pragma once

#include "base/str.h"

struct embedded {
        struct str name;        /* "gatehouse.css"; "swagger-ui.css.gz" when the bytes are compressed */
        struct str hashed_name; /* "gatehouse.3f9a1c2b.css": changes when the bytes do; never ends in .gz */
        struct str bytes;
};

extern const struct embedded page_templates[];
extern const size_t page_templates_count;
extern const struct embedded page_templates_de[]; /* the same in German */
extern const size_t page_templates_de_count;
extern const struct embedded page_statics[];
extern const size_t page_statics_count;
