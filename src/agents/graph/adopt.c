#include "agents/graph/adopt.h"

#include <stdio.h>

#include "agents/graph/graph_int.h"
#include "agents/value/value.h"
#include "base/id.h"

static const struct graph_shape SHAPE_VERSION = { "greater_than_equal",
                                                  "Input should be a whole number from 1 to 2147483647" };

/* A member that may be null or absent, unless it is required. */
static int check_text(const json_t *document, const char *path, const char *name, size_t max, bool required,
                      struct graph_problems *problems) {
        const char *text;
        int r;

        r = graph_member_text(document, path, name, max, &text, problems);
        if (r == 0 && required && !text)
                return graph_problems_shape(problems, path, name,
                                            json_object_get(document, name) ? &SHAPE_STRING : &SHAPE_MISSING);
        return r;
}

/* A version; `fallback` when it is null or absent. */
static int read_version(const json_t *document, const char *path, const char *name, int64_t fallback,
                        int64_t *ret, struct graph_problems *problems) {
        const json_t *value = json_object_get(document, name);

        if (!value || json_is_null(value)) {
                *ret = fallback;
                return 0;
        }
        if (!json_is_integer(value))
                return graph_problems_shape(problems, path, name, &SHAPE_INTEGER);
        *ret = json_integer_value(value);
        if (*ret < 1 || *ret > INT32_MAX)
                return graph_problems_shape(problems, path, name, &SHAPE_VERSION);
        return 0;
}

static int check_head(const json_t *document, const char *path, struct graph_problems *problems) {
        static const struct {
                const char *name;
                size_t max;
                bool required;
        } texts[] = {
                { "name", GRAPH_NAME_MAX, true },
                { "description", GRAPH_TEXT_MAX, true },
                { "instructions", GRAPH_TEXT_MAX, false },
                { "recommended_schedule_cron", GRAPH_NAME_MAX, false },
                { "forked_from_id", GRAPH_ID_LENGTH, false },
        };
        const json_t *is_active = json_object_get(document, "is_active");
        int64_t version;
        int r;

        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
                r = check_text(document, path, texts[i].name, texts[i].max, texts[i].required, problems);
                if (r < 0)
                        return r;
        }
        if (is_active && !json_is_boolean(is_active))
                return graph_problems_shape(problems, path, "is_active", &SHAPE_BOOLEAN);
        return read_version(document, path, "forked_from_version", 1, &version, problems);
}

/* One graph of the document; `path` is NULL for the graph itself. */
static int read_member(struct graph_members *members, json_t *document, const char *path,
                       struct graph_problems *problems) {
        const struct graph_author *author = members->author;
        struct graph_member *member = &members->list[members->n];
        int r;

        if (!json_is_object(document))
                return graph_problems_shape(problems, path, NULL, &SHAPE_OBJECT);
        *member = (struct graph_member){ .document = document };
        r = check_head(document, path, problems);
        if (r < 0)
                return r;
        r = graph_member_text(document, path, "id", GRAPH_ID_LENGTH, &member->old_id, problems);
        if (r < 0)
                return r;
        r = read_version(document, path, "version", 1, &member->old_version, problems);
        if (r < 0)
                return r;
        if (members->n == 0 && author->id.ptr) {
                if (member->old_id && !str_eq(str_of(member->old_id), author->id))
                        return graph_problems_say(problems, "Graph ID does not match ID in URI");
                memcpy(member->id, author->id.ptr, GRAPH_ID_LENGTH);
                member->version = author->version;
        } else {
                member->version = member->old_version;
                r = id_uuid(author->context->clock, author->context->random, member->id);
                if (r < 0)
                        return r;
        }
        if (member->old_id && json_object_get(members->by_old_id, member->old_id))
                return graph_problems_shape(problems, path, "id", &SHAPE_TWICE);
        if (member->old_id &&
            json_object_set_new(members->by_old_id, member->old_id, json_integer((json_int_t)members->n)) < 0)
                return -ERR_NO_MEMORY;
        members->n++;
        return 0;
}

