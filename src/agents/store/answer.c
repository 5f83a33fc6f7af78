#include "agents/store/answer.h"

#include "agents/store/listing.h"
#include "agents/value/python_text.h"

static const struct str NOBODY = STR_INIT("Needs Profile");

void store_answer_real(struct json_writer *w, const char *name, double value) {
        char text[PYTHON_REAL_MAX];

        json_key(w, name);
        json_raw(w, python_real(value, text));
}

static struct str or_empty(struct str text) {
        return text.ptr ? text : STR("");
}

static void answer_json(struct json_writer *w, const char *name, struct str json) {
        json_key(w, name);
        json_raw(w, json);
}

void store_answer_card(struct json_writer *w, const struct store_card_row *card) {
        json_object_begin(w);
        json_member_str(w, "slug", card->slug);
        json_member_str(w, "agent_name", card->name);
        json_member_str(w, "agent_image", card->image);
        json_member_str(w, "creator", card->creator.len ? card->creator : NOBODY);
        json_member_str(w, "creator_avatar", or_empty(card->creator_avatar));
        json_member_str(w, "sub_heading", card->sub_heading);
        json_member_str(w, "description", card->description);
        json_member_int(w, "runs", card->runs);
        store_answer_real(w, "rating", store_rating(card->stars, card->ratings));
        json_member_str(w, "agent_graph_id", card->graph_id);
        json_object_end(w);
}

void store_answer_creator(struct json_writer *w, const struct store_profile_row *profile) {
        json_object_begin(w);
        json_member_str(w, "username", profile->username);
        json_member_str(w, "name", profile->name);
        json_member_str(w, "description", profile->description);
        json_member_str(w, "avatar_url", profile->avatar_url);
        answer_json(w, "links", profile->links);
        json_member_bool(w, "is_featured", profile->is_featured);
        json_member_int(w, "num_agents", profile->listings);
        json_member_int(w, "agent_runs", profile->runs);
        store_answer_real(w, "agent_rating", store_rating(profile->stars, profile->ratings));
        answer_json(w, "top_categories", profile->top_categories);
        json_object_end(w);
}

static void answer_number(struct json_writer *w, int64_t number) {
        char text[24];
        struct strbuf out = STRBUF_INIT(sizeof(text));

        strbuf_append_int(&out, number);
        json_str(w, strbuf_str(&out));
        strbuf_done(&out);
}

static void answer_versions(struct json_writer *w, const struct store_version_row *versions, size_t n) {
        json_key(w, "versions");
        json_array_begin(w);
        for (size_t i = 0; i < n; i++)
                answer_number(w, versions[i].number);
        json_array_end(w);
        json_key(w, "graph_versions");
        json_array_begin(w);
        for (size_t i = 0; i < n; i++)
                if (i == 0 || versions[i].graph_version != versions[i - 1].graph_version)
                        answer_number(w, versions[i].graph_version);
        json_array_end(w);
}

static void answer_changelog(struct json_writer *w, const struct store_version_row *versions, size_t n) {
        json_key(w, "changelog");
        json_array_begin(w);
        for (size_t i = 0; i < n; i++) {
                json_object_begin(w);
                json_key(w, "version");
                answer_number(w, versions[i].number);
                json_member_str(w, "changes_summary", or_empty(versions[i].changes_summary));
                json_member_time(w, "date", versions[i].reviewed_at);
                json_object_end(w);
        }
        json_array_end(w);
}

void store_answer_listing(struct json_writer *w, const struct store_card_row *card,
                          const struct store_listing_row *listing, const struct store_version_row *versions,
                          size_t n) {
        const struct store_version_row *live = &versions[0];

        json_object_begin(w);
        json_member_str(w, "store_listing_version_id", live->id);
        json_member_str(w, "slug", card->slug);
        json_member_str(w, "agent_name", live->name);
        json_member_str(w, "agent_video", live->video_url);
        json_member_str(w, "agent_output_demo", live->output_demo_url);
        answer_json(w, "agent_image", live->image_urls);
        json_member_str(w, "creator", card->creator.len ? card->creator : NOBODY);
        json_member_str(w, "creator_avatar", or_empty(card->creator_avatar));
        json_member_str(w, "sub_heading", live->sub_heading);
        json_member_str(w, "description", live->description);
        json_member_str(w, "instructions", live->instructions);
        answer_json(w, "categories", live->categories);
        json_member_int(w, "runs", card->runs);
        store_answer_real(w, "rating", store_rating(card->stars, card->ratings));
        answer_versions(w, versions, n);
        json_member_str(w, "graph_id", live->graph_id);
        json_member_time(w, "last_updated", live->reviewed_at);
        json_member_str(w, "recommended_schedule_cron", live->recommended_schedule_cron);
        json_member_str(w, "active_version_id", listing->version_id);
        json_member_bool(w, "has_approved_version", true);
        answer_changelog(w, versions, n);
        json_object_end(w);
}
