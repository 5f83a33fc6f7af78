/* The rows of an import as they come, held to the store's rules. */
#include <stdarg.h>
#include <stdio.h>

#include "agents/store/import_int.h"
#include "agents/value/value.h"
#include "base/codec.h"
#include "base/hash.h"

enum { VERSION_MAX = 1000000 };

int store_import_refuse(struct store_import *i, const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(i->problem, sizeof(i->problem), format, args);
        va_end(args);
        for (char *c = i->problem; *c; c++) /* it is shown on a terminal */
                if ((unsigned char)*c < 0x20 || *c == 0x7f)
                        *c = ' ';
        return STORE_IMPORT_REFUSED;
}

static int refuse_fault(struct store_import *i, const struct store_fault *fault) {
        return store_import_refuse(i, "%s: %s", fault->field, fault->text);
}

/* A number or a decimal text. */
static int read_number(struct store_import *i, const json_t *row, const char *name, int64_t fallback,
                       int64_t *ret) {
        const json_t *value = json_object_get(row, name);
        uint64_t number = 0;

        *ret = fallback;
        if (!value || json_is_null(value) || (json_is_string(value) && value_str(value).len == 0))
                return 0;
        if (json_is_integer(value) && json_integer_value(value) > 0)
                number = (uint64_t)json_integer_value(value);
        else if (!json_is_string(value) || !str_to_uint(value_str(value), VERSION_MAX, &number))
                number = 0;
        if (number < 1 || number > VERSION_MAX)
                return store_import_refuse(i, "%s: it must be a number from 1 to %d", name, VERSION_MAX);
        *ret = (int64_t)number;
        return 0;
}

static int read_flag(struct store_import *i, const json_t *row, const char *name, bool *ret,
                     bool *ret_given) {
        const json_t *value = json_object_get(row, name);
        struct str text = value_str(value);

        *ret_given = value && !json_is_null(value) && !(text.ptr && text.len == 0);
        *ret = json_is_true(value) || str_eq_ignore_case(text, STR("true")) || str_eq(text, STR("1"));
        if (*ret_given && !*ret && !json_is_false(value) && !str_eq_ignore_case(text, STR("false")) &&
            !str_eq(text, STR("0")))
                return store_import_refuse(i, "%s: it must be true or false", name);
        return 0;
}

static int read_graph(struct store_import *i, const json_t *object, struct import_row *row) {
        json_t *value = json_object_get(object, "graph");
        char problem[VALUE_PROBLEM_MAX];
        int r;

        if (json_is_object(value)) {
                row->graph = json_deep_copy(value);
                return row->graph ? 0 : -ERR_NO_MEMORY;
        }
        if (!json_is_string(value) || value_str(value).len == 0)
                return 0;
        if (value_str(value).len > GRAPH_BYTES_MAX)
                return store_import_refuse(i, "graph: it is longer than %d bytes", GRAPH_BYTES_MAX);
        r = value_parse(value_str(value), true, &row->graph, problem);
        if (r == -ERR_BAD_JSON)
                return store_import_refuse(i, "graph: it is not valid JSON: %s", problem);
        if (r < 0)
                return r;
        return json_is_object(row->graph) ? 0 : store_import_refuse(i, "graph: it must be a JSON object");
}

/* What is told of the agent that came, to know it again. */
static int note_source(struct store_import *i, struct import_row *row) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(GRAPH_BYTES_MAX * 2);
        char hex[2 * HASH_SIZE + 1] = "";
        struct hash digest;
        size_t bytes;

        row->source = STR("");
        if (!row->graph)
                return 0;
        if (!value_measure(row->graph, &bytes))
                return store_import_refuse(i, "graph: it is nested too deeply");
        value_write(&text, row->graph, VALUE_COMPACT);
        if (text.failed)
                return store_import_refuse(i, "graph: it is longer than %d bytes", GRAPH_BYTES_MAX);
        digest = hash_sha256(strbuf_str(&text));
        hex_encode(hash_str(&digest), hex);
        row->source = arena_copy(&i->arena, str_n(hex, 2 * HASH_SIZE));
        return row->source.ptr ? 0 : -ERR_NO_MEMORY;
}

/* The creator's columns under the names that a profile has. */
static int read_person(struct store_import *i, const json_t *object, struct import_row *row) {
        json_auto_t *person = json_object();
        json_t *name = json_object_get(object, "creator_name");
        struct store_fault fault;
        int r;

        if (!json_is_string(name) || value_str(name).len == 0)
                name = json_object_get(object, "creator");
        if (!person || (name && json_object_set(person, "name", name) < 0) ||
            (name && json_object_set(person, "username", json_object_get(object, "creator")) < 0))
                return -ERR_NO_MEMORY;
        r = store_person_read(person, &i->arena, &row->person, &fault);
        if (r != -ERR_INVALID_FIELD)
                return r;
        return store_import_refuse(
                i, "%s: %s", strcmp(fault.field, "username") == 0 ? "creator" : "creator_name", fault.text);
}

/* As addresses are stored. */
static struct str lower(struct arena *arena, struct str text) {
        struct str copy = text.len > 0 ? arena_copy(arena, text) : STR_NULL;

        for (size_t k = 0; k < copy.len; k++)
                if (copy.ptr[k] >= 'A' && copy.ptr[k] <= 'Z')
                        ((char *)copy.ptr)[k] = (char)(copy.ptr[k] | 0x20);
        return copy;
}

int store_import_read(struct store_import *i, const json_t *object, struct import_row *row) {
        struct str graph_id = value_str(json_object_get(object, "graph_id"));
        struct store_fault fault;
        int r;

        r = read_person(i, object, row);
        if (r == 0)
                r = store_offer_read(object, true, &i->arena, &row->offer, &fault);
        if (r == -ERR_INVALID_FIELD)
                return refuse_fault(i, &fault);
        if (r == 0)
                r = read_number(i, object, "version", 1, &row->version);
        if (r == 0)
                r = read_number(i, object, "graph_version", 1, &row->graph_version);
        if (r == 0)
                r = read_flag(i, object, "featured", &row->is_featured, &row->has_featured);
        if (r == 0)
                r = read_graph(i, object, row);
        if (r == 0)
                r = note_source(i, row);
        if (r != 0)
                return r;
        row->owner = lower(&i->arena, value_str(json_object_get(object, "owner")));
        row->graph_id = graph_id;
        if (!row->graph && graph_id.len == 0)
                return store_import_refuse(
                        i, "graph: there is no agent; give graph, or graph_id and graph_version");
        return 0;
}
