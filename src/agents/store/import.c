#include "agents/store/import_int.h"

#include <stdlib.h>

#include "agents/store/publish.h"

enum { PROFILES_AT_ONCE = 64 };

void store_import_begin(struct store_import *import, struct tx *tx) {
        import->tx = tx;
        import->n_profiles = 0;
}

void store_import_done(struct store_import *import) {
        free(import->profiles);
        import->profiles = NULL;
        arena_done(&import->arena);
}

static int note_profile(struct store_import *i, int64_t id) {
        for (size_t k = 0; k < i->n_profiles; k++)
                if (i->profiles[k] == id)
                        return 0;
        if (i->n_profiles == i->max_profiles) {
                size_t max = i->max_profiles + PROFILES_AT_ONCE;
                int64_t *more = realloc(i->profiles, max * sizeof(*more));

                if (!more)
                        return -ERR_NO_MEMORY;
                i->profiles = more;
                i->max_profiles = max;
        }
        i->profiles[i->n_profiles++] = id;
        return 0;
}

/* The creator: who is here under that name, or a new one. */
static int open_profile(struct store_import *i, struct import_row *row) {
        struct user_row user = { .id = STR_NULL };
        const struct store_person *p = &row->person;
        struct store_username_row kept;
        int r;

        if (row->owner.len > 0) {
                r = db_user_by_email(i->tx, &i->arena, row->owner, &user);
                if (r <= 0)
                        return r < 0 ? r
                                     : store_import_refuse(i,
                                                           "owner: nobody has an account with this address");
        }
        r = db_store_profile_by_username(i->tx, &i->arena, p->username, &row->profile);
        if (r < 0)
                return r;
        if (r > 0 && user.id.ptr && !str_eq(row->profile.user_id, user.id))
                return store_import_refuse(i, "owner: the creator belongs to somebody else");
        if (r > 0)
                return 0;
        r = db_store_username(i->tx, &i->arena, p->username, &kept);
        if (r != 0)
                return r < 0 ? r : store_import_refuse(i, "creator: this username was another creator's");
        r = db_store_profile_insert(i->tx, id_next(i->context->ids), user.id, p->username, p->name, STR(""),
                                    STR_NULL, STR("[]"), clock_now(i->context->clock));
        if (r == 0)
                return store_import_refuse(i, "owner: this person has a profile under another username");
        row->made_profile = r > 0;
        if (r > 0)
                r = db_store_profile_by_username(i->tx, &i->arena, p->username, &row->profile);
        return r <= 0 ? (r < 0 ? r : -ERR_CONFLICT) : 0;
}

static struct str owner_of(const struct import_row *row) {
        return row->profile.user_id.ptr ? row->profile.user_id : STR("");
}

static int check_graph(struct store_import *i, struct import_row *row) {
        struct graph_version_row graph;
        int r;

        r = db_graph_version_find(i->tx, &i->arena, row->graph_id, owner_of(row), row->graph_version, &graph);
        if (r < 0)
                return r;
        if (r == 0 || graph.parent_id.len > 0)
                return store_import_refuse(i, "graph_id: the creator has no graph with this id and version");
        return 0;
}

static int refuse_graph(struct store_import *i, struct graph_problems *problems, const char *problem) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(128 * 1024);

        if (problem[0])
                return store_import_refuse(i, "graph: %s", problem);
        if (problems->type)
                return store_import_refuse(i, "graph: %s: %s", problems->field, problems->message);
        graph_problems_write(problems, &text);
        return store_import_refuse(i, "graph: " STR_FMT, STR_ARG(str_first(strbuf_str(&text), 400)));
}

/* Stores the agent: as the next version of the one that the listing shows, or as a new one. */
static int store_graph(struct store_import *i, struct import_row *row) {
        struct graph_author author = { .context = i->context, .user_id = owner_of(row), .id = STR_NULL };
        struct graph_problems problems = { 0 };
        char problem[GRAPH_MESSAGE_MAX + 1] = "";
        struct graph_version_row old, stored;
        struct graph_draft draft;
        int r = 0;

        if (row->listing.graph_id.len > 0)
                r = db_graph_version_find(i->tx, &i->arena, row->listing.graph_id, owner_of(row), 0, &old);
        if (r < 0)
                return r;
        if (r > 0) {
                author.id = old.graph_id;
                author.version = old.newest_version + 1;
        }
        r = graph_draft_new(&author, &i->arena, row->graph, &draft, &problems, problem);
        if (r == 0)
                r = graph_store_check_needs(i->tx, &i->arena, author.user_id, &draft, &problems);
        if (r == -ERR_GRAPH || problem[0]) {
                r = refuse_graph(i, &problems, problem);
                graph_problems_end(&problems);
                return r;
        }
        if (r == 0)
                r = author.id.ptr ? graph_store_next(i->tx, i->context, author.user_id, &draft, &stored)
                                  : graph_store_new(i->tx, i->context, author.user_id, &draft, &stored);
        if (r < 0)
                return r;
        row->graph_id = arena_copy(&i->arena, stored.graph_id);
        row->graph_version = stored.version;
        return row->graph_id.ptr ? 0 : -ERR_NO_MEMORY;
}

