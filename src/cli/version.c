#include <argp.h>
#include <stdio.h>

#include "cli/command.h"

const char *argp_program_version = "gatehouse " GATEHOUSE_VERSION;

int command_version(int argc, char **argv) {
        static const struct argp argp = { .doc = "Print the version of this program." };
        error_t r = argp_parse(&argp, argc, argv, 0, NULL, NULL);

        if (r != 0)
                return STATUS_FAILED;
        puts(argp_program_version);
        return STATUS_OK;
}
