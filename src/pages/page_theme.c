#include "pages/page_theme.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/errors.h"
#include "pages/embed.h"
#include "pages/page_colors.h"
#include "pages/page_files.h"
#include "pages/template_set.h"

enum { PATH_BYTES_MAX = 1024 };

/* What the built-in templates call the files of the program; an operator's are named by their file: "logo.png" is
 * `logo_png_url`. */
static const struct {
        const char *name;
        struct str file;
} file_names[] = {
        { "css_url", STR_INIT("gatehouse.css") },
        { "icon_url", STR_INIT("gatehouse.svg") },
        { "reference_css_url", STR_INIT("reference.css") },
        { "connect_script_url", STR_INIT("connect.js") },
        { "connected_script_url", STR_INIT("connected.js") },
        { "copy_script_url", STR_INIT("copy.js") },
        { "guide_script_url", STR_INIT("guide.js") },
        { "logo_script_url", STR_INIT("logo.js") },
        { "profile_script_url", STR_INIT("profile.js") },
        { "reference_script_url", STR_INIT("reference.js") },
        { "return_script_url", STR_INIT("reference_return.js") },
        { "swagger_css_url", STR_INIT("swagger-ui.css") },
        { "swagger_script_url", STR_INIT("swagger-ui-bundle.js") },
        { "swagger_license_url", STR_INIT("swagger-ui-bundle.js.LICENSE.txt") },
};

