#include "cli/test_server/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/errors.h"

static struct test_app app;
static struct test_client client;

static int setup(void **state) {
        app = (struct test_app){ .app = { .redirect_uris = STR("http://localhost:9876/callback") } };
        memset(app.app.client_id, 'c', sizeof(app.app.client_id));
        memcpy(app.secret.bytes, "agpt_secret_abcdefghijklmnop", 28);
        app.secret.len = 28;
        client = (struct test_client){
                .app = &app,
                .random = &random_system,
                .platform_url = STR("http://localhost:8006"),
                .backend_url = STR("http://127.0.0.1:8006"),
                .port = 9876,
        };
        return 0;
}

static int teardown(void **state) {
        flow_table_done(&client.flows);
        return 0;
}

static struct flow *new_flow(void) {
        struct flow *flow = NULL;

        assert_int_equal(flow_new(&client.flows, NULL, &random_system, &flow), 0);
        return flow;
}

static void assert_shortened(const char *text, const char *expected) {
        struct strbuf b = STRBUF_INIT(4096);

        append_shortened(&b, str_of(text));
        strbuf_append_char(&b, '\0');
        assert_string_equal(b.ptr, expected);
        strbuf_done(&b);
}

static void tokens_are_cut_in_their_middle(void **state) {
        assert_shortened("", "");
        assert_shortened("no token here", "no token here");
        assert_shortened("agpt_xt_0123456789abcdef", "agpt_xt_012345…cdef");
        assert_shortened("{\"a\": \"agpt_rt_0123456789abcdef\"}", "{\"a\": \"agpt_rt_012345…cdef\"}");
        assert_shortened("agpt_secret_0123456789abcdef agpt_xt_0123456789abcdef",
                         "agpt_secret_012345…cdef agpt_xt_012345…cdef");
        assert_shortened("agpt_xt_short", "agpt_xt_short");
        assert_shortened("agpt_client_0123456789abcdef", "agpt_client_0123456789abcdef");
        assert_shortened("agpt_xt_", "agpt_xt_");
}

static void a_step_waits_for_what_it_needs(void **state) {
        struct flow *flow = new_flow();

        for (unsigned i = 0; i < FLOW_STEPS; i++)
                assert_false(step_possible(flow, i));
        flow->returned = true;
        flow->code.len = 10;
        assert_false(step_possible(flow, FLOW_TOKEN)); /* the state was wrong */
        flow->state_ok = true;
        assert_true(step_possible(flow, FLOW_TOKEN));
        flow->access_token.len = 10;
        assert_true(step_possible(flow, FLOW_ME));
        assert_true(step_possible(flow, FLOW_INTROSPECT));
        assert_true(step_possible(flow, FLOW_REVOKE));
        assert_false(step_possible(flow, FLOW_REFRESH));
        flow->refresh_token.len = 10;
        assert_true(step_possible(flow, FLOW_REFRESH));
}

static void a_step_that_is_not_possible_makes_no_request(void **state) {
        struct flow *flow = new_flow();
        struct step_request request;

        for (unsigned i = 0; i < FLOW_STEPS; i++) {
                assert_int_equal(step_request_make(&client, flow, i, &request), -ERR_BAD_REQUEST);
                step_request_done(&request);
        }
}

static void me_carries_the_token_as_a_header_alone(void **state) {
        struct flow *flow = new_flow();
        struct step_request request;

        memcpy(flow->access_token.bytes, "agpt_xt_x", 9);
        flow->access_token.len = 9;
        assert_int_equal(step_request_make(&client, flow, FLOW_ME, &request), 0);
        assert_string_equal(request.fetch.url, "http://127.0.0.1:8006/external-api/v1/me");
        assert_string_equal(request.fetch.method, "GET");
        assert_string_equal(request.fetch.bearer, "agpt_xt_x");
        assert_null(request.fetch.body.ptr);
        step_request_done(&request);
}

static void the_code_is_exchanged_with_its_verifier(void **state) {
        struct flow *flow = new_flow();
        struct step_request request;
        char part[128];

        flow->returned = flow->state_ok = true;
        memcpy(flow->code.bytes, "the-code", 8);
        flow->code.len = 8;
        assert_int_equal(step_request_make(&client, flow, FLOW_TOKEN, &request), 0);
        assert_string_equal(request.fetch.url, "http://127.0.0.1:8006/api/oauth/token");
        snprintf(part, sizeof(part), "\"code_verifier\":\"%s\"", flow->verifier);
        assert_true(str_contains(request.fetch.body, str_of(part)));
        assert_true(str_contains(request.fetch.body, STR("\"code\":\"the-code\"")));
        assert_true(
                str_contains(request.fetch.body, STR("\"client_secret\":\"agpt_secret_abcdefghijklmnop\"")));
        step_request_done(&request);
}

static void a_good_answer_gives_the_tokens(void **state) {
        struct fetch_result result = { .status = 200,
                                       .body = STRBUF_INIT(1024),
                                       .headers = STRBUF_INIT(1024) };
        struct flow *flow = new_flow();
        struct step_request request;

        flow->returned = flow->state_ok = true;
        flow->code.len = 1;
        assert_int_equal(step_request_make(&client, flow, FLOW_TOKEN, &request), 0);
        strbuf_append(&result.headers, STR("HTTP/1.1 200 OK\r\n\r\n"));
        strbuf_append(&result.body,
                      STR("{\"access_token\":\"agpt_xt_0123456789abcdef\",\"refresh_token\":\"r\"}"));
        assert_int_equal(step_finish(flow, FLOW_TOKEN, &request, &result, 0), 0);
        assert_true(str_eq(secret_str(&flow->access_token), STR("agpt_xt_0123456789abcdef")));
        assert_true(str_eq(secret_str(&flow->refresh_token), STR("r")));
        assert_non_null(strstr(flow->records[FLOW_TOKEN].received, "HTTP/1.1 200 OK\n\n{\n"));
        assert_null(strstr(flow->records[FLOW_TOKEN].received, "agpt_xt_0123456789abcdef"));
        assert_null(strstr(flow->records[FLOW_TOKEN].sent, "agpt_secret_abcdefghijklmnop"));
        step_request_done(&request);
        fetch_result_done(&result);
}

