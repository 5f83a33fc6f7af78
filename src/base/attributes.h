/* Compiler attributes under the short names that systemd made common. */
#pragma once

#define _must_use_     __attribute__((warn_unused_result))
#define _printf_(a, b) __attribute__((format(printf, a, b)))
#define _cleanup_(f)   __attribute__((cleanup(f)))
#define _unused_       __attribute__((unused))
#define _noreturn_     __attribute__((noreturn))
#define _nonnull_all_  __attribute__((nonnull))
#define _likely_(x)    __builtin_expect(!!(x), 1)
#define _unlikely_(x)  __builtin_expect(!!(x), 0)

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* The struct that holds `member`, given a pointer to that member. */
#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* Names of their own for each, so that one may stand within the other. */
#define MIN_OF(a, b)                               \
        ({                                         \
                __typeof__(a) min_a_ = (a);        \
                __typeof__(b) min_b_ = (b);        \
                min_a_ < min_b_ ? min_a_ : min_b_; \
        })
#define MAX_OF(a, b)                               \
        ({                                         \
                __typeof__(a) max_a_ = (a);        \
                __typeof__(b) max_b_ = (b);        \
                max_a_ > max_b_ ? max_a_ : max_b_; \
        })

/* Hands over what a cleanup variable owns: the variable is left empty. */
#define TAKE(ptr)                               \
        ({                                      \
                __typeof__(ptr) taken_ = (ptr); \
                (ptr) = NULL;                   \
                taken_;                         \
        })
