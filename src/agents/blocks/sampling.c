/* Samples of data (dialect: Blocks, logic). A seed makes the same sample again, though not the one that Python's random would.
 * Runs share nothing: what is to accumulate must come in one list. */
#include <math.h>
#include <stdlib.h>

#include "agents/blocks/families.h"
#include "agents/value/lot.h"

enum { ITEMS_MAX = 1000000, STRATA_MAX = 10000 };

struct sample {
        struct block_run *run;
        const json_t *data;
        size_t n;    /* items of data */
        size_t size; /* of them to take */
        struct lot lot;
        size_t *indexes; /* room for n; the first `taken` are the sample */
        size_t taken;
        size_t *groups; /* of each item: number of its stratum or cluster */
        size_t n_groups;
};

/* The first `size` of a list become a random choice of all n, in random order. */
static void choose(struct lot *lot, size_t *list, size_t n, size_t size) {
        for (size_t i = 0; i < size; i++) {
                size_t other = i + (size_t)lot_below(lot, n - i), swap = list[i];

                list[i] = list[other];
                list[other] = swap;
        }
}

static void take_range(struct sample *s, size_t from, size_t step) {
        for (size_t i = 0; i < s->size; i++)
                s->indexes[i] = from + i * step;
        s->taken = s->size;
}

static int sample_random(struct sample *s) {
        for (size_t i = 0; i < s->n; i++)
                s->indexes[i] = i;
        choose(&s->lot, s->indexes, s->n, s->size);
        s->taken = s->size;
        return 0;
}

static int sample_systematic(struct sample *s) {
        size_t step = s->n / s->size;

        take_range(s, (size_t)lot_below(&s->lot, step), step);
        return 0;
}

static int sample_top(struct sample *s) {
        take_range(s, 0, 1);
        return 0;
}

static int sample_bottom(struct sample *s) {
        take_range(s, s->n - s->size, 1);
        return 0;
}

static int sample_reservoir(struct sample *s) {
        take_range(s, 0, 1);
        for (size_t i = s->size; i < s->n; i++) {
                size_t at = (size_t)lot_below(&s->lot, i + 1);

                if (at < s->size)
                        s->indexes[at] = i;
        }
        return 0;
}

/* The member of an item that the sampling goes by. */
static int find_member(struct sample *s, size_t i, const char *what, struct str key, json_t **ret) {
        const json_t *item = json_array_get(s->data, i);

        *ret = json_is_object(item) ? json_object_getn(item, key.ptr, key.len) : NULL;
        if (*ret && !json_is_null(*ret))
                return 0;
        return block_fail(s->run, "%s value for key '" STR_FMT "' is missing in item %zu", what,
                          STR_ARG(str_first(key, 100)), i);
}

/* Items whose member has the same text are one group; groups are numbered as they come. */
static int group_items(struct sample *s, const char *what, struct str key) {
        json_auto_t *numbers = json_object();
        json_t *member, *number;

        for (size_t i = 0; i < s->n; i++) {
                json_auto_t *name = NULL;
                int r = find_member(s, i, what, key, &member);

                if (r < 0)
                        return r;
                name = value_text(member);
                if (!name)
                        return -ERR_NO_MEMORY;
                number = json_object_get(numbers, json_string_value(name));
                if (!number && json_object_set_new(numbers, json_string_value(name),
                                                   json_integer((json_int_t)s->n_groups)) < 0)
                        return -ERR_NO_MEMORY;
                s->groups[i] = number ? (size_t)json_integer_value(number) : s->n_groups++;
        }
        return 0;
}

/* How many to take of each stratum: in proportion, one at least, then evened out to the size of the sample. */
static void share_out(const struct sample *s, const size_t *counts, size_t *shares) {
        size_t total = 0;

        for (size_t g = 0; g < s->n_groups; g++) {
                shares[g] = MAX_OF((size_t)((double)counts[g] / (double)s->n * (double)s->size), (size_t)1);
                total += shares[g];
        }
        while (total != s->size) {
                size_t best = 0;

                /* From the greatest share, or to where the most are left. */
                for (size_t g = 1; g < s->n_groups; g++)
                        if (total > s->size ? shares[g] > shares[best]
                                            : counts[g] - shares[g] > counts[best] - shares[best])
                                best = g;
                if (total > s->size) {
                        /* All at once that can go: down to one, or to nothing where there are more strata than items. */
                        size_t less = MIN_OF(total - s->size, MAX_OF(shares[best] / 2, (size_t)1));

                        shares[best] -= less;
                        total -= less;
                } else {
                        shares[best]++;
                        total++;
                }
        }
}

