#include "cli/prompt.h"

#include <stdio.h>

#include "base/errors.h"

int prompt_line(struct arena *arena, const char *question, struct str *ret) {
        char line[PROMPT_LINE_MAX + 2];
        struct str text;

        fprintf(stderr, "%s: ", question);
        fflush(stderr);
        if (!fgets(line, sizeof(line), stdin)) {
                fputc('\n', stderr);
                return -ERR_BAD_REQUEST;
        }
        text = str_of(line);
        if (text.len && text.ptr[text.len - 1] == '\n')
                text.len--;
        else if (!feof(stdin))
                return -ERR_BAD_REQUEST;
        if (text.len && text.ptr[text.len - 1] == '\r')
                text.len--;
        text = arena_copy(arena, str_trim(text));
        if (!text.ptr)
                return -ERR_NO_MEMORY;
        *ret = text;
        return 0;
}
