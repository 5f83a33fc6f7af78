#include "agents/store/handlers.h"

#include "agents/paging.h"
#include "agents/store/answer.h"
#include "agents/store/cache.h"
#include "agents/store/listing.h"
#include "agents/store/search.h"
#include "base/context.h"
#include "db/database.h"

enum {
        STATE = 1,                    /* the one row of store_state */
        VERSIONS_MAX = 100,           /* of one listing that are listed */
        ROWS_MAX = 8 * 1024 * 1024,   /* bytes of what one answer takes from storage */
        ANSWER_MAX = 4 * 1024 * 1024, /* bytes */
        FILTER_MAX = 200,             /* bytes of a username or a category */
};

/* One of the store's pages. */
struct view {
        /* Writes the answer's body. errors: ERR_NOT_FOUND */
        int (*make)(struct tx *tx, struct arena *arena, const struct view *view, struct strbuf *out);

        struct str key; /* everything that the answer depends on, beside the store */
        int64_t generation;

        struct store_query query;
        struct paging paging;
        struct str username, slug;

        struct strbuf body; /* as it was made */
        const struct context *context;
};

/* --- what is the same for all --- */

static int answer(struct response *res) {
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        return STEP_DONE;
}

/* The generation is read first: what is found then is as new, or newer. */
static int look(struct request *req, struct response *res, struct view *view) {
        struct store_state_row state;
        int r;

        r = db_store_state(req->tx, &req->arena, STATE, &state);
        if (r <= 0)
                return r < 0 ? r : -ERR_INTERNAL;
        view->generation = state.generation;
        view->context = req->context;
        req->step_data = view;
        strbuf_reset(&res->body);
        if (store_cache_find(req->context->store, view->generation, view->key, &res->body))
                return answer(res);
        return STEP_NEXT;
}

static int make(struct tx *tx, void *data) {
        _cleanup_(arena_done) struct arena arena;
        struct view *view = data;
        int r;

        arena_init(&arena, ROWS_MAX);
        strbuf_reset(&view->body);
        r = view->make(tx, &arena, view, &view->body);
        return r == 0 && view->body.failed ? -ERR_NO_MEMORY : r;
}

static int refuse_unknown(struct request *req, const struct view *view) {
        if (view->slug.ptr)
                return request_refuse(req, ERR_LISTING_NOT_FOUND, "Agent " STR_FMT "/" STR_FMT " not found",
                                      STR_ARG(str_first(view->username, STORE_USERNAME_MAX)),
                                      STR_ARG(str_first(view->slug, STORE_SLUG_MAX)));
        return request_refuse(req, ERR_LISTING_NOT_FOUND, "Creator " STR_FMT " not found",
                              STR_ARG(str_first(view->username, STORE_USERNAME_MAX)));
}

int handle_store_make(struct request *req, struct response *res) {
        struct view *view = req->step_data;
        int r = 0;

        /* Somebody else may have asked for the same while this one waited. */
        if (!store_cache_find(req->context->store, view->generation, view->key, &res->body)) {
                view->body = (struct strbuf)STRBUF_INIT(ANSWER_MAX);
                r = database_read_now(req->context->database, make, view);
                if (r == 0) {
                        store_cache_keep(req->context->store, view->generation, view->key,
                                         strbuf_str(&view->body));
                        strbuf_append(&res->body, strbuf_str(&view->body));
                }
                strbuf_done(&view->body);
        }
        if (r == -ERR_NOT_FOUND)
                return refuse_unknown(req, view);
        return r < 0 ? r : answer(res);
}

static struct view *view_new(struct request *req) {
        struct view *view = arena_new(&req->arena, struct view);

        if (view) {
                view->query.creator = view->query.category = view->query.sort = STR_NULL;
                view->username = view->slug = STR_NULL;
        }
        return view;
}

static struct str lower(struct arena *arena, struct str text) {
        struct str copy = arena_copy(arena, text);

        for (size_t i = 0; i < copy.len; i++)
                if (copy.ptr[i] >= 'A' && copy.ptr[i] <= 'Z')
                        ((char *)copy.ptr)[i] = (char)(copy.ptr[i] | 0x20);
        return copy;
}

/* --- lists --- */

/* The document has looked at values already: what is read here has its kind. */
static int read_filter(struct request *req, const char *name, struct str *ret) {
        const struct param *param = params_find(&req->query_params, str_of(name));

        if (param && param->value.len > FILTER_MAX)
                return request_refuse(req, ERR_INVALID_FIELD, "%s must have at most %d bytes", name,
                                      FILTER_MAX);
        *ret = param && param->value.len > 0 ? lower(&req->arena, param->value) : STR_NULL;
        return param && param->value.len > 0 && !ret->ptr ? -ERR_NO_MEMORY : 0;
}

static bool is_blank(struct str text) {
        for (size_t i = 0; i < text.len; i++)
                if (str_at(text, i) > ' ')
                        return false;
        return true;
}

static int read_search(struct request *req, struct store_query *q) {
        const struct param *param = params_find(&req->query_params, STR("search_query"));

        if (!param || is_blank(param->value))
                return 0;
        q->is_searching = true;
        if (str_utf8_length(param->value) > STORE_QUERY_MAX)
                return request_refuse(req, ERR_INVALID_FIELD, "search_query must have at most %d characters",
                                      STORE_QUERY_MAX);
        if (!store_search_parse(param->value, &q->search))
                return request_refuse(req, ERR_INVALID_FIELD, "search_query must have at most %d words",
                                      STORE_WORDS_MAX);
        return 0;
}

