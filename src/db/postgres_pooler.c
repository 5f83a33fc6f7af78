/* Finds out whether a pooler stands between this process and PostgreSQL that lends connections by the transaction. */
#include <stdio.h>

#include "db/postgres_int.h"

enum { PID_MAX = 16 };

/* The number of the server's process that answers; false on failure. */
static bool backend_of(PGconn *handle, char ret[PID_MAX]) {
        PGresult *result = PQexec(handle, "SELECT pg_backend_pid()");
        bool good = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;

        if (good)
                (void)snprintf(ret, PID_MAX, "%s", PQgetvalue(result, 0, 0));
        PQclear(result);
        return good;
}

/* Idle, such a pooler lends both the same one; busy, now this one and now that. */
static int compare(PGconn *one, PGconn *other) {
        char first[2][PID_MAX], second[2][PID_MAX];

        for (unsigned i = 0; i < 2; i++)
                if (!backend_of(one, first[i]) || !backend_of(other, second[i]))
                        return -ERR_STORAGE;
        return strcmp(first[0], first[1]) == 0 && strcmp(second[0], second[1]) == 0 &&
                               strcmp(first[0], second[0]) != 0
                       ? 0
                       : -ERR_SETTINGS;
}

int postgres_check_direct(PGconn *handle, const char *const *names, const char *const *values) {
        PGconn *other;
        char pid[PID_MAX], told[PID_MAX];
        int r = -ERR_STORAGE;

        if (!backend_of(handle, pid))
                return -ERR_STORAGE;
        (void)snprintf(told, sizeof(told), "%d", PQbackendPID(handle));
        if (strcmp(pid, told) == 0) /* a pooler can't tell which it will be, and makes a number up */
                return 0;
        other = PQconnectdbParams(names, values, 1);
        if (PQstatus(other) == CONNECTION_OK)
                r = compare(handle, other);
        PQfinish(other);
        return r;
}
