#include "agents/feed.h"

#include <expat.h>
#include <time.h>

#include "agents/value/value.h"
#include "base/clock.h"
#include "base/strbuf.h"

enum { PART_MAX = 40 };

/* Members of an entry that are text. */
enum member { TITLE, LINK, DESCRIPTION, DATE, AUTHOR, MEMBERS };

static const char *const names[MEMBERS] = { "title", "link", "description", "pub_date", "author" };

struct reading {
        XML_Parser parser;
        int64_t after_ms;
        json_t *entries;
        unsigned depth, entry_depth; /* entry_depth: 0 outside of an entry */
        bool is_feed;
        int result;

        /* of the entry */
        struct strbuf members[MEMBERS];
        json_t *categories;
        enum member member; /* that the text belongs to; MEMBERS for none */
        bool in_category;
        struct strbuf category;
};

/* Without the white space of XML (§2.3) around it. */
static struct str trim(struct str s) {
        while (s.len > 0 && s.ptr[0] && strchr(" \t\r\n", s.ptr[0]))
                s = str_from(s, 1);
        while (s.len > 0 && s.ptr[s.len - 1] && strchr(" \t\r\n", s.ptr[s.len - 1]))
                s.len--;
        return s;
}

static void stop(struct reading *r, int result) {
        r->result = result;
        (void)XML_StopParser(r->parser, XML_FALSE);
}

static int two_digits(const char *text) {
        if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
                return -1;
        return (text[0] - '0') * 10 + text[1] - '0';
}