static void answers_of_every_kind_are_taken_calmly(void **state) {
        static const char *const bodies[] = { "",         "[]",     "null", "{", "{\"access_token\":5}",
                                              "\xff\xfe", "<html>", "{}" };
        struct flow *flow = new_flow();
        struct step_request request;

        flow->returned = flow->state_ok = true;
        flow->code.len = 1;
        assert_int_equal(step_request_make(&client, flow, FLOW_TOKEN, &request), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(bodies); i++) {
                struct fetch_result result = { .status = 200,
                                               .body = STRBUF_INIT(64),
                                               .headers = STRBUF_INIT(64) };

                strbuf_append(&result.body, str_of(bodies[i]));
                assert_int_equal(step_finish(flow, FLOW_TOKEN, &request, &result, 0), 0);
                assert_int_equal(flow->access_token.len, 0);
                assert_true(str_is_utf8(str_of(flow->records[FLOW_TOKEN].received)));
                fetch_result_done(&result);
        }
        step_request_done(&request);
}

static void a_failure_to_connect_is_shown(void **state) {
        struct fetch_result result = { .problem = "Connection refused" };
        struct flow *flow = new_flow();
        struct step_request request;

        flow->access_token.len = 1;
        flow->access_token.bytes[0] = 'x';
        assert_int_equal(step_request_make(&client, flow, FLOW_ME, &request), 0);
        assert_int_equal(step_finish(flow, FLOW_ME, &request, &result, -ERR_BUSY), 0);
        assert_string_equal(flow->records[FLOW_ME].received, "Connection refused");
        assert_int_equal(flow->records[FLOW_ME].status, 0);
        step_request_done(&request);
}

static void the_authorize_address_has_every_parameter(void **state) {
        struct strbuf url = STRBUF_INIT(8192);
        struct flow *flow = new_flow();
        char part[256];

        step_authorize_url(&client, flow, &url);
        assert_true(
                str_starts_with(strbuf_str(&url),
                                STR("http://localhost:8006/auth/authorize?response_type=code&client_id=c")));
        assert_true(str_contains(strbuf_str(&url),
                                 STR("&redirect_uri=http%3A%2F%2Flocalhost%3A9876%2Fcallback&")));
        assert_true(str_contains(strbuf_str(&url),
                                 STR("&scope=IDENTITY%20EXECUTE_GRAPH%20READ_GRAPH%20READ_BLOCK&")));
        snprintf(part, sizeof(part), "&state=%s&code_challenge=%s&code_challenge_method=S256", flow->state,
                 flow->challenge);
        assert_true(str_contains(strbuf_str(&url), str_of(part)));
        strbuf_done(&url);
}

/* A request to /callback with this query. */
static void come_back(struct flow *flow, const char *query) {
        struct request *req = calloc(1, sizeof(*req));

        assert_non_null(req);
        arena_init(&req->arena, REQUEST_ARENA_MAX);
        req->query = str_of(query);
        assert_int_equal(step_callback(&client, flow, req), 0);
        arena_done(&req->arena);
        free(req);
}

static void a_callback_is_checked(void **state) {
        struct flow *flow = new_flow();
        char query[256];

        come_back(flow, "code=abc&state=wrong&iss=http%3A%2F%2Flocalhost%3A8006");
        assert_true(flow->returned);
        assert_false(flow->state_ok);
        assert_true(flow->iss_ok);
        assert_false(step_possible(flow, FLOW_TOKEN));

        snprintf(query, sizeof(query), "code=abc&state=%s&iss=http%%3A%%2F%%2Fevil.example", flow->state);
        come_back(flow, query);
        assert_true(flow->state_ok);
        assert_true(flow->iss_given);
        assert_false(flow->iss_ok);

        snprintf(query, sizeof(query), "error=access_denied&error_description=User+denied+access&state=%s",
                 flow->state);
        come_back(flow, query);
        assert_string_equal(flow->error, "access_denied");
        assert_string_equal(flow->error_description, "User denied access");
        assert_int_equal(flow->code.len, 0);
        assert_false(flow->iss_given);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(tokens_are_cut_in_their_middle, setup, teardown),
                cmocka_unit_test_setup_teardown(a_step_waits_for_what_it_needs, setup, teardown),
                cmocka_unit_test_setup_teardown(a_step_that_is_not_possible_makes_no_request, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(me_carries_the_token_as_a_header_alone, setup, teardown),
                cmocka_unit_test_setup_teardown(the_code_is_exchanged_with_its_verifier, setup, teardown),
                cmocka_unit_test_setup_teardown(a_good_answer_gives_the_tokens, setup, teardown),
                cmocka_unit_test_setup_teardown(answers_of_every_kind_are_taken_calmly, setup, teardown),
                cmocka_unit_test_setup_teardown(a_failure_to_connect_is_shown, setup, teardown),
                cmocka_unit_test_setup_teardown(the_authorize_address_has_every_parameter, setup, teardown),
                cmocka_unit_test_setup_teardown(a_callback_is_checked, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
