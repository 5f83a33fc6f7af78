/* The files that belong to pages: style sheet, icons, scripts. Those of the program, replaced or joined by an operator's. */
#pragma once

#include "base/str.h"
#include "base/strbuf.h"
#include "http/response.h"

enum {
        PAGE_FILES_MAX = 64,
        PAGE_FILE_BYTES_MAX = 1024 * 1024, /* of an operator's file */
};

struct page_files;

/* The program's own; NULL when memory is short. */
struct page_files *page_files_new(void);

/* Safe on NULL; returns NULL. */
struct page_files *page_files_free(struct page_files *files);

/* Whether a name has an ending that such a file may have: its media type is then known. */
bool page_file_is_static(struct str name);

/* Adds a file, or puts it in the place of the one of its name.
 *
 * name     "logo.png"; copied
 * bytes    copied
 * errors   ERR_NO_MEMORY; ERR_SETTINGS: there are PAGE_FILES_MAX
 */
_must_use_ int page_files_put(struct page_files *files, struct str name, struct str bytes);

/* The path under which a file is served, "/static/logo.3f9a1c2b.png": changes when its bytes do. STR_NULL if there is none of
 * that name. Lasts as long as `files`.
 *
 * name   "logo.png"; of what the program keeps compressed without ".gz" */
struct str page_files_url(const struct page_files *files, struct str name);

/* Calls `each` for every file until it gives a negative error, which is handed on. */
int page_files_each(const struct page_files *files, int (*each)(void *data, struct str name, struct str url),
                    void *data);

/* Answers with a file, to be kept for ever, because its name has the content's hash in it.
 *
 * hashed_name       "logo.3f9a1c2b.png"
 * accept_encoding   the field's value: what is kept compressed is inflated for who refuses gzip; STR_NULL when it was not sent
 * errors            ERR_NOT_FOUND, ERR_NO_MEMORY
 */
_must_use_ int page_files_respond(struct page_files *files, struct str hashed_name,
                                  struct str accept_encoding, struct response *res);
