/* What the files of the template language share (template.h): values, the tree that parsing makes, and the state of a
 * rendering. Everything lives in the rendering's arena. */
#pragma once

#include <stdarg.h>

#include "agents/template.h"
#include "base/arena.h"
#include "base/errors.h"

enum tvalue_kind {
        TVALUE_UNDEFINED, /* `text` is the name that means nothing; STR_NULL for an argument that was left out */
        TVALUE_NONE,
        TVALUE_BOOL,
        TVALUE_INT,
        TVALUE_REAL,
        TVALUE_TEXT,
        TVALUE_LIST,
        TVALUE_TUPLE, /* prints with round brackets; else a list */
        TVALUE_MAP,
        TVALUE_LOOP, /* `loop` within {% for %} */
};

struct tvalue {
        enum tvalue_kind kind;
        bool safe; /* text that is HTML already */
        union {
                bool truth;
                int64_t integer;
                double real;
                struct str text;
                struct tvalue_list *list;
                struct tvalue_map *map;
                struct loop *loop;
        };
};

/* Items of JSON are made into values when they are first looked at: then `items` is set. */
struct tvalue_list {
        size_t n;
        struct tvalue *items;
        json_t *json;
        bool group; /* of the filter groupby: its two items have the names `grouper` and `list` */
};

struct tvalue_pair {
        struct tvalue key, value;
};

struct tvalue_map {
        size_t n;
        struct tvalue_pair *pairs;
        json_t *json;
};

struct loop {
        struct tvalue_list *items;
        size_t index;
        struct tvalue changed; /* what loop.changed() was asked last */
        bool asked;
};

enum node_kind {
        /* statements */
        NODE_DATA,      /* text as it is: `name` */
        NODE_PRINT,     /* a */
        NODE_FOR,       /* a: target, b: items, c: condition; body, orelse */
        NODE_IF,        /* a: condition; body, orelse */
        NODE_SET,       /* a: target, b: value */
        NODE_SET_BLOCK, /* a: target, b: filters over NODE_CAPTURED; body */
        NODE_WITH,      /* list of NODE_SET; body */
        NODE_FILTERED,  /* b: filters over NODE_CAPTURED; body */
        /* expressions */
        NODE_CONSTANT,
        NODE_NAME,
        NODE_CAPTURED, /* what the body of the statement around it printed */
        NODE_LIST,
        NODE_TUPLE,
        NODE_MAP, /* list of NODE_PAIR */
        NODE_PAIR,
        NODE_NOT,
        NODE_UNARY,
        NODE_BINARY,
        NODE_CONCAT,
        NODE_AND,
        NODE_OR,
        NODE_COMPARE, /* a, and a list of NODE_OPERAND */
        NODE_OPERAND,
        NODE_CONDITION, /* a: condition, b: then, c: else or NULL */
        NODE_ATTRIBUTE, /* a.name */
        NODE_ITEM,      /* a[b] */
        NODE_SLICE,     /* a[from:to:step]: list of three, NODE_CONSTANT none where left out */
        NODE_CALL,      /* a(list of NODE_ARGUMENT) */
        NODE_FILTER,    /* a|name(list) */
        NODE_TEST,      /* a is name(list) */
        NODE_ARGUMENT,  /* a, by `name` if that is not empty */
};

enum operator_kind {
        OP_ADD,
        OP_SUBTRACT,
        OP_MULTIPLY,
        OP_DIVIDE,
        OP_FLOOR_DIVIDE,
        OP_MODULO,
        OP_POWER,
        OP_EQUAL,
        OP_UNEQUAL,
        OP_LESS,
        OP_LESS_EQUAL,
        OP_GREATER,
        OP_GREATER_EQUAL,
        OP_IN,
        OP_NOT_IN,
};

struct node {
        enum node_kind kind;
        enum operator_kind op;
        unsigned line;
        unsigned depth; /* of the tree below */
        struct str name;
        struct tvalue value;
        struct node *a, *b, *c;
        struct node *list, *body, *orelse; /* chained by `next` */
        struct node *next;
};

struct binding {
        struct str name;
        struct tvalue value;
        struct binding *next;
};

struct scope {
        struct scope *parent;
        struct binding *bindings;
};

struct renderer {
        const struct template_options *options;
        struct arena arena;
        struct strbuf *out; /* where statements print to */
        uint64_t steps;
        unsigned depth;
        unsigned line; /* of the statement in hand */
        struct scope *scope;
        struct binding *spare; /* bindings to use again */
        struct tvalue values;  /* the outermost names */
        struct tvalue captured;
        char *problem;
};

enum { ARGUMENTS_MAX = 16 };

struct arguments {
        struct tvalue list[ARGUMENTS_MAX];
        struct str names[ARGUMENTS_MAX]; /* empty for those by position */
        size_t n;
};

/* Something with a name that is applied to a value: a filter, a test, a method. */
struct operation {
        const char *name;
        int (*apply)(struct renderer *rd, const struct tvalue *subject, const struct arguments *args,
                     struct tvalue *ret);
        const char *params[6]; /* names of the arguments; arguments then come in their order */
        unsigned required;
        bool variadic; /* arguments come as they were given */
};

/* render.c: limits and problems. All return a negative result when rendering shall end. */
_must_use_ int template_spend(struct renderer *rd, size_t steps);
_must_use_ int template_spend_text(struct renderer *rd, size_t bytes);
_printf_(2, 3) void template_say(struct renderer *rd, const char *format, ...);
/* Says what is wrong; -ERR_TEMPLATE. */
#define template_fail(rd, ...) (template_say((rd), __VA_ARGS__), -ERR_TEMPLATE)
/* An allocation failed: nearly always at the limit. */
#define template_no_room(rd)                                                 \
        template_fail((rd), "the template needs more than %d MiB of memory", \
                      TEMPLATE_MEMORY_MAX / (1024 * 1024))
_must_use_ int template_enter(
        struct renderer *rd); /* one level deeper; then template_leave(), if it went well */
void template_leave(struct renderer *rd);

/* parse.c, expression.c */
_must_use_ int template_parse(struct renderer *rd, struct str text, struct node **ret);

/* run.c */
_must_use_ int template_run(struct renderer *rd, const struct node *list);

/* eval.c */
_must_use_ int template_evaluate(struct renderer *rd, const struct node *node, struct tvalue *ret);
_must_use_ int template_apply(struct renderer *rd, const struct operation *table, size_t n, const char *what,
                              struct str name, const struct tvalue *subject, const struct arguments *args,
                              struct tvalue *ret);
_must_use_ int template_attribute(struct renderer *rd, const struct tvalue *of, struct str name,
                                  struct tvalue *ret);
_must_use_ int template_item(struct renderer *rd, const struct tvalue *of, const struct tvalue *key,
                             struct tvalue *ret);
_must_use_ int template_slice(struct renderer *rd, const struct tvalue *of, const struct tvalue bounds[3],
                              struct tvalue *ret);

/* filters.c, tests.c, methods.c */
_must_use_ int template_filter(struct renderer *rd, struct str name, const struct tvalue *subject,
                               const struct arguments *args, struct tvalue *ret);
_must_use_ int template_test(struct renderer *rd, struct str name, const struct tvalue *subject,
                             const struct arguments *args, bool *ret);
_must_use_ int template_method(struct renderer *rd, struct str name, const struct tvalue *subject,
                               const struct arguments *args, struct tvalue *ret);
