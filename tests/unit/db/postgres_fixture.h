/* A real PostgreSQL of a test's own: in a temporary folder, on a Unix socket there, ended with the test whatever happens. */
#pragma once

#include "unit.h"

#include <stdio.h>

#include "db/database_int.h"
#include "db/postgres_int.h"
#include "db/statements.h"

struct postgres_fixture {
        char folder[64];
        char url[256];
        pid_t server; /* 0 while it is down */
        struct database *db;
        struct arena arena;
};

/* Whether its programs are installed; says so when they aren't. */
bool postgres_installed(void);

/* As cmocka's setup and teardown of a group: makes the server, opens and migrates a database; *state is the fixture. */
int postgres_fixture_setup(void **state);
int postgres_fixture_teardown(void **state);

/* Ends the server without a warning (SIGKILL), with all of its processes, and starts it again. */
void postgres_fixture_kill(struct postgres_fixture *f);
void postgres_fixture_start(struct postgres_fixture *f);

/* Runs text as somebody else, over a connection of its own. */
void postgres_fixture_run(const struct postgres_fixture *f, const char *sql);

/* The first column of the only row, a number. */
long postgres_fixture_number(const struct postgres_fixture *f, const char *sql);
