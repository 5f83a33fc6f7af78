#include "base/random.h"

#include <sodium.h>

/* libsodium seeds itself in sodium_init() and aborts the process when the kernel gives no entropy: no token is ever
 * made from anything less. */
static int system_fill(const struct random *r _unused_, void *out, size_t n) {
        randombytes_buf(out, n);
        return 0;
}

const struct random random_system = { .fill = system_fill };
