/* Source to tree, in one pass with a stack of the tags that are still open. */
#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "pages/mustache_int.h"
#include "pages/mustache_tag.h"

struct parser {
        struct mustache *t;
        struct str source;
        size_t text_start; /* literal text since the last tag */
        size_t line_at;    /* `line` is the number of the line that this position is in */
        uint32_t line;
        struct delimiters delimiters;
        uint32_t stack[MUSTACHE_DEPTH_MAX];
        size_t depth;
        char *problem;
};

_printf_(2, 3) static int refuse(struct parser *p, const char *format, ...) {
        va_list args;
        int n;

        n = snprintf(p->problem, MUSTACHE_PROBLEM_MAX, STR_FMT ":%u: ", STR_ARG(p->t->name), p->line);
        if (n < 0 || n >= MUSTACHE_PROBLEM_MAX)
                return -ERR_SETTINGS;
        va_start(args, format);
        (void)vsnprintf(p->problem + n, (size_t)(MUSTACHE_PROBLEM_MAX - n), format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

static struct str slice(const struct parser *p, size_t from, size_t to) {
        return str_n(p->source.ptr + from, to - from);
}

static void count_lines(struct parser *p, size_t at) {
        for (; p->line_at < at; p->line_at++)
                p->line += p->source.ptr[p->line_at] == '\n';
}

/* The tag that contains what comes next, or NULL. */
static struct node *enclosing(const struct parser *p) {
        return p->depth ? &p->t->nodes[p->stack[p->depth - 1]] : NULL;
}

static bool directly_in_parent(const struct parser *p) {
        return p->depth && enclosing(p)->kind == NODE_PARENT;
}

static int add_node(struct parser *p, enum node_kind kind, struct str text, struct node **ret) {
        struct mustache *t = p->t;
        struct node *grown;

        if (t->n_nodes == t->capacity) {
                uint32_t capacity = t->capacity ? t->capacity * 2 : 64;

                grown = realloc(t->nodes, capacity * sizeof(*grown));
                if (!grown)
                        return -ERR_NO_MEMORY;
                t->nodes = grown;
                t->capacity = capacity;
        }
        *ret = &t->nodes[t->n_nodes];
        **ret = (struct node){ .kind = kind, .text = text, .line = p->line, .end = ++t->n_nodes };
        return 0;
}

/* Adds the literal text up to `end`, a node for each line: indentation comes and goes by lines. */
static int add_text(struct parser *p, size_t end) {
        uint32_t line = p->line;
        int r;

        for (size_t i = p->text_start; i < p->line_at; i++)
                line -= p->source.ptr[i] == '\n';
        for (size_t at = p->text_start, stop; at < end && !directly_in_parent(p); at = stop) {
                const char *newline = memchr(p->source.ptr + at, '\n', end - at);
                struct node *node;

                stop = newline ? (size_t)(newline - p->source.ptr) + 1 : end;
                r = add_node(p, NODE_TEXT, slice(p, at, stop), &node);
                if (r < 0)
                        return r;
                node->line = line++;
                node->line_start = at == 0 || p->source.ptr[at - 1] == '\n';
        }
        return 0;
}

static int read_name(struct parser *p, const struct tag *tag, struct str *ret, bool *ret_dynamic) {
        const char *problem = tag_name(tag, ret, ret_dynamic);

        return problem ? refuse(p, "%s", problem) : 0;
}

static struct str leading_blank(struct str s) {
        size_t n = 0;

        while (n < s.len && (s.ptr[n] == ' ' || s.ptr[n] == '\t'))
                n++;
        return str_first(s, n);
}

/* Takes white space off the start of each line of an argument: it gets that of the place where it is shown. */
static void dedent(struct mustache *t, uint32_t block) {
        uint32_t first = block + 1, end = t->nodes[block].end;
        size_t width;

        if (!t->nodes[block].standalone || first == end || t->nodes[first].kind != NODE_TEXT)
                return;
        width = leading_blank(t->nodes[first].text).len;
        for (uint32_t i = first, next; i < end; i = next) {
                struct node *node = &t->nodes[i];

                /* The arguments of a parent within were treated when they were closed. */
                next = node->kind == NODE_PARENT ? node->end : i + 1;
                if (node->kind == NODE_TEXT && node->line_start)
                        node->text = str_from(node->text, MIN_OF(width, leading_blank(node->text).len));
                else
                        node->indent = str_from(node->indent, width);
        }
}

static void close_block(struct parser *p, uint32_t index) {
        struct mustache *t = p->t;
        struct node *block = &t->nodes[index], *first = block + 1;

        if (block->standalone && index + 1 < block->end) {
                if (first->kind == NODE_TEXT)
                        block->indent = leading_blank(first->text);
                else if (first->kind == NODE_BLOCK || first->kind == NODE_PARTIAL ||
                         first->kind == NODE_PARENT)
                        block->indent = first->indent;
        }
        if (directly_in_parent(p))
                dedent(t, index);
}

static int close_tag(struct parser *p, struct tag *tag) {
        struct node *node = enclosing(p);
        struct str name;
        bool dynamic, alone;
        int r;

        r = read_name(p, tag, &name, &dynamic);
        if (r < 0)
                return r;
        if (!node)
                return refuse(p, "'" STR_FMT "' is closed but was not opened", STR_ARG(str_first(name, 60)));
        if (!str_eq(node->text, name) || node->dynamic != dynamic)
                return refuse(p, "'" STR_FMT "' is closed where '" STR_FMT "' is open since line %u",
                              STR_ARG(str_first(name, 60)), STR_ARG(str_first(node->text, 60)), node->line);

        /* What follows an argument within its parent is ignored, so its closing tag ends the line for it. */
        alone = tag->blank_before &&
                (tag->blank_after || (node->kind == NODE_BLOCK && p->depth > 1 &&
                                      p->t->nodes[p->stack[p->depth - 2]].kind == NODE_PARENT));
        if (node->kind == NODE_PARENT)
                alone = node->standalone = node->line_start && tag->blank_after;
        r = add_text(p, alone && node->kind != NODE_PARENT ? tag->blank_at : tag->at);
        if (r < 0)
                return r;
        node = enclosing(p); /* may have moved */
        node->end = p->t->n_nodes;
        p->depth--;
        if (node->kind == NODE_BLOCK)
                close_block(p, (uint32_t)(node - p->t->nodes));
        p->text_start = alone && tag->blank_after ? tag->next_line : tag->end;
        return 0;
}

static enum node_kind kind_of(char kind) {
        switch (kind) {
        case '#':
                return NODE_SECTION;
        case '^':
                return NODE_INVERTED;
        case '>':
                return NODE_PARTIAL;
        case '<':
                return NODE_PARENT;
        case '$':
                return NODE_BLOCK;
        case '{':
        case '&':
                return NODE_RAW;
        default:
                return NODE_ESCAPED;
        }
}

/* A tag that shows something or contains something. */
static int open_tag(struct parser *p, struct tag *tag) {
        enum node_kind kind = kind_of(tag->kind);
        bool before = tag->blank_before || (kind == NODE_BLOCK && directly_in_parent(p)), dynamic;
        bool alone =
                before && tag->blank_after && kind != NODE_ESCAPED && kind != NODE_RAW && kind != NODE_PARENT;
        bool takes_blank = alone || (kind == NODE_PARENT && tag->blank_before);
        struct node *node;
        struct str name;
        int r;

        r = read_name(p, tag, &name, &dynamic);
        if (r < 0)
                return r;
        r = add_text(p, takes_blank ? tag->blank_at : tag->at);
        if (r < 0)
                return r;
        r = add_node(p, kind, name, &node);
        if (r < 0)
                return r;
        node->dynamic = dynamic;
        node->standalone = alone;
        node->line_start = tag->blank_before;
        if (tag->blank_before && (alone || kind == NODE_PARENT || kind == NODE_BLOCK))
                node->indent = slice(p, tag->blank_at, tag->at);
        if (kind == NODE_SECTION || kind == NODE_INVERTED || kind == NODE_PARENT || kind == NODE_BLOCK) {
                if (p->depth == MUSTACHE_DEPTH_MAX)
                        return refuse(p, "more than %d tags within each other", MUSTACHE_DEPTH_MAX);
                p->stack[p->depth++] = (uint32_t)(node - p->t->nodes);
        }
        p->text_start = alone ? tag->next_line : tag->end;
        return 0;
}

static int comment_or_delimiters(struct parser *p, struct tag *tag) {
        bool alone = tag->blank_before && tag->blank_after;
        int r;

        r = add_text(p, alone ? tag->blank_at : tag->at);
        if (r < 0)
                return r;
        p->text_start = alone ? tag->next_line : tag->end;
        if (tag->kind == '=' && !tag_delimiters(tag, &p->delimiters))
                return refuse(p, "delimiters are two words without '=', of up to %d characters",
                              DELIMITER_MAX);
        return 0;
}

static int parse_all(struct parser *p) {
        const struct str *open = &p->delimiters.open;
        struct str rest = p->source;
        const char *found;
        struct tag tag;
        int r;

        while (rest.len && (found = memmem(rest.ptr, rest.len, open->ptr, open->len))) {
                size_t at = (size_t)(found - p->source.ptr);

                count_lines(p, at);
                if (!tag_read(p->source, at, p->text_start, &p->delimiters, &tag))
                        return refuse(p, "a tag is not closed");
                if (tag.kind == '!' || tag.kind == '=')
                        r = comment_or_delimiters(p, &tag);
                else if (tag.kind == '/')
                        r = close_tag(p, &tag);
                else
                        r = open_tag(p, &tag);
                if (r < 0)
                        return r;
                rest = str_from(p->source, p->text_start);
        }
        if (p->depth) {
                p->line = enclosing(p)->line;
                return refuse(p, "'" STR_FMT "' is not closed", STR_ARG(str_first(enclosing(p)->text, 60)));
        }
        count_lines(p, p->source.len);
        return add_text(p, p->source.len);
}

static struct str duplicate(struct str s) {
        char *copy = malloc(s.len + 1);

        if (!copy)
                return STR_NULL;
        if (s.len)
                memcpy(copy, s.ptr, s.len);
        copy[s.len] = '\0';
        return str_n(copy, s.len);
}

int mustache_parse(struct str name, struct str source, struct mustache **ret,
                   char ret_problem[MUSTACHE_PROBLEM_MAX]) {
        struct parser p = { .line = 1, .delimiters = { STR("{{"), STR("}}") }, .problem = ret_problem };
        int r;

        p.t = calloc(1, sizeof(*p.t));
        if (!p.t)
                return -ERR_NO_MEMORY;
        p.t->name = duplicate(name);
        p.t->source = duplicate(source);
        p.source = p.t->source;
        if (!p.t->name.ptr || !p.t->source.ptr)
                r = -ERR_NO_MEMORY;
        else if (source.len > MUSTACHE_SOURCE_MAX)
                r = refuse(&p, "is larger than %d bytes", MUSTACHE_SOURCE_MAX);
        else if (!str_is_utf8(source))
                r = refuse(&p, "is not UTF-8");
        else
                r = parse_all(&p);
        if (r < 0) {
                mustache_free(p.t);
                return r;
        }
        *ret = p.t;
        return 0;
}

struct mustache *mustache_free(struct mustache *t) {
        if (!t)
                return NULL;
        free((void *)t->name.ptr);
        free((void *)t->source.ptr);
        free(t->nodes);
        free(t);
        return NULL;
}

struct str mustache_name(const struct mustache *t) {
        return t->name;
}
