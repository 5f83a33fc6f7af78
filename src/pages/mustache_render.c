/* Tree and data to text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "pages/mustache_int.h"

/* The chains below live on the C stack; the newest link comes first. */
struct frame { /* of the context stack */
        const json_t *value;
        const struct frame *below;
};

struct arguments { /* of a parent tag that is being rendered */
        const struct mustache *t;
        uint32_t parent;
        const struct arguments *outer;
};

struct indent {
        struct str text;
        const struct indent *outer;
};

struct render {
        const struct mustache_env *env;
        struct strbuf *out;
        char *problem;
        bool at_line_start; /* of the template's text, not of the data's */
        unsigned depth;
        unsigned steps;
};

/* What a piece of a template is rendered in. */
struct scope {
        const struct mustache *t;
        const struct frame *frames;
        const struct arguments *arguments;
        const struct indent *indent;
};

static int render_nodes(struct render *x, const struct scope *s, uint32_t from, uint32_t to);

static int refuse(struct render *x, const struct scope *s, uint32_t line, const char *what) {
        (void)snprintf(x->problem, MUSTACHE_PROBLEM_MAX, STR_FMT ":%u: %s", STR_ARG(s->t->name), line, what);
        return -ERR_INTERNAL;
}

static const json_t *member(const json_t *object, struct str name) {
        return json_is_object(object) && name.len ? json_object_getn(object, name.ptr, name.len) : NULL;
}

/* The value of a dotted name, or NULL: its first part is looked for in all contexts, the others in what was found. */
static const json_t *find_value(const struct render *x, const struct scope *s, struct str name) {
        const json_t *value = NULL;
        struct str rest = name, part = name;

        if (str_eq(name, STR(".")))
                return s->frames ? s->frames->value : NULL;
        if (!str_next(&rest, '.', &part))
                return NULL;
        for (const struct frame *f = s->frames; f && !value; f = f->below)
                value = member(f->value, part);
        while (value && str_next(&rest, '.', &part))
                value = member(value, part);
        if (value && x->env->may_show && !x->env->may_show(part, value))
                return NULL;
        return value;
}

static bool is_true(const json_t *value) {
        if (!value || json_is_null(value) || json_is_false(value))
                return false;
        if (json_is_array(value))
                return json_array_size(value) > 0;
        return !json_is_string(value) || json_string_length(value) > 0;
}

static void write_indent(struct render *x, const struct indent *indent) {
        if (!indent)
                return;
        write_indent(x, indent->outer);
        strbuf_append(x->out, indent->text);
}

static void begin_output(struct render *x, const struct scope *s) {
        if (x->at_line_start)
                write_indent(x, s->indent);
        x->at_line_start = false;
}

static void write_text(struct render *x, const struct scope *s, struct str text) {
        if (text.len == 0)
                return;
        begin_output(x, s);
        strbuf_append(x->out, text);
        x->at_line_start = text.ptr[text.len - 1] == '\n';
}

static struct str entity_of(char c) {
        switch (c) {
        case '&':
                return STR("&amp;");
        case '<':
                return STR("&lt;");
        case '>':
                return STR("&gt;");
        case '"':
                return STR("&quot;");
        case '\'':
                return STR("&#39;");
        default:
                return STR_NULL;
        }
}

static void write_escaped(struct strbuf *out, struct str s) {
        size_t from = 0;

        for (size_t i = 0; i < s.len; i++) {
                struct str entity = entity_of(s.ptr[i]);

                if (!entity.ptr)
                        continue;
                strbuf_append(out, str_n(s.ptr + from, i - from));
                strbuf_append(out, entity);
                from = i + 1;
        }
        strbuf_append(out, str_from(s, from));
}

/* The shortest decimal that reads back as the same number. */
static void write_real(struct strbuf *out, double value) {
        char text[32];

        for (int digits = 15; digits <= 17; digits++) {
                (void)snprintf(text, sizeof(text), "%.*g", digits, value);
                if (fabs(strtod(text, NULL) - value) <= 0)
                        break;
        }
        strbuf_append(out, str_of(text));
}

static void write_value(struct render *x, const struct scope *s, const json_t *value, bool escape) {
        begin_output(x, s);
        if (json_is_string(value)) {
                struct str text = str_n(json_string_value(value), json_string_length(value));

                if (escape)
                        write_escaped(x->out, text);
                else
                        strbuf_append(x->out, text);
        } else if (json_is_integer(value)) {
                strbuf_append_int(x->out, json_integer_value(value));
        } else if (json_is_real(value)) {
                write_real(x->out, json_real_value(value));
        } else if (json_is_boolean(value)) {
                strbuf_append(x->out, json_is_true(value) ? STR("true") : STR("false"));
        }
}

static int render_in_context(struct render *x, const struct scope *s, uint32_t index, const json_t *value) {
        struct frame frame = { value, s->frames };
        struct scope inner = *s;

        inner.frames = &frame;
        return render_nodes(x, &inner, index + 1, s->t->nodes[index].end);
}

static int render_section(struct render *x, const struct scope *s, uint32_t index) {
        const json_t *value = find_value(x, s, s->t->nodes[index].text);
        int r;

        if (!is_true(value))
                return 0;
        if (!json_is_array(value))
                return render_in_context(x, s, index, value);
        for (size_t i = 0; i < json_array_size(value); i++) {
                r = render_in_context(x, s, index, json_array_get(value, i));
                if (r < 0)
                        return r;
        }
        return 0;
}

