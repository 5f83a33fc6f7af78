/* Runs a fuzz target over files: the corpus, or an input that once broke something. Stands in for libFuzzer where there
 * is none. Every strict prefix of a file is an input too: parsers must bear a text that is cut off anywhere.
 *
 *     replay FILE_OR_FOLDER …
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { INPUT_MAX = 1024 * 1024, PREFIXES_MAX = 4096, PATH_TEXT_MAX = 4096 };

/* Targets without it get this one. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_) {
        return 0;
}

static unsigned long executions;

/* On memory of exactly its size, so that the sanitizer sees a read past its end. */
static void run(const char *bytes, size_t size) {
        uint8_t *copy = malloc(size ? size : 1);

        if (!copy)
                exit(1);
        memcpy(copy, bytes, size);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
        executions++;
}

static bool replay_file(const char *path) {
        static char bytes[INPUT_MAX];
        FILE *file = fopen(path, "rb");
        size_t size;

        if (!file) {
                perror(path);
                return false;
        }
        size = fread(bytes, 1, sizeof(bytes), file);
        fclose(file);
        for (size_t n = 0; n < size && n < PREFIXES_MAX; n++)
                run(bytes, n);
        run(bytes, size);
        return true;
}

static bool replay(const char *path);

static bool replay_folder(const char *path) {
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
                ok = replay(child) && ok;
        }
        closedir(folder);
        return ok;
}

static bool replay(const char *path) {
        struct stat about;

        if (stat(path, &about) < 0) {
                perror(path);
                return false;
        }
        return S_ISDIR(about.st_mode) ? replay_folder(path) : replay_file(path);
}

int main(int argc, char **argv) {
        bool ok = argc > 1;

        LLVMFuzzerInitialize(&argc, &argv);
        for (int i = 1; i < argc; i++)
                ok = replay(argv[i]) && ok;
        printf("%lu executions\n", executions);
        return ok && executions ? 0 : 1;
}
