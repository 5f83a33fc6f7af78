/* Files of listings: the first byte says which kind ('C' for CSV). Reading ends, goes forward only, and every row is an object or has a
 * reason. */
#include "base/errors.h"
#include "cli/store_source.h"
#include "fuzz.h"

static int read_all(struct store_source *source) {
        size_t line = 0, at = source->at, begun = 0;

        for (;;) {
                json_t *row;
                int r = store_source_next(source, &row, &begun);

                if (r <= 0)
                        return r;
                HOLDS(row || source->problem[0]);
                HOLDS(begun >= line && source->at > at && source->at <= source->text.len);
                line = begun;
                at = source->at;
                json_decref(row);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct store_source source;
        int r;

        if (size == 0)
                return 0;
        r = store_source_begin(&source, str_n(data + 1, size - 1), data[0] == 'C');
        if (r == 0)
                HOLDS(read_all(&source) == 0);
        else
                HOLDS(r == -ERR_BAD_REQUEST && source.problem[0]);
        store_source_end(&source);
        return 0;
}
