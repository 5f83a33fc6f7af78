/* Pages: Mustache templates with data, written into a response with the headers that every page bears. */
#pragma once

#include <jansson.h>

#include "http/response.h"
#include "pages/text.h"

struct page_theme;

/* How an operator wants pages to look; empty for what is built in. */
struct page_theme_options {
        struct str
                dir; /* folder with templates, style sheets, images, fonts and scripts; see templates/README.md */
        struct str platform_name;       /* shown in the head and in titles */
        struct str logo;                /* path of an image, square: .svg, .png, .jpg or .webp */
        struct str accent, accent_dark; /* "#1f6650": page_colors.h */
        struct str language;            /* "de": of those who ask for none that there is */
};

/* Loads the built-in templates and files, replaced one by one by those of the same name in a theme folder; parses all templates.
 *
 * ret_problem   names the file and the line, or the setting, that can't be used; empty when memory is short
 * errors        ERR_SETTINGS, ERR_NO_MEMORY
 */
_must_use_ int page_theme_load(const struct page_theme_options *options, struct page_theme **ret,
                               char ret_problem[256]);
struct page_theme *page_theme_free(struct page_theme *theme);

/* The language of a request's pages: the one that its browser asks for, or else the operator's. */
enum language page_language(const struct page_theme *theme, const struct request *req);

/* A text in the language of a request's pages: one of the catalogue, or what the request was refused with. */
struct str page_text(const struct request *req, struct str english);
struct str page_sentence(const struct request *req, const struct sentence *sentence);

/* Answers with a page in the request's language: Content-Type, Content-Security-Policy and the other protective headers (OWASP ASVS 5.0, 3.4), no-store.
 *
 * theme      shared by all threads, constant
 * name       of the template, "login"
 * data       what the template shows; taken over, also on failure; NULL is answered by ERR_NO_MEMORY
 * errors     ERR_NO_MEMORY, ERR_INTERNAL (no such template)
 */
_must_use_ int page_respond(const struct page_theme *theme, struct response *res, int status,
                            const char *name, json_t *data);

/* The same as text, for tests and tools. */
_must_use_ int page_render(const struct page_theme *theme, enum language language, const char *name,
                           const json_t *data, struct strbuf *out);

/* The headers alone: for answers of other kinds that a browser may show. */
void page_security_headers(struct response *res);

/* GET /static/{name}: style sheet, icons; cached for ever, because the name has the content's hash in it.
 *
 * accept_encoding   the field's value: what is kept compressed is inflated for who refuses gzip; STR_NULL when it was not sent
 * errors            ERR_NOT_FOUND, ERR_NO_MEMORY
 */
_must_use_ int page_static(const struct page_theme *theme, struct str name, struct str accept_encoding,
                           struct response *res);
