#include "cli/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <argp.h>
#include <sys/wait.h>

#include "base/str.h"
#include "cli/settings_args.h"

enum { WORDS_MAX = 12, OUTPUT_MAX = 32768 };

static struct settings_args given;

static error_t parse_strict(int key, char *arg, struct argp_state *state) {
        if (key == ARGP_KEY_INIT) {
                state->child_inputs[0] = &given;
                return 0;
        }
        return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = { { .argp = &settings_argp_serve }, { 0 } };
static const struct argp argp = { .parser = parse_strict, .doc = "Do it.", .children = children };

static int run_one(int argc, char **argv) {
        if (argp_parse(&argp, argc, argv, 0, NULL, &given) != 0)
                return STATUS_USAGE;
        printf("ran '%s' with %d, listen=%s\n", argv[0], argc, given.listen ? given.listen : "-");
        return STATUS_OK;
}

static int run_two(int argc, char **argv) {
        printf("two as '%s'\n", argv[0]);
        return STATUS_FAILED;
}

int command_version(int argc, char **argv) {
        puts("version 9");
        return STATUS_OK;
}

static const struct program program = {
        .name = "prog",
        .summary = "a program",
        .commands = { { "serve", "run it", run_one }, { "user create", "add somebody", run_two } },
};

/* Runs the program in a process of its own, for argp exits; returns its status and what it wrote. */
static int run(const char *line, char output[OUTPUT_MAX]) {
        char copy[256], *argv[WORDS_MAX + 1] = { 0 };
        struct str rest = str_of(line), word;
        size_t used = 0, n;
        int argc = 0, pipes[2], status;
        ssize_t got;
        pid_t child;

        while (str_next(&rest, ' ', &word)) {
                argv[argc++] = copy + used;
                memcpy(copy + used, word.ptr, word.len);
                used += word.len;
                copy[used++] = '\0';
        }
        assert_int_equal(pipe(pipes), 0);
        fflush(stdout);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                dup2(pipes[1], 1);
                dup2(pipes[1], 2);
                close(pipes[0]);
                close(pipes[1]);
                exit(program_run(&program, argc, argv));
        }
        close(pipes[1]);
        for (n = 0; (got = read(pipes[0], output + n, OUTPUT_MAX - 1 - n)) > 0; n += (size_t)got)
                ;
        output[n] = '\0';
        close(pipes[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static void assert_run(const char *line, int status, const char *part) {
        char output[OUTPUT_MAX];
        int got = run(line, output);

        if (got != status || !strstr(output, part))
                fail_msg("`%s`: status %d, output:\n%s\nwanted %d and \"%s\"", line, got, output, status,
                         part);
}

static void the_command_is_found_by_its_words(void **state) {
        assert_run("prog serve", STATUS_OK, "ran 'prog serve' with 1");
        assert_run("prog user create", STATUS_FAILED, "two as 'prog user create'");
        assert_run("prog serve --listen 127.0.0.1:9", STATUS_OK, "listen=127.0.0.1:9");
        assert_run("prog serve --listen=127.0.0.1:9", STATUS_OK, "listen=127.0.0.1:9");
}

static void an_unknown_command_is_a_usage_error_with_a_hint(void **state) {
        assert_run("prog sevre", STATUS_USAGE, "Did you mean 'serve'?");
        assert_run("prog usr", STATUS_USAGE, "Did you mean 'user create'?");
        assert_run("prog user", STATUS_USAGE, "Did you mean 'user create'?");
        assert_run("prog user delete", STATUS_USAGE, "there is no command 'user'");
        assert_run("prog entirely-different", STATUS_USAGE, "there is no command 'entirely-different'.");
        assert_run("prog entirely-different", STATUS_USAGE, "`prog --help` lists the commands.");
        assert_run("prog serveserveserveserveserveserveserveserveserveserveserveserveserveserve",
                   STATUS_USAGE, "there is no");
        assert_run("prog help nothing", STATUS_USAGE, "there is no command 'nothing'");
}

static void without_a_command_the_help_is_shown(void **state) {
        assert_run("prog", STATUS_USAGE, "  user create        add somebody\n");
        assert_run("prog --help", STATUS_OK, "Usage: prog COMMAND");
        assert_run("prog help", STATUS_OK, "Usage: prog COMMAND");
        assert_run("prog --version", STATUS_OK, "version 9");
}

static void an_unknown_option_is_a_usage_error(void **state) {
        assert_run("prog serve --frobnicate", STATUS_USAGE, "unrecognized option '--frobnicate'");
        assert_run("prog serve --listen", STATUS_USAGE, "requires an argument");
        assert_run("prog serve --listen=", STATUS_USAGE, "needs a value");
        assert_run("prog serve extra", STATUS_USAGE, "Too many arguments");
        assert_run("prog serve -x", STATUS_USAGE, "invalid option -- 'x'");
}

static void help_names_variables_and_defaults(void **state) {
        assert_run("prog serve --help", STATUS_OK, "(GATEHOUSE_LISTEN,");
        assert_run("prog serve --help", STATUS_OK, "127.0.0.1:8006");
        assert_run("prog help serve", STATUS_OK, "--public-url=URL");
        assert_run("prog serve --help", STATUS_OK, "GATEHOUSE_THEME_DIR");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_command_is_found_by_its_words),
                cmocka_unit_test(an_unknown_command_is_a_usage_error_with_a_hint),
                cmocka_unit_test(without_a_command_the_help_is_shown),
                cmocka_unit_test(an_unknown_option_is_a_usage_error),
                cmocka_unit_test(help_names_variables_and_defaults),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
