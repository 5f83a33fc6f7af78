/* Files that belong to pages. */
#include <pthread.h>
#include <stdlib.h>

#include "base/errors.h"
#include "base/gzip.h"
#include "http/negotiate.h"
#include "pages/embed.h"
#include "pages/page.h"

static bool ends_with(struct str name, struct str ending) {
        return name.len > ending.len && str_eq(str_from(name, name.len - ending.len), ending);
}

static struct str content_type_of(struct str name) {
        static const struct {
                struct str ending, type;
        } types[] = {
                { STR_INIT(".css"), STR_INIT("text/css; charset=utf-8") },
                { STR_INIT(".svg"), STR_INIT("image/svg+xml") },
                { STR_INIT(".png"), STR_INIT("image/png") },
                { STR_INIT(".ico"), STR_INIT("image/x-icon") },
                { STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8") },
                { STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8") },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
                if (ends_with(name, types[i].ending))
                        return types[i].type;
        return STR("application/octet-stream");
}

enum { PLAIN_MAX = 16 * 1024 * 1024 }; /* bytes of one file */

/* What is kept compressed, for those who don't take it so: made at first need, for good. One for each static file. */
static pthread_mutex_t plain_lock = PTHREAD_MUTEX_INITIALIZER;
static struct strbuf *plain;

static int make_plain(size_t i) {
        if (!plain)
                plain = calloc(page_statics_count, sizeof(*plain));
        if (!plain)
                return -ERR_NO_MEMORY;
        if (plain[i].len > 0)
                return 0;
        strbuf_init(&plain[i], PLAIN_MAX);
        return gunzip_append(&plain[i], page_statics[i].bytes);
}

static int plain_bytes(size_t i, struct str *ret) {
        int r;

        (void)pthread_mutex_lock(&plain_lock);
        r = make_plain(i);
        if (r >= 0)
                *ret = strbuf_str(&plain[i]);
        else if (plain)
                strbuf_done(&plain[i]);
        (void)pthread_mutex_unlock(&plain_lock);
        return r;
}

/* RFC 9110 §12.5.3: any coding may be sent to those who name none. */
static bool takes_gzip(struct str accept_encoding) {
        return !accept_encoding.ptr || accepts_gzip(accept_encoding);
}

static int respond(size_t i, bool gzip, struct response *res) {
        const struct embedded *file = &page_statics[i];
        struct str bytes = file->bytes;
        bool compressed = ends_with(file->name, STR(".gz"));
        int r = 0;

        if (compressed && !gzip)
                r = plain_bytes(i, &bytes);
        if (r < 0)
                return r;
        response_begin(res, 200, content_type_of(file->hashed_name));
        page_security_headers(res);
        response_header(res, STR("Cache-Control"), STR("public, max-age=31536000, immutable"));
        if (compressed)
                response_header(res, STR("Vary"), STR("Accept-Encoding"));
        if (compressed && gzip)
                response_header(res, STR("Content-Encoding"), STR("gzip"));
        res->static_body = bytes;
        return 0;
}

int page_static(struct str name, struct str accept_encoding, struct response *res) {
        for (size_t i = 0; i < page_statics_count; i++)
                if (str_eq(page_statics[i].hashed_name, name))
                        return respond(i, takes_gzip(accept_encoding), res);
        return -ERR_NOT_FOUND;
}
