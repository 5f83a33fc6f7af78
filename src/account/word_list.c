#include "account/word_list.h"

static int compare(struct str a, struct str b) {
        int order = memcmp(a.ptr, b.ptr, MIN_OF(a.len, b.len));

        return order ? order : (a.len > b.len) - (a.len < b.len);
}

struct str word_list_at(const struct word_list *list, unsigned i) {
        return str_n(list->text + list->offsets[i], list->offsets[i + 1] - list->offsets[i]);
}

bool word_list_has(const struct word_list *list, struct str word) {
        unsigned from = 0, to = list->count;

        if (word.len == 0)
                return false;
        while (from < to) {
                unsigned middle = from + (to - from) / 2;
                int order = compare(word, word_list_at(list, middle));

                if (order == 0)
                        return true;
                if (order < 0)
                        to = middle;
                else
                        from = middle + 1;
        }
        return false;
}
