/* Tokens of a template: text as it is, and what stands within {{ }} and {% %}. */
#pragma once

#include "agents/template/template_int.h"

enum token_kind {
        TOKEN_DATA,
        TOKEN_PRINT_BEGIN,
        TOKEN_PRINT_END,
        TOKEN_BLOCK_BEGIN,
        TOKEN_BLOCK_END,
        TOKEN_NAME,
        TOKEN_TEXT, /* a literal, decoded, in `value` */
        TOKEN_NUMBER,
        TOKEN_OPERATOR,
        TOKEN_END,
};

struct token {
        enum token_kind kind;
        unsigned line;
        struct str text; /* as it is written; of data what is left after whitespace control */
        struct tvalue value;
};

struct lexer {
        struct renderer *rd;
        struct str source; /* line ends are '\n' */
        size_t at;
        unsigned line;
        enum token_kind closes; /* what ends the tag that is open; TOKEN_DATA outside of tags */
        bool strip;             /* the tag before took the whitespace after it */
        size_t n_brackets;
        char brackets[TEMPLATE_DEPTH_MAX];
        struct token current, ahead;
        bool has_ahead;
};

/* The first token is then in `current`. */
_must_use_ int lexer_begin(struct lexer *l, struct renderer *rd, struct str source);

/* Goes on to the next token. */
_must_use_ int lexer_next(struct lexer *l);

/* Looks at the one after the current one. */
_must_use_ int lexer_peek(struct lexer *l);

/* Fails with the current token: "unexpected '…'". */
int lexer_unexpected(struct lexer *l, const char *wanted);

static inline bool token_is(const struct token *t, enum token_kind kind, struct str text) {
        return t->kind == kind && str_eq(t->text, text);
}

#define lexer_at_name(l, literal)     token_is(&(l)->current, TOKEN_NAME, STR(literal))
#define lexer_at_operator(l, literal) token_is(&(l)->current, TOKEN_OPERATOR, STR(literal))
