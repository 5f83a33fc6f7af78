#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "cli/command.h"

enum { NAME_MAX_LENGTH = 64, FAR = 3 };

static void print_help(const struct program *program, FILE *to) {
        fprintf(to, "%s: %s\n\nUsage: %s COMMAND [OPTION...]\n\nCommands:\n", program->name, program->summary,
                program->name);
        for (unsigned i = 0; program->commands[i].name; i++)
                fprintf(to, "  %-18s %s\n", program->commands[i].name, program->commands[i].summary);
        fprintf(to,
                "\n`%s COMMAND --help` tells all about a command: its options, their environment variables "
                "and\n"
                "defaults, and examples. `%s --version` prints the version.\n",
                program->name, program->name);
}

/* Number of words of `argv` that name the command, 0 if they don't. */
static int words_matched(const struct command *command, int argc, char **argv) {
        struct str rest = str_of(command->name), word;
        int n = 0;

        while (str_next(&rest, ' ', &word)) {
                if (n == argc || !str_eq(word, str_of(argv[n])))
                        return 0;
                n++;
        }
        return n;
}

static const struct command *find(const struct program *program, int argc, char **argv, int *ret_words) {
        for (unsigned i = 0; program->commands[i].name; i++) {
                *ret_words = words_matched(&program->commands[i], argc, argv);
                if (*ret_words)
                        return &program->commands[i];
        }
        return NULL;
}

/* Edits that make one word of the other (Levenshtein); long words count as far from all. */
static unsigned distance(struct str a, struct str b) {
        unsigned row[NAME_MAX_LENGTH + 1];

        if (a.len > NAME_MAX_LENGTH || b.len > NAME_MAX_LENGTH)
                return NAME_MAX_LENGTH;
        for (unsigned j = 0; j <= b.len; j++)
                row[j] = j;
        for (unsigned i = 0; i < a.len; i++) {
                unsigned diagonal = row[0];

                row[0] = i + 1;
                for (unsigned j = 0; j < b.len; j++) {
                        unsigned change = diagonal + (a.ptr[i] != b.ptr[j]);
                        unsigned add_or_drop = MIN_OF(row[j], row[j + 1]) + 1;

                        diagonal = row[j + 1];
                        row[j + 1] = MIN_OF(add_or_drop, change);
                }
        }
        return row[b.len];
}

static const char *nearest(const struct program *program, struct str typed) {
        const char *best = NULL;
        unsigned least = FAR;

        for (unsigned i = 0; program->commands[i].name; i++) {
                struct str name = str_of(program->commands[i].name);
                unsigned d =
                        MIN_OF(distance(typed, name),
                               distance(typed, str_first(name, strcspn(program->commands[i].name, " "))));

                if (d < least) {
                        least = d;
                        best = program->commands[i].name;
                }
        }
        return best;
}

static int refuse_unknown(const struct program *program, const char *typed) {
        const char *best = nearest(program, str_of(typed));

        if (best)
                problem(program->name, "there is no command '%s'. Did you mean '%s'?", typed, best);
        else
                problem(program->name, "there is no command '%s'.", typed);
        fprintf(stderr, "`%s --help` lists the commands.\n", program->name);
        return STATUS_USAGE;
}

static int run(const struct program *program, const struct command *command, int argc, char **argv) {
        char who[NAME_MAX_LENGTH];

        snprintf(who, sizeof(who), "%s %s", program->name, command->name);
        argv[0] = who;
        argp_err_exit_status = STATUS_USAGE;
        return command->run(argc, argv);
}

int program_run(const struct program *program, int argc, char **argv) {
        const struct command *command;
        char help[] = "--help";
        int words;

        if (argc < 2) {
                print_help(program, stderr);
                return STATUS_USAGE;
        }
        if (str_eq(str_of(argv[1]), STR("--version")) || str_eq(str_of(argv[1]), STR("-V")))
                return command_version(1, argv);
        if (str_eq(str_of(argv[1]), STR("--help")) || str_eq(str_of(argv[1]), STR("-?")) ||
            str_eq(str_of(argv[1]), STR("-h")) || (argc == 2 && str_eq(str_of(argv[1]), STR("help")))) {
                print_help(program, stdout);
                return STATUS_OK;
        }
        if (str_eq(str_of(argv[1]), STR("help"))) {
                command = find(program, argc - 2, argv + 2, &words);
                if (!command)
                        return refuse_unknown(program, argv[2]);
                return run(program, command, 2, (char *[]){ argv[0], help, NULL });
        }

        command = find(program, argc - 1, argv + 1, &words);
        if (!command)
                return refuse_unknown(program, argv[1]);
        /* The command's last word gives its place to the name that stands for all of them. */
        return run(program, command, argc - words, argv + words);
}
