#include "base/gzip.h"

#include <zlib.h>

#include "base/errors.h"

enum { WINDOW_WITH_GZIP_HEADER = 15 + 16, MEMORY_LEVEL = 9, STEP = 64 * 1024 };

static void deflate_end(z_stream *z) {
        (void)deflateEnd(z);
}

int gzip_append(struct strbuf *out, struct str data) {
        _cleanup_(deflate_end) z_stream z = { 0 };
        size_t room;
        char *to;

        if (data.len > UINT32_MAX / 2 ||
            deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_WITH_GZIP_HEADER, MEMORY_LEVEL,
                         Z_DEFAULT_STRATEGY) != Z_OK)
                return -ERR_NO_MEMORY;
        room = deflateBound(&z, data.len);
        to = strbuf_reserve(out, room);
        if (!to)
                return -ERR_NO_MEMORY;
        z.next_in = (z_const Bytef *)data.ptr;
        z.avail_in = (uInt)data.len;
        z.next_out = (Bytef *)to;
        z.avail_out = (uInt)room;
        if (deflate(&z, Z_FINISH) != Z_STREAM_END)
                return -ERR_NO_MEMORY;
        out->len += room - z.avail_out;
        return 0;
}

static void inflate_end(z_stream *z) {
        (void)inflateEnd(z);
}

int gunzip_append(struct strbuf *out, struct str data) {
        _cleanup_(inflate_end) z_stream z = { 0 };
        int r = Z_OK;

        if (data.len > UINT32_MAX / 2 || inflateInit2(&z, WINDOW_WITH_GZIP_HEADER) != Z_OK)
                return -ERR_NO_MEMORY;
        z.next_in = (z_const Bytef *)data.ptr;
        z.avail_in = (uInt)data.len;
        while (r == Z_OK) {
                char *to = strbuf_reserve(out, STEP);

                if (!to)
                        return -ERR_NO_MEMORY;
                z.next_out = (Bytef *)to;
                z.avail_out = STEP;
                r = inflate(&z, Z_NO_FLUSH);
                out->len += STEP - z.avail_out;
        }
        return r == Z_STREAM_END ? 0 : -ERR_NO_MEMORY;
}
