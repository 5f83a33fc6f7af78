/* Runs a fuzz target over files: the corpus, or an input that once broke something. Stands in for libFuzzer where there
 * is none, and where runs are to be brief. Every strict prefix of a file is an input too: parsers must bear a text that is cut
 * off anywhere. So is what mutations make of the files, RUNS of them or as many as there are SECONDS for.
 *
 *     replay [--runs=RUNS] [--seconds=SECONDS] [--seed=SEED] [--dict=FILE] FILE_OR_FOLDER …
 *
 * An input that breaks the target is left in broken-TARGET.bin, in the current folder. */
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#include "base/clock.h"
#include "mutate.h"

enum {
        INPUT_MAX = 1024 * 1024,
        PREFIXES_MAX = 4096,
        INPUTS_MAX = 4096,
        MUTATED_MAX = 64 * 1024,
        PATH_TEXT_MAX = 4096
};

/* Targets without it get this one. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_) {
        return 0;
}

static struct str inputs[INPUTS_MAX];
static size_t n_inputs;
static unsigned long executions;

/* On memory of exactly its size, so that the sanitizer sees a read past its end. */
static void run(const void *bytes, size_t size) {
        uint8_t *copy = malloc(size ? size : 1);

        if (!copy)
                exit(1);
        if (size)
                memcpy(copy, bytes, size);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
        executions++;
}

static bool read_file(const char *path) {
        static char bytes[INPUT_MAX];
        FILE *file = fopen(path, "rb");
        size_t size;
        char *copy;

        if (!file) {
                perror(path);
                return false;
        }
        size = fread(bytes, 1, sizeof(bytes), file);
        fclose(file);
        copy = malloc(size + 1);
        if (!copy || n_inputs == INPUTS_MAX)
                exit(1);
        memcpy(copy, bytes, size);
        inputs[n_inputs++] = (struct str){ copy, size };
        return true;
}

static bool read_inputs(const char *path);

static bool read_folder(const char *path) {
        char child[PATH_TEXT_MAX];
        struct dirent *entry;
        bool ok = true;
        DIR *folder;

        folder = opendir(path);
        if (!folder) {
                perror(path);
                return false;
        }
        while ((entry = readdir(folder))) {
                if (entry->d_name[0] == '.')
                        continue;
                (void)snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
                ok = read_inputs(child) && ok;
        }
        closedir(folder);
        return ok;
}

static bool read_inputs(const char *path) {
        struct stat about;

        if (stat(path, &about) < 0) {
                perror(path);
                return false;
        }
        return S_ISDIR(about.st_mode) ? read_folder(path) : read_file(path);
}

static void replay(struct str input) {
        for (size_t n = 0; n < input.len && n < PREFIXES_MAX; n++)
                run(input.ptr, n);
        run(input.ptr, input.len);
}

static uint8_t mutated[MUTATED_MAX];
static size_t mutated_size;
static char broken[256]; /* where it is left */

/* Whatever goes wrong ends in abort(): what HOLDS() does, and a sanitizer with abort_on_error. */
static void on_abort(int number _unused_) {
        int file = open(broken, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        if (file < 0 || write(file, mutated, mutated_size) < 0)
                _exit(1);
        (void)close(file);
}

/* In turn with each file, so that all of them get their share. */
static void run_mutated(unsigned long runs, long seconds, uint64_t seed, const char *program) {
        const struct sigaction action = { .sa_handler = on_abort, .sa_flags = (int)SA_RESETHAND };
        const char *slash = strrchr(program, '/');
        int64_t end = clock_monotonic_ms() + seconds * 1000;

        (void)snprintf(broken, sizeof(broken), "broken-%s.bin", slash ? slash + 1 : program);
        printf("mutations of seed %llu; what breaks is left in %s\n", (unsigned long long)seed, broken);
        (void)fflush(stdout);
        (void)sigaction(SIGABRT, &action, NULL);
        mutate_seed(seed);
        for (unsigned long i = 0; i < runs && clock_monotonic_ms() < end; i++) {
                struct str input = str_first(inputs[i % n_inputs], MUTATED_MAX);

                memcpy(mutated, input.ptr, input.len);
                mutated_size = mutate(mutated, input.len, MUTATED_MAX, inputs[(i / n_inputs) % n_inputs]);
                run(mutated, mutated_size);
        }
}

int main(int argc, char **argv) {
        static const struct option options[] = {
                { "runs", required_argument, NULL, 'r' },
                { "seconds", required_argument, NULL, 't' },
                { "seed", required_argument, NULL, 's' },
                { "dict", required_argument, NULL, 'd' },
                { NULL, 0, NULL, 0 },
        };
        uint64_t seed = (uint64_t)clock_now(&clock_system);
        unsigned long runs = ULONG_MAX;
        long seconds = 0;
        bool ok = true;
        int option;

        LLVMFuzzerInitialize(&argc, &argv);
        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
                if (option == 'r')
                        runs = strtoul(optarg, NULL, 10);
                else if (option == 't')
                        seconds = strtol(optarg, NULL, 10);
                else if (option == 's')
                        seed = strtoull(optarg, NULL, 10);
                else if (option == 'd')
                        mutate_words(optarg);
                else
                        return 2;
        for (int i = optind; i < argc; i++)
                ok = read_inputs(argv[i]) && ok;
        for (size_t i = 0; i < n_inputs; i++)
                replay(inputs[i]);
        if (seconds > 0 && n_inputs)
                run_mutated(runs, seconds, seed, argv[0]);
        printf("%lu executions\n", executions);
        for (size_t i = 0; i < n_inputs; i++)
                free((char *)inputs[i].ptr);
        return ok && executions ? 0 : 1;
}
