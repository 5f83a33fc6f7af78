#include "pages/text.h"

#include "base/strbuf.h"
#include "pages/text_table.h"

enum { TEXT_FILLED_MAX = 16 * 1024, WEIGHT_MAX = 1000 };

static const struct {
        struct str tag;
        const struct text_row *rows;
        const size_t *n;
} languages[LANGUAGES] = {
        [LANGUAGE_ENGLISH] = { STR_INIT("en"), NULL, NULL },
        [LANGUAGE_GERMAN] = { STR_INIT("de"), text_table_de, &text_table_de_count },
};

struct str language_tag(enum language language) {
        return languages[language].tag;
}

bool language_find(struct str tag, enum language *ret) {
        for (size_t i = 0; i < LANGUAGES; i++)
                if (str_eq_ignore_case(tag, languages[i].tag)) {
                        *ret = (enum language)i;
                        return true;
                }
        return false;
}

/* Thousandths: "0.8" is 800; what is no weight counts as the greatest. */
static unsigned weight_of(struct str text) {
        unsigned weight = 0, unit = 100;

        if (text.len == 0 || text.ptr[0] != '0')
                return WEIGHT_MAX;
        for (size_t i = 2; i < text.len && i < 5; i++, unit /= 10) {
                if (text.ptr[i] < '0' || text.ptr[i] > '9')
                        return WEIGHT_MAX;
                weight += (unsigned)(text.ptr[i] - '0') * unit;
        }
        return weight;
}

static unsigned item_weight(struct str parameters) {
        struct str parameter;

        while (str_next(&parameters, ';', &parameter)) {
                parameter = str_trim(parameter);
                if (parameter.len > 2 && (parameter.ptr[0] | 0x20) == 'q' && parameter.ptr[1] == '=')
                        return weight_of(str_from(parameter, 2));
        }
        return WEIGHT_MAX;
}

enum language language_accepted(struct str accept_language, enum language otherwise) {
        enum language best = otherwise, found;
        struct str rest = accept_language, item;
        unsigned best_weight = 0;

        while (rest.ptr && str_next(&rest, ',', &item)) {
                struct str parameters = item, range = STR_NULL, primary;
                unsigned weight;

                if (!str_next(&parameters, ';', &range))
                        continue;
                range = str_trim(range);
                weight = item_weight(parameters);
                if (weight <= best_weight)
                        continue;
                if (str_eq(range, STR("*")))
                        found = otherwise;
                else if (!str_next(&range, '-', &primary) || !language_find(primary, &found))
                        continue;
                best = found;
                best_weight = weight;
        }
        return best;
}

static int compare(struct str a, struct str b) {
        size_t n = MIN_OF(a.len, b.len);
        int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

        return order ? order : (a.len > b.len) - (a.len < b.len);
}

struct str text_in(enum language language, struct str english) {
        const struct text_row *rows = languages[language].rows;
        size_t from = 0, to = rows ? *languages[language].n : 0;

        while (from < to) {
                size_t middle = from + (to - from) / 2;
                int order = compare(english, rows[middle].english);

                if (order == 0)
                        return rows[middle].other;
                if (order < 0)
                        to = middle;
                else
                        from = middle + 1;
        }
        return english;
}

struct str text_fill(struct arena *arena, struct str text, const struct str *values, size_t n) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(TEXT_FILLED_MAX);

        for (size_t i = 0; i < text.len; i++) {
                const char *at = text.ptr + i;
                bool place = i + 2 < text.len && at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}';

                if (place && (size_t)(at[1] - '0') < n) {
                        strbuf_append(&out, values[at[1] - '0']);
                        i += 2;
                } else
                        strbuf_append_char(&out, *at);
        }
        return out.failed ? STR_NULL : arena_copy(arena, strbuf_str(&out));
}

struct str text_sentence(enum language language, const struct sentence *sentence) {
        struct str values[SENTENCE_VALUES_MAX], text = text_in(language, sentence->pattern);

        if (language == LANGUAGE_ENGLISH)
                return sentence->text;
        for (size_t i = 0; i < sentence->n_values; i++)
                values[i] = sentence->ours[i] ? text_in(language, sentence->values[i]) : sentence->values[i];
        text = text_fill(sentence->arena, text, values, sentence->n_values);
        return text.ptr ? text : sentence->text;
}
