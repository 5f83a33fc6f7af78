#include "agents/execution/slots.h"

#include <string.h>

void slots_init(struct slots *slots, unsigned threads) {
        *slots = (struct slots){ .total = MAX_OF(threads - threads / 4, 1u) };
        slots->per_person = MAX_OF(slots->total - slots->total / 4, 1u);
        slots->waiting_end = &slots->waiting;
        (void)pthread_mutex_init(&slots->lock, NULL);
}

void slots_done(struct slots *slots) {
        (void)pthread_mutex_destroy(&slots->lock);
}

static bool may_have(const struct slots *slots, const struct slot_claim *claim) {
        unsigned n = 0;

        if (slots->n_used >= slots->total)
                return false;
        for (const struct slot_claim *c = slots->used; c; c = c->next)
                n += strcmp(c->person, claim->person) == 0;
        return n < slots->per_person;
}

static bool unlink_from(struct slot_claim **list, const struct slot_claim *claim) {
        for (; *list; list = &(*list)->next)
                if (*list == claim) {
                        *list = claim->next;
                        return true;
                }
        return false;
}

static void find_end(struct slots *slots) {
        slots->waiting_end = &slots->waiting;
        while (*slots->waiting_end)
                slots->waiting_end = &(*slots->waiting_end)->next;
}

static void use(struct slots *slots, struct slot_claim *claim) {
        claim->next = slots->used;
        slots->used = claim;
        slots->n_used++;
}

void slots_claim(struct slots *slots, struct slot_claim *claim) {
        bool granted;

        (void)pthread_mutex_lock(&slots->lock);
        granted = may_have(slots, claim);
        if (granted) {
                use(slots, claim);
        } else {
                claim->next = NULL;
                *slots->waiting_end = claim;
                slots->waiting_end = &claim->next;
        }
        (void)pthread_mutex_unlock(&slots->lock);
        if (granted)
                claim->granted(claim);
}

void slots_release(struct slots *slots, struct slot_claim *claim) {
        struct slot_claim *next = NULL;

        (void)pthread_mutex_lock(&slots->lock);
        if (unlink_from(&slots->used, claim))
                slots->n_used--;
        for (struct slot_claim *c = slots->waiting; c && !next; c = c->next)
                if (may_have(slots, c))
                        next = c;
        if (next) {
                (void)unlink_from(&slots->waiting, next);
                find_end(slots);
                use(slots, next);
        }
        (void)pthread_mutex_unlock(&slots->lock);
        if (next)
                next->granted(next);
}

bool slots_cancel(struct slots *slots, struct slot_claim *claim) {
        bool waited;

        (void)pthread_mutex_lock(&slots->lock);
        waited = unlink_from(&slots->waiting, claim);
        if (waited)
                find_end(slots);
        (void)pthread_mutex_unlock(&slots->lock);
        return waited;
}
