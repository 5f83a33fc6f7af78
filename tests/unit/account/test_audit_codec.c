#include "account/audit_codec.h"

#include "unit.h"

#include "base/codec.h"

#define UUID_A "0198f3a2-7c11-7abc-8def-0123456789ab"
#define UUID_B "ffffffff-ffff-ffff-ffff-fffffffffffe"

static const struct audit_entry full = {
        .id = 0x0102030405060708,
        .event = 24,
        .by = AUDIT_BY_APP,
        .count = 3,
        .user_id = STR_INIT(UUID_A),
        .actor_id = STR_INIT(UUID_B),
        .app_id = STR_INIT("app-7"),
        .key_id = STR_INIT("0198F3A2-7C11-7ABC-8DEF-0123456789AB"),
        .session = 77,
        .authorization = INT64_MAX,
        .subject = STR_INIT("graph \xc3\xa4"),
        .address = STR_INIT("2001:db8::1"),
        .user_agent = STR_INIT("Test/1"),
        .request_id = STR_INIT("00112233445566ff"),
        .reason = STR_INIT("MISSING_SCOPE"),
        .detail = STR_INIT("IDENTITY"),
};

static void assert_text(struct str seen, struct str wanted) {
        if (!str_eq(seen, wanted))
                fail_msg("'" STR_FMT "', not '" STR_FMT "'", STR_ARG(seen), STR_ARG(wanted));
}

static void assert_same(const struct audit_entry *seen, const struct audit_entry *wanted) {
        assert_int_equal(seen->id, wanted->id);
        assert_int_equal(seen->event, wanted->event);
        assert_int_equal(seen->by, wanted->by);
        assert_int_equal(seen->count, wanted->count);
        assert_int_equal(seen->session, wanted->session);
        assert_int_equal(seen->authorization, wanted->authorization);
        assert_text(seen->user_id, wanted->user_id);
        assert_text(seen->actor_id, wanted->actor_id);
        assert_text(seen->app_id, wanted->app_id);
        assert_text(seen->key_id, wanted->key_id);
        assert_text(seen->subject, wanted->subject);
        assert_text(seen->address, wanted->address);
        assert_text(seen->user_agent, wanted->user_agent);
        assert_text(seen->request_id, wanted->request_id);
        assert_text(seen->reason, wanted->reason);
        assert_text(seen->detail, wanted->detail);
}

static void an_event_reads_back_as_it_was(void **state) {
        uint8_t bytes[AUDIT_ENTRY_MAX];
        struct audit_entry e = { 0 };
        struct audit_texts texts;
        struct str rest = str_n(bytes, audit_encode(&full, bytes));

        assert_int_equal(audit_decode(&rest, &texts, &e), 1);
        assert_int_equal(rest.len, 0);
        assert_same(&e, &full);
        assert_int_equal(audit_decode(&rest, &texts, &e), 0);
}

/* The form is what the chain's hashes cover: it may never change, or old trails no longer verify. */
static void the_form_is_what_it_always_was(void **state) {
        const struct audit_entry e = { .id = 0x0102030405060708,
                                       .event = 2,
                                       .by = AUDIT_BY_NOBODY,
                                       .count = 2,
                                       .user_id = STR_INIT(UUID_A),
                                       .app_id = STR_INIT("app-7"),
                                       .address = STR_INIT("192.0.2.1"),
                                       .reason = STR_INIT("NO") };
        static const char wanted[] = "003a"
                                     "0102030405060708"
                                     "0002"
                                     "010100"
                                     "02080000000000000002"
                                     "03100198f3a27c117abc8def0123456789ab"
                                     "45056170702d37"
                                     "0a04c0000201"
                                     "0d024e4f";
        char hex[2 * AUDIT_ENTRY_MAX + 1] = "";
        uint8_t bytes[AUDIT_ENTRY_MAX];

        hex_encode(str_n(bytes, audit_encode(&e, bytes)), hex);
        assert_string_equal(hex, wanted);
}

