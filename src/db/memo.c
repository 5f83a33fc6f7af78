#include "db/memo.h"

void memo_init(struct db_memo *memo) {
        *memo = (struct db_memo){ .row = NULL };
        arena_init(&memo->arena, MEMO_MAX);
}

void memo_forget(struct db_memo *memo) {
        if (!memo->row)
                return;
        memo->row = NULL;
        arena_reset(&memo->arena);
}

void memo_done(struct db_memo *memo) {
        memo->row = NULL;
        arena_done(&memo->arena);
}

bool memo_serves(unsigned statement, const struct db_value *params) {
        const struct db_statement *s = &db_statements[statement];

        return s->n_params == 1 && params[0].type == DB_TEXT && !params[0].null && !s->writes;
}

int db_row_copy(unsigned statement, struct arena *arena, const void *from, void *to) {
        const struct db_statement *s = &db_statements[statement];

        memcpy(to, from, s->row_size);
        for (size_t i = 0; i < s->n_columns; i++) {
                struct str *text = (struct str *)((char *)to + s->columns[i].offset);

                if ((s->columns[i].type != DB_TEXT && s->columns[i].type != DB_BYTEA) || !text->ptr)
                        continue;
                *text = arena_copy(arena, *text);
                if (!text->ptr)
                        return -ERR_NO_MEMORY;
        }
        return 0;
}

int memo_find(const struct db_memo *memo, struct arena *arena, unsigned statement,
              const struct db_value *params, void *row) {
        int r;

        if (!memo->row || memo->statement != statement || !str_eq(memo->key, params[0].bytes))
                return 0;
        r = db_row_copy(statement, arena, memo->row, row);
        return r < 0 ? r : 1;
}

void memo_keep(struct db_memo *memo, unsigned statement, const struct db_value *params, const void *row) {
        const struct db_statement *s = &db_statements[statement];
        void *kept;

        memo_forget(memo);
        memo->statement = statement;
        memo->key = arena_copy(&memo->arena, params[0].bytes);
        kept = arena_alloc(&memo->arena, s->row_size);
        if (!memo->key.ptr || !kept || db_row_copy(statement, &memo->arena, row, kept) < 0) {
                arena_reset(&memo->arena);
                return;
        }
        memo->row = kept;
}
