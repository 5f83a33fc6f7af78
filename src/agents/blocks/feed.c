/* News feeds (dialect: Blocks, network). */
#include "agents/feed.h"

#include "agents/blocks/families.h"
#include "base/clock.h"
#include "outbound/outbound.h"

enum {
        FEED_BYTES_MAX = 10 * 1000 * 1000,
        FEED_MS = 30 * 1000, /* that the server may take */
};

/* The newer entries of a feed; none of one that can't be read, as the Platform has it. */
static int fetch_feed(struct block_run *run, int64_t after_ms, json_t **ret) {
        struct outbound_response response = { .body = STRBUF_INIT(FEED_BYTES_MAX) };
        const struct outbound_request request = {
                .method = "GET",
                .url = json_string_value(input_value(run, "rss_url")),
                .redirects = OUTBOUND_REDIRECTS_MAX,
                .timeout_ms = MIN_OF(block_time_left_ms(run), (int64_t)FEED_MS),
                .stop = run->stop,
                .allowed = &run->context->settings->outbound_networks,
                .ca_file = run->context->settings->ca_file,
        };
        int r;

        r = outbound_send(&request, &response);
        if (r == 0)
                r = feed_read(response.body.len ? strbuf_str(&response.body) : STR(""), after_ms, ret);
        strbuf_done(&response.body);
        if (r == -ERR_OUTBOUND || r == -ERR_BLOCK) {
                *ret = json_array();
                r = *ret ? 0 : -ERR_NO_MEMORY;
        }
        return r;
}

static int read_feed_once(struct block_run *run, int64_t after_ms) {
        json_auto_t *entries = NULL;
        int r;

        r = fetch_feed(run, after_ms, &entries);
        for (size_t i = 0; i < json_array_size(entries) && r == 0; i++)
                r = block_yield(run, "entry", json_incref(json_array_get(entries, i)));
        return r < 0 ? r : block_yield(run, "entries", json_incref(entries));
}

/* Looks again and again for as long as a block may run, then ends well: what was found was handed on already. */
static int run_read_feed(struct block_run *run) {
        int64_t pause_ms = MAX_OF(input_integer(run, "polling_rate"), (json_int_t)1) * 1000;
        bool again = input_bool(run, "run_continuously");
        int64_t after_ms = clock_now(run->context->clock) - input_integer(run, "time_period") * 60 * 1000;
        int r;

        for (;;) {
                int64_t now = clock_now(run->context->clock);

                r = read_feed_once(run, after_ms);
                if (r < 0 || !again || pause_ms >= block_time_left_ms(run))
                        return r;
                after_ms = now;
                r = block_wait(run, pause_ms);
                if (r < 0)
                        return r;
        }
}

static const struct block_field feed_inputs[] = {
        { "rss_url", TYPE_STRING, NULL, "The address of the feed", FIELD_REQUIRED },
        { "time_period", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":5256000}", "1440",
          "How old entries may be, in minutes, when the block starts", FIELD_BASIC },
        { "polling_rate", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":31536000}", NULL,
          "Seconds between two looks at the feed", FIELD_REQUIRED },
        { "run_continuously", TYPE_BOOLEAN, "true",
          "Look again for newer entries, for as long as a block may run; otherwise once", FIELD_BASIC },
};

#define TYPE_ENTRY                                                                                           \
        "{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\"},\"link\":{\"type\":"           \
        "\"string\"},"                                                                                       \
        "\"description\":{\"type\":\"string\"},\"pub_date\":{\"type\":\"string\",\"format\":\"date-time\"}," \
        "\"author\":{\"type\":\"string\"},\"categories\":" TYPE_STRINGS "}}"

static const struct block_field feed_outputs[] = {
        { "entry", TYPE_ENTRY, NULL, "Each entry", 0 },
        { "entries", "{\"type\":\"array\",\"items\":" TYPE_ENTRY "}", NULL, "All entries of one look", 0 },
};

static const struct block blocks[] = {
        { .id = "5ebe6768-8e5d-41e3-9134-1c7bd89a8d52",
          .name = "ReadRSSFeedBlock",
          .description = "Reads the new entries of an RSS or Atom feed",
          .categories = CATEGORY_INPUT,
          .waits = true,
          INPUTS(feed_inputs),
          OUTPUTS(feed_outputs),
          .run = run_read_feed },
};

const struct block_family family_feed = BLOCK_FAMILY(blocks);