static int read_query(struct request *req, struct view *view, const char *kind) {
        _cleanup_(strbuf_done) struct strbuf words = STRBUF_INIT(STORE_TOKENS_MAX);
        struct store_query *q = &view->query;
        const struct param *featured;
        int r;

        r = paging_read(req, &view->paging);
        if (r == 0)
                r = read_search(req, q);
        if (r == 0)
                r = read_filter(req, "sorted_by", &q->sort);
        if (r < 0)
                return r;
        featured = params_find(&req->query_params, STR("featured"));
        q->is_featured = featured && (str_eq_ignore_case(featured->value, STR("true")) ||
                                      str_eq(featured->value, STR("1")));
        q->limit = view->paging.size;
        q->offset = paging_offset(&view->paging);
        store_search_append(&words, &q->search, ' ');
        view->key = arena_printf(
                &req->arena, "%s %d %d " STR_FMT " %lld %lld %zu:" STR_FMT " %zu:" STR_FMT STR_FMT, kind,
                q->is_featured, q->is_searching, STR_ARG(q->sort), (long long)view->paging.page,
                (long long)view->paging.size, q->creator.len, STR_ARG(q->creator), q->category.len,
                STR_ARG(q->category), STR_ARG(words.len ? strbuf_str(&words) : STR("")));
        return view->key.ptr && !words.failed ? 0 : -ERR_NO_MEMORY;
}

static int make_agents(struct tx *tx, struct arena *arena, const struct view *view, struct strbuf *out) {
        struct json_writer w = JSON_WRITER(out);
        struct store_card_row *cards;
        int64_t total;
        size_t n;
        int r;

        r = store_agents_list(tx, arena, &view->query, &cards, &n, &total);
        if (r < 0)
                return r;
        json_object_begin(&w);
        json_key(&w, "agents");
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                store_answer_card(&w, &cards[i]);
        json_array_end(&w);
        paging_write(&w, &view->paging, total);
        json_object_end(&w);
        return 0;
}

int handle_store_agents(struct request *req, struct response *res) {
        struct view *view = view_new(req);
        int r;

        if (!view)
                return -ERR_NO_MEMORY;
        view->make = make_agents;
        r = request_parse_query(req);
        if (r == 0)
                r = read_filter(req, "creator", &view->query.creator);
        if (r == 0)
                r = read_filter(req, "category", &view->query.category);
        if (r == 0)
                r = read_query(req, view, "agents");
        return r < 0 ? r : look(req, res, view);
}

static int make_creators(struct tx *tx, struct arena *arena, const struct view *view, struct strbuf *out) {
        struct json_writer w = JSON_WRITER(out);
        struct store_profile_row *profiles;
        int64_t total;
        size_t n;
        int r;

        r = store_creators_list(tx, arena, &view->query, &profiles, &n, &total);
        if (r < 0)
                return r;
        json_object_begin(&w);
        json_key(&w, "creators");
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                store_answer_creator(&w, &profiles[i]);
        json_array_end(&w);
        paging_write(&w, &view->paging, total);
        json_object_end(&w);
        return 0;
}

int handle_store_creators(struct request *req, struct response *res) {
        struct view *view = view_new(req);
        int r;

        if (!view)
                return -ERR_NO_MEMORY;
        view->make = make_creators;
        r = read_query(req, view, "creators");
        return r < 0 ? r : look(req, res, view);
}

/* --- one --- */

static int make_agent(struct tx *tx, struct arena *arena, const struct view *view, struct strbuf *out) {
        struct json_writer w = JSON_WRITER(out);
        struct store_version_row *versions;
        struct store_listing_row listing;
        struct store_card_row card;
        size_t n;
        int r;

        r = store_listing_find(tx, arena, view->username, view->slug, &card);
        if (r > 0)
                r = db_store_listing(tx, arena, card.id, &listing);
        if (r > 0)
                r = db_store_versions_approved(tx, arena, card.id, VERSIONS_MAX, &versions, &n);
        else if (r == 0)
                return -ERR_NOT_FOUND;
        if (r < 0 || n == 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        store_answer_listing(&w, &card, &listing, versions, n);
        return 0;
}

static int make_creator(struct tx *tx, struct arena *arena, const struct view *view, struct strbuf *out) {
        struct json_writer w = JSON_WRITER(out);
        struct store_profile_row profile;
        int r;

        r = db_store_profile_by_username(tx, arena, view->username, &profile);
        if (r < 0)
                return r;
        if (r == 0 || profile.listings == 0)
                return -ERR_NOT_FOUND;
        store_answer_creator(&w, &profile);
        return 0;
}

int handle_store_agent(struct request *req, struct response *res) {
        struct view *view = view_new(req);

        if (!view)
                return -ERR_NO_MEMORY;
        view->make = make_agent;
        view->username = lower(&req->arena, req->path_params[0]);
        view->slug = lower(&req->arena, req->path_params[1]);
        if (!view->username.ptr || !view->slug.ptr)
                return -ERR_NO_MEMORY;
        view->key = arena_printf(&req->arena, "agent " STR_FMT "/" STR_FMT, STR_ARG(view->username),
                                 STR_ARG(view->slug));
        return view->key.ptr ? look(req, res, view) : -ERR_NO_MEMORY;
}

int handle_store_creator(struct request *req, struct response *res) {
        struct view *view = view_new(req);

        if (!view)
                return -ERR_NO_MEMORY;
        view->make = make_creator;
        view->username = lower(&req->arena, req->path_params[0]);
        if (!view->username.ptr)
                return -ERR_NO_MEMORY;
        view->key = arena_printf(&req->arena, "creator " STR_FMT, STR_ARG(view->username));
        return view->key.ptr ? look(req, res, view) : -ERR_NO_MEMORY;
}
