#include "pages/guides.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/gzip.h"
#include "base/hash.h"
#include "base/log.h"
#include "http/negotiate.h"
#include "pages/page.h"
#include "pages/page_headers.h"
#include "pages/page_theme.h"

enum { PAGE_MAX = 512 * 1024, HASH_SHOWN = 16, ETAG_LEN = 2 * HASH_SHOWN + 2 }; /* bytes */

/* Stands in the template where the guide goes: its HTML is the program's own, and no template shows data unescaped. */
static const struct str marker = STR_INIT("<!--guide-->");

struct guide_page {
        struct strbuf compressed; /* empty until it was asked for */
        char etag[ETAG_LEN];
};

struct guide_pages {
        pthread_mutex_t lock;
        struct guide_page pages[]; /* by the guide's index */
};

struct guide_pages *guide_pages_new(void) {
        struct guide_pages *pages = calloc(1, sizeof(*pages) + guides_count * sizeof(pages->pages[0]));

        if (!pages)
                return NULL;
        (void)pthread_mutex_init(&pages->lock, NULL);
        for (size_t i = 0; i < guides_count; i++)
                strbuf_init(&pages->pages[i].compressed, PAGE_MAX);
        return pages;
}

struct guide_pages *guide_pages_free(struct guide_pages *pages) {
        if (!pages)
                return NULL;
        for (size_t i = 0; i < guides_count; i++)
                strbuf_done(&pages->pages[i].compressed);
        (void)pthread_mutex_destroy(&pages->lock);
        free(pages);
        return NULL;
}

static const struct guide *find(struct str name) {
        for (size_t i = 0; i < guides_count; i++)
                if (str_eq(guides[i].name, name))
                        return &guides[i];
        return NULL;
}

json_t *guide_nav(const struct guide *here) {
        json_t *list = json_array();

        for (size_t i = 0; i < guides_count; i++)
                json_array_append_new(list,
                                      json_pack("{s:o, s:s, s:b}", "url",
                                                json_sprintf("/docs%s%s", guides[i].name.len ? "/" : "",
                                                             guides[i].name.ptr),
                                                "label", guides[i].title.ptr, "current", here == &guides[i]));
        return list;
}

static int put_together(struct str frame, const struct guide *guide, struct strbuf *out) {
        const char *at = memmem(frame.ptr, frame.len, marker.ptr, marker.len);
        size_t before;

        if (!at) {
                LOG(LOG_ERROR, "page can't be rendered", LOG_STR("page", STR("guide")),
                    LOG_STR("problem", STR("the template lacks the mark that the guide goes to")));
                return -ERR_INTERNAL;
        }
        before = (size_t)(at - frame.ptr);
        strbuf_append(out, str_first(frame, before));
        strbuf_append(out, guide->html);
        strbuf_append(out, str_from(frame, before + marker.len));
        return out->failed ? -ERR_NO_MEMORY : 0;
}

static int render(const struct page_theme *theme, const struct guide *guide, struct strbuf *out) {
        _cleanup_(strbuf_done) struct strbuf frame = STRBUF_INIT(PAGE_MAX);
        json_t *data = json_pack("{s:s, s:o}", "title", guide->title.ptr, "nav", guide_nav(guide));
        int r = data ? page_render(theme, LANGUAGE_ENGLISH, "guide", data, &frame) : -ERR_NO_MEMORY;

        json_decref(data);
        return r < 0 ? r : put_together(strbuf_str(&frame), guide, out);
}

static int fill(const struct page_theme *theme, const struct guide *guide, struct guide_page *page) {
        _cleanup_(strbuf_done) struct strbuf html = STRBUF_INIT(PAGE_MAX);
        struct hash hash;
        int r = render(theme, guide, &html);

        if (r >= 0)
                r = gzip_append(&page->compressed, strbuf_str(&html));
        if (r < 0)
                return r;
        hash = hash_sha256(strbuf_str(&html));
        page->etag[0] = page->etag[ETAG_LEN - 1] = '"';
        hex_encode(str_n(hash.bytes, HASH_SHOWN), page->etag + 1);
        return 0;
}

static int respond(const struct guide_page *page, struct str accept_encoding, struct str if_none_match,
                   struct response *res) {
        struct str bytes = { page->compressed.ptr, page->compressed.len }, etag = str_n(page->etag, ETAG_LEN);

        response_begin(res, 200, CONTENT_TYPE_HTML);
        page_kept_headers(res, STR("guide"));
        response_header(res, STR("Cache-Control"), STR("no-cache"));
        response_header(res, STR("Vary"), STR("Accept-Encoding"));
        response_header(res, STR("ETag"), etag);
        if (etag_matches(if_none_match, etag)) {
                res->status = 304;
                return 0;
        }
        if (!accepts_gzip(accept_encoding))
                return gunzip_append(&res->body, bytes);
        response_header(res, STR("Content-Encoding"), STR("gzip"));
        res->static_body = bytes;
        return 0;
}

int page_guide(const struct page_theme *theme, struct str name, struct str accept_encoding,
               struct str if_none_match, struct response *res) {
        struct guide_pages *pages = page_theme_guides(theme);
        const struct guide *guide = find(name);
        struct guide_page *page;
        int r = 0;

        if (!guide)
                return -ERR_NOT_FOUND;
        page = &pages->pages[guide - guides];
        (void)pthread_mutex_lock(&pages->lock);
        if (page->compressed.len == 0)
                r = fill(theme, guide, page);
        (void)pthread_mutex_unlock(&pages->lock);
        return r < 0 ? r : respond(page, accept_encoding, if_none_match, res);
}
