#include "base/secret.h"

#include <sodium.h>

void secret_done(struct secret *s) {
        if (s)
                memory_wipe(s, sizeof(*s));
}

bool secret_equal(struct str a, struct str b) {
        return a.len == b.len && (a.len == 0 || sodium_memcmp(a.ptr, b.ptr, a.len) == 0);
}
