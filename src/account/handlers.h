/* What the routes of accounts and sessions run. A route is a list of steps (web/route.h); between steps, what
 * one leaves for the next is in req->step_data. Rows for the route table (P page, F form's post):
 *
 *   POST /api/auth/signup         public     transaction handle_signup_reserve, worker handle_signup_hash,
 *                                            transaction handle_signup_finish
 *   POST /api/auth/login          public     transaction handle_login_reserve, worker handle_login_verify,
 *                                            transaction handle_login_finish
 *   POST /api/auth/logout         public     transaction handle_logout
 *   GET  /api/auth/user           session    read        handle_user
 *   POST /api/auth/user           session    read        handle_user, transaction handle_user_new
 *   GET  /api/auth/user/timezone  session    read        handle_timezone
 *   POST /api/auth/user/timezone  session    transaction handle_timezone_set
 *   POST /api/auth/user/name      session    transaction handle_name_set
 *   POST /api/auth/user/email     session    transaction handle_email_set
 *   GET  /api/auth/user/preferences  session read        handle_preferences
 *   POST /api/auth/user/preferences  session transaction handle_preferences_set
 *   GET  /                        session P  read        handle_home
 *   GET  /login                   public  P  read        handle_login_page
 *   POST /login                   public  PF transaction handle_login_form_reserve,
 *                                            worker handle_login_form_verify, transaction handle_login_form_finish
 *   GET  /signup                  public  P  read        handle_signup_page
 *   POST /signup                  public  PF transaction handle_signup_form_reserve,
 *                                            worker handle_signup_hash, transaction handle_signup_form_finish
 *   GET  /logout                  public  P  read        handle_logout_page
 *   POST /logout                  public  PF transaction handle_logout_form
 *   GET  /profile                 session P  read        handle_profile_page
 *   POST /profile                 session PF transaction handle_profile_form
 *   POST /profile/password        session PF transaction handle_password_reserve, worker handle_password_verify,
 *                                            transaction handle_password_finish
 *   GET  /profile/activity        session P  read        handle_activity_page
 *   GET  /profile/sessions        session P  read        handle_sessions_page
 *   POST /profile/sessions/{id}/end        session PF transaction handle_session_end
 *   POST /profile/sessions/end-others      session PF transaction handle_sessions_end_others
 *   GET  /admin                   elevated P read        handle_admin_page
 *   GET  /admin/confirm           admin   P  read        handle_admin_confirm_page
 *   POST /admin/confirm           admin   PF transaction handle_admin_confirm_reserve, worker handle_admin_confirm_verify,
 *                                            transaction handle_admin_confirm_finish
 *   GET  /admin/people            elevated P read        handle_admin_people_page
 *   GET  /admin/people/{id}       elevated P read        handle_admin_person_page
 *   POST /admin/people/{id}       elevated PF transaction handle_admin_person_form
 *   GET  /admin/audit             elevated P read        handle_admin_audit_page
 *   GET  /admin/audit.csv         elevated P read        handle_admin_audit_csv
 *   GET  /admin/settings          elevated P read        handle_admin_settings_page
 *   GET  /setup                   public  P  read        handle_setup_page
 *   POST /setup                   public  PF read        handle_setup_reserve, worker handle_setup_hash,
 *                                            transaction handle_setup_finish
 *
 * A guess is counted in the first step, whose transaction is on disk before the second hashes: guesses side
 * by side can't beat the count. Forms that are wrong are shown again by the step that finds out, with the
 * error's status. */
#pragma once

#include "http/request.h"
#include "http/response.h"

int handle_signup_reserve(struct request *req, struct response *res);
int handle_signup_hash(struct request *req, struct response *res);
int handle_signup_finish(struct request *req, struct response *res);
int handle_signup_page(struct request *req, struct response *res);
int handle_signup_form_reserve(struct request *req, struct response *res);
int handle_signup_form_finish(struct request *req, struct response *res);

int handle_login_reserve(struct request *req, struct response *res);
int handle_login_verify(struct request *req, struct response *res);
int handle_login_finish(struct request *req, struct response *res);
int handle_login_page(struct request *req, struct response *res);
int handle_login_form_reserve(struct request *req, struct response *res);
int handle_login_form_verify(struct request *req, struct response *res);
int handle_login_form_finish(struct request *req, struct response *res);

int handle_logout(struct request *req, struct response *res);
int handle_logout_page(struct request *req, struct response *res);
int handle_logout_form(struct request *req, struct response *res);

int handle_user(struct request *req, struct response *res);
int handle_user_new(struct request *req, struct response *res);
int handle_timezone(struct request *req, struct response *res);
int handle_timezone_set(struct request *req, struct response *res);
int handle_name_set(struct request *req, struct response *res);
int handle_email_set(struct request *req, struct response *res);
int handle_preferences(struct request *req, struct response *res);
int handle_preferences_set(struct request *req, struct response *res);
int handle_home(struct request *req, struct response *res);

int handle_setup_page(struct request *req, struct response *res);
int handle_setup_reserve(struct request *req, struct response *res);
int handle_setup_hash(struct request *req, struct response *res);
int handle_setup_finish(struct request *req, struct response *res);

int handle_activity_page(struct request *req, struct response *res);
int handle_sessions_page(struct request *req, struct response *res);
int handle_session_end(struct request *req, struct response *res);
int handle_sessions_end_others(struct request *req, struct response *res);

int handle_profile_page(struct request *req, struct response *res);
int handle_profile_form(struct request *req, struct response *res);
int handle_password_reserve(struct request *req, struct response *res);
int handle_password_verify(struct request *req, struct response *res);
int handle_password_finish(struct request *req, struct response *res);

int handle_admin_page(struct request *req, struct response *res);
int handle_admin_confirm_page(struct request *req, struct response *res);
int handle_admin_confirm_reserve(struct request *req, struct response *res);
int handle_admin_confirm_verify(struct request *req, struct response *res);
int handle_admin_confirm_finish(struct request *req, struct response *res);
int handle_admin_people_page(struct request *req, struct response *res);
int handle_admin_person_page(struct request *req, struct response *res);
int handle_admin_person_form(struct request *req, struct response *res);
int handle_admin_audit_page(struct request *req, struct response *res);
int handle_admin_audit_csv(struct request *req,
                           struct response *res); /* GET /admin/audit.csv; runs again and again */
int handle_admin_settings_page(struct request *req, struct response *res);
