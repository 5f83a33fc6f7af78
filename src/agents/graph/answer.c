#include "agents/graph/answer.h"

/* The members of an object that is JSON text already. */
static void write_members(struct json_writer *w, struct str object) {
        if (object.len > 2)
                json_raw(w, str_n(object.ptr + 1, object.len - 2));
}

static void write_head(struct json_writer *w, struct str id, int64_t version, bool is_active,
                       struct str summary) {
        json_member_str(w, "id", id);
        json_member_int(w, "version", version);
        json_member_bool(w, "is_active", is_active);
        write_members(w, summary);
}

static void write_version(struct json_writer *w, const struct graph_version_row *row, struct str user_id) {
        write_head(w, row->graph_id, row->version, row->version == row->active_version, row->summary);
        json_member_str(w, "user_id", user_id);
        json_member_time(w, "created_at", row->created_at);
}

void graph_answer_summary(struct json_writer *w, const struct graph_version_row *row, struct str user_id) {
        json_object_begin(w);
        write_version(w, row, user_id);
        json_object_end(w);
}

void graph_answer(struct json_writer *w, const struct graph_version_row *row, struct str user_id,
                  struct str body, const struct graph_part_row *parts, size_t n_parts) {
        json_object_begin(w);
        write_version(w, row, user_id);
        write_members(w, body);
        json_key(w, "sub_graphs");
        json_array_begin(w);
        for (size_t i = 0; i < n_parts; i++) {
                json_object_begin(w);
                write_head(w, parts[i].graph_id, parts[i].version,
                           parts[i].version == parts[i].active_version, parts[i].summary);
                write_members(w, parts[i].body);
                json_object_end(w);
        }
        json_array_end(w);
        json_object_end(w);
}
