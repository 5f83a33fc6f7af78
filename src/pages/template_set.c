#include "pages/template_set.h"

#include <stdio.h>

#include "base/errors.h"

struct str template_name(struct str file) {
        static const struct str ending = STR_INIT(".html");

        if (file.len <= ending.len || file.ptr[0] == '.' ||
            !str_eq(str_from(file, file.len - ending.len), ending))
                return STR_NULL;
        return str_first(file, file.len - ending.len);
}

int template_set_put(struct template_set *set, struct str file, struct str source,
                     char ret_problem[MUSTACHE_PROBLEM_MAX]) {
        struct str name = template_name(file);
        struct mustache *t;
        size_t i = 0;
        int r;

        r = mustache_parse(name, source, &t, ret_problem);
        if (r < 0)
                return r;
        while (i < set->n && !str_eq(mustache_name(set->templates[i]), name))
                i++;
        if (i == TEMPLATE_SET_MAX) {
                mustache_free(t);
                (void)snprintf(ret_problem, MUSTACHE_PROBLEM_MAX, "more than %d templates", TEMPLATE_SET_MAX);
                return -ERR_SETTINGS;
        }
        if (i == set->n)
                set->n++;
        else
                mustache_free(set->templates[i]);
        set->templates[i] = t;
        return 0;
}

const struct mustache *template_set_find(const void *set, struct str name) {
        const struct template_set *s = set;

        for (size_t i = 0; i < s->n; i++)
                if (str_eq(mustache_name(s->templates[i]), name))
                        return s->templates[i];
        return NULL;
}

bool template_set_is_whole(const struct template_set *set, char ret_problem[MUSTACHE_PROBLEM_MAX]) {
        struct mustache_env env = { .find = template_set_find, .set = set };

        for (size_t i = 0; i < set->n; i++)
                if (!mustache_partials_known(set->templates[i], &env, ret_problem))
                        return false;
        return true;
}

void template_set_done(struct template_set *set) {
        for (size_t i = 0; i < set->n; i++)
                mustache_free(set->templates[i]);
        set->n = 0;
}
