#include "base/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/errors.h"

/* Straight from the kernel, which waits at boot until it has entropy: nothing is ever made from anything
 * less, and a refusal is an error like any other. */
static int system_fill(const struct random *r, void *out, size_t n) {
        char *at = out;

        while (n > 0) {
                ssize_t got = getrandom(at, n, 0);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        return -ERR_RANDOM;
                at += got;
                n -= (size_t)got;
        }
        return 0;
}

const struct random random_system = { .fill = system_fill };
