/* Renders every sample to a folder, with the static files beside it, for people who work on templates and styles:
 *
 *      preview SAMPLES.json FOLDER [THEME_FOLDER [LANGUAGE]]
 *
 * Serve the folder from its own root, since the pages name /static/…; index.html lists them. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "pages/embed.h"
#include "pages/page.h"
#include "samples.h"

static void write_file(const char *folder, const char *name, struct str bytes) {
        char path[1024];
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        file = fopen(path, "wb");
        if (!file || fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
                perror(path);
                exit(1);
        }
}

static enum language language;

static void write_page(const struct page_theme *theme, const char *folder, const struct sample *sample,
                       struct strbuf *index) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(1024 * 1024);
        char name[128];

        (void)snprintf(name, sizeof(name), "%s-%s.html", sample->page, sample->name);
        if (page_render(theme, language, sample->page, sample->data, &out) < 0) {
                fprintf(stderr, "%s can't be rendered\n", name);
                exit(1);
        }
        write_file(folder, name, strbuf_str(&out));
        strbuf_printf(index, "<li><a href=\"%s\">%s</a></li>\n", name, name);
}

static void write_statics(const char *folder) {
        char path[1024], name[160];

        (void)snprintf(path, sizeof(path), "%s/static", folder);
        mkdir(path, 0777);
        for (size_t i = 0; i < page_statics_count; i++) {
                (void)snprintf(name, sizeof(name), "static/" STR_FMT, STR_ARG(page_statics[i].hashed_name));
                write_file(folder, name, page_statics[i].bytes);
        }
}

int main(int argc, char **argv) {
        _cleanup_(strbuf_done) struct strbuf index = STRBUF_INIT(1024 * 1024);
        struct page_theme_options options = { .dir = str_of(argc > 3 ? argv[3] : ""),
                                              .platform_name = STR("Gatehouse") };
        struct page_theme *theme;
        char problem[256] = "";
        json_t *samples;

        if (argc < 3 || (argc > 4 && !language_find(str_of(argv[4]), &language))) {
                fprintf(stderr, "usage: preview SAMPLES.json FOLDER [THEME_FOLDER [LANGUAGE]]\n");
                return 2;
        }
        samples = samples_load(argv[1]);
        if (!samples)
                return 1;
        if (page_theme_load(&options, &theme, problem) < 0) {
                fprintf(stderr, "%s\n", problem);
                return 1;
        }
        mkdir(argv[2], 0777);
        write_statics(argv[2]);
        strbuf_append(&index, STR("<!doctype html><meta charset=\"utf-8\"><title>Preview</title><ul>\n"));
        for (size_t i = 0; i < json_array_size(samples); i++) {
                struct sample sample = samples_get(samples, i);

                write_page(theme, argv[2], &sample, &index);
        }
        write_file(argv[2], "index.html", strbuf_str(&index));
        page_theme_free(theme);
        json_decref(samples);
        return 0;
}