_printf_(2, 3) static int refuse(char problem[256], const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(problem, 256, format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

/* The templates in one language: parsed at the start where an operator could have made a mistake in them, else when they
 * are first wanted. */
struct translation {
        atomic_bool ready;
        struct template_set templates;
        json_t *defaults; /* the theme's, and `language` */
};

struct page_theme {
        struct translation *translations; /* one for each language */
        pthread_mutex_t lock;             /* while one is made ready */
        enum language language;
        struct page_files *files;
        struct guide_pages *guides;
        json_t *defaults;
};

static const struct {
        const struct embedded *templates;
        const size_t *n;
} built_in[LANGUAGES] = {
        [LANGUAGE_ENGLISH] = { page_templates, &page_templates_count },
        [LANGUAGE_GERMAN] = { page_templates_de, &page_templates_de_count },
};

static int put_built_in(struct translation *to, enum language language, char problem[256]) {
        int r = 0;

        for (size_t i = 0; r >= 0 && i < *built_in[language].n; i++) {
                const struct embedded *file = &built_in[language].templates[i];

                r = template_set_put(&to->templates, file->name, file->bytes, problem);
        }
        return r;
}

const struct template_set *page_theme_templates(const struct page_theme *theme, enum language language) {
        struct translation *translation = &theme->translations[language];
        char problem[256];
        bool ready = atomic_load_explicit(&translation->ready, memory_order_acquire);

        if (ready)
                return &translation->templates;
        (void)pthread_mutex_lock((pthread_mutex_t *)&theme->lock);
        ready = atomic_load_explicit(&translation->ready, memory_order_relaxed) ||
                put_built_in(translation, language, problem) >= 0;
        atomic_store_explicit(&translation->ready, ready, memory_order_release);
        (void)pthread_mutex_unlock((pthread_mutex_t *)&theme->lock);
        return ready ? &translation->templates : NULL;
}

enum language page_theme_language(const struct page_theme *theme) {
        return theme->language;
}

const json_t *page_theme_defaults(const struct page_theme *theme, enum language language) {
        return theme->translations[language].defaults;
}

struct guide_pages *page_theme_guides(const struct page_theme *theme) {
        return theme->guides;
}

int page_static(const struct page_theme *theme, struct str name, struct str accept_encoding,
                struct response *res) {
        return page_files_respond(theme->files, name, accept_encoding, res);
}

/* --- an operator's files --- */

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
                return refuse(problem, "%.180s: is larger than %zu bytes", path, out->max - 4096);
        return 0;
}

static int put_static(struct page_theme *theme, struct str file, struct str bytes, char problem[256]) {
        int r = page_files_put(theme->files, file, bytes);

        if (r == -ERR_SETTINGS)
                return refuse(problem, "more than %d files that belong to pages", PAGE_FILES_MAX);
        return r;
}

static int put_file(struct page_theme *theme, enum language language, struct str dir, struct str file,
                    char problem[256]) {
        bool template = template_name(file).ptr;
        _cleanup_(strbuf_done) struct strbuf bytes =
                STRBUF_INIT((template ? MUSTACHE_SOURCE_MAX : PAGE_FILE_BYTES_MAX) + 4096);
        char path[PATH_BYTES_MAX];
        int r, n;

        n = snprintf(path, sizeof(path), STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(file));
        if (n < 0 || (size_t)n >= sizeof(path))
                return refuse(problem, "the theme folder's path is too long");
        r = read_file(path, &bytes, problem);
        if (r < 0)
                return r;
        if (template)
                return template_set_put(&theme->translations[language].templates, file, strbuf_str(&bytes),
                                        problem);
        return put_static(theme, file, strbuf_str(&bytes), problem);
}

/* Its templates, and with the first language its other files. */
static int put_folder(struct page_theme *theme, enum language language, struct str dir, bool must_be,
                      char problem[256]) {
        char path[PATH_BYTES_MAX];
        struct dirent *entry;
        DIR *handle;
        int r = 0;

        if (dir.len >= sizeof(path))
                return refuse(problem, "the theme folder's path is too long");
        memcpy(path, dir.ptr, dir.len);
        path[dir.len] = '\0';
        handle = opendir(path);
        if (!handle && !must_be && errno == ENOENT)
                return 0;
        if (!handle)
                return refuse(problem, "theme folder %.180s: %s", path, strerror(errno));
        while (r >= 0 && (entry = readdir(handle))) {
                struct str file = str_of(entry->d_name);

                if (template_name(file).ptr || (language == 0 && must_be && page_file_is_static(file)))
                        r = put_file(theme, language, dir, file, problem);
        }
        closedir(handle);
        return r;
}

/* Templates of the folder itself are for all languages; those of its folder "de" for German. */
static int put_languages(struct page_theme *theme, struct str dir, char problem[256]) {
        int r = 0;

        for (size_t i = 0; r >= 0 && i < LANGUAGES; i++) {
                struct translation *translation = &theme->translations[i];
                struct str tag = language_tag((enum language)i);
                char path[PATH_BYTES_MAX];

                if (i > 0)
                        r = put_built_in(translation, (enum language)i, problem);
                if (r >= 0)
                        r = put_folder(theme, (enum language)i, dir, true, problem);
                if (r < 0)
                        break;
                if (snprintf(path, sizeof(path), STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(tag)) >=
                    (int)sizeof(path))
                        return refuse(problem, "the theme folder's path is too long");
                r = put_folder(theme, (enum language)i, str_of(path), false, problem);
                if (r >= 0 && !template_set_is_whole(&translation->templates, problem))
                        r = -ERR_SETTINGS;
                atomic_store(&translation->ready, true);
        }
        return r;
}

/* Stands for the program's icon, in its own format. */
static int put_logo(struct page_theme *theme, struct str path_text, struct str *ret_name, char problem[256]) {
        static const struct str endings[] = { STR_INIT(".svg"), STR_INIT(".png"), STR_INIT(".jpg"),
                                              STR_INIT(".webp") };
        _cleanup_(strbuf_done) struct strbuf bytes = STRBUF_INIT(PAGE_FILE_BYTES_MAX + 4096);
        static const struct str names[] = { STR_INIT("logo.svg"), STR_INIT("logo.png"), STR_INIT("logo.jpg"),
                                            STR_INIT("logo.webp") };
        char path[PATH_BYTES_MAX];
        int r;

        (void)snprintf(path, sizeof(path), STR_FMT, STR_ARG(path_text));
        for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
                if (!str_ends_with(path_text, endings[i]))
                        continue;
                r = read_file(path, &bytes, problem);
                *ret_name = names[i];
                return r < 0 ? r : put_static(theme, names[i], strbuf_str(&bytes), problem);
        }
        return refuse(problem, "GATEHOUSE_LOGO: %.120s: must end in .svg, .png, .jpg or .webp", path);
}

