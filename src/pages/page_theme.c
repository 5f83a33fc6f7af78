#include "pages/page_theme.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/errors.h"
#include "pages/embed.h"
#include "pages/page_url.h"

enum { TEMPLATES_MAX = 128, PATH_BYTES_MAX = 1024 };

struct page_theme {
        struct mustache *templates[TEMPLATES_MAX];
        size_t n;
        json_t *defaults;
};

const struct mustache *page_theme_find(const void *theme, struct str name) {
        const struct page_theme *t = theme;

        for (size_t i = 0; i < t->n; i++)
                if (str_eq(mustache_name(t->templates[i]), name))
                        return t->templates[i];
        return NULL;
}

const json_t *page_theme_defaults(const struct page_theme *theme) {
        return theme->defaults;
}

_printf_(2, 3) static int refuse(char problem[256], const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(problem, 256, format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

/* Adds a template, or puts it in the place of the one that bears its name. */
static int put(struct page_theme *theme, struct str name, struct str source, char problem[256]) {
        struct mustache *t;
        size_t i = 0;
        int r;

        r = mustache_parse(name, source, &t, problem);
        if (r < 0)
                return r;
        while (i < theme->n && !str_eq(mustache_name(theme->templates[i]), name))
                i++;
        if (i == TEMPLATES_MAX) {
                mustache_free(t);
                return refuse(problem, "more than %d templates", TEMPLATES_MAX);
        }
        if (i == theme->n)
                theme->n++;
        else
                mustache_free(theme->templates[i]);
        theme->templates[i] = t;
        return 0;
}

/* "login" of "login.html"; STR_NULL for files that are no templates. */
static struct str template_name(struct str file) {
        static const struct str ending = STR_INIT(".html");

        if (file.len <= ending.len || file.ptr[0] == '.' ||
            !str_eq(str_from(file, file.len - ending.len), ending))
                return STR_NULL;
        return str_first(file, file.len - ending.len);
}

static int put_built_in(struct page_theme *theme, char problem[256]) {
        int r;

        for (size_t i = 0; i < page_templates_count; i++) {
                r = put(theme, template_name(page_templates[i].name), page_templates[i].bytes, problem);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int read_file(const char *path, struct strbuf *out, char problem[256]) {
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        ssize_t n = -1;

        if (fd < 0)
                return refuse(problem, "%.180s: %s", path, strerror(errno));
        for (;;) {
                char *at = strbuf_reserve(out, 4096);

                n = at ? read(fd, at, 4096) : 0;
                if (n <= 0)
                        break;
                out->len += (size_t)n;
        }
        if (n < 0)
                (void)refuse(problem, "%.180s: %s", path, strerror(errno));
        close(fd);
        if (n < 0)
                return -ERR_SETTINGS;
        if (out->failed)
                return refuse(problem, "%.180s: is larger than %d bytes", path, MUSTACHE_SOURCE_MAX);
        return 0;
}

static int put_file(struct page_theme *theme, struct str dir, struct str file, char problem[256]) {
        _cleanup_(strbuf_done) struct strbuf source = STRBUF_INIT(MUSTACHE_SOURCE_MAX + 4096);
        char path[PATH_BYTES_MAX];
        int r, n;

        n = snprintf(path, sizeof(path), STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(file));
        if (n < 0 || (size_t)n >= sizeof(path))
                return refuse(problem, "the theme folder's path is too long");
        r = read_file(path, &source, problem);
        if (r < 0)
                return r;
        return put(theme, template_name(file), strbuf_str(&source), problem);
}

static int put_folder(struct page_theme *theme, struct str dir, char problem[256]) {
        char path[PATH_BYTES_MAX];
        struct dirent *entry;
        DIR *handle;
        int r = 0;

        if (dir.len >= sizeof(path))
                return refuse(problem, "the theme folder's path is too long");
        memcpy(path, dir.ptr, dir.len);
        path[dir.len] = '\0';
        handle = opendir(path);
        if (!handle)
                return refuse(problem, "theme folder %.180s: %s", path, strerror(errno));
        while (r >= 0 && (entry = readdir(handle)))
                if (template_name(str_of(entry->d_name)).ptr)
                        r = put_file(theme, dir, str_of(entry->d_name), problem);
        closedir(handle);
        return r;
}

/* "/static/gatehouse.3f9a1c2b.css" under `name`. */
static int put_static_url(struct page_theme *theme, const char *name, struct str file) {
        char url[128];

        for (size_t i = 0; i < page_statics_count; i++) {
                if (!str_eq(page_statics[i].name, file))
                        continue;
                (void)snprintf(url, sizeof(url), "/static/" STR_FMT, STR_ARG(page_statics[i].hashed_name));
                return json_object_set_new(theme->defaults, name, json_string(url)) < 0 ? -ERR_NO_MEMORY : 0;
        }
        return -ERR_INTERNAL;
}

static int fill(struct page_theme *theme, struct str theme_dir, char problem[256]) {
        static const struct {
                const char *name;
                struct str file;
        } files[] = {
                { "css_url", STR_INIT("gatehouse.css") },
                { "icon_url", STR_INIT("gatehouse.svg") },
                { "reference_css_url", STR_INIT("reference.css") },
                { "connect_script_url", STR_INIT("connect.js") },
                { "connected_script_url", STR_INIT("connected.js") },
                { "copy_script_url", STR_INIT("copy.js") },
                { "profile_script_url", STR_INIT("profile.js") },
                { "reference_script_url", STR_INIT("reference.js") },
                { "return_script_url", STR_INIT("reference_return.js") },
                { "swagger_css_url", STR_INIT("swagger-ui.css.gz") },
                { "swagger_script_url", STR_INIT("swagger-ui-bundle.js.gz") },
                { "swagger_license_url", STR_INIT("swagger-ui-bundle.js.LICENSE.txt.gz") },
        };
        struct mustache_env env = { .find = page_theme_find, .set = theme };
        int r = 0;

        theme->defaults = json_object();
        if (!theme->defaults)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(files); i++)
                r = put_static_url(theme, files[i].name, files[i].file);
        if (r == 0)
                r = put_built_in(theme, problem);
        if (r == 0 && theme_dir.len)
                r = put_folder(theme, theme_dir, problem);
        for (size_t i = 0; r == 0 && i < theme->n; i++)
                if (!mustache_partials_known(theme->templates[i], &env, problem))
                        r = -ERR_SETTINGS;
        return r;
}

int page_theme_load(struct str theme_dir, struct page_theme **ret, char ret_problem[256]) {
        struct page_theme *theme = calloc(1, sizeof(*theme));
        int r;

        if (!theme)
                return -ERR_NO_MEMORY;
        r = fill(theme, theme_dir, ret_problem);
        if (r < 0) {
                page_theme_free(theme);
                return r;
        }
        *ret = theme;
        return 0;
}

struct page_theme *page_theme_free(struct page_theme *theme) {
        if (!theme)
                return NULL;
        for (size_t i = 0; i < theme->n; i++)
                mustache_free(theme->templates[i]);
        json_decref(theme->defaults);
        free(theme);
        return NULL;
}
