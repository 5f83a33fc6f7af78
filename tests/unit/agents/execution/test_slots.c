#include "unit.h"

#include "agents/execution/slots.h"

struct claim {
        struct slot_claim claim;
        unsigned granted;
};

static void on_granted(struct slot_claim *claim) {
        CONTAINER_OF(claim, struct claim, claim)->granted++;
}

static void make(struct claim *claims, size_t n, const char *person) {
        for (size_t i = 0; i < n; i++)
                claims[i] = (struct claim){ .claim = { .person = person, .granted = on_granted } };
}

static unsigned granted(const struct claim *claims, size_t n) {
        unsigned sum = 0;

        for (size_t i = 0; i < n; i++)
                sum += claims[i].granted;
        return sum;
}

static void one_person_leaves_room_for_others(void **state _unused_) {
        struct claim a[8], b[2];
        struct slots slots;

        slots_init(&slots, 8); /* six of them, five for one person */
        make(a, 8, "a");
        make(b, 2, "b");
        for (size_t i = 0; i < 8; i++)
                slots_claim(&slots, &a[i].claim);
        assert_int_equal(granted(a, 8), 5);
        slots_claim(&slots, &b[0].claim);
        slots_claim(&slots, &b[1].claim);
        assert_int_equal(granted(b, 2), 1); /* all are taken */
        slots_release(&slots, &a[0].claim);
        assert_int_equal(granted(a, 8), 6); /* who waited longest */
        slots_release(&slots, &b[0].claim);
        assert_int_equal(granted(b, 2), 2); /* a has as many as they may */
        assert_int_equal(granted(a, 8), 6);
        slots_done(&slots);
}

static void one_thread_is_one_slot(void **state _unused_) {
        struct claim a[2];
        struct slots slots;

        slots_init(&slots, 1);
        make(a, 2, "a");
        slots_claim(&slots, &a[0].claim);
        slots_claim(&slots, &a[1].claim);
        assert_int_equal(granted(a, 2), 1);
        slots_release(&slots, &a[0].claim);
        assert_int_equal(granted(a, 2), 2);
        slots_done(&slots);
}

static void what_waits_can_be_taken_back_and_what_was_granted_not(void **state _unused_) {
        struct claim a[3];
        struct slots slots;

        slots_init(&slots, 1);
        make(a, 3, "a");
        for (size_t i = 0; i < 3; i++)
                slots_claim(&slots, &a[i].claim);
        assert_false(slots_cancel(&slots, &a[0].claim));
        assert_true(slots_cancel(&slots, &a[2].claim));
        assert_true(slots_cancel(&slots, &a[1].claim));
        make(a + 1, 1, "a");
        slots_claim(&slots, &a[1].claim);
        slots_release(&slots, &a[0].claim);
        assert_int_equal(a[1].granted, 1);
        assert_int_equal(a[2].granted, 0);
        slots_done(&slots);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_person_leaves_room_for_others),
                cmocka_unit_test(one_thread_is_one_slot),
                cmocka_unit_test(what_waits_can_be_taken_back_and_what_was_granted_not),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
