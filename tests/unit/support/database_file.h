/* The files that a test's database lies in. */
#pragma once

/* Makes a folder of its own below TMPDIR, or /tmp. At most 63 characters. */
void database_folder_make(char ret_folder[64]);

/* With all that is in it. */
void database_folder_remove(const char *folder);

/* Puts a migrated, empty database at `path`, where there is none: the first of a program is made by the migrations, each later
 * one is a copy of it. */
void database_file_make(const char *path);
