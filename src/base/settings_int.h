/* Readers of settings, by kind; settings.def names them. Each sets its member, or says what is wrong. */
#pragma once

#include "base/settings.h"

enum { SETTINGS_QUOTE_MAX = 80 };

/* Where a reader writes what is wrong. */
struct settings_problem {
        const char *variable;
        char *text;
};

/* Writes "VARIABLE …: …" and returns -ERR_SETTINGS. */
_printf_(2, 3) int settings_wrong(const struct settings_problem *p, const char *format, ...);

/* What was given, fit to be shown on one line of a terminal. */
const char *settings_quote(struct str value, char buffer[SETTINGS_QUOTE_MAX + 6]);

#define QUOTE(value) settings_quote((value), (char[SETTINGS_QUOTE_MAX + 6]){ 0 })

static inline void *setting_member(const struct setting_row *row, struct settings *s) {
        return (char *)s + row->offset;
}

int read_listen(const struct setting_row *row, struct str value, struct settings *s,
                const struct settings_problem *p);
int read_public_url(const struct setting_row *row, struct str value, struct settings *s,
                    const struct settings_problem *p);
int read_networks(const struct setting_row *row, struct str value, struct settings *s,
                  const struct settings_problem *p);
int read_jwks_url(const struct setting_row *row, struct str value, struct settings *s,
                  const struct settings_problem *p);
int read_llm_url(const struct setting_row *row, struct str value, struct settings *s,
                 const struct settings_problem *p);
int read_rate(const struct setting_row *row, struct str value, struct settings *s,
              const struct settings_problem *p);
int read_origins(const struct setting_row *row, struct str value, struct settings *s,
                 const struct settings_problem *p);
