#include "cli/vault_tool.h"

#include <stdio.h>
#include <unistd.h>

#include "base/errors.h"
#include "cli/command.h"
#include "cli/process.h"
#include "cli/tool_database.h"

enum { BAR_WIDTH = 28 };

void vault_tool_close(struct vault_tool *t) {
        t->context.vault = vault_free(t->context.vault);
        t->database = database_close(t->database);
        arena_done(&t->arena);
}

int vault_tool_open(const char *who, const struct settings_args *args, struct vault_tool *t) {
        char text[VAULT_PROBLEM_MAX];
        int r;

        process_protect_secrets();
        r = settings_load(who, args, &t->settings);
        if (r >= 0)
                r = tool_database_open(who, &t->settings, &t->database);
        if (r < 0)
                return r;
        log_setup(t->settings.log_level, t->settings.log_format);
        t->context.settings = &t->settings;
        t->context.clock = &clock_system;
        t->context.random = &random_system;
        r = vault_new(&t->settings, &random_system, &t->context.vault, text);
        if (r >= 0)
                r = vault_start(t->context.vault, t->database, &clock_system, text);
        if (r < 0)
                problem(who, "%s", text);
        return r;
}

void vault_tool_show(void *data _unused_, const struct vault_progress *p) {
        int64_t total = MAX_OF(p->total, p->done);
        int filled = total ? (int)(p->done * BAR_WIDTH / total) : BAR_WIDTH;

        fprintf(stderr, "\r[%.*s%*s] %lld of %lld credentials ", filled, "############################",
                BAR_WIDTH - filled, "", (long long)p->done, (long long)total);
}

void vault_tool_hide(void) {
        if (isatty(STDERR_FILENO))
                fputs("\r\033[K", stderr);
}

int vault_tool_failed(const char *who, int r) {
        problem(who, STR_FMT, STR_ARG(error_row(r)->text));
        return STATUS_FAILED;
}
