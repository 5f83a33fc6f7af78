#include "agents/store/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/store/publish.h"
#include "agents/store/version.h"
#include "agents/value/value.h"
#include "base/codec.h"
#include "base/hash.h"

enum { VERSION_MAX = 1000000, PROFILES_AT_ONCE = 64 };

/* One row, as far as it was read. */
struct row {
        struct store_person person;
        struct store_offer offer;
        int64_t version; /* of the listing */
        bool is_featured, has_featured;
        struct str owner; /* e-mail address; STR_NULL for nobody */
        struct str graph_id;
        int64_t graph_version;
        json_t *graph; /* owned; NULL where graph_id is given */
        struct str source;
        struct store_profile_row profile;
        bool made_profile;
        struct store_listing_row listing;
};

void store_import_begin(struct store_import *import, struct tx *tx) {
        import->tx = tx;
        import->n_profiles = 0;
}

void store_import_done(struct store_import *import) {
        free(import->profiles);
        import->profiles = NULL;
        arena_done(&import->arena);
}

_printf_(2, 3) static int refuse(struct store_import *i, const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(i->problem, sizeof(i->problem), format, args);
        va_end(args);
        for (char *c = i->problem; *c; c++) /* it is shown on a terminal */
                if ((unsigned char)*c < 0x20 || *c == 0x7f)
                        *c = ' ';
        return STORE_IMPORT_REFUSED;
}

static int refuse_fault(struct store_import *i, const struct store_fault *fault) {
        return refuse(i, "%s: %s", fault->field, fault->text);
}

/* --- reading --- */

/* A number or a decimal text. */
static int read_number(struct store_import *i, const json_t *row, const char *name, int64_t fallback,
                       int64_t *ret) {
        const json_t *value = json_object_get(row, name);
        uint64_t number = 0;

        *ret = fallback;
        if (!value || json_is_null(value) || (json_is_string(value) && value_str(value).len == 0))
                return 0;
        if (json_is_integer(value) && json_integer_value(value) > 0)
                number = (uint64_t)json_integer_value(value);
        else if (!json_is_string(value) || !str_to_uint(value_str(value), VERSION_MAX, &number))
                number = 0;
        if (number < 1 || number > VERSION_MAX)
                return refuse(i, "%s: it must be a number from 1 to %d", name, VERSION_MAX);
        *ret = (int64_t)number;
        return 0;
}

static int read_flag(struct store_import *i, const json_t *row, const char *name, bool *ret,
                     bool *ret_given) {
        const json_t *value = json_object_get(row, name);
        struct str text = value_str(value);

        *ret_given = value && !json_is_null(value) && !(text.ptr && text.len == 0);
        *ret = json_is_true(value) || str_eq_ignore_case(text, STR("true")) || str_eq(text, STR("1"));
        if (*ret_given && !*ret && !json_is_false(value) && !str_eq_ignore_case(text, STR("false")) &&
            !str_eq(text, STR("0")))
                return refuse(i, "%s: it must be true or false", name);
        return 0;
}

static int read_graph(struct store_import *i, const json_t *object, struct row *row) {
        json_t *value = json_object_get(object, "graph");
        char problem[VALUE_PROBLEM_MAX];
        int r;

        if (json_is_object(value)) {
                row->graph = json_deep_copy(value);
                return row->graph ? 0 : -ERR_NO_MEMORY;
        }
        if (!json_is_string(value) || value_str(value).len == 0)
                return 0;
        if (value_str(value).len > GRAPH_BYTES_MAX)
                return refuse(i, "graph: it is longer than %d bytes", GRAPH_BYTES_MAX);
        r = value_parse(value_str(value), true, &row->graph, problem);
        if (r == -ERR_BAD_JSON)
                return refuse(i, "graph: it is not valid JSON: %s", problem);
        if (r < 0)
                return r;
        return json_is_object(row->graph) ? 0 : refuse(i, "graph: it must be a JSON object");
}

/* What is told of the agent that came, to know it again. */
static int note_source(struct store_import *i, struct row *row) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(GRAPH_BYTES_MAX * 2);
        char hex[2 * HASH_SIZE + 1] = "";
        struct hash digest;
        size_t bytes;

        row->source = STR("");
        if (!row->graph)
                return 0;
        if (!value_measure(row->graph, &bytes))
                return refuse(i, "graph: it is nested too deeply");
        value_write(&text, row->graph, VALUE_COMPACT);
        if (text.failed)
                return refuse(i, "graph: it is longer than %d bytes", GRAPH_BYTES_MAX);
        digest = hash_sha256(strbuf_str(&text));
        hex_encode(hash_str(&digest), hex);
        row->source = arena_copy(&i->arena, str_n(hex, 2 * HASH_SIZE));
        return row->source.ptr ? 0 : -ERR_NO_MEMORY;
}

/* The creator's columns under the names that a profile has. */
static int read_person(struct store_import *i, const json_t *object, struct row *row) {
        json_auto_t *person = json_object();
        json_t *name = json_object_get(object, "creator_name");
        struct store_fault fault;
        int r;

        if (!json_is_string(name) || value_str(name).len == 0)
                name = json_object_get(object, "creator");
        if (!person || (name && json_object_set(person, "name", name) < 0) ||
            (name && json_object_set(person, "username", json_object_get(object, "creator")) < 0))
                return -ERR_NO_MEMORY;
        r = store_person_read(person, &i->arena, &row->person, &fault);
        if (r != -ERR_INVALID_FIELD)
                return r;
        return refuse(i, "%s: %s", strcmp(fault.field, "username") == 0 ? "creator" : "creator_name",
                      fault.text);
}

