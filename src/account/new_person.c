#include "account/new_person.h"

#include "account/form.h"
#include "pages/text.h"

enum {
        TYPED_MAX = 1024,                     /* bytes that are shown again */
        PASSWORD_TYPED_MAX = REQUEST_BODY_MAX /* its own rule tells how long it may be, in characters */
};

static int check_email(struct request *req, struct str typed, struct new_person *person) {
        int r;

        r = email_normalise(&req->arena, typed, &person->email);
        if (r == -ERR_INVALID_FIELD) {
                person->email = STR("");
                person->problems.email = typed.len ? TEXT("This is not a complete e-mail address")
                                                   : TEXT("Enter your e-mail address");
                return 0;
        }
        return r;
}

static int check(struct request *req, struct str email, struct str name, struct new_person *person) {
        int r;

        if (!person->problems.email.ptr) {
                r = check_email(req, email, person);
                if (r < 0)
                        return r;
        }
        if (!person->problems.name.ptr && name.ptr && user_name_check(name, &person->name) < 0)
                person->problems.name = TEXT("A name has at most 100 characters, without control characters");
        if (!person->problems.password.ptr) {
                r = password_check_rules(person->password, person->email, &person->problems.password);
                if (r < 0 && r != -ERR_INVALID_FIELD)
                        return r;
        }
        return 0;
}

int new_person_read(struct request *req, struct new_person *ret) {
        struct new_person person = { .email = STR_INIT("") };
        const struct {
                const char *name;
                const struct str *problem;
        } fields[] = { { "email", &person.problems.email },
                       { "password", &person.problems.password },
                       { "name", &person.problems.name } };
        struct str email, name;
        int r;

        r = request_text(req, "email", TYPED_MAX, &email);
        if (r >= 0)
                r = request_text(req, "password", PASSWORD_TYPED_MAX, &person.password);
        if (r >= 0)
                r = request_text_optional(req, "name", USER_NAME_MAX, &name);
        if (r >= 0)
                r = check(req, email, name, &person);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
                if (fields[i].problem->ptr)
                        return request_refuse_field(req, fields[i].name, "value_error", STR_FMT,
                                                    STR_ARG(*fields[i].problem));
        }
        *ret = person;
        return 0;
}

int new_person_read_form(struct request *req, struct new_person *ret) {
        struct new_person person = { .email = STR_INIT("") };
        struct str email, name, confirm;
        int r;

        r = form_text(req, "email", TYPED_MAX, &email, &person.problems.email);
        if (r >= 0)
                r = form_text(req, "name", USER_NAME_MAX, &name, &person.problems.name);
        if (r >= 0)
                r = form_text(req, "password", PASSWORD_TYPED_MAX, &person.password,
                              &person.problems.password);
        if (r >= 0)
                r = form_text(req, "password_confirm", PASSWORD_TYPED_MAX, &confirm,
                              &person.problems.password_confirm);
        if (r >= 0)
                r = check(req, email, name, &person);
        if (r < 0)
                return r;
        if (!person.problems.password.ptr && !str_eq(person.password, confirm))
                person.problems.password_confirm = TEXT("Passwords don't match");
        *ret = person;
        return !person.problems.email.ptr && !person.problems.name.ptr && !person.problems.password.ptr &&
               !person.problems.password_confirm.ptr;
}

int new_person_hash(const struct context *context, struct new_person *person) {
        return password_hash(context->random, person->password, person->hash);
}

struct user_new new_person_user(const struct new_person *person) {
        return (struct user_new){ .email = person->email,
                                  .name = person->name,
                                  .password_hash = str_of(person->hash) };
}

void new_person_show(const struct request *req, const struct new_person *person, json_t **data) {
        json_t *errors = json_object();

        form_set(data, "email", form_echo(req, "email", TYPED_MAX));
        form_set(data, "name", form_echo(req, "name", USER_NAME_MAX));
        form_set_text(req, &errors, "email", person->problems.email);
        form_set_text(req, &errors, "name", person->problems.name);
        form_set_text(req, &errors, "password", person->problems.password);
        form_set_text(req, &errors, "password_confirm", person->problems.password_confirm);
        form_set_object(data, "errors", errors);
}
