/* Parsing of templates: expressions, for the statements that they stand in. */
#pragma once

#include "agents/template/lex.h"

/* A new node over up to three others, any of them NULL. */
_must_use_ int node_make(struct lexer *l, enum node_kind kind, struct node *a, struct node *b,
                         struct node **ret);

/* Puts a node at the end of a parent's list. `tail` is where the next one goes; begin with &parent->list. */
_must_use_ int node_append(struct lexer *l, struct node *parent, struct node ***tail, struct node *child);

/* An expression; with commas, a tuple. */
_must_use_ int parse_expression(struct lexer *l, struct node **ret);
_must_use_ int parse_tuple(struct lexer *l, struct node **ret);

/* `a or b` without `if`: what a loop walks over. */
_must_use_ int parse_or(struct lexer *l, struct node **ret);

/* A literal or a name: what is assigned to, when it is a name. */
_must_use_ int parse_primary(struct lexer *l, struct node **ret);

/* `name(arguments)|name…` over a node that is there already. */
_must_use_ int parse_filter_names(struct lexer *l, struct node **node);

/* What may follow a primary expression; both change *node to what is around it. */
_must_use_ int parse_postfix(struct lexer *l, struct node **node);
_must_use_ int parse_test(struct lexer *l, struct node **node);

/* Takes an operator or a name, or fails. */
_must_use_ int parse_operator(struct lexer *l, const char *text);
_must_use_ int parse_keyword(struct lexer *l, const char *text);
