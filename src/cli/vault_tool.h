/* What the commands `gatehouse vault …` share. */
#pragma once

#include "cli/settings_args.h"
#include "integrations/vault_rotation.h"

enum { VAULT_TOOL_OUTPUT_MAX = 64 * 1024, VAULT_TOOL_ARENA_MAX = 256 * 1024 };

/* What they work with; zeroed at first, but for the arena. */
struct vault_tool {
        struct settings settings;
        struct database *database;
        struct context context;
        struct arena arena;
};

/* Opens the database, and the vault that belongs to it. What is wrong is said on standard error.
 * errors   ERR_SETTINGS, ERR_STORAGE, ERR_NO_MEMORY; vault_tool_close() frees what was opened */
_must_use_ int vault_tool_open(const char *who, const struct settings_args *args, struct vault_tool *t);
void vault_tool_close(struct vault_tool *t);

/* Progress on standard error, where people look at it: see struct vault_work. */
void vault_tool_show(void *data, const struct vault_progress *p);
void vault_tool_hide(void);

/* Says what a result means; the exit status. */
int vault_tool_failed(const char *who, int r);