static void what_is_longest_fits(void **state) {
        struct audit_entry e = full, seen = { 0 };
        char text[4096];
        uint8_t bytes[AUDIT_ENTRY_MAX];
        struct audit_texts texts;
        struct str rest;

        memset(text, 'x', sizeof(text));
        e.user_id = e.actor_id = e.app_id = e.key_id = e.subject = e.user_agent = e.reason = e.detail =
                str_n(text, sizeof(text));
        e.address = STR("2001:db8:ffff:ffff:ffff:ffff:192.168.100.200");
        rest = str_n(bytes, audit_encode(&e, bytes));
        assert_in_range(rest.len, 500, AUDIT_ENTRY_MAX);
        assert_int_equal(audit_decode(&rest, &texts, &seen), 1);
        assert_int_equal(seen.user_id.len, AUDIT_ID_MAX);
        assert_int_equal(seen.user_agent.len, AUDIT_USER_AGENT_MAX);
        assert_int_equal(seen.detail.len, AUDIT_DETAIL_MAX);
}

static void texts_are_cut_between_characters_and_never_malformed(void **state) {
        static const struct {
                struct str text;
                size_t kept;
        } cases[] = {
                { STR_INIT("\xff\xfe"), 0 },
                { STR_INIT("plain"), 5 },
                { STR_INIT("ab\xc3"), 2 },
        };
        char long_text[AUDIT_DETAIL_MAX + 2];
        struct audit_entry e = { .id = 1, .event = 2, .count = 1 }, seen = { 0 };
        uint8_t bytes[AUDIT_ENTRY_MAX];
        struct audit_texts texts;
        struct str rest;

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                e.detail = cases[i].text;
                rest = str_n(bytes, audit_encode(&e, bytes));
                seen = (struct audit_entry){ 0 };
                assert_int_equal(audit_decode(&rest, &texts, &seen), 1);
                assert_int_equal(seen.detail.len, cases[i].kept);
        }
        memset(long_text, 'x', sizeof(long_text));
        memcpy(long_text + AUDIT_DETAIL_MAX - 1, "\xe2\x82\xac", 3); /* the maximum is within it */
        e.detail = str_n(long_text, sizeof(long_text));
        rest = str_n(bytes, audit_encode(&e, bytes));
        assert_int_equal(audit_decode(&rest, &texts, &seen), 1);
        assert_int_equal(seen.detail.len, AUDIT_DETAIL_MAX - 1);
}

static void every_part_of_an_event_is_no_event(void **state) {
        uint8_t bytes[AUDIT_ENTRY_MAX];
        size_t len = audit_encode(&full, bytes);
        struct audit_texts texts;
        struct audit_entry e;

        for (size_t n = 1; n < len; n++) {
                struct str part = str_n(bytes, n);

                if (audit_decode(&part, &texts, &e) >= 0)
                        fail_msg("%zu of %zu bytes", n, len);
        }
}

/* The fields of an event, behind a head that fits. */
static int decode_fields(const char *fields) {
        uint8_t bytes[128] = { [9] = 8, [11] = 2 };
        struct audit_texts texts;
        struct audit_entry e;
        size_t n = strlen(fields) / 2;
        struct str rest = str_n(bytes, 12 + n);

        assert_true(hex_decode(str_of(fields), bytes + 12, sizeof(bytes) - 12) >= 0);
        bytes[1] = (uint8_t)(10 + n);
        return audit_decode(&rest, &texts, &e);
}

static void one_event_has_one_form(void **state) {
        static const char *const wrong[] = {
                "0101000e00",                 /* an empty field */
                "010100010100",               /* a tag twice */
                "0101000e01410d0141",         /* tags that descend */
                "010109",                     /* an actor that there is not */
                "01020000",                   /* one of two bytes */
                "010100030401020304",         /* a UUID of four bytes */
                "01010002080000000000000000", /* a number that is left out when it is zero */
                "01010002020001",             /* a short one */
                "0101000a03c00002",           /* an address of three bytes */
                "0101000c0101",               /* a short request id */
                "0101004e0141",               /* detail has no other form than text */
                "0101000f0141",               /* a tag that there is not */
                "0101000e0241",               /* a field that goes on behind the end */
                "0101000e",                   /* one without a length */
        };

        assert_int_equal(decode_fields("0101000e0141"), 1);
        for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
                if (decode_fields(wrong[i]) >= 0)
                        fail_msg("%s was taken for an event", wrong[i]);
}

