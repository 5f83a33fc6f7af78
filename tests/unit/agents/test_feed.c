#include "agents/feed.h"

#include "agents/value/value.h"
#include "unit.h"

/* The entries as compact JSON. */
static void reads(const char *xml, int64_t after_ms, const char *json) {
        json_auto_t *entries = NULL;
        struct strbuf out = STRBUF_INIT(100000);

        assert_int_equal(feed_read(str_of(xml), after_ms, &entries), 0);
        value_write(&out, entries, VALUE_COMPACT);
        strbuf_append_char(&out, '\0');
        assert_string_equal(out.ptr, json);
        strbuf_done(&out);
}

static void refuses(const char *xml) {
        json_t *entries;

        assert_int_equal(feed_read(str_of(xml), 0, &entries), -ERR_BLOCK);
}

static void rss_is_read(void **state) {
        reads("<?xml version='1.0'?><rss version='2.0' xmlns:dc='x'><channel><title>Channel</title><item>"
              "<title> One &amp; <![CDATA[<b>]]> "
              "</title><link>https://a.example/1</link><description>d</description>"
              "<pubDate>Tue, 02 Jan 2024 03:04:05 +0100</pubDate><dc:creator>Ann</dc:creator>"
              "<category>x</category><category>y</category><guid>no</guid></item></channel></rss>",
              0,
              "[{\"title\":\"One & <b>\",\"link\":\"https://a.example/1\",\"description\":\"d\","
              "\"pub_date\":\"2024-01-02T02:04:05.000Z\",\"author\":\"Ann\",\"categories\":[\"x\",\"y\"]}]");
}

static void atom_is_read(void **state) {
        reads("<feed "
              "xmlns='http://www.w3.org/2005/Atom'><title>F</title><author><name>Feed</name></author><entry>"
              "<title>T</title><link rel='self' href='no'/><link "
              "href='https://a.example/2'/><summary>s</summary>"
              "<published>2024-01-02T03:04:05.5Z</published><author>\n<name>Bob</name><uri>u</uri></author>"
              "<category term='c'/></entry></feed>",
              0,
              "[{\"title\":\"T\",\"link\":\"https://a.example/2\",\"description\":\"s\","
              "\"pub_date\":\"2024-01-02T03:04:05.000Z\",\"author\":\"Bob\",\"categories\":[\"c\"]}]");
}

static void older_entries_and_those_without_a_date_are_left_out(void **state) {
        const char *xml = "<rss><channel><item><title>a</title></item>"
                          "<item><title>b</title><pubDate>Thu, 01 Jan 1970 00:00:01 GMT</pubDate></item>"
                          "<item><title>c</title><pubDate>soon</pubDate></item></channel></rss>";

        reads(xml, 1000, "[]");
        reads(xml, 999,
              "[{\"title\":\"b\",\"link\":\"\",\"description\":\"\",\"pub_date\":\"1970-01-01T00:00:01."
              "000Z\",\"author\":\"\","
              "\"categories\":[]}]");
}

static void what_is_no_feed_is_refused(void **state) {
        refuses("");
        refuses("not xml");
        refuses("<html><body/></html>");
        refuses("<rss><channel><item></channel></rss>");
        refuses("<rss>\xff</rss>");
}

static void entities_of_its_own_are_refused(void **state) {
        refuses("<!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b "
                "'&a;&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>");
        refuses("<!DOCTYPE r [<!ENTITY f SYSTEM "
                "'file:///etc/passwd'>]><rss><channel><item><title>&f;</title></item></channel></rss>");
}

static void a_member_without_end_is_cut_off(void **state) {
        struct strbuf xml = STRBUF_INIT(1 << 20);
        json_auto_t *entries = NULL;

        strbuf_append(&xml,
                      STR("<rss><channel><item><pubDate>Thu, 01 Jan 1970 00:00:01 GMT</pubDate><title>"));
        for (int i = 0; i < 100000; i++)
                strbuf_append(&xml, STR("abc\n"));
        strbuf_append(&xml, STR("</title></item></channel></rss>"));
        assert_int_equal(feed_read(strbuf_str(&xml), 0, &entries), 0);
        assert_true(json_string_length(json_object_get(json_array_get(entries, 0), "title")) <=
                    FEED_TEXT_MAX);
        strbuf_done(&xml);
}

static void dates_are_read_in_both_forms(void **state) {
        static const struct {
                const char *text;
                int64_t ms;
        } dates[] = {
                { "Thu, 01 Jan 1970 00:01:00 GMT", 60000 }, { "1 Jan 1970 00:01 UT", 60000 },
                { "01 Jan 1970 00:01:00 -0100", 3660000 },  { "Wed, 31 Dec 1969 19:01:00 EST", 60000 },
                { "1970-01-01T00:01:00Z", 60000 },          { "1970-01-01t01:01:00.123+01:00", 60000 },
                { " 1970-01-01T00:01:00+0000\n", 60000 },
        };
        static const char *const bad[] = { "",
                                           "soon",
                                           "1970-01-01",
                                           "1970-01-01T00:01:00",
                                           "1970-13-01T00:01:00Z",
                                           "01 Foo 1970 00:01:00 GMT",
                                           "01 Jan 1970 00:01:00 +1",
                                           "01 Jan 1970 00:01:00 GMT x" };
        int64_t ms;

        for (size_t i = 0; i < ARRAY_LENGTH(dates); i++) {
                assert_true(feed_date(str_of(dates[i].text), &ms));
                assert_int_equal(ms, dates[i].ms);
        }
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_false(feed_date(str_of(bad[i]), &ms));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rss_is_read),
                cmocka_unit_test(atom_is_read),
                cmocka_unit_test(older_entries_and_those_without_a_date_are_left_out),
                cmocka_unit_test(what_is_no_feed_is_refused),
                cmocka_unit_test(entities_of_its_own_are_refused),
                cmocka_unit_test(a_member_without_end_is_cut_off),
                cmocka_unit_test(dates_are_read_in_both_forms),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
