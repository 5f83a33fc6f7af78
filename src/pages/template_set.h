/* Parsed templates by their names. */
#pragma once

#include "pages/mustache.h"

enum { TEMPLATE_SET_MAX = 128 };

struct template_set {
        struct mustache *templates[TEMPLATE_SET_MAX];
        size_t n;
};

/* Parses a template and adds it, or puts it in the place of the one that bears its name.
 *
 * file      "login.html"; its name in the set is "login"
 * errors    ERR_SETTINGS, ERR_NO_MEMORY
 */
_must_use_ int template_set_put(struct template_set *set, struct str file, struct str source,
                                char ret_problem[MUSTACHE_PROBLEM_MAX]);

/* A template by its name without ending, or NULL; fits struct mustache_env.
 *
 * set   const struct template_set * */
const struct mustache *template_set_find(const void *set, struct str name);

/* Whether all partials that the templates name are there. */
bool template_set_is_whole(const struct template_set *set, char ret_problem[MUSTACHE_PROBLEM_MAX]);

/* "login" of "login.html"; STR_NULL for files that are no templates. */
struct str template_name(struct str file);

void template_set_done(struct template_set *set);
