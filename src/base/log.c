#include "base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

/* Of a whole line with its newline. At most PIPE_BUF, so that lines of several threads never mix in a pipe.
 */
enum { LINE_MAX_BYTES = 4096 };

/* A line in the making. It lives on the stack, so that a server short of memory can still say so. Pieces are
 * added whole or not at all, and `closing` bytes stay free for the quote, bracket and newline that end the
 * line: a line that is cut is still one line, valid JSON and valid UTF-8. */
struct line {
        size_t len;
        size_t closing;
        bool full;
        char bytes[LINE_MAX_BYTES];
};

static struct {
        _Atomic enum log_level least;
        _Atomic enum log_format format;
} setup = { LOG_INFO, LOG_LOGFMT };

void log_setup(enum log_level least, enum log_format format) {
        atomic_store_explicit(&setup.least, least, memory_order_relaxed);
        atomic_store_explicit(&setup.format, format, memory_order_relaxed);
}

bool log_enabled(enum log_level level) {
        return level >= atomic_load_explicit(&setup.least, memory_order_relaxed);
}

static bool line_has_room(struct line *line, size_t n) {
        if (line->full || n > sizeof(line->bytes) - line->len - line->closing)
                line->full = true;
        return !line->full;
}

static void line_add(struct line *line, struct str piece) {
        if (!line_has_room(line, piece.len))
                return;
        memcpy(line->bytes + line->len, piece.ptr, piece.len);
        line->len += piece.len;
}

/* One of the bytes that were kept free. */
static void line_close(struct line *line, char c) {
        line->bytes[line->len++] = c;
        line->closing--;
}

static void line_add_escape(struct line *line, uint32_t c) {
        static const char hex[] = "0123456789abcdef";
        char escape[] = { '\\', 'u', '0', '0', hex[c >> 4 & 15], hex[c & 15] };

        line_add(line, str_n(escape, sizeof(escape)));
}

/* Adds the character at the start of s, escaped as JSON has it, and returns its length. Control characters of
 * both ranges are escaped, since terminals obey them. */
static size_t line_add_char(struct line *line, struct str s) {
        size_t n = str_utf8_sequence(s);
        uint8_t c = str_at(s, 0);

        if (n == 0) {
                line_add(line, STR("\xef\xbf\xbd"));
                return 1;
        }
        if (c == '"' || c == '\\') {
                char escape[] = { '\\', (char)c };

                line_add(line, str_n(escape, sizeof(escape)));
        } else if (c == '\n') {
                line_add(line, STR("\\n"));
        } else if (c < 0x20 || c == 0x7f) {
                line_add_escape(line, c);
        } else if (n == 2 && c == 0xc2 && str_at(s, 1) < 0xa0) {
                line_add_escape(line, str_at(s, 1));
        } else {
                line_add(line, str_first(s, n));
        }
        return n;
}

static void line_add_escaped(struct line *line, struct str s) {
        while (s.len && !line->full)
                s = str_from(s, line_add_char(line, s));
}

/* Logfmt readers split at blanks and take what stands before the first `=` as the name. */
static bool is_bare(struct str s) {
        for (size_t i = 0; i < s.len; i++) {
                uint8_t c = str_at(s, i);

                if (c <= 0x20 || c >= 0x7f || c == '"' || c == '=' || c == '\\')
                        return false;
        }
        return s.len > 0;
}

/* Adds what leads to a value, all or nothing: separator, name and, of a quoted value, its opening quote. */
static bool line_add_name(struct line *line, const char *name, enum log_format format, bool quote) {
        struct str n = str_of(name);
        size_t start = line->len;
        bool json = format == LOG_JSON;

        if (!line_has_room(line, n.len + 6))
                return false;
        if (json)
                line_add(line, line->len > 1 ? STR(",\"") : STR("\""));
        else if (start > 0)
                line_add(line, STR(" "));
        line_add(line, n);
        line_add(line, json ? STR("\":") : STR("="));
        if (quote)
                line_add(line, STR("\""));
        return true;
}

static void line_add_text(struct line *line, enum log_format format, const char *name, struct str value) {
        bool quote = format == LOG_JSON || !is_bare(value);

        if (!line_add_name(line, name, format, quote))
                return;
        line->closing += quote;
        line_add_escaped(line, value);
        if (quote)
                line_close(line, '"');
}

static void line_add_number(struct line *line, enum log_format format, const char *name, int64_t value) {
        char digits[24];
        int n = snprintf(digits, sizeof(digits), "%lld", (long long)value);

        if (n > 0 && line_has_room(line, strlen(name) + 6 + (size_t)n) &&
            line_add_name(line, name, format, false))
                line_add(line, str_n(digits, (size_t)n));
}

static void line_write(const struct line *line) {
        ssize_t n;

        do
                n = write(STDERR_FILENO, line->bytes, line->len);
        while (n < 0 && errno == EINTR);
}

void log_write(enum log_level level, const char *message, const struct log_field *fields, size_t n_fields) {
        static const struct str names[] = { STR_INIT("debug"), STR_INIT("info"), STR_INIT("warning"),
                                            STR_INIT("error") };
        enum log_format format = atomic_load_explicit(&setup.format, memory_order_relaxed);
        struct line line;
        char now[CLOCK_ISO_LENGTH];

        line.len = 0;
        line.full = false;
        line.closing = format == LOG_JSON ? 2 : 1;

        clock_format_iso(clock_now(&clock_system), now);
        if (format == LOG_JSON)
                line_add(&line, STR("{"));
        line_add_text(&line, format, "ts", str_n(now, sizeof(now)));
        line_add_text(&line, format, "level", names[level]);
        line_add_text(&line, format, "msg", str_of(message));
        for (size_t i = 0; i < n_fields; i++) {
                if (fields[i].text.ptr)
                        line_add_text(&line, format, fields[i].name, fields[i].text);
                else
                        line_add_number(&line, format, fields[i].name, fields[i].number);
        }
        if (format == LOG_JSON)
                line_close(&line, '}');
        line_close(&line, '\n');
        line_write(&line);
}