static int put_colors(struct page_theme *theme, const struct page_theme_options *options, char problem[256]) {
        _cleanup_(strbuf_done) struct strbuf css = STRBUF_INIT(1024);
        int r;

        if (options->accent.len == 0 && options->accent_dark.len == 0)
                return 0;
        r = page_colors_append(options->accent, options->accent_dark, &css, problem);
        return r < 0 ? r : put_static(theme, STR("colors.css"), strbuf_str(&css), problem);
}

/* --- what every page can show --- */

static int set_default(struct page_theme *theme, const char *name, struct str value) {
        return json_object_set_new(theme->defaults, name, json_stringn(value.ptr, value.len)) < 0
                       ? -ERR_NO_MEMORY
                       : 0;
}

static int set_file_url(void *data, struct str file, struct str url) {
        char name[128];
        size_t len = MIN_OF(file.len, sizeof(name) - 5);

        for (size_t i = 0; i < len; i++) {
                char c = file.ptr[i];
                bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

                name[i] = plain ? c : '_';
        }
        memcpy(name + len, "_url", 5);
        return set_default(data, name, url);
}

static int set_defaults(struct page_theme *theme, const struct page_theme_options *options, struct str logo) {
        int r = set_default(theme, "platform_name", options->platform_name);

        if (r >= 0)
                r = page_files_each(theme->files, set_file_url, theme);
        for (size_t i = 0; r >= 0 && i < ARRAY_LENGTH(file_names); i++)
                r = set_default(theme, file_names[i].name, page_files_url(theme->files, file_names[i].file));
        if (r >= 0 && logo.len > 0)
                r = set_default(theme, "icon_url", page_files_url(theme->files, logo));
        for (size_t i = 0; r >= 0 && i < LANGUAGES; i++) {
                struct str tag = language_tag((enum language)i);
                json_t *defaults = json_copy(theme->defaults);

                theme->translations[i].defaults = defaults;
                if (!defaults ||
                    json_object_set_new(defaults, "language", json_stringn(tag.ptr, tag.len)) < 0)
                        r = -ERR_NO_MEMORY;
        }
        return r;
}

static int fill(struct page_theme *theme, const struct page_theme_options *options, char problem[256]) {
        struct translation *english;
        struct str logo = STR_NULL;
        int r;

        theme->defaults = json_object();
        theme->files = page_files_new();
        theme->guides = guide_pages_new();
        theme->translations = calloc(LANGUAGES, sizeof(*theme->translations));
        if (!theme->defaults || !theme->files || !theme->guides || !theme->translations)
                return -ERR_NO_MEMORY;
        if (options->language.len > 0 && !language_find(options->language, &theme->language))
                return refuse(problem, "GATEHOUSE_LANGUAGE: there are no pages in '" STR_FMT "'",
                              STR_ARG(options->language));
        english = &theme->translations[LANGUAGE_ENGLISH];
        r = put_built_in(english, LANGUAGE_ENGLISH, problem);
        atomic_store(&english->ready, true);
        if (r >= 0)
                r = put_colors(theme, options, problem);
        if (r >= 0 && options->logo.len > 0)
                r = put_logo(theme, options->logo, &logo, problem);
        if (r >= 0 && options->dir.len > 0)
                r = put_languages(theme, options->dir, problem);
        if (r >= 0)
                r = set_defaults(theme, options, logo);
        return r;
}

int page_theme_load(const struct page_theme_options *options, struct page_theme **ret,
                    char ret_problem[256]) {
        struct page_theme *theme = calloc(1, sizeof(*theme));
        int r;

        ret_problem[0] = '\0';
        if (!theme)
                return -ERR_NO_MEMORY;
        (void)pthread_mutex_init(&theme->lock, NULL);
        r = fill(theme, options, ret_problem);
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
        for (size_t i = 0; theme->translations && i < LANGUAGES; i++) {
                template_set_done(&theme->translations[i].templates);
                json_decref(theme->translations[i].defaults);
        }
        free(theme->translations);
        (void)pthread_mutex_destroy(&theme->lock);
        page_files_free(theme->files);
        guide_pages_free(theme->guides);
        json_decref(theme->defaults);
        free(theme);
        return NULL;
}
