#include "cli/key_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"

struct fixture {
        char folder[64];
        char path[128];
        char problem[PRIVATE_FILE_PROBLEM_MAX];
};

static int setup(void **state) {
        struct fixture *f = calloc(1, sizeof(*f));

        *state = f;
        if (!f)
                return -1;
        snprintf(f->folder, sizeof(f->folder), "/tmp/key-file-test-XXXXXX");
        if (!mkdtemp(f->folder))
                return -1;
        snprintf(f->path, sizeof(f->path), "%s/a/b/key", f->folder);
        return 0;
}

static int teardown(void **state) {
        struct fixture *f = *state;
        char path[160];

        unlink(f->path);
        snprintf(path, sizeof(path), "%s/a/b", f->folder);
        rmdir(path);
        snprintf(path, sizeof(path), "%s/a", f->folder);
        rmdir(path);
        /* Fails if anything was left behind: no draft of a key stays. */
        int r = rmdir(f->folder);

        free(f);
        return r;
}

static void write_key(const struct fixture *f, const char *text, mode_t mode) {
        int fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        close(fd);
        assert_int_equal(chmod(f->path, mode), 0);
}

static void the_first_start_makes_a_key_that_stays(void **state) {
        struct fixture *f = *state;
        struct mac_key one, two;
        struct stat st;
        char folder[160];

        assert_int_equal(key_file_load(f->path, &random_system, &one, f->problem), 0);
        assert_int_equal(stat(f->path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(st.st_size, 65);
        snprintf(folder, sizeof(folder), "%s/a", f->folder);
        assert_int_equal(stat(folder, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0700);

        assert_int_equal(key_file_load(f->path, &random_system, &two, f->problem), 0);
        assert_memory_equal(&one, &two, sizeof(one));
}

static void a_key_that_others_can_read_is_refused_with_the_remedy(void **state) {
        static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0666, 0610 };
        struct fixture *f = *state;
        struct mac_key key;

        assert_int_equal(key_file_load(f->path, &random_system, &key, f->problem), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
                assert_int_equal(chmod(f->path, modes[i]), 0);
                assert_int_equal(key_file_load(f->path, &random_system, &key, f->problem), -ERR_SETTINGS);
                assert_non_null(strstr(f->problem, "chmod 600"));
        }
}

static void what_is_no_key_is_refused_and_kept(void **state) {
        static const char *const texts[] = {
                "",
                "\n",
                "0123",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdefa",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n\n",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg\n",
        };
        struct fixture *f = *state;
        struct mac_key key;

        assert_int_equal(key_file_load(f->path, &random_system, &key, f->problem), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
                struct stat st;

                write_key(f, texts[i], 0600);
                assert_int_equal(key_file_load(f->path, &random_system, &key, f->problem), -ERR_SETTINGS);
                assert_non_null(strstr(f->problem, "does not hold a key"));
                assert_int_equal(stat(f->path, &st), 0);
                assert_int_equal(st.st_size, strlen(texts[i]));
        }
}

static void a_key_with_or_without_a_line_break_is_the_same(void **state) {
        static const uint8_t eight[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
        struct fixture *f = *state;
        struct mac_key one, two;
        uint8_t bytes[HASH_SIZE];

        assert_int_equal(key_file_load(f->path, &random_system, &one, f->problem), 0);
        write_key(f, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0600);
        assert_int_equal(key_file_load(f->path, &random_system, &one, f->problem), 0);
        write_key(f, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n", 0600);
        assert_int_equal(key_file_load(f->path, &random_system, &two, f->problem), 0);
        assert_memory_equal(&one, &two, sizeof(one));
        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = eight[i % sizeof(eight)];
        mac_key_set(&two, bytes);
        assert_memory_equal(&one, &two, sizeof(one));
}

static int fill_failing(const struct random *r, void *out, size_t n) {
        return -ERR_RANDOM;
}

static void without_randomness_there_is_no_key(void **state) {
        static const struct random failing = { fill_failing };
        struct fixture *f = *state;
        struct mac_key key;

        assert_int_equal(key_file_load(f->path, &failing, &key, f->problem), -ERR_RANDOM);
        assert_int_equal(access(f->path, F_OK), -1);
}

static void a_folder_in_its_place_is_refused(void **state) {
        struct fixture *f = *state;
        struct mac_key key;

        assert_int_equal(key_file_load(f->folder, &random_system, &key, f->problem), -ERR_SETTINGS);
        assert_non_null(strstr(f->problem, "not a file"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_first_start_makes_a_key_that_stays, setup, teardown),
                cmocka_unit_test_setup_teardown(a_key_that_others_can_read_is_refused_with_the_remedy, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(what_is_no_key_is_refused_and_kept, setup, teardown),
                cmocka_unit_test_setup_teardown(a_key_with_or_without_a_line_break_is_the_same, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(without_randomness_there_is_no_key, setup, teardown),
                cmocka_unit_test_setup_teardown(a_folder_in_its_place_is_refused, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
