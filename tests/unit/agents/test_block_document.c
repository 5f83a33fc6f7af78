#include "agents/block_document.h"

#include <pthread.h>
#include <zlib.h>

#include "agents/block.h"
#include "agents/value/value.h"
#include "unit.h"

static json_t *read_document(const struct block_document **ret) {
        char problem[VALUE_PROBLEM_MAX] = "";
        json_t *list;

        assert_int_equal(block_document_get(ret), 0);
        if (value_parse((*ret)->json, true, &list, problem) < 0)
                fail_msg("%s", problem);
        return list;
}

static void it_lists_every_block_in_the_contracts_shape(void **state) {
        static const char *const members[] = { "id",           "name",         "inputSchema",
                                               "outputSchema", "description",  "categories",
                                               "contributors", "staticOutput", "uiType" };
        const struct block_document *document;
        json_t *list = read_document(&document);
        size_t n;

        (void)block_all(&n);
        assert_int_equal(json_array_size(list), n);
        for (size_t i = 0; i < n; i++) {
                json_t *block = json_array_get(list, i), *category;

                assert_int_equal(json_object_size(block), ARRAY_LENGTH(members));
                for (size_t k = 0; k < ARRAY_LENGTH(members); k++)
                        assert_non_null(json_object_get(block, members[k]));
                category = json_array_get(json_object_get(block, "categories"), 0);
                assert_true(json_string_length(json_object_get(category, "category")) > 0);
                assert_true(json_string_length(json_object_get(category, "description")) > 0);
        }
        json_decref(list);
}

static void both_forms_say_the_same_under_tags_of_their_own(void **state) {
        const struct block_document *document, *again;
        static char plain[4 * 1024 * 1024];
        z_stream z = { 0 };

        assert_int_equal(block_document_get(&document), 0);
        assert_int_equal(block_document_get(&again), 0);
        assert_ptr_equal(document, again);
        assert_false(str_eq(document->json_etag, document->gzip_etag));
        assert_true(document->gzip.len * 3 < document->json.len);
        assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
        z.next_in = (z_const Bytef *)document->gzip.ptr;
        z.avail_in = (uInt)document->gzip.len;
        z.next_out = (Bytef *)plain;
        z.avail_out = sizeof(plain);
        assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
        assert_true(str_eq(str_n(plain, z.total_out), document->json));
        inflateEnd(&z);
}

static void *get_document(void *ret) {
        return block_document_get(ret) < 0 ? "failed" : NULL;
}

/* First of all tests: nothing is made yet. */
static void threads_that_ask_at_once_get_the_same(void **state) {
        const struct block_document *documents[8] = { NULL };
        pthread_t threads[ARRAY_LENGTH(documents)];
        void *problem;

        for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, get_document, &documents[i]), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
                assert_int_equal(pthread_join(threads[i], &problem), 0);
                assert_null(problem);
                assert_ptr_equal(documents[i], documents[0]);
        }
        assert_non_null(documents[0]);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(threads_that_ask_at_once_get_the_same),
                cmocka_unit_test(it_lists_every_block_in_the_contracts_shape),
                cmocka_unit_test(both_forms_say_the_same_under_tags_of_their_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
