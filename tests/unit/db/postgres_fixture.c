#include "postgres_fixture.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum { START_MS = 30000, STEP_MS = 20 };

/* The newest version's folder of programs; empty when there is none. */
static void programs(char *out, size_t capacity) {
        glob_t found;

        out[0] = '\0';
        if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0)
                (void)snprintf(out, capacity, "%.*s", (int)(strlen(found.gl_pathv[found.gl_pathc - 1]) - 7),
                               found.gl_pathv[found.gl_pathc - 1]);
        globfree(&found);
}

bool postgres_installed(void) {
        char folder[256];

        programs(folder, sizeof(folder));
        if (!folder[0])
                print_message(
                        "PostgreSQL is not installed: scripts/install-deps.sh test installs it. Skipped.\n");
        return folder[0] != '\0';
}

/* PostgreSQL refuses to run as root. */
static const struct passwd *other_user(void) {
        const struct passwd *user;

        if (geteuid() != 0)
                return NULL;
        user = getpwnam("postgres");
        return user ? user : getpwnam("nobody");
}

/* In a child: becomes the program, which ends with its parent. */
static void become(const char *folder, char *const *arguments) {
        const struct passwd *user = other_user();
        char path[512];

        (void)snprintf(path, sizeof(path), "%s/log", folder);
        if (user && (setgroups(0, NULL) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0))
                _exit(126);
        (void)prctl(PR_SET_PDEATHSIG, SIGQUIT);
        if (!freopen(path, "a", stdout) || !freopen(path, "a", stderr) || chdir(folder) < 0)
                _exit(126);
        (void)execv(arguments[0], arguments);
        _exit(127);
}

static pid_t spawn(const char *folder, char *const *arguments) {
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0)
                become(folder, arguments);
        return pid;
}

static void pause_step(void) {
        const struct timespec time = { .tv_nsec = STEP_MS * 1000000 };

        (void)nanosleep(&time, NULL);
}

void postgres_fixture_start(struct postgres_fixture *f) {
        char program[300], data[128], socket[128], folder[256];
        char *const arguments[] = { program,
                                    (char *)"-D",
                                    data,
                                    (char *)"-k",
                                    socket,
                                    (char *)"-c",
                                    (char *)"listen_addresses=",
                                    (char *)"-c",
                                    (char *)"fsync=off",
                                    (char *)"-c",
                                    (char *)"deadlock_timeout=100ms",
                                    NULL };

        programs(folder, sizeof(folder));
        (void)snprintf(program, sizeof(program), "%s/postgres", folder);
        (void)snprintf(data, sizeof(data), "%s/data", f->folder);
        (void)snprintf(socket, sizeof(socket), "%s", f->folder);
        for (int waited = 0; waited < START_MS; waited += STEP_MS) {
                /* Right after a kill the processes of before may still hold its memory: it is tried again. */
                if (f->server == 0 || waitpid(f->server, NULL, WNOHANG) == f->server)
                        f->server = spawn(f->folder, arguments);
                pause_step();
                if (PQping(f->url) == PQPING_OK)
                        return;
        }
        fail_msg("PostgreSQL did not start: see %s/log", f->folder);
}

/* Its processes for connections end when they see that the first one is gone, and answer until then. */
void postgres_fixture_kill(struct postgres_fixture *f) {
        assert_int_equal(kill(f->server, SIGKILL), 0);
        while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
                ;
        f->server = 0;
}

static void data_make(struct postgres_fixture *f) {
        char program[300], data[128], folder[256];
        char *const arguments[] = { program,
                                    (char *)"-D",
                                    data,
                                    (char *)"-U",
                                    (char *)"tester",
                                    (char *)"-A",
                                    (char *)"trust",
                                    (char *)"-E",
                                    (char *)"UTF8",
                                    (char *)"--no-sync",
                                    (char *)"--locale=C",
                                    NULL };
        int status;

        programs(folder, sizeof(folder));
        (void)snprintf(program, sizeof(program), "%s/initdb", folder);
        (void)snprintf(data, sizeof(data), "%s/data", f->folder);
        assert_true(waitpid(spawn(f->folder, arguments), &status, 0) > 0);
        assert_int_equal(status, 0);
}

int postgres_fixture_setup(void **state) {
        const struct passwd *user = other_user();
        char problem[DATABASE_PROBLEM_MAX];
        struct postgres_fixture *f = calloc(1, sizeof(*f));
        unsigned applied;

        assert_non_null(f);
        log_setup(LOG_ERROR + 1, LOG_LOGFMT);
        (void)snprintf(f->folder, sizeof(f->folder), "/tmp/gatehouse-pg-XXXXXX");
        assert_non_null(mkdtemp(f->folder));
        if (user)
                assert_int_equal(chown(f->folder, user->pw_uid, user->pw_gid), 0);
        (void)snprintf(f->url, sizeof(f->url), "postgresql://tester@/postgres?host=%s", f->folder);
        arena_init(&f->arena, 1024 * 1024);
        assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1),
                         0); /* its processes are waited for when it is killed */
        data_make(f);
        postgres_fixture_start(f);
        if (database_open(str_of(f->url), &f->db, problem) < 0)
                fail_msg("%s", problem);
        if (database_migrate(f->db, &applied, problem) < 0)
                fail_msg("%s", problem);
        *state = f;
        return 0;
}

int postgres_fixture_teardown(void **state) {
        struct postgres_fixture *f = *state;
        char command[128];

        f->db = database_close(f->db);
        if (f->server) {
                (void)kill(f->server, SIGQUIT);
                (void)waitpid(f->server, NULL, 0);
        }
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", f->folder);
        assert_int_equal(system(command), 0);
        arena_done(&f->arena);
        free(f);
        return 0;
}

static PGresult *run(const struct postgres_fixture *f, PGconn **ret, const char *sql) {
        PGresult *result;

        *ret = PQconnectdb(f->url);
        assert_int_equal(PQstatus(*ret), CONNECTION_OK);
        result = PQexec(*ret, sql);
        if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
                fail_msg("%s: %s", sql, PQerrorMessage(*ret));
        return result;
}

void postgres_fixture_run(const struct postgres_fixture *f, const char *sql) {
        PGconn *handle;

        PQclear(run(f, &handle, sql));
        PQfinish(handle);
}

long postgres_fixture_number(const struct postgres_fixture *f, const char *sql) {
        PGconn *handle;
        PGresult *result = run(f, &handle, sql);
        long number = strtol(PQgetvalue(result, 0, 0), NULL, 10);

        PQclear(result);
        PQfinish(handle);
        return number;
}
