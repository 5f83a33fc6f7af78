#include "agents/block_document.h"

#include <pthread.h>
#include <stdatomic.h>

#include "agents/block_schema.h"
#include "agents/value/value.h"
#include "base/codec.h"
#include "base/gzip.h"
#include "base/hash.h"
#include "base/json_write.h"

enum { DOCUMENT_MAX = 4 * 1024 * 1024, ETAG_BYTES = 11 };

/* The kinds in the order of enum block_ui. */
static const char *const kinds[] = {
        "Standard", "Input", "Output", "Note", "Agent", "AI", "Human In The Loop",
};

static const struct {
        const char *name, *text;
} categories[] = {
#define X(name, text) { #name, text },
#include "agents/block_categories.def"
#undef X
};

static void write_categories(struct json_writer *w, unsigned bits) {
        json_key(w, "categories");
        json_array_begin(w);
        for (size_t i = 0; i < ARRAY_LENGTH(categories); i++) {
                if (!(bits & 1u << i))
                        continue;
                json_object_begin(w);
                json_member_str(w, "category", str_of(categories[i].name));
                json_member_str(w, "description", str_of(categories[i].text));
                json_object_end(w);
        }
        json_array_end(w);
}

/* The writer that others use knows no JSON values: it is told to put the comma, and the value goes in as text. */
static void write_schema(struct json_writer *w, const char *name, const json_t *schema) {
        json_key(w, name);
        value_write(w->out, schema, VALUE_COMPACT);
        w->comma = true;
}

static int write_block(struct json_writer *w, const struct block *block) {
        json_auto_t *input = NULL, *output = NULL;
        int r;

        r = block_schema_describe(block, &input, &output);
        if (r < 0)
                return r;
        json_object_begin(w);
        json_member_str(w, "id", str_of(block->id));
        json_member_str(w, "name", str_of(block->name));
        write_schema(w, "inputSchema", input);
        write_schema(w, "outputSchema", output);
        json_member_str(w, "description", str_of(block->description));
        write_categories(w, block->categories);
        json_key(w, "contributors");
        json_array_begin(w);
        json_array_end(w);
        json_member_bool(w, "staticOutput", block->static_output);
        json_member_str(w, "uiType", str_of(kinds[block->ui]));
        json_object_end(w);
        return 0;
}

static int write_all(struct strbuf *out) {
        struct json_writer w = JSON_WRITER(out);
        const struct block *const *blocks;
        size_t n;
        int r;

        blocks = block_all(&n);
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++) {
                r = write_block(&w, blocks[i]);
                if (r < 0)
                        return r;
        }
        json_array_end(&w);
        return out->failed ? -ERR_NO_MEMORY : 0;
}

/* A hash of the JSON, and which of its two forms it is. */
static struct str make_etag(char out[BLOCK_ETAG_LENGTH + 1], const struct hash *hash, const char *form) {
        size_t len = base64url_length(ETAG_BYTES);

        out[0] = '"';
        base64url_encode(str_n(hash->bytes, ETAG_BYTES), out + 1);
        memcpy(out + 1 + len, form, strlen(form));
        len += 1 + strlen(form);
        out[len++] = '"';
        return str_n(out, len);
}

static struct strbuf json = STRBUF_INIT(DOCUMENT_MAX), gzip = STRBUF_INIT(DOCUMENT_MAX);
static char json_etag[BLOCK_ETAG_LENGTH + 1], gzip_etag[BLOCK_ETAG_LENGTH + 1];
static struct block_document document;
static _Atomic(const struct block_document *) made;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int make(void) {
        struct hash hash;
        int r;

        strbuf_reset(&json);
        strbuf_reset(&gzip);
        r = write_all(&json);
        if (r == 0)
                r = gzip_append(&gzip, strbuf_str(&json));
        if (r < 0)
                return r;
        hash = hash_sha256(strbuf_str(&json));
        document = (struct block_document){
                .json = strbuf_str(&json),
                .gzip = strbuf_str(&gzip),
                .json_etag = make_etag(json_etag, &hash, ""),
                .gzip_etag = make_etag(gzip_etag, &hash, "-gzip"),
        };
        atomic_store(&made, &document);
        return 0;
}

const struct block_document *block_document_made(void) {
        return atomic_load(&made);
}

int block_document_get(const struct block_document **ret) {
        int r = 0;

        if (!atomic_load(&made)) {
                (void)pthread_mutex_lock(&lock);
                if (!atomic_load(&made))
                        r = make();
                (void)pthread_mutex_unlock(&lock);
        }
        if (r == 0)
                *ret = atomic_load(&made);
        return r;
}
