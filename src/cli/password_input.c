#include "cli/password_input.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "account/password.h"
#include "base/codec.h"
#include "base/errors.h"
#include "base/random.h"
#include "cli/command.h"

enum { GENERATED_BYTES = 15 };

/* Reads the password without showing it where it is typed at a terminal. */
static int read_password(const char *who, struct secret *ret) {
        struct termios shown, hidden;
        bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0, too_long;
        int c;

        if (terminal) {
                fputs("Password: ", stderr);
                hidden = shown;
                hidden.c_lflag &= ~(tcflag_t)ECHO;
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
        }
        /* Unbuffered, so that no copy of the password stays in a buffer of the library's. */
        setvbuf(stdin, NULL, _IONBF, 0);
        while ((c = getchar()) != EOF && c != '\n' && ret->len < sizeof(ret->bytes))
                ret->bytes[ret->len++] = (char)c;
        too_long = c != EOF && c != '\n';
        if (terminal) {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
                fputc('\n', stderr);
        }
        if (too_long) {
                problem(who, "The password is too long: it may have %d characters.", PASSWORD_MAX);
                return -ERR_INVALID_FIELD;
        }
        if (ret->len && ret->bytes[ret->len - 1] == '\r')
                ret->len--;
        if (ret->len == 0) {
                problem(who, "There is no password on standard input: give it as one line.");
                return -ERR_INVALID_FIELD;
        }
        return 0;
}

static int generate_password(struct secret *ret) {
        uint8_t bytes[GENERATED_BYTES];
        int r;

        r = random_fill(&random_system, bytes, sizeof(bytes));
        if (r < 0)
                return r;
        base64url_encode(str_n(bytes, sizeof(bytes)), ret->bytes);
        ret->len = base64url_length(sizeof(bytes));
        memory_wipe(bytes, sizeof(bytes));
        return 0;
}

int password_input(const char *who, bool generate, struct str email, struct secret *ret) {
        struct str text = STR("The password cannot be used.");
        int r;

        r = generate ? generate_password(ret) : read_password(who, ret);
        if (r < 0)
                return r;
        r = str_is_utf8(secret_str(ret)) ? password_check_rules(secret_str(ret), email, &text)
                                         : -ERR_INVALID_FIELD;
        if (r < 0)
                problem(who, STR_FMT, STR_ARG(text));
        return r;
}
