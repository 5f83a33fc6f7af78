#include "base/civil.h"

enum {
        DAY = 86400,
        ERA_DAYS = 146097 /* of 400 years */,
        ERA_OFFSET = 719468 /* from 0000-03-01 to 1970-01-01 */
};

static int64_t floor_divide(int64_t a, int64_t b) {
        int64_t quotient = a / b;

        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

/* Years begin in March here, so that the leap day is their last. */
int64_t civil_day_number(int64_t year, int month, int day) {
        int64_t months = month - 1 - 2, era, year_of_era, day_of_year;

        year += floor_divide(months, 12);
        months -= floor_divide(months, 12) * 12;
        era = floor_divide(year, 400);
        year_of_era = year - era * 400;
        day_of_year = (153 * months + 2) / 5 + day - 1;
        return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
               ERA_OFFSET;
}

void civil_from_seconds(int64_t seconds, struct civil *ret) {
        int64_t number = floor_divide(seconds, DAY), within = seconds - number * DAY;
        int64_t shifted = number + ERA_OFFSET, era = floor_divide(shifted, ERA_DAYS),
                day_of_era = shifted - era * ERA_DAYS;
        int64_t year_of_era =
                (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        int64_t month = (5 * day_of_year + 2) / 153;

        ret->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
        ret->month = (int)(month < 10 ? month + 3 : month - 9);
        ret->year = year_of_era + era * 400 + (ret->month <= 2);
        ret->hour = (int)(within / 3600);
        ret->minute = (int)(within / 60 % 60);
        ret->second = (int)(within % 60);
        ret->weekday = (int)(number + 4 - floor_divide(number + 4, 7) * 7);
        ret->yearday = (int)(number - civil_day_number(ret->year, 1, 1));
}

int64_t civil_to_seconds(const struct civil *c) {
        return civil_day_number(c->year, c->month, c->day) * DAY + c->hour * INT64_C(3600) +
               c->minute * INT64_C(60) + c->second;
}
