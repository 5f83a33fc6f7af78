#include "support/database_file.h"

#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "db/database.h"

void database_folder_make(char ret_folder[64]) {
        const char *tmp = getenv("TMPDIR");

        (void)snprintf(ret_folder, 64, "%.32s/gatehouse-unit-XXXXXX", tmp ? tmp : "/tmp");
        assert_non_null(mkdtemp(ret_folder));
}

void database_folder_remove(const char *folder) {
        char path[512];
        struct dirent *entry;
        DIR *dir = opendir(folder);

        while (dir && (entry = readdir(dir))) {
                if (entry->d_name[0] == '.')
                        continue;
                (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
                if (entry->d_type == DT_DIR)
                        database_folder_remove(path);
                else
                        (void)unlink(path);
        }
        if (dir)
                (void)closedir(dir);
        (void)rmdir(folder);
}

static void migrate(const char *path) {
        char problem[DATABASE_PROBLEM_MAX] = "", url[160];
        struct database *db;
        unsigned applied;

        (void)snprintf(url, sizeof(url), "sqlite:%s", path);
        if (database_open(str_of(url), &db, problem) < 0 || database_migrate(db, &applied, problem) < 0)
                fail_msg("%s", problem);
        database_close(db); /* which leaves one file, without a log */
}

/* The first one's bytes. */
static char *made;
static size_t made_size;

static void keep(const char *path) {
        FILE *file = fopen(path, "rb");

        assert_non_null(file);
        assert_int_equal(fseek(file, 0, SEEK_END), 0);
        made_size = (size_t)ftell(file);
        rewind(file);
        made = malloc(made_size);
        assert_non_null(made);
        assert_int_equal(fread(made, 1, made_size, file), made_size);
        (void)fclose(file);
}

void database_file_make(const char *path) {
        FILE *file;

        if (!made) {
                migrate(path);
                keep(path);
                return;
        }
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(made, 1, made_size, file), made_size);
        assert_int_equal(fclose(file), 0);
}