/* Items by stratum, one after the other, of which the first ones of each are drawn. */
static void draw_strata(struct sample *s, const size_t *counts, const size_t *shares, size_t *list,
                        size_t *ends) {
        size_t at = 0;

        for (size_t g = 0; g < s->n_groups; g++) {
                ends[g] = at;
                at += counts[g];
        }
        for (size_t i = 0; i < s->n; i++)
                list[ends[s->groups[i]]++] = i;
        for (size_t g = 0; g < s->n_groups; g++) {
                size_t *first = list + ends[g] - counts[g];

                choose(&s->lot, first, counts[g], shares[g]);
                for (size_t i = 0; i < shares[g]; i++)
                        s->indexes[s->taken++] = first[i];
        }
}

static int sample_stratified(struct sample *s) {
        struct str key = input_str(s->run, "stratify_key");
        size_t *counts, *shares, *list, *ends;
        int r;

        if (key.len == 0)
                return block_fail(s->run, "Stratify key must be provided for stratified sampling.");
        r = group_items(s, "Stratify", key);
        if (r < 0)
                return r;
        if (s->n_groups > STRATA_MAX)
                return block_fail(s->run, "More than %d strata", STRATA_MAX);
        counts = calloc(s->n_groups + 1, sizeof(*counts));
        shares = calloc(s->n_groups + 1, sizeof(*shares));
        ends = calloc(s->n_groups + 1, sizeof(*ends));
        list = calloc(s->n + 1, sizeof(*list));
        r = counts && shares && ends && list ? 0 : -ERR_NO_MEMORY;
        for (size_t i = 0; r >= 0 && i < s->n; i++)
                counts[s->groups[i]]++;
        if (r >= 0) {
                share_out(s, counts, shares);
                draw_strata(s, counts, shares, list, ends);
        }
        free(counts);
        free(shares);
        free(ends);
        free(list);
        return r;
}

static int read_weight(struct sample *s, size_t i, struct str key, double *ret) {
        json_t *member;
        int r = find_member(s, i, "Weight", key, &member);

        if (r < 0)
                return r;
        if ((json_is_string(member) ? value_text_number(value_str(member), ret)
                                    : value_number(member, ret)) &&
            *ret >= 0 && isfinite(*ret))
                return 0;
        return block_fail(s->run, "The weight of item %zu is not a number of 0 or more", i);
}

/* With replacement: an item may come more than once. */
static int sample_weighted(struct sample *s) {
        struct str key = input_str(s->run, "weight_key");
        double *sums, total = 0, weight;
        int r = 0;

        if (key.len == 0)
                return block_fail(s->run, "Weight key must be provided for weighted sampling.");
        sums = calloc(s->n + 1, sizeof(*sums));
        if (!sums)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < s->n && r >= 0; i++) {
                r = read_weight(s, i, key, &weight);
                if (r >= 0)
                        sums[i] = total += weight;
        }
        if (r >= 0 && !(total > 0 && isfinite(total)))
                r = block_fail(s->run, "Total of weights must be greater than zero");
        for (size_t i = 0; i < s->size && r >= 0; i++) {
                double at = lot_real(&s->lot) * total;
                size_t low = 0, high = s->n - 1;

                while (low < high) {
                        size_t middle = low + (high - low) / 2;

                        if (sums[middle] > at)
                                high = middle;
                        else
                                low = middle + 1;
                }
                s->indexes[s->taken++] = low;
        }
        free(sums);
        return r;
}

/* Whole clusters in random order until there are enough items; then so many of these. */
static int sample_cluster(struct sample *s) {
        struct str key = input_str(s->run, "cluster_key");
        size_t *order, *place, wanted = 0;
        int r;

        if (key.len == 0)
                return block_fail(s->run, "Cluster key must be provided for cluster sampling.");
        r = group_items(s, "Cluster", key);
        if (r < 0)
                return r;
        order = calloc(s->n_groups + 1, sizeof(*order));
        place = calloc(s->n_groups + 1, sizeof(*place)); /* items of each cluster, then whether it is taken */
        if (order && place) {
                for (size_t g = 0; g < s->n_groups; g++)
                        order[g] = g;
                choose(&s->lot, order, s->n_groups, s->n_groups);
                for (size_t i = 0; i < s->n; i++)
                        place[s->groups[i]]++;
                for (size_t g = 0; g < s->n_groups; g++) {
                        size_t items = place[order[g]];

                        place[order[g]] = wanted < s->size;
                        wanted += items;
                }
                for (size_t i = 0; i < s->n; i++)
                        if (place[s->groups[i]])
                                s->indexes[s->taken++] = i;
                if (s->taken > s->size)
                        choose(&s->lot, s->indexes, s->taken, s->size);
                s->taken = MIN_OF(s->taken, s->size);
        }
        r = order && place ? 0 : -ERR_NO_MEMORY;
        free(order);
        free(place);
        return r;
}

