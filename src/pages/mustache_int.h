/* The tree of a parsed template: nodes in the order of the text, each followed by what it contains. Texts and names
 * are slices of the template's own copy of its source. */
#pragma once

#include "pages/mustache.h"

enum node_kind {
        NODE_TEXT,     /* a line of literal text, or a part of one */
        NODE_ESCAPED,  /* {{name}} */
        NODE_RAW,      /* {{{name}}}, {{&name}} */
        NODE_SECTION,  /* {{#name}} */
        NODE_INVERTED, /* {{^name}} */
        NODE_PARTIAL,  /* {{>name}} */
        NODE_PARENT,   /* {{<name}}: its blocks are arguments, its other nodes are ignored */
        NODE_BLOCK,    /* {{$name}} */
};

struct node {
        struct str text; /* literal text, or the name */

        /* White space to put before each line of what comes in the tag's place: of a partial or parent that stands alone
         * in its line, the white space before it; of a block, that of its default text or its own. */
        struct str indent;
        uint32_t end; /* index of the first node behind all that this one contains */
        uint32_t line;
        enum node_kind kind;
        bool line_start; /* text: begins a line; parent: nothing but `indent` stands before it */
        bool standalone; /* partial, parent, opening tag of a block: alone in its line, which is not shown */
        bool dynamic;    /* {{>*name}}: the name is looked up */
};

struct mustache {
        struct str name;
        struct str source;
        struct node *nodes;
        uint32_t n_nodes;
        uint32_t capacity;
};
