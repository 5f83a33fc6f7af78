#include "cli/tool_database.h"

#include "base/errors.h"
#include "cli/command.h"

int tool_database_open(const char *who, const struct settings *settings, struct database **ret) {
        char text[DATABASE_PROBLEM_MAX];
        _cleanup_(tool_database_close) struct database *db = NULL;
        unsigned applied;
        int r;

        r = database_open(settings->database_url, &db, text);
        if (r >= 0)
                r = database_migrate(db, &applied, text);
        if (r < 0) {
                problem(who, "%s", text);
                return r;
        }
        r = database_await_nodes(db);
        if (r < 0) {
                problem(who, STR_FMT, STR_ARG(error_row(r)->text));
                return r;
        }
        *ret = TAKE(db);
        return 0;
}

void tool_database_close(struct database **db) {
        *db = database_close(*db);
}