static const struct {
        const char *name;
        int (*run)(struct sample *s);
} methods[] = {
        { "random", sample_random },
        { "systematic", sample_systematic },
        { "top", sample_top },
        { "bottom", sample_bottom },
        { "stratified", sample_stratified },
        { "weighted", sample_weighted },
        { "reservoir", sample_reservoir },
        { "cluster", sample_cluster },
};

static int yield_sample(struct sample *s) {
        json_auto_t *data = json_array(), *indexes = json_array();
        int r;

        for (size_t i = 0; i < s->taken; i++)
                if (json_array_append(data, json_array_get(s->data, s->indexes[i])) < 0 ||
                    json_array_append_new(indexes, json_integer((json_int_t)s->indexes[i])) < 0)
                        return -ERR_NO_MEMORY;
        r = block_yield(s->run, "sampled_data", json_incref(data));
        return r < 0 ? r : block_yield(s->run, "sample_indices", json_incref(indexes));
}

static int draw(struct sample *s) {
        struct str method = input_str(s->run, "sampling_method");
        int r = 0;

        if (input_given(s->run, "random_seed"))
                lot_seed(&s->lot, (uint64_t)input_integer(s->run, "random_seed"));
        else
                r = lot_seed_random(&s->lot, s->run->context->random);
        s->indexes = calloc(s->n + 1, sizeof(*s->indexes));
        s->groups = calloc(s->n + 1, sizeof(*s->groups));
        if (!s->indexes || !s->groups)
                r = -ERR_NO_MEMORY;
        for (size_t i = 0; r >= 0 && s->size > 0 && i < ARRAY_LENGTH(methods); i++)
                if (str_eq(method, str_of(methods[i].name)))
                        r = methods[i].run(s);
        if (r >= 0)
                r = yield_sample(s);
        free(s->indexes);
        free(s->groups);
        return r;
}

static int run_sampling(struct block_run *run) {
        json_t *data = input_value(run, "data");
        json_auto_t *one = json_is_array(data) ? NULL : json_pack("[O]", data);
        struct sample s = { .run = run, .data = one ? one : data };
        json_int_t size = input_integer(run, "sample_size");

        if (!json_is_array(s.data))
                return -ERR_NO_MEMORY;
        s.n = json_array_size(s.data);
        if (s.n > ITEMS_MAX)
                return block_fail(run, "More than %d items", ITEMS_MAX);
        if (size < 0)
                return block_fail(run, "Sample size (%lld) cannot be negative", (long long)size);
        /* Too few to sample yet: nothing goes out. */
        if (input_bool(run, "accumulate") && (size_t)size > s.n)
                return 0;
        if ((size_t)size > s.n)
                return block_fail(run, "Sample size (%lld) cannot be larger than dataset size (%zu)",
                                  (long long)size, s.n);
        s.size = (size_t)size;
        return draw(&s);
}

static const struct block_field inputs[] = {
        { "data",
          "{\"anyOf\":[{\"type\":\"array\",\"items\":{}},{\"type\":\"object\",\"additionalProperties\":true}]"
          "}",
          NULL, "What to take the sample of: a list, or a single item", FIELD_REQUIRED },
        { "sample_size", TYPE_INTEGER, "10", "How many items to take", FIELD_BASIC },
        { "sampling_method",
          "{\"type\":\"string\",\"enum\":[\"random\",\"systematic\",\"top\",\"bottom\",\"stratified\","
          "\"weighted\","
          "\"reservoir\",\"cluster\"]}",
          "\"random\"", "How to take them", FIELD_BASIC },
        { "accumulate", TYPE_BOOLEAN, "false", "Whether to stay silent while there are too few items", 0 },
        { "random_seed", TYPE_OR_NULL(TYPE_INTEGER), "null", "A number that makes the same sample again", 0 },
        { "stratify_key", TYPE_OR_NULL(TYPE_STRING), "null",
          "Member whose values are all to be in a stratified sample", 0 },
        { "weight_key", TYPE_OR_NULL(TYPE_STRING), "null", "Member that is the weight in a weighted sample",
          0 },
        { "cluster_key", TYPE_OR_NULL(TYPE_STRING), "null",
          "Member that names the cluster in a cluster sample", 0 },
};
static const struct block_field outputs[] = {
        { "sampled_data", TYPE_LIST, NULL, "The sample", 0 },
        { "sample_indices", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", NULL,
          "Where in the data each of them stands", 0 },
};

static const struct block blocks[] = {
        { .id = "4a448883-71fa-49cf-91cf-70d793bd7d87",
          .name = "DataSamplingBlock",
          .description = "Takes a sample of data",
          .categories = CATEGORY_LOGIC,
          INPUTS(inputs),
          OUTPUTS(outputs),
          .run = run_sampling },
};

const struct block_family family_sampling = BLOCK_FAMILY(blocks);