static struct store_offer offer_of(const struct store_version_row *v) {
        return (struct store_offer){ .name = v->name,
                                     .sub_heading = v->sub_heading,
                                     .description = v->description,
                                     .instructions = v->instructions,
                                     .image_urls = v->image_urls,
                                     .categories = v->categories,
                                     .image = v->image,
                                     .video_url = v->video_url,
                                     .output_demo_url = v->output_demo_url,
                                     .changes_summary = v->changes_summary,
                                     .cron = v->recommended_schedule_cron };
}

static bool is_unchanged(const struct import_row *row, const struct store_version_row *v) {
        struct store_offer before = offer_of(v);

        return str_eq(v->status, STR("APPROVED")) && store_offer_equal(&before, &row->offer) &&
               (row->graph ? str_eq(v->source, row->source)
                           : str_eq(v->graph_id, row->graph_id) && v->graph_version == row->graph_version);
}

/* Whether what the row says beside the version is so already. */
static bool is_featured_already(const struct import_row *row) {
        return !row->has_featured || row->listing.is_featured == row->is_featured;
}

static int write_version(struct store_import *i, struct import_row *row,
                         const struct store_version_row *before) {
        struct store_draft draft = { .offer = &row->offer, .status = STR("APPROVED"), .source = row->source };
        char id[ID_UUID_LENGTH + 1];
        int r = 0;

        if (row->graph && before && str_eq(before->source, row->source)) {
                row->graph_id = before->graph_id; /* the agent has not changed */
                row->graph_version = before->graph_version;
        } else {
                r = row->graph ? store_graph(i, row) : check_graph(i, row);
        }
        if (r != 0)
                return r;
        draft.graph_id = row->graph_id;
        draft.graph_version = row->graph_version;
        r = before ? store_version_change(i->tx, i->context, before->id, before->status, &draft)
                   : store_version_add(i->tx, i->context, row->listing.id, row->version, &draft, id);
        return r == -ERR_SUBMISSION_DECIDED ? -ERR_CONFLICT : r; /* just now: the batch runs again */
}

/* A row that is refused leaves nothing behind. */
static int take_back(struct store_import *i, const struct import_row *row) {
        int r = db_store_listing_delete_empty(i->tx, row->listing.id);

        if (r >= 0 && row->made_profile)
                r = db_store_profile_delete_empty(i->tx, row->profile.id);
        return r < 0 ? r : STORE_IMPORT_REFUSED;
}

static int write_row(struct store_import *i, struct import_row *row) {
        struct store_version_row before;
        int r, had;

        r = store_listing_open(i->tx, i->context, &i->arena, row->profile.id, row->offer.slug, STR(""),
                               &row->listing);
        if (r < 0)
                return r;
        had = db_store_version_by_number(i->tx, &i->arena, row->listing.id, row->version, &before);
        if (had < 0)
                return had;
        if (had > 0 && is_unchanged(row, &before) && is_featured_already(row))
                return STORE_IMPORT_UNCHANGED;
        r = write_version(i, row, had > 0 ? &before : NULL);
        if (r == STORE_IMPORT_REFUSED)
                return take_back(i, row);
        if (r == 0 && row->has_featured)
                r = MIN_OF(db_store_listing_feature(i->tx, row->listing.id, row->is_featured), 0);
        if (r == 0)
                r = store_listing_publish(i->tx, &i->arena, row->listing.id);
        if (r >= 0)
                r = note_profile(i, row->profile.id);
        return r < 0 ? r : had > 0 ? STORE_IMPORT_UPDATED : STORE_IMPORT_ADDED;
}

int store_import_row(struct store_import *import, json_t *object) {
        struct import_row row = { .graph = NULL };
        int r;

        r = json_is_object(object) ? 0 : store_import_refuse(import, "it is no object");
        if (r == 0)
                r = store_import_read(import, object, &row);
        if (r == 0)
                r = open_profile(import, &row);
        if (r == 0)
                r = write_row(import, &row);
        json_decref(row.graph);
        arena_reset(&import->arena);
        return r;
}

int store_import_finish(struct store_import *import) {
        int r = 0;

        for (size_t k = 0; k < import->n_profiles && r >= 0; k++) {
                r = store_profile_refresh(import->tx, &import->arena, import->profiles[k]);
                arena_reset(&import->arena);
        }
        return r < 0 || import->n_profiles == 0 ? MIN_OF(r, 0) : store_changed(import->tx);
}
