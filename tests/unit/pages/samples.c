#include "samples.h"

#include <stdio.h>

json_t *samples_load(const char *path) {
        json_error_t error;
        json_t *samples = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

        if (!samples)
                fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
        return samples;
}

struct sample samples_get(const json_t *samples, size_t i) {
        const json_t *item = json_array_get(samples, i);

        return (struct sample){ json_string_value(json_object_get(item, "page")),
                                json_string_value(json_object_get(item, "case")),
                                json_object_get(item, "data") };
}
