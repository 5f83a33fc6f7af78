#include "agents/execution/pins.h"

#include <stdio.h>

#include "base/errors.h"

struct part {
        char kind; /* '$', '#' or '@' */
        struct str token;
};

/* Where the next delimiter begins, or the end. */
static size_t find_delimiter(struct str s, size_t from) {
        for (size_t i = from; i + 2 < s.len; i++)
                if (s.ptr[i] == '_' && s.ptr[i + 2] == '_' &&
                    (s.ptr[i + 1] == '$' || s.ptr[i + 1] == '#' || s.ptr[i + 1] == '@'))
                        return i;
        return s.len;
}

bool pin_is_dynamic(struct str pin) {
        return find_delimiter(pin, 0) < pin.len;
}

/* Takes a part off the front of *rest, which begins with a delimiter; false at the end. */
static bool next_part(struct str *rest, struct part *ret) {
        size_t end;

        if (rest->len == 0)
                return false;
        end = find_delimiter(*rest, 3);
        *ret = (struct part){ rest->ptr[1], str_n(rest->ptr + 3, end - 3) };
        *rest = str_from(*rest, end);
        return true;
}

static bool to_index(struct str token, size_t max, size_t *ret) {
        uint64_t index;

        if (!str_to_uint(token, max, &index))
                return false;
        *ret = (size_t)index;
        return true;
}

json_t *pin_extract(struct str pin, json_t *value) {
        struct str rest = str_from(pin, find_delimiter(pin, 0));
        struct part part;
        size_t index;

        while (value && next_part(&rest, &part)) {
                if (part.kind != '$')
                        value = json_object_getn(value, part.token.ptr, part.token.len);
                else if (to_index(part.token, INT32_MAX, &index))
                        value = json_array_get(value, index);
                else
                        value = NULL;
        }
        return value;
}

struct folding {
        struct str pin;
        char *problem;
};

static int refuse(const struct folding *f, const char *what) {
        (void)snprintf(f->problem, 200, "%.*s: %s", (int)MIN_OF(f->pin.len, (size_t)100), f->pin.ptr, what);
        return -ERR_BLOCK;
}

static int set_item(json_t *list, size_t index, json_t *value) {
        int failed = 0;

        while (!failed && json_array_size(list) <= index)
                failed = json_array_append_new(list, json_string(""));
        return failed || json_array_set(list, index, value) < 0 ? -ERR_NO_MEMORY : 0;
}

static int set_member(json_t *container, struct part part, size_t index, json_t *value) {
        if (part.kind == '$')
                return set_item(container, index, value);
        return json_object_setn(container, part.token.ptr, part.token.len, value) < 0 ? -ERR_NO_MEMORY : 0;
}

/* The container for the parts that follow, in the place of what was there: a new one where there was none or a gap, a copy of
 * one that others hold too. */
static int make_room(const struct folding *f, char kind, json_t *old, json_t **ret) {
        json_t *made;

        if (!old || json_is_null(old) || (json_is_string(old) && json_string_length(old) == 0))
                made = kind == '$' ? json_array() : json_object();
        else if (kind == '$' ? !json_is_array(old) : !json_is_object(old))
                return refuse(f, kind == '$' ? "the value that it goes into is no list"
                                             : "the value that it goes into is no dictionary");
        else
                made = old->refcount > 1 ? json_copy(old) : json_incref(old);
        if (!made)
                return -ERR_NO_MEMORY;
        *ret = made;
        return 0;
}

static int place(const struct folding *f, json_t *container, struct part part, struct str rest, json_t *value,
                 unsigned depth);

/* Goes on into a member: puts the container for the rest into its place, then fills that. */
static int descend(const struct folding *f, json_t *container, struct part part, size_t index,
                   struct str rest, json_t *value, unsigned depth) {
        json_t *old = part.kind == '$' ? json_array_get(container, index)
                                       : json_object_getn(container, part.token.ptr, part.token.len);
        json_auto_t *inner = NULL;
        struct part next = { 0 };
        int r;

        (void)next_part(&rest, &next);
        r = make_room(f, next.kind, old, &inner);
        if (r < 0)
                return r;
        if (inner != old) {
                r = set_member(container, part, index, inner);
                if (r < 0)
                        return r;
        }
        return place(f, inner, next, rest, value, depth + 1);
}

static int place(const struct folding *f, json_t *container, struct part part, struct str rest, json_t *value,
                 unsigned depth) {
        size_t index = 0;

        if (depth > PIN_PARTS_MAX)
                return refuse(f, "its name has too many parts");
        if (part.kind == '$' && !to_index(part.token, PIN_INDEX_MAX, &index))
                return refuse(f, "the index is no number, or too great");
        if (rest.len > 0)
                return descend(f, container, part, index, rest, value, depth);
        return set_member(container, part, index, value);
}

static int fold_one(json_t *input, struct str pin, json_t *value, char *problem) {
        size_t base = find_delimiter(pin, 0);
        const struct folding f = { pin, problem };
        const struct part root = { '#', str_first(pin, base) };

        return place(&f, input, root, str_from(pin, base), value, 0);
}

int pins_fold(json_t *input, char ret_problem[200]) {
        json_auto_t *dynamic = NULL;
        const char *name;
        json_t *value;
        void *next;
        int r;

        json_object_foreach_safe(input, next, name, value) {
                if (!pin_is_dynamic(str_of(name)))
                        continue;
                if (!dynamic)
                        dynamic = json_object();
                if (json_object_set(dynamic, name, value) < 0)
                        return -ERR_NO_MEMORY;
                (void)json_object_del(input, name);
        }
        json_object_foreach(dynamic, name, value) {
                r = fold_one(input, str_of(name), value, ret_problem);
                if (r < 0)
                        return r;
        }
        return 0;
}
