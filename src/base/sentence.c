#include "base/sentence.h"

#include "base/strbuf.h"

enum { PATTERN_MAX = 4096 };

enum conversion {
        CONVERSION_OTHER,
        CONVERSION_PERCENT,
        CONVERSION_WORDS, /* %s */
        CONVERSION_STR,   /* %.*s */
        CONVERSION_INT,
        CONVERSION_LONG,
        CONVERSION_LONG_LONG,
        CONVERSION_UNSIGNED,
        CONVERSION_UNSIGNED_LONG,
        CONVERSION_UNSIGNED_LONG_LONG,
        CONVERSION_SIZE,
};

static const struct {
        struct str text;
        enum conversion conversion;
} conversions[] = {
        { STR_INIT("%%"), CONVERSION_PERCENT },
        { STR_INIT("%s"), CONVERSION_WORDS },
        { STR_INIT("%.*s"), CONVERSION_STR },
        { STR_INIT("%d"), CONVERSION_INT },
        { STR_INIT("%ld"), CONVERSION_LONG },
        { STR_INIT("%lld"), CONVERSION_LONG_LONG },
        { STR_INIT("%u"), CONVERSION_UNSIGNED },
        { STR_INIT("%lu"), CONVERSION_UNSIGNED_LONG },
        { STR_INIT("%llu"), CONVERSION_UNSIGNED_LONG_LONG },
        { STR_INIT("%zu"), CONVERSION_SIZE },
};

/* The conversion at the head of the format, and its length. */
static enum conversion conversion_at(struct str format, size_t *ret_length) {
        for (size_t i = 0; i < ARRAY_LENGTH(conversions); i++)
                if (str_starts_with(format, conversions[i].text)) {
                        *ret_length = conversions[i].text.len;
                        return conversions[i].conversion;
                }
        return CONVERSION_OTHER;
}

struct arguments {
        va_list list;
};

static struct str take_str(struct arena *arena, struct arguments *args) {
        int n = va_arg(args->list, int);
        const char *text = va_arg(args->list, const char *);

        return arena_copy(arena, str_n(text, (size_t)n));
}

static struct str take(struct arena *arena, enum conversion conversion, struct arguments *args) {
        switch (conversion) {
        case CONVERSION_WORDS:
                return arena_copy(arena, str_of(va_arg(args->list, const char *)));
        case CONVERSION_STR:
                return take_str(arena, args);
        case CONVERSION_INT:
                return arena_printf(arena, "%d", va_arg(args->list, int));
        case CONVERSION_LONG:
                return arena_printf(arena, "%ld", va_arg(args->list, long));
        case CONVERSION_LONG_LONG:
                return arena_printf(arena, "%lld", va_arg(args->list, long long));
        case CONVERSION_UNSIGNED:
                return arena_printf(arena, "%u", va_arg(args->list, unsigned));
        case CONVERSION_UNSIGNED_LONG:
                return arena_printf(arena, "%lu", va_arg(args->list, unsigned long));
        case CONVERSION_UNSIGNED_LONG_LONG:
                return arena_printf(arena, "%llu", va_arg(args->list, unsigned long long));
        case CONVERSION_SIZE:
                return arena_printf(arena, "%zu", va_arg(args->list, size_t));
        case CONVERSION_OTHER:
        case CONVERSION_PERCENT:
                break;
        }
        return STR_NULL;
}

/* Walks over the format. False when there is something that it does not know, or when there is too much of it. */
static bool take_apart(struct sentence *s, struct str format, struct arguments *args,
                       struct strbuf *pattern) {
        enum conversion conversion;
        size_t length;

        for (size_t i = 0; i < format.len; i += length) {
                length = 1;
                if (format.ptr[i] != '%') {
                        strbuf_append_char(pattern, format.ptr[i]);
                        continue;
                }
                conversion = conversion_at(str_from(format, i), &length);
                if (conversion == CONVERSION_PERCENT) {
                        strbuf_append_char(pattern, '%');
                        continue;
                }
                if (conversion == CONVERSION_OTHER || s->n_values == SENTENCE_VALUES_MAX)
                        return false;
                strbuf_append_char(pattern, '{');
                strbuf_append_char(pattern, (char)('0' + s->n_values));
                strbuf_append_char(pattern, '}');
                s->ours[s->n_values] = conversion == CONVERSION_WORDS;
                s->values[s->n_values] = take(s->arena, conversion, args);
                if (!s->values[s->n_values++].ptr)
                        return false;
        }
        return !pattern->failed;
}

struct sentence *sentence_vprintf(struct arena *arena, const char *format, va_list list) {
        _cleanup_(strbuf_done) struct strbuf pattern = STRBUF_INIT(PATTERN_MAX);
        struct sentence *s = arena_new(arena, struct sentence);
        struct arguments args;

        if (!s)
                return NULL;
        s->arena = arena;
        va_copy(args.list, list);
        if (take_apart(s, str_of(format), &args, &pattern))
                s->pattern = arena_copy(arena, strbuf_str(&pattern));
        va_end(args.list);
        s->text = arena_vprintf(arena, format, list);
        if (!s->pattern.ptr) {
                s->pattern = s->text;
                s->n_values = 0;
        }
        return s->text.ptr ? s : NULL;
}

struct sentence *sentence_printf(struct arena *arena, const char *format, ...) {
        struct sentence *s;
        va_list list;

        va_start(list, format);
        s = sentence_vprintf(arena, format, list);
        va_end(list);
        return s;
}
