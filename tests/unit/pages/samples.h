/* samples.json: data for each page, plain and difficult, shared by the tests and the preview. */
#pragma once

#include <jansson.h>

struct sample {
        const char *page;
        const char *name; /* of the case */
        json_t *data;     /* borrowed */
};

/* The array, or NULL after a message. */
json_t *samples_load(const char *path);

struct sample samples_get(const json_t *samples, size_t i);
