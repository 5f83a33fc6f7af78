#include "account/word_list.h"

static int compare(struct str a, struct str b) {
        int order = memcmp(a.ptr, b.ptr, MIN_OF(a.len, b.len));

        return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool word_list_has(const struct word_list *list, struct str word) {
        unsigned from = 0, to = list->count;

        if (word.len == 0)
                return false;
        while (from < to) {
                unsigned middle = from + (to - from) / 2;
                size_t start = list->offsets[middle];
                int order = compare(word, str_n(list->text + start, list->offsets[middle + 1] - start));

                if (order == 0)
                        return true;
                if (order < 0)
                        to = middle;
                else
                        from = middle + 1;
        }
        return false;
}