/* A partial or a parent: the template of that name, in its place. */
static int render_template(struct render *x, const struct scope *s, uint32_t index) {
        const struct node *node = &s->t->nodes[index];
        struct arguments arguments = { s->t, index, s->arguments };
        struct indent indent = { node->indent, s->indent };
        const struct mustache *t = NULL;
        struct str name = node->text;
        struct scope inner = *s;
        int r;

        if (node->dynamic) {
                const json_t *value = find_value(x, s, name);

                name = json_is_string(value) ? str_n(json_string_value(value), json_string_length(value))
                                             : STR("");
        }
        if (node->kind == NODE_PARENT && !node->standalone)
                write_text(x, s, node->indent);
        if (x->env->find)
                t = x->env->find(x->env->set, name);
        if (!t)
                return 0;

        if (!node->standalone)
                begin_output(x, s);
        inner.t = t;
        inner.indent = node->standalone ? &indent : NULL;
        if (node->kind == NODE_PARENT)
                inner.arguments = &arguments;
        r = render_nodes(x, &inner, 0, t->n_nodes);
        if (!node->standalone)
                x->at_line_start = false;
        return r;
}

/* The argument of that name that the outermost parent gives. */
static bool find_argument(const struct arguments *arguments, struct str name, const struct mustache **ret_t,
                          uint32_t *ret_index) {
        bool found = false;

        for (; arguments; arguments = arguments->outer) {
                const struct node *nodes = arguments->t->nodes;

                for (uint32_t i = arguments->parent + 1; i < nodes[arguments->parent].end; i = nodes[i].end)
                        if (nodes[i].kind == NODE_BLOCK && str_eq(nodes[i].text, name)) {
                                *ret_t = arguments->t;
                                *ret_index = i;
                                found = true;
                        }
        }
        return found;
}

static int render_block(struct render *x, const struct scope *s, uint32_t index) {
        const struct node *node = &s->t->nodes[index];
        struct indent indent = { node->indent, s->indent };
        struct scope inner = *s;
        uint32_t argument;

        if (!find_argument(s->arguments, node->text, &inner.t, &argument))
                return render_nodes(x, s, index + 1, node->end);
        inner.indent = &indent;
        return render_nodes(x, &inner, argument + 1, inner.t->nodes[argument].end);
}

static int render_node(struct render *x, const struct scope *s, uint32_t index) {
        const struct node *node = &s->t->nodes[index];

        switch (node->kind) {
        case NODE_TEXT:
                write_text(x, s, node->text);
                return 0;
        case NODE_ESCAPED:
        case NODE_RAW:
                write_value(x, s, find_value(x, s, node->text), node->kind == NODE_ESCAPED);
                return 0;
        case NODE_SECTION:
                return render_section(x, s, index);
        case NODE_INVERTED:
                if (is_true(find_value(x, s, node->text)))
                        return 0;
                return render_nodes(x, s, index + 1, node->end);
        case NODE_PARTIAL:
        case NODE_PARENT:
                return render_template(x, s, index);
        case NODE_BLOCK:
                return render_block(x, s, index);
        }
        return -ERR_INTERNAL;
}

static int render_nodes(struct render *x, const struct scope *s, uint32_t from, uint32_t to) {
        int r = 0;

        if (x->depth == MUSTACHE_DEPTH_MAX)
                return refuse(x, s, from < s->t->n_nodes ? s->t->nodes[from].line : 1,
                              "tags and partials go too deep within each other");
        x->depth++;
        for (uint32_t i = from; i < to && r >= 0; i = s->t->nodes[i].end) {
                if (++x->steps > MUSTACHE_STEPS_MAX)
                        r = refuse(x, s, s->t->nodes[i].line, "takes too many steps");
                else if (x->out->failed)
                        r = -ERR_NO_MEMORY;
                else
                        r = render_node(x, s, i);
        }
        x->depth--;
        return r;
}

int mustache_render(const struct mustache *t, const struct mustache_env *env, const json_t *const *contexts,
                    size_t n_contexts, struct strbuf *out, char ret_problem[MUSTACHE_PROBLEM_MAX]) {
        struct render x = { .env = env, .out = out, .problem = ret_problem, .at_line_start = true };
        struct frame frames[8];
        struct scope s = { .t = t };
        int r;

        ret_problem[0] = '\0';
        if (n_contexts > ARRAY_LENGTH(frames))
                return refuse(&x, &s, 1, "has too many contexts");
        for (size_t i = 0; i < n_contexts; i++) {
                frames[i] = (struct frame){ contexts[i], s.frames };
                s.frames = &frames[i];
        }
        r = render_nodes(&x, &s, 0, t->n_nodes);
        if (r < 0)
                return r;
        return out->failed ? -ERR_NO_MEMORY : 0;
}

bool mustache_partials_known(const struct mustache *t, const struct mustache_env *env,
                             char ret_problem[MUSTACHE_PROBLEM_MAX]) {
        for (uint32_t i = 0; i < t->n_nodes; i++) {
                const struct node *node = &t->nodes[i];

                if ((node->kind != NODE_PARTIAL && node->kind != NODE_PARENT) || node->dynamic ||
                    env->find(env->set, node->text))
                        continue;
                (void)snprintf(ret_problem, MUSTACHE_PROBLEM_MAX,
                               STR_FMT ":%u: there is no template '" STR_FMT "'", STR_ARG(t->name),
                               node->line, STR_ARG(str_first(node->text, 60)));
                return false;
        }
        return true;
}
