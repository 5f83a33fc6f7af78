#include <stdio.h>
#include <stdlib.h>

#include "base/json_schema_compile_int.h"

enum { ARENA_MAX = 256 * 1024 * 1024, SEEN_MIN = 64, PLACE_MAX = 512, PLACE_LEVELS = 8 };

/* Writes where a schema stands: "#/properties/a", of what is deep within others the end. */
static size_t write_place(const struct schema_waiting *at, unsigned levels, char *out, size_t size) {
        size_t n;
        int more;

        if (!at)
                return 0;
        if (levels == 0 || !at->up)
                n = (size_t)snprintf(out, size, at->up ? "…" : "#");
        else
                n = write_place(at->up, levels - 1, out, size);
        if (!at->up || n >= size)
                return n;
        more = snprintf(out + n, size - n, at->name ? "/%s/%s" : "/%s", at->keyword, at->name);
        return n + (size_t)MAX_OF(more, 0);
}

int schema_wrong(const struct schema_compile *c, const char *what) {
        char place[PLACE_MAX] = "#";

        (void)write_place(c->now, PLACE_LEVELS, place, sizeof(place));
        snprintf(c->problem, 200, "%.100s/%.40s: %s", place, c->keyword, what);
        return -ERR_SCHEMA;
}

static size_t slot_of(const struct schema_compile *c, const json_t *schema) {
        return ((uintptr_t)schema >> 4) * 2654435761u % c->seen_size;
}

static void seen_put(struct schema_compile *c, struct schema_waiting *w) {
        size_t at = slot_of(c, w->schema);

        while (c->seen[at])
                at = (at + 1) % c->seen_size;
        c->seen[at] = w;
}

static int seen_grow(struct schema_compile *c) {
        struct schema_waiting **before = c->seen;
        size_t size = c->seen_size;

        if (c->seen && c->n_seen < size / 2)
                return 0;
        if (c->n_seen >= JSON_SCHEMA_NODES_MAX)
                return schema_wrong(c, "the schema has too many parts");
        c->seen_size = MAX_OF(2 * size, (size_t)SEEN_MIN);
        c->seen = calloc(c->seen_size, sizeof(struct schema_waiting *));
        if (!c->seen) {
                c->seen = before;
                c->seen_size = size;
                return -ERR_NO_MEMORY;
        }
        for (size_t i = 0; i < size; i++)
                if (before[i])
                        seen_put(c, before[i]);
        free(before);
        return 0;
}

/* The node that a schema becomes; it is filled when its turn comes. */
int schema_node_of(struct schema_compile *c, json_t *schema, const char *name,
                   const struct schema_node **ret) {
        static const struct schema_node any = { .max_length = SIZE_MAX,
                                                .max_items = SIZE_MAX,
                                                .max_contains = SIZE_MAX,
                                                .max_members = SIZE_MAX };
        static const struct schema_node never = { .never = true };
        struct schema_waiting *w;
        int r;

        if (json_is_boolean(schema)) {
                *ret = json_is_true(schema) ? &any : &never;
                return 0;
        }
        if (!json_is_object(schema))
                return schema_wrong(c, "a schema is an object or a boolean");
        r = seen_grow(c);
        if (r < 0)
                return r;
        for (size_t at = slot_of(c, schema); c->seen[at]; at = (at + 1) % c->seen_size)
                if (c->seen[at]->schema == schema) {
                        *ret = c->seen[at]->node;
                        return 0;
                }
        w = arena_new(&c->schema->arena, struct schema_waiting);
        if (!w)
                return -ERR_NO_MEMORY;
        w->node = arena_new(&c->schema->arena, struct schema_node);
        if (!w->node)
                return -ERR_NO_MEMORY;
        w->schema = schema;
        w->up = c->now;
        w->keyword = c->keyword;
        w->name = name;
        w->node->max_length = w->node->max_items = w->node->max_contains = w->node->max_members = SIZE_MAX;
        w->node->min_contains = 1;
        seen_put(c, w);
        c->n_seen++;
        *c->last = w;
        c->last = &w->next;
        *ret = w->node;
        return 0;
}

int schema_pattern_of(struct schema_compile *c, const char *text, struct schema_pattern **ret) {
        char problem[REGEX_PROBLEM_MAX];
        struct schema_pattern *pattern = arena_new(&c->schema->arena, struct schema_pattern);
        int r;

        if (!pattern)
                return -ERR_NO_MEMORY;
        r = regex_new(str_of(text), REGEX_ECMASCRIPT, &pattern->regex, problem);
        if (r == -ERR_REGEX)
                return schema_wrong(c, problem);
        if (r < 0)
                return r;
        pattern->text = text;
        pattern->next = c->schema->patterns;
        c->schema->patterns = pattern;
        *ret = pattern;
        return 0;
}

struct json_schema *json_schema_free(struct json_schema *schema) {
        if (!schema)
                return NULL;
        for (struct schema_pattern *pattern = schema->patterns; pattern; pattern = pattern->next)
                regex_free(pattern->regex);
        arena_done(&schema->arena);
        free(schema);
        return NULL;
}

static int compile(struct schema_compile *c, json_t *schema) {
        int r;

        r = schema_node_of(c, schema, NULL, &c->schema->root);
        for (struct schema_waiting *w = c->first; r == 0 && w; w = w->next) {
                c->now = w;
                r = schema_take_keywords(c);
        }
        return r;
}

int json_schema_new(json_t *schema, json_t *document, struct json_schema **ret, char ret_problem[200]) {
        struct schema_compile c = { .document = document ? document : schema,
                                    .keyword = "",
                                    .problem = ret_problem };
        int r;

        c.last = &c.first;
        c.schema = calloc(1, sizeof(*c.schema));
        if (!c.schema)
                return -ERR_NO_MEMORY;
        arena_init(&c.schema->arena, ARENA_MAX);
        r = compile(&c, schema);
        free(c.seen);
        if (r < 0)
                json_schema_free(c.schema);
        else
                *ret = c.schema;
        return r;
}
