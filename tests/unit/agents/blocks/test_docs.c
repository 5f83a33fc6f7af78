/* The catalogue of docs/blocks.md is that of the tables. GATEHOUSE_UPDATE_DOCS=1 writes it in place of complaining. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/block.h"
#include "base/strbuf.h"
#include "unit.h"

enum { PAGE_MAX = 1024 * 1024 };

#define BEGIN STR("<!-- catalogue -->\n")
#define END   STR("<!-- end -->\n")

static void write_fields(struct strbuf *out, const struct block_field *fields, size_t n) {
        for (size_t i = 0; i < n; i++) {
                strbuf_printf(out, "%s`%s`", i ? ", " : "", fields[i].name);
                if (fields[i].flags & FIELD_REQUIRED)
                        strbuf_append(out, STR("\\*"));
                if (fields[i].initial)
                        strbuf_printf(out, "=`%s`", fields[i].initial);
        }
}

static void write_catalogue(struct strbuf *out) {
        const struct block *const *all;
        size_t n;

        all = block_all(&n);
        strbuf_append(out, STR("| block | what it does | inputs | outputs |\n|---|---|---|---|\n"));
        for (size_t i = 0; i < n; i++) {
                strbuf_printf(out, "| %s `%s` | %s%s | ", all[i]->name, all[i]->id, all[i]->description,
                              all[i]->static_output ? " (static)" : "");
                write_fields(out, all[i]->inputs, all[i]->n_inputs);
                strbuf_append(out, STR(" | "));
                write_fields(out, all[i]->outputs, all[i]->n_outputs);
                strbuf_append(out, STR(" |\n"));
        }
}

static void read_page(struct strbuf *out) {
        FILE *file = fopen(BLOCKS_PAGE, "r");
        char part[4096];
        size_t n;

        assert_non_null(file);
        while ((n = fread(part, 1, sizeof(part), file)) > 0)
                strbuf_append(out, str_n(part, n));
        (void)fclose(file);
}

static size_t position(struct str page, struct str mark) {
        for (size_t i = 0; i + mark.len <= page.len; i++)
                if (str_starts_with(str_from(page, i), mark))
                        return i;
        fail_msg("docs/blocks.md lacks " STR_FMT, STR_ARG(mark));
        return 0;
}

static void update_page(struct str before, struct str catalogue, struct str after) {
        FILE *file = fopen(BLOCKS_PAGE, "w");

        assert_non_null(file);
        (void)fprintf(file, STR_FMT STR_FMT STR_FMT, STR_ARG(before), STR_ARG(catalogue), STR_ARG(after));
        assert_int_equal(fclose(file), 0);
}

static void the_page_lists_every_block_as_it_is(void **state) {
        struct strbuf page = STRBUF_INIT(PAGE_MAX), catalogue = STRBUF_INIT(PAGE_MAX);
        size_t begin, end;
        bool same;

        read_page(&page);
        write_catalogue(&catalogue);
        begin = position(strbuf_str(&page), BEGIN) + BEGIN.len;
        end = position(strbuf_str(&page), END);
        same = str_eq(str_n(page.ptr + begin, end - begin), strbuf_str(&catalogue));
        if (!same && getenv("GATEHOUSE_UPDATE_DOCS"))
                update_page(str_n(page.ptr, begin), strbuf_str(&catalogue), str_from(strbuf_str(&page), end));
        else if (!same)
                fail_msg("docs/blocks.md is not what the tables say: run this test with "
                         "GATEHOUSE_UPDATE_DOCS=1");
        strbuf_done(&page);
        strbuf_done(&catalogue);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_page_lists_every_block_as_it_is),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