/* How long the field of a user id is with these bytes: AUDIT_UUID_BYTES if they are a UUID. */
static size_t id_bytes(struct str id) {
        uint8_t room[AUDIT_UUID_BYTES];
        struct str packed = audit_pack_id(id, room);

        return packed.ptr == (const char *)room ? packed.len : 0;
}

static void of_each_character_of_a_uuid_only_its_digits_in_lower_case_are_one(void **state) {
        for (size_t at = 0; at < sizeof(UUID_A) - 1; at++) {
                for (int c = 0; c < 256; c++) {
                        bool dash = at == 8 || at == 13 || at == 18 || at == 23;
                        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                        char text[] = UUID_A;

                        text[at] = (char)c;
                        if ((id_bytes(str_of(text)) != 0 && c) != (dash ? c == '-' : digit))
                                fail_msg("character %d at %zu", c, at);
                }
        }
        assert_int_equal(id_bytes(STR(UUID_A)), AUDIT_UUID_BYTES);
        assert_int_equal(id_bytes(STR(UUID_A "0")), 0);
        assert_int_equal(id_bytes(STR("")), 0);
}

static void addresses_are_those_that_inet_pton_reads(void **state) {
        static const struct {
                const char *text;
                bool kept;
        } cases[] = {
                { "192.0.2.1", true },
                { "0.0.0.0", true },
                { "255.255.255.255", true },
                { "10.200.30.4", true },
                { "::1", true },
                { "::ffff:192.0.2.1", true },
                { "256.0.0.1", false },
                { "1.2.3", false },
                { "1.2.3.4.5", false },
                { "1..2.3", false },
                { "01.2.3.4", false },
                { "1.2.3.04", false },
                { "1.2.3.", false },
                { ".1.2.3", false },
                { "1.2.3.4 ", false },
                { "1.2.3.a", false },
                { "1.2.3.4294967297", false },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                struct audit_entry e = { .id = 1, .event = 2, .count = 1, .address = str_of(cases[i].text) },
                                   seen;
                uint8_t bytes[AUDIT_ENTRY_MAX];
                struct audit_texts texts;
                struct str rest = str_n(bytes, audit_encode(&e, bytes));

                assert_int_equal(audit_decode(&rest, &texts, &seen), 1);
                assert_text(seen.address, cases[i].kept ? e.address : STR_NULL);
        }
}

static void kinds_have_a_name_and_a_code_each(void **state) {
        unsigned n = 0;

        for (unsigned code = 0; code < 65536; code++) {
                const struct audit_kind *kind = audit_kind(code);

                if (!kind)
                        continue;
                n++;
                assert_ptr_equal(audit_kind_named(kind->name), kind);
                assert_true(kind->text.len > 0);
        }
        assert_in_range(n, 60, 200);
        assert_null(audit_kind_named(STR("no.such")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_event_reads_back_as_it_was),
                cmocka_unit_test(the_form_is_what_it_always_was),
                cmocka_unit_test(what_is_longest_fits),
                cmocka_unit_test(texts_are_cut_between_characters_and_never_malformed),
                cmocka_unit_test(every_part_of_an_event_is_no_event),
                cmocka_unit_test(one_event_has_one_form),
                cmocka_unit_test(of_each_character_of_a_uuid_only_its_digits_in_lower_case_are_one),
                cmocka_unit_test(addresses_are_those_that_inet_pton_reads),
                cmocka_unit_test(kinds_have_a_name_and_a_code_each),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
