/* What every unit test includes: cmocka with the headers that it asks for, and assertions for struct str. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

/* The text equals the literal, byte for byte. */
#define assert_str(actual, literal)                                                                    \
        do {                                                                                           \
                struct str actual_ = (actual), wanted_ = STR(literal);                                 \
                if (!str_eq(actual_, wanted_))                                                         \
                        print_error("got \"" STR_FMT "\", wanted \"" STR_FMT "\"\n", STR_ARG(actual_), \
                                    STR_ARG(wanted_));                                                 \
                assert_true(actual_.ptr &&str_eq(actual_, wanted_));                                   \
        } while (0)

/* The text has the literal in it. */
#define assert_contains(actual, literal)                                                                 \
        do {                                                                                             \
                struct str actual_ = (actual);                                                           \
                if (!str_contains(actual_, STR(literal)))                                                \
                        print_error("got \"" STR_FMT "\", without \"%s\"\n", STR_ARG(actual_), literal); \
                assert_true(str_contains(actual_, STR(literal)));                                        \
        } while (0)
