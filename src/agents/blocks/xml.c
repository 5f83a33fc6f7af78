/* XML into dictionaries (dialect: Blocks, basic). */
#include <expat.h>

#include "agents/blocks/families.h"
#include "agents/value/python_text.h"

enum { XML_BYTES_MAX = 10 * 1024 * 1024, XML_ELEMENTS_MAX = 200000 };

/* An element that is open. */
struct element {
        json_t *members; /* of its children and attributes */
        struct strbuf text;
};

struct reader {
        XML_Parser parser;
        struct element open[VALUE_DEPTH_MAX -
                            2]; /* a list around each level would still be within the depth of values */
        size_t depth, elements;
        json_t *root;
        int result; /* what went wrong; 0 for nothing */
        const char *problem;
};

static void stop(struct reader *r, int result, const char *problem) {
        if (r->result == 0) {
                r->result = result;
                r->problem = problem;
        }
        (void)XML_StopParser(r->parser, XML_FALSE);
}

/* A second member of the same name makes a list of both. */
static int add_member(json_t *members, const char *name, json_t *value) {
        json_t *there = json_object_get(members, name), *list;

        if (!there)
                return json_object_set_new(members, name, value);
        if (json_is_array(there))
                return json_array_append_new(there, value);
        list = json_pack("[O,o]", there, value);
        return list ? json_object_set_new(members, name, list) : -1;
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes) {
        struct reader *r = data;
        struct element *element = &r->open[r->depth];

        if (r->result < 0)
                return;
        if (r->depth == ARRAY_LENGTH(r->open) / 2) {
                stop(r, -ERR_BLOCK, "elements are nested too deeply");
                return;
        }
        if (++r->elements > XML_ELEMENTS_MAX) {
                stop(r, -ERR_BLOCK, "too many elements");
                return;
        }
        *element = (struct element){ .members = json_object(), .text = STRBUF_INIT(XML_BYTES_MAX) };
        r->depth++;
        for (size_t i = 0; attributes[i] && element->members; i += 2) {
                char key[200];

                if (++r->elements > XML_ELEMENTS_MAX ||
                    (size_t)snprintf(key, sizeof(key), "@%s", attributes[i]) >= sizeof(key)) {
                        stop(r, -ERR_BLOCK, "too many attributes, or one with too long a name");
                        return;
                }
                if (json_object_set_new(element->members, key, json_string(attributes[i + 1])) < 0)
                        stop(r, -ERR_NO_MEMORY, NULL);
        }
        if (!element->members)
                stop(r, -ERR_NO_MEMORY, NULL);
}

/* An element without children and attributes is its text; else its text, if there is any, is the member #text. */
static json_t *end_value(struct element *element) {
        struct str text = python_strip(str_n(element->text.ptr ? element->text.ptr : "", element->text.len));

        if (element->text.failed)
                return NULL;
        if (json_object_size(element->members) == 0)
                return value_of_str(text);
        if (text.len > 0 && json_object_set_new(element->members, "#text", value_of_str(text)) < 0)
                return NULL;
        return json_incref(element->members);
}

static void on_end(void *data, const XML_Char *name) {
        struct reader *r = data;
        struct element *element;
        json_t *value, *parent;

        if (r->result < 0)
                return;
        element = &r->open[r->depth - 1];
        value = end_value(element);
        parent = r->depth > 1 ? r->open[r->depth - 2].members : r->root;
        if (!value || add_member(parent, name, value) < 0)
                stop(r, -ERR_NO_MEMORY, NULL);
        json_decref(element->members);
        strbuf_done(&element->text);
        r->depth--;
}

static void on_text(void *data, const XML_Char *text, int n) {
        struct reader *r = data;

        if (r->result == 0 && r->depth > 0)
                strbuf_append(&r->open[r->depth - 1].text, str_n(text, (size_t)n));
}

/* Entities of its own are what bombs are made of; they are declared within the document type. */
static void on_document_type(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                             int has_declarations) {
        if (has_declarations)
                stop(data, -ERR_BLOCK, "entities may not be declared");
}

static int parse(struct block_run *run, struct reader *r, struct str text) {
        enum XML_Status status;

        XML_SetUserData(r->parser, r);
        XML_SetElementHandler(r->parser, on_start, on_end);
        XML_SetCharacterDataHandler(r->parser, on_text);
        XML_SetStartDoctypeDeclHandler(r->parser, on_document_type);
        status = XML_Parse(r->parser, text.ptr, (int)text.len, XML_TRUE);
        while (r->depth > 0) {
                r->depth--;
                json_decref(r->open[r->depth].members);
                strbuf_done(&r->open[r->depth].text);
        }
        if (r->result == -ERR_BLOCK)
                return block_fail(run, "Error in input xml syntax: %s (line %lu)", r->problem,
                                  XML_GetCurrentLineNumber(r->parser));
        if (r->result < 0)
                return r->result;
        if (status != XML_STATUS_OK)
                return block_fail(run, "Error in input xml syntax: %s (line %lu)",
                                  XML_ErrorString(XML_GetErrorCode(r->parser)),
                                  XML_GetCurrentLineNumber(r->parser));
        return 0;
}

static int run_xml(struct block_run *run) {
        struct str text = input_str(run, "input_xml");
        struct reader reader = { .root = json_object() };
        int r;

        if (text.len > XML_BYTES_MAX)
                r = block_fail(run, "XML too large: %zu bytes > %d bytes", text.len, XML_BYTES_MAX);
        else if (!(reader.parser = XML_ParserCreate("UTF-8")) || !reader.root)
                r = -ERR_NO_MEMORY;
        else
                r = parse(run, &reader, text);
        if (r >= 0)
                r = block_yield(run, "parsed_xml", json_incref(reader.root));
        if (reader.parser)
                XML_ParserFree(reader.parser);
        json_decref(reader.root);
        return r;
}

static const struct block_field inputs[] = {
        { "input_xml", TYPE_STRING, NULL, "The XML, with one root element", FIELD_REQUIRED },
};
static const struct block_field outputs[] = {
        { "parsed_xml", TYPE_OBJECT, NULL, "The root element by its name", 0 },
};

static const struct block blocks[] = {
        { .id = "286380af-9529-4b55-8be0-1d7c854abdb5",
          .name = "XMLParserBlock",
          .description = "Turns XML into a dictionary",
          .categories = CATEGORY_TEXT,
          INPUTS(inputs),
          OUTPUTS(outputs),
          .run = run_xml },
};

const struct block_family family_xml = BLOCK_FAMILY(blocks);