/* As addresses are stored. */
static struct str lower(struct arena *arena, struct str text) {
        struct str copy = text.len > 0 ? arena_copy(arena, text) : STR_NULL;

        for (size_t k = 0; k < copy.len; k++)
                if (copy.ptr[k] >= 'A' && copy.ptr[k] <= 'Z')
                        ((char *)copy.ptr)[k] = (char)(copy.ptr[k] | 0x20);
        return copy;
}

static int read_row(struct store_import *i, const json_t *object, struct row *row) {
        struct str graph_id = value_str(json_object_get(object, "graph_id"));
        struct store_fault fault;
        int r;

        r = read_person(i, object, row);
        if (r == 0)
                r = store_offer_read(object, true, &i->arena, &row->offer, &fault);
        if (r == -ERR_INVALID_FIELD)
                return refuse_fault(i, &fault);
        if (r == 0)
                r = read_number(i, object, "version", 1, &row->version);
        if (r == 0)
                r = read_number(i, object, "graph_version", 1, &row->graph_version);
        if (r == 0)
                r = read_flag(i, object, "featured", &row->is_featured, &row->has_featured);
        if (r == 0)
                r = read_graph(i, object, row);
        if (r == 0)
                r = note_source(i, row);
        if (r != 0)
                return r;
        row->owner = lower(&i->arena, value_str(json_object_get(object, "owner")));
        row->graph_id = graph_id;
        if (!row->graph && graph_id.len == 0)
                return refuse(i, "graph: there is no agent; give graph, or graph_id and graph_version");
        return 0;
}

/* --- writing --- */

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
static int open_profile(struct store_import *i, struct row *row) {
        struct user_row user = { .id = STR_NULL };
        const struct store_person *p = &row->person;
        int r;

        if (row->owner.len > 0) {
                r = db_user_by_email(i->tx, &i->arena, row->owner, &user);
                if (r <= 0)
                        return r < 0 ? r : refuse(i, "owner: nobody has an account with this address");
        }
        r = db_store_profile_by_username(i->tx, &i->arena, p->username, &row->profile);
        if (r < 0)
                return r;
        if (r > 0 && user.id.ptr && !str_eq(row->profile.user_id, user.id))
                return refuse(i, "owner: the creator belongs to somebody else");
        if (r > 0)
                return 0;
        r = db_store_profile_insert(i->tx, id_next(i->context->ids), user.id, p->username, p->name, STR(""),
                                    STR_NULL, STR("[]"), clock_now(i->context->clock));
        if (r == 0)
                return refuse(i, "owner: this person has a profile under another username");
        row->made_profile = r > 0;
        if (r > 0)
                r = db_store_profile_by_username(i->tx, &i->arena, p->username, &row->profile);
        return r <= 0 ? (r < 0 ? r : -ERR_CONFLICT) : 0;
}

static struct str owner_of(const struct row *row) {
        return row->profile.user_id.ptr ? row->profile.user_id : STR("");
}

static int check_graph(struct store_import *i, struct row *row) {
        struct graph_version_row graph;
        int r;

        r = db_graph_version_find(i->tx, &i->arena, row->graph_id, owner_of(row), row->graph_version, &graph);
        if (r < 0)
                return r;
        if (r == 0 || graph.parent_id.len > 0)
                return refuse(i, "graph_id: the creator has no graph with this id and version");
        return 0;
}

static int refuse_graph(struct store_import *i, struct graph_problems *problems, const char *problem) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(128 * 1024);

        if (problem[0])
                return refuse(i, "graph: %s", problem);
        if (problems->type)
                return refuse(i, "graph: %s: %s", problems->field, problems->message);
        graph_problems_write(problems, &text);
        return refuse(i, "graph: " STR_FMT, STR_ARG(str_first(strbuf_str(&text), 400)));
}

/* Stores the agent: as the next version of the one that the listing shows, or as a new one. */
static int store_graph(struct store_import *i, struct row *row) {
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

static bool is_unchanged(const struct row *row, const struct store_version_row *v) {
        struct store_offer before = offer_of(v);

        return str_eq(v->status, STR("APPROVED")) && store_offer_equal(&before, &row->offer) &&
               (row->graph ? str_eq(v->source, row->source)
                           : str_eq(v->graph_id, row->graph_id) && v->graph_version == row->graph_version);
}

/* Whether what the row says beside the version is so already. */
static bool is_featured_already(const struct row *row) {
        return !row->has_featured || row->listing.is_featured == row->is_featured;
}

static int write_version(struct store_import *i, struct row *row, const struct store_version_row *before) {
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
        return before ? store_version_change(i->tx, i->context, before->id, &draft)
                      : store_version_add(i->tx, i->context, row->listing.id, row->version, &draft, id);
}

/* A row that is refused leaves nothing behind. */
static int take_back(struct store_import *i, const struct row *row) {
        int r = db_store_listing_delete_empty(i->tx, row->listing.id);

        if (r >= 0 && row->made_profile)
                r = db_store_profile_delete_empty(i->tx, row->profile.id);
        return r < 0 ? r : STORE_IMPORT_REFUSED;
}

static int write_row(struct store_import *i, struct row *row) {
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
        struct row row = { .graph = NULL };
        int r;

        r = json_is_object(object) ? 0 : refuse(import, "it is no object");
        if (r == 0)
                r = read_row(import, object, &row);
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
