#include "account/login_app.h"

#include "db/statements.h"

static const struct str authorize_pages[] = { STR_INIT("/auth/authorize?"),
                                              STR_INIT("/api/oauth/authorize?") };
static const struct str client_id_is = STR_INIT("client_id=");

/* Client ids are made of characters that no one percent-encodes. */
static struct str client_id_of(struct str next) {
        struct str rest = STR_NULL, piece;

        for (size_t i = 0; i < ARRAY_LENGTH(authorize_pages); i++)
                if (str_starts_with(next, authorize_pages[i]))
                        rest = str_from(next, authorize_pages[i].len);
        while (str_next(&rest, '&', &piece)) {
                if (str_starts_with(piece, client_id_is))
                        return str_from(piece, client_id_is.len);
        }
        return STR_NULL;
}

int login_app_name(struct tx *tx, struct arena *arena, struct str next, struct str *ret) {
        struct str client_id = client_id_of(next);
        struct app_row app;
        int r;

        *ret = STR_NULL;
        if (!client_id.ptr)
                return 0;
        r = db_app_by_client_id(tx, arena, client_id, &app);
        if (r < 0)
                return r;
        if (r == 1 && app.is_active)
                *ret = app.name;
        return 0;
}
