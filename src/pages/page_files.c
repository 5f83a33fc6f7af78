#include "pages/page_files.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/gzip.h"
#include "base/hash.h"
#include "http/negotiate.h"
#include "pages/embed.h"
#include "pages/page.h"

#define FOLDER "/static/"

enum {
        PLAIN_MAX = 16 * 1024 * 1024,
        HASH_SHOWN = 4
}; /* bytes of one file, inflated; of its hash in the name */

struct page_file {
        struct str name, url, bytes;
        char *owned; /* url and bytes of an operator's file; NULL of the program's */
        bool compressed;
        struct strbuf plain; /* what is kept compressed, for those who don't take it so: made at first need */
};

struct page_files {
        struct page_file files[PAGE_FILES_MAX];
        size_t n;
        char *urls; /* of the program's files */
        pthread_mutex_t plain_lock;
};

static const struct {
        struct str ending, type;
} types[] = {
        { STR_INIT(".css"), STR_INIT("text/css; charset=utf-8") },
        { STR_INIT(".svg"), STR_INIT("image/svg+xml") },
        { STR_INIT(".png"), STR_INIT("image/png") },
        { STR_INIT(".jpg"), STR_INIT("image/jpeg") },
        { STR_INIT(".webp"), STR_INIT("image/webp") },
        { STR_INIT(".ico"), STR_INIT("image/x-icon") },
        { STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8") },
        { STR_INIT(".woff2"), STR_INIT("font/woff2") },
        { STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8") },
};

static struct str content_type_of(struct str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
                if (str_ends_with(name, types[i].ending))
                        return types[i].type;
        return STR("application/octet-stream");
}

bool page_file_is_static(struct str name) {
        if (name.len == 0 || name.len > 100 || name.ptr[0] == '.' || str_ends_with(name, STR(".txt")))
                return false;
        for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
                if (str_ends_with(name, types[i].ending))
                        return true;
        return false;
}

static void add_built_in(struct page_files *files, const struct embedded *file, char *url) {
        static const struct str gz = STR_INIT(".gz");
        bool compressed = str_ends_with(file->name, gz);

        memcpy(url, FOLDER, sizeof(FOLDER) - 1);
        memcpy(url + sizeof(FOLDER) - 1, file->hashed_name.ptr, file->hashed_name.len);
        files->files[files->n++] = (struct page_file){
                .name = compressed ? str_first(file->name, file->name.len - gz.len) : file->name,
                .url = str_n(url, sizeof(FOLDER) - 1 + file->hashed_name.len),
                .bytes = file->bytes,
                .compressed = compressed,
                .plain = STRBUF_INIT(PLAIN_MAX),
        };
}

struct page_files *page_files_new(void) {
        struct page_files *files = calloc(1, sizeof(*files));
        size_t len = 0;

        if (!files)
                return NULL;
        (void)pthread_mutex_init(&files->plain_lock, NULL);
        for (size_t i = 0; i < page_statics_count; i++)
                len += sizeof(FOLDER) + page_statics[i].hashed_name.len;
        files->urls = malloc(len);
        if (!files->urls || page_statics_count > PAGE_FILES_MAX)
                return page_files_free(files);
        len = 0;
        for (size_t i = 0; i < page_statics_count; i++) {
                add_built_in(files, &page_statics[i], files->urls + len);
                len += sizeof(FOLDER) + page_statics[i].hashed_name.len;
        }
        return files;
}

static void forget(struct page_file *file) {
        free(file->owned);
        strbuf_done(&file->plain);
}

struct page_files *page_files_free(struct page_files *files) {
        if (!files)
                return NULL;
        for (size_t i = 0; i < files->n; i++)
                forget(&files->files[i]);
        (void)pthread_mutex_destroy(&files->plain_lock);
        free(files->urls);
        free(files);
        return NULL;
}

/* "/static/logo.3f9a1c2b.png", the name itself and the bytes, one after the other. */
static int make_owned(struct str name, struct str bytes, struct page_file *ret) {
        struct hash hash = hash_sha256(bytes);
        size_t stem = name.len, url_len = sizeof(FOLDER) - 1 + name.len + 1 + 2 * HASH_SHOWN;
        char *at = malloc(url_len + name.len + bytes.len), *url = at;

        if (!at)
                return -ERR_NO_MEMORY;
        while (stem > 0 && name.ptr[stem - 1] != '.')
                stem--;
        at = mempcpy(at, FOLDER, sizeof(FOLDER) - 1);
        at = mempcpy(at, name.ptr, stem);
        hex_encode(str_n(hash.bytes, HASH_SHOWN), at);
        at += 2 * HASH_SHOWN;
        at = mempcpy(at, name.ptr + stem - 1, name.len - stem + 1);
        *ret = (struct page_file){
                .name = str_n(at, name.len),
                .url = str_n(url, url_len),
                .bytes = str_n(at + name.len, bytes.len),
                .owned = url,
                .plain = STRBUF_INIT(PLAIN_MAX),
        };
        memcpy(at, name.ptr, name.len);
        if (bytes.len > 0)
                memcpy(at + name.len, bytes.ptr, bytes.len);
        return 0;
}

static size_t index_of(const struct page_files *files, struct str name) {
        size_t i = 0;

        while (i < files->n && !str_eq(files->files[i].name, name))
                i++;
        return i;
}

int page_files_put(struct page_files *files, struct str name, struct str bytes) {
        size_t i = index_of(files, name);
        struct page_file file;
        int r;

        if (i == PAGE_FILES_MAX)
                return -ERR_SETTINGS;
        r = make_owned(name, bytes, &file);
        if (r < 0)
                return r;
        if (i == files->n)
                files->n++;
        else
                forget(&files->files[i]);
        files->files[i] = file;
        return 0;
}

struct str page_files_url(const struct page_files *files, struct str name) {
        size_t i = index_of(files, name);

        return i < files->n ? files->files[i].url : STR_NULL;
}

int page_files_each(const struct page_files *files, int (*each)(void *data, struct str name, struct str url),
                    void *data) {
        int r = 0;

        for (size_t i = 0; r >= 0 && i < files->n; i++)
                r = each(data, files->files[i].name, files->files[i].url);
        return r;
}

static int plain_bytes(struct page_files *files, struct page_file *file, struct str *ret) {
        int r = 0;

        (void)pthread_mutex_lock(&files->plain_lock);
        if (file->plain.len == 0)
                r = gunzip_append(&file->plain, file->bytes);
        if (r >= 0)
                *ret = strbuf_str(&file->plain);
        else {
                strbuf_done(&file->plain);
                strbuf_init(&file->plain, PLAIN_MAX);
        }
        (void)pthread_mutex_unlock(&files->plain_lock);
        return r;
}

/* RFC 9110 §12.5.3: any coding may be sent to those who name none. */
static bool takes_gzip(struct str accept_encoding) {
        return !accept_encoding.ptr || accepts_gzip(accept_encoding);
}

static int respond(struct page_files *files, struct page_file *file, bool gzip, struct response *res) {
        struct str bytes = file->bytes;
        int r = 0;

        if (file->compressed && !gzip)
                r = plain_bytes(files, file, &bytes);
        if (r < 0)
                return r;
        response_begin(res, 200, content_type_of(file->name));
        page_security_headers(res);
        response_header(res, STR("Cache-Control"), STR("public, max-age=31536000, immutable"));
        if (file->compressed)
                response_header(res, STR("Vary"), STR("Accept-Encoding"));
        if (file->compressed && gzip)
                response_header(res, STR("Content-Encoding"), STR("gzip"));
        res->static_body = bytes;
        return 0;
}

int page_files_respond(struct page_files *files, struct str hashed_name, struct str accept_encoding,
                       struct response *res) {
        for (size_t i = 0; i < files->n; i++)
                if (str_eq(str_from(files->files[i].url, sizeof(FOLDER) - 1), hashed_name))
                        return respond(files, &files->files[i], takes_gzip(accept_encoding), res);
        return -ERR_NOT_FOUND;
}
