#include "agents/tools/handlers.h"

#include "agents/tools/reply.h"
#include "agents/value/value.h"
#include "base/log.h"
#include "db/database.h"

enum {
        HITS_MAX = 5,
        QUERY_SHOWN_MAX = 200,      /* bytes */
        ROWS_MAX = 4 * 1024 * 1024, /* bytes of what is found */
};

struct finding {
        struct str query;
        struct arena arena;
        struct store_card_row direct, *cards;
        size_t n;
};

/* "creator/slug" names one, if there is such a one; else its words are searched for. */
static int find(struct tx *tx, void *data) {
        struct finding *f = data;
        ptrdiff_t slash = str_find(f->query, '/');
        int r = 0;

        f->n = 0;
        if (slash > 0)
                r = store_listing_find(tx, &f->arena, str_first(f->query, (size_t)slash),
                                       str_from(f->query, (size_t)slash + 1), &f->direct);
        if (r > 0) {
                f->cards = &f->direct;
                f->n = 1;
        }
        if (r != 0)
                return MIN_OF(r, 0);
        return store_listings_search(tx, &f->arena, f->query, HITS_MAX, &f->cards, &f->n);
}

static int answer_none(struct request *req, struct response *res, struct str query) {
        static const char *const suggestions[] = { "Try more general terms",
                                                   "Browse categories in the marketplace", "Check spelling" };
        struct json_writer w = JSON_WRITER(&res->body);
        int r;

        r = tool_reply_begin(req, res, &w, "no_results", "No agents found for '" STR_FMT "'", STR_ARG(query));
        if (r < 0)
                return r;
        json_key(&w, "suggestions");
        json_array_begin(&w);
        for (size_t i = 0; i < ARRAY_LENGTH(suggestions); i++)
                json_str(&w, str_of(suggestions[i]));
        json_array_end(&w);
        json_member_str(&w, "name", STR("no_results"));
        json_object_end(&w);
        return STEP_DONE;
}

static int answer_found(struct request *req, struct response *res, const struct finding *f,
                        struct str query) {
        struct json_writer w = JSON_WRITER(&res->body);
        char title[QUERY_SHOWN_MAX + 64];
        int n = snprintf(title, sizeof(title), "Found %zu agent%s for '" STR_FMT "'", f->n,
                         f->n == 1 ? "" : "s", STR_ARG(query));
        int r;

        r = tool_reply_begin(req, res, &w, "agents_found",
                             "Choose one of these agents, and run it by its id.");
        if (r < 0)
                return r;
        json_member_str(&w, "title", str_n(title, (size_t)n));
        json_key(&w, "agents");
        json_array_begin(&w);
        for (size_t i = 0; i < f->n; i++)
                tool_write_agent_info(&w, &f->cards[i]);
        json_array_end(&w);
        json_member_int(&w, "count", (int64_t)f->n);
        json_member_str(&w, "name", STR("agents_found"));
        json_object_end(&w);
        return STEP_DONE;
}

/* As much of a text as is shown: whole characters. */
static struct str shown(struct str text) {
        struct str cut = str_first(text, QUERY_SHOWN_MAX);

        while (cut.len > 0 && cut.len < text.len && !str_is_utf8(cut))
                cut.len--;
        return cut;
}

int handle_tool_admit(struct request *req _unused_, struct response *res _unused_) {
        return STEP_NEXT;
}

int handle_find_agent(struct request *req, struct response *res) {
        struct finding f = { .query = str_trim(value_str(json_object_get(req->json, "query"))) };
        int r;

        if (f.query.len == 0)
                return tool_reply_error(req, res, "Please provide a search query");
        arena_init(&f.arena, ROWS_MAX);
        r = database_read_now(req->context->database, find, &f);
        if (r < 0) {
                LOG(LOG_WARNING, "the store could not be searched",
                    LOG_STR("error", str_of(error_row(r)->name)));
                r = tool_reply_error(req, res, "Failed to search marketplace. Please try again.");
        } else if (f.n == 0) {
                r = answer_none(req, res, shown(f.query));
        } else {
                r = answer_found(req, res, &f, shown(f.query));
        }
        arena_done(&f.arena);
        return r;
}
