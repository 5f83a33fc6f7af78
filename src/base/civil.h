/* Dates of the Gregorian calendar, reckoned backwards and forwards without end, and seconds since 1970-01-01T00:00:00 of the
 * same clock, without leap seconds. */
#pragma once

#include <stdint.h>

struct civil {
        int64_t year;
        int month; /* 1 to 12 */
        int day;   /* 1 to 31 */
        int hour, minute, second;
        int weekday; /* 0 is Sunday */
        int yearday; /* 0 is the first of January */
};

void civil_from_seconds(int64_t seconds, struct civil *ret);

/* The day's number; of 1970-01-01 it is 0. The month may be anything, and counts on into other years. */
int64_t civil_day_number(int64_t year, int month, int day);

/* weekday and yearday are not looked at; the other members may be out of their ranges, and count on. */
int64_t civil_to_seconds(const struct civil *c);
