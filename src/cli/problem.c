#include <stdarg.h>
#include <stdio.h>

#include "cli/command.h"

void problem(const char *who, const char *format, ...) {
        va_list args;

        fflush(stdout);
        fprintf(stderr, "%s: ", who);
        va_start(args, format);
        vfprintf(stderr, format, args);
        va_end(args);
        fputc('\n', stderr);
}
