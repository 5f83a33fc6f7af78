/* Mustache templates over JSON data, to the official specification 1.4 (https://github.com/mustache/spec): comments,
 * delimiters, interpolation, inverted sections, partials, sections, and the optional inheritance and dynamic names.
 * Lambdas are left out: JSON data has no functions.
 *
 * A template is parsed once into a flat tree that nothing changes any more: any number of threads may render it. It
 * belongs to whoever parsed it.
 *
 * Where the specification leaves a choice: false are null, false, an empty list and an empty text; escaped are
 * & < > " and '; an object or a list that stands where text is wanted shows nothing. */
#pragma once

#include <jansson.h>

#include "base/strbuf.h"

enum {
        MUSTACHE_SOURCE_MAX = 256 * 1024, /* bytes of a template */
        MUSTACHE_DEPTH_MAX = 64, /* sections, partials and blocks within each other, also while rendering */
        MUSTACHE_STEPS_MAX =
                1000 * 1000, /* tags and lines of one rendering: ends partials that include themselves */
        MUSTACHE_PROBLEM_MAX = 256,
};

struct mustache;

/* Parses a template.
 *
 * name          for problems and for partials; copied
 * source        UTF-8; copied
 * ret_problem   on failure "NAME:LINE: what is wrong"
 * errors        ERR_SETTINGS, ERR_NO_MEMORY
 */
_must_use_ int mustache_parse(struct str name, struct str source, struct mustache **ret,
                              char ret_problem[MUSTACHE_PROBLEM_MAX]);

/* Safe on NULL; returns NULL. */
struct mustache *mustache_free(struct mustache *t);

struct str mustache_name(const struct mustache *t);

/* What a rendering takes from elsewhere. */
struct mustache_env {
        /* A partial or parent by its name, or NULL: it then shows nothing. May be NULL itself. */
        const struct mustache *(*find)(const void *set, struct str name);
        const void *set;

        /* Whether a value may be shown under the last part of its name; what may not counts as absent. NULL: all may. */
        bool (*may_show)(struct str name, const json_t *value);
};

/* Renders a template.
 *
 * contexts      looked through from last to first
 * out           appended to; its maximum bounds the output
 * ret_problem   on ERR_INTERNAL "NAME:LINE: what is wrong"
 * errors        ERR_NO_MEMORY (also when `out` is full), ERR_INTERNAL (a limit is passed)
 */
_must_use_ int mustache_render(const struct mustache *t, const struct mustache_env *env,
                               const json_t *const *contexts, size_t n_contexts, struct strbuf *out,
                               char ret_problem[MUSTACHE_PROBLEM_MAX]);

/* Whether every partial and parent that is named outright can be found.
 *
 * ret_problem   names the first that can't
 */
_must_use_ bool mustache_partials_known(const struct mustache *t, const struct mustache_env *env,
                                        char ret_problem[MUSTACHE_PROBLEM_MAX]);
