#include "base/json_depth.h"

bool json_deeper_than(struct str text, unsigned max) {
        bool in_string = false;
        unsigned depth = 0;

        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];

                if (in_string) {
                        if (c == '\\')
                                i++;
                        else if (c == '"')
                                in_string = false;
                } else if (c == '"') {
                        in_string = true;
                } else if (c == '{' || c == '[') {
                        if (++depth > max)
                                return true;
                } else if ((c == '}' || c == ']') && depth > 0) {
                        depth--;
                }
        }
        return false;
}