int graph_members_read(struct graph_members *members, json_t *document, struct graph_problems *problems) {
        json_t *subs;
        int r;

        members->by_old_id = json_object();
        if (!members->by_old_id)
                return -ERR_NO_MEMORY;
        r = read_member(members, document, NULL, problems);
        if (r < 0)
                return r;
        r = graph_member_array(document, "sub_graphs", GRAPH_SUB_GRAPHS_MAX, &subs, problems);
        for (size_t i = 0; r == 0 && i < json_array_size(subs); i++) {
                char path[32];

                snprintf(path, sizeof(path), "sub_graphs.%zu", i);
                r = read_member(members, json_array_get(subs, i), path, problems);
        }
        return r;
}

void graph_members_done(struct graph_members *members) {
        json_decref(members->by_old_id);
        members->by_old_id = NULL;
}

/* The graph that an agent's node runs: one of the document, which it then calls by its new id, or one that must be there. */
static int resolve(const struct graph_members *members, const char *node_id, json_t *input,
                   struct graph_draft *draft, struct graph_problems *problems) {
        const json_t *id = json_object_get(input, "graph_id"),
                     *version = json_object_get(input, "graph_version"), *index;

        if (!id || !version)
                return 0; /* told as missing, or a link brings it */
        if (!json_is_string(id))
                return graph_problems_add(problems, node_id, "graph_id", "%s", SHAPE_STRING.text);
        if (!json_is_integer(version))
                return graph_problems_add(problems, node_id, "graph_version", "%s", SHAPE_INTEGER.text);
        index = json_object_get(members->by_old_id, json_string_value(id));
        if (index) {
                const struct graph_member *to = &members->list[json_integer_value(index)];

                if (to->old_version == json_integer_value(version))
                        return json_object_set_new(input, "graph_version", json_integer(to->version)) < 0 ||
                                               json_object_set_new(input, "graph_id", json_string(to->id)) < 0
                                       ? -ERR_NO_MEMORY
                                       : 0;
        }
        for (size_t i = 0; i < draft->n_needs; i++)
                if (str_eq(draft->needs[i].graph_id, value_str(id)) &&
                    draft->needs[i].version == json_integer_value(version))
                        return 0;
        if (draft->n_needs == GRAPH_NEEDS_MAX)
                return graph_problems_add(problems, node_id, "graph_id",
                                          "More than %d other agents are run by this one", GRAPH_NEEDS_MAX);
        draft->needs[draft->n_needs++] = (struct graph_need){ .node_id = str_of(node_id),
                                                              .graph_id = value_str(id),
                                                              .version = json_integer_value(version) };
        return 0;
}

static int adopt_agent(const struct graph_members *members, json_t *node, const char *node_id,
                       struct graph_draft *draft, struct graph_problems *problems) {
        struct str user = members->author->user_id;
        json_t *input = json_object_get(node, "input_default");

        if (!input) {
                input = json_object();
                if (json_object_set_new(node, "input_default", input) < 0)
                        return -ERR_NO_MEMORY;
        }
        if (!json_is_object(input))
                return 0; /* told when the graph is made */
        if (json_object_set_new(input, "user_id", json_stringn(user.ptr, user.len)) < 0)
                return -ERR_NO_MEMORY;
        if (!json_object_get(input, "inputs") && json_object_set_new(input, "inputs", json_object()) < 0)
                return -ERR_NO_MEMORY;
        return resolve(members, node_id, input, draft, problems);
}

static int name_node(const struct graph_members *members, json_t *node) {
        const struct context *context = members->author->context;
        char id[ID_UUID_LENGTH];
        int r;

        r = id_uuid(context->clock, context->random, id);
        if (r < 0)
                return r;
        return json_object_set_new(node, "id", json_stringn(id, sizeof(id))) < 0 ? -ERR_NO_MEMORY : 0;
}

int graph_adopt(const struct graph_members *members, const struct graph_member *member,
                struct graph_draft *draft, struct graph_problems *problems) {
        json_t *node, *nodes = json_object_get(member->document, "nodes");
        size_t i;
        int r = 0;

        json_array_foreach(nodes, i, node) {
                const json_t *id = json_object_get(node, "id");
                const struct block *block = block_find(value_str(json_object_get(node, "block_id")));

                if (json_is_object(node) && (!id || json_is_null(id)))
                        r = name_node(members, node);
                if (r == 0 && block && block->ui == BLOCK_UI_AGENT)
                        r = adopt_agent(members, node, json_string_value(json_object_get(node, "id")), draft,
                                        problems);
                if (r < 0)
                        return r;
        }
        return 0;
}