/* Minutes east of Greenwich: "Z", "+01:00", "-0800", and the names of RFC 822 §5.1. */
static bool zone_minutes(const char *zone, int *ret) {
        static const struct {
                const char *name;
                int hours;
        } zones[] = { { "Z", 0 },    { "z", 0 },    { "GMT", 0 },  { "UT", 0 },   { "UTC", 0 },
                      { "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 }, { "MST", -7 },
                      { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 } };
        const char *minutes;
        int h, m;

        for (size_t i = 0; i < ARRAY_LENGTH(zones); i++)
                if (strcmp(zone, zones[i].name) == 0) {
                        *ret = zones[i].hours * 60;
                        return true;
                }
        if (*zone != '+' && *zone != '-')
                return false;
        h = two_digits(zone + 1);
        if (h < 0)
                return false;
        minutes = zone + 3 + (zone[3] == ':');
        m = two_digits(minutes);
        if (h > 23 || m < 0 || m > 59 || minutes[2])
                return false;
        *ret = (*zone == '-' ? -1 : 1) * (h * 60 + m);
        return true;
}

bool feed_date(struct str text, int64_t *ret_ms) {
        char buffer[PART_MAX + 1];
        const char *at = buffer, *comma;
        struct tm tm = { 0 };
        int zone;

        text = trim(text);
        if (text.len == 0 || text.len > PART_MAX)
                return false;
        memcpy(buffer, text.ptr, text.len);
        buffer[text.len] = '\0';
        comma = strchr(buffer, ',');
        if (strlen(buffer) > 10 && buffer[4] == '-' && (buffer[10] == 'T' || buffer[10] == 't')) {
                buffer[10] = 'T';
                at = strptime(buffer, "%Y-%m-%dT%H:%M:%S", &tm);
                if (at && *at == '.')
                        at += 1 + strspn(at + 1, "0123456789");
        } else {
                at = strptime(comma ? comma + 1 : buffer, " %d %b %Y %H:%M", &tm);
                if (at && *at == ':')
                        at = strptime(at, ":%S", &tm);
                if (at)
                        at += strspn(at, " ");
        }
        if (!at || !zone_minutes(at, &zone))
                return false;
        *ret_ms = ((int64_t)timegm(&tm) - zone * 60) * 1000;
        return true;
}

/* --- elements --- */

/* Without its namespace prefix. */
static const char *local_name(const char *name) {
        const char *colon = strrchr(name, ':');

        return colon ? colon + 1 : name;
}

static enum member member_of(const struct reading *r, const char *name) {
        static const struct {
                const char *name;
                enum member member;
        } elements[] = { { "title", TITLE },         { "link", LINK },    { "description", DESCRIPTION },
                         { "summary", DESCRIPTION }, { "pubDate", DATE }, { "published", DATE },
                         { "updated", DATE },        { "dc:date", DATE }, { "author", AUTHOR },
                         { "dc:creator", AUTHOR } };

        if (r->depth == r->entry_depth + 2)
                return strcmp(name, "name") == 0 && r->member == AUTHOR ? AUTHOR : MEMBERS;
        if (r->depth != r->entry_depth + 1)
                return MEMBERS;
        for (size_t i = 0; i < ARRAY_LENGTH(elements); i++)
                if (strcmp(name, elements[i].name) == 0 && (r->members[elements[i].member].len == 0))
                        return elements[i].member;
        return MEMBERS;
}

static const char *attribute(const char **attributes, const char *name) {
        for (; *attributes; attributes += 2)
                if (strcmp(attributes[0], name) == 0)
                        return attributes[1];
        return NULL;
}

static void add_category(struct reading *r, struct str text) {
        if (text.len > 0 && json_array_append_new(r->categories, value_of_str(text)) < 0)
                stop(r, -ERR_NO_MEMORY);
}

static void begin_entry(struct reading *r) {
        r->entry_depth = r->depth;
        r->member = MEMBERS;
        for (size_t i = 0; i < MEMBERS; i++)
                strbuf_reset(&r->members[i]);
        json_decref(r->categories);
        r->categories = json_array();
        if (!r->categories)
                stop(r, -ERR_NO_MEMORY);
}

/* Atom says where an entry is, and what about, in attributes. */
static void take_attributes(struct reading *r, const char *name, const char **attributes) {
        const char *href = attribute(attributes, "href"), *rel = attribute(attributes, "rel"),
                   *term = attribute(attributes, "term");

        if (strcmp(name, "link") == 0 && href && (!rel || strcmp(rel, "alternate") == 0) &&
            r->members[LINK].len == 0)
                strbuf_append(&r->members[LINK], str_of(href));
        if (strcmp(name, "category") == 0 && term)
                add_category(r, str_of(term));
}

static void XMLCALL on_start(void *data, const char *name, const char **attributes) {
        struct reading *r = data;
        const char *local = local_name(name);

        r->depth++;
        if (r->depth == 1)
                r->is_feed =
                        strcmp(local, "rss") == 0 || strcmp(local, "feed") == 0 || strcmp(local, "RDF") == 0;
        if (!r->is_feed || r->depth > 100) {
                stop(r, -ERR_BLOCK);
                return;
        }
        if (r->entry_depth == 0) {
                if (strcmp(local, "item") == 0 || strcmp(local, "entry") == 0)
                        begin_entry(r);
                return;
        }
        r->member = member_of(r, name);
        if (r->depth != r->entry_depth + 1)
                return;
        r->in_category = strcmp(name, "category") == 0;
        strbuf_reset(&r->category);
        take_attributes(r, name, attributes);
}

static json_t *member_value(struct reading *r, enum member member) {
        return value_of_str(r->members[member].len ? trim(strbuf_str(&r->members[member])) : STR(""));
}

static void end_entry(struct reading *r) {
        char date[CLOCK_ISO_LENGTH];
        json_auto_t *entry = json_object();
        int64_t ms;

        r->entry_depth = 0;
        if (!r->members[DATE].len || !feed_date(strbuf_str(&r->members[DATE]), &ms) || ms <= r->after_ms)
                return;
        if (json_array_size(r->entries) == FEED_ENTRIES_MAX) {
                stop(r, -ERR_BLOCK);
                return;
        }
        clock_format_iso(ms, date);
        for (enum member m = 0; m < MEMBERS; m++) {
                json_t *value = m == DATE ? value_of_str(str_n(date, sizeof(date))) : member_value(r, m);

                if (json_object_set_new(entry, names[m], value) < 0)
                        stop(r, -ERR_NO_MEMORY);
        }
        if (json_object_set(entry, "categories", r->categories) < 0 ||
            json_array_append(r->entries, entry) < 0)
                stop(r, -ERR_NO_MEMORY);
}

static void XMLCALL on_end(void *data, const char *name _unused_) {
        struct reading *r = data;

        if (r->entry_depth && r->depth == r->entry_depth)
                end_entry(r);
        if (r->entry_depth && r->depth == r->entry_depth + 1) {
                if (r->in_category && r->category.len)
                        add_category(r, trim(strbuf_str(&r->category)));
                r->in_category = false;
                r->member = MEMBERS;
        }
        r->depth--;
}

static void XMLCALL on_text(void *data, const char *text, int len) {
        struct reading *r = data;
        struct strbuf *to = r->in_category        ? &r->category
                            : r->member < MEMBERS ? &r->members[r->member]
                                                  : NULL;

        if (r->entry_depth && to && to->len + (size_t)len <= FEED_TEXT_MAX)
                strbuf_append(to, str_n(text, (size_t)len));
}

/* Entities of a document's own could grow without end, and no feed needs them. */
static void XMLCALL on_doctype(void *data, const char *name _unused_, const char *system _unused_,
                               const char *public _unused_, int has_declarations) {
        if (has_declarations)
                stop(data, -ERR_BLOCK);
}

static int parse(struct reading *r, struct str xml) {
        XML_SetUserData(r->parser, r);
        XML_SetElementHandler(r->parser, on_start, on_end);
        XML_SetCharacterDataHandler(r->parser, on_text);
        XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
        if (XML_Parse(r->parser, xml.ptr, (int)xml.len, 1) != XML_STATUS_OK && r->result == 0)
                r->result = XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY ? -ERR_NO_MEMORY : -ERR_BLOCK;
        return r->result;
}

int feed_read(struct str xml, int64_t after_ms, json_t **ret) {
        struct reading r = { .after_ms = after_ms, .member = MEMBERS };
        int result = -ERR_NO_MEMORY;

        if (xml.len == 0 || xml.len > INT32_MAX)
                return -ERR_BLOCK;
        for (size_t i = 0; i < MEMBERS; i++)
                strbuf_init(&r.members[i], FEED_TEXT_MAX);
        strbuf_init(&r.category, FEED_TEXT_MAX);
        r.parser = XML_ParserCreate(NULL);
        r.entries = json_array();
        if (r.parser && r.entries)
                result = parse(&r, xml);
        if (result == 0)
                *ret = json_incref(r.entries);
        json_decref(r.entries);
        json_decref(r.categories);
        for (size_t i = 0; i < MEMBERS; i++)
                strbuf_done(&r.members[i]);
        strbuf_done(&r.category);
        if (r.parser)
                XML_ParserFree(r.parser);
        return result;
}
