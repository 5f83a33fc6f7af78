/* Structured logs on standard error: one line a record, logfmt by default, JSON by option. Thread-safe; a
 * line is one write(2). Never hand a token, code, secret, key, password or query string to a log call. */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* Once, before threads start. Defaults: LOG_INFO, LOG_LOGFMT. */
void log_setup(enum log_level least, enum log_format format);

bool log_enabled(enum log_level level);

struct log_field {
        const char *name;
        struct str text; /* used when not STR_NULL */
        int64_t number;
};

#define LOG_STR(name, value) ((struct log_field){ (name), (value), 0 })
#define LOG_INT(name, value) ((struct log_field){ (name), STR_NULL, (value) })

/* message   a constant sentence: what happened; what varies goes into fields
 * Values are escaped, so a record can't be forged by what a client sent. Lines are cut at 4 KiB. */
void log_write(enum log_level level, const char *message, const struct log_field *fields, size_t n_fields);

#define LOG(level, message, ...)                                                       \
        do {                                                                           \
                if (log_enabled(level)) {                                              \
                        const struct log_field fields_[] = { __VA_ARGS__ };            \
                        log_write((level), (message), fields_, ARRAY_LENGTH(fields_)); \
                }                                                                      \
        } while (0)
