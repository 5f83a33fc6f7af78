"""What scripts/sqlgen.py makes of named statements and migrations, and the mistakes that it reports."""

import contextlib
import importlib.util
import io
import os
import sys
import tempfile
import unittest

spec = importlib.util.spec_from_file_location("sqlgen", sys.argv.pop(1))
sys.dont_write_bytecode = True
sqlgen = importlib.util.module_from_spec(spec)
sys.modules["sqlgen"] = sqlgen
spec.loader.exec_module(sqlgen)

ROW = "-- row: thing\n--   id bigint, name text?,\n--   data bytea, good boolean\n\n"


class Sqlgen(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def run_on(self, what, files):
        """-> exit status, what was said"""
        for name, text in files.items():
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        arguments = [what, "--header", self.path("out.h"), "--source", self.path("out.c")]
        with contextlib.redirect_stderr(io.StringIO()) as said:
            status = sqlgen.main(arguments + [self.path(name) for name in files])
        return status, said.getvalue()

    def made(self, what, files):
        status, said = self.run_on(what, files)
        self.assertEqual(status, 0, said)
        with open(self.path("out.c"), encoding="utf-8") as file:
            source = file.read()
        if what == "migrations":
            return source
        with open(self.path("out.h"), encoding="utf-8") as file:
            return file.read(), source

    def refused(self, text, line, says, what="statements", name="a.sql"):
        status, said = self.run_on(what, {name: text})
        self.assertEqual(status, 1, said)
        self.assertTrue(said.startswith(f"{self.path(name)}:{line}: "), said)
        self.assertIn(says, said)
        self.assertFalse(os.path.exists(self.path("out.c")))

    def test_a_fragment_stands_for_its_sql(self):
        _, source = self.made("statements", {
            "a.sql": ROW + "-- fragment: mine\nowner = :owner\n  AND good\n\n-- fragment: newest\nWHERE {mine} ORDER BY id\n\n"
                     "-- name: f(owner text) -> thing?\nSELECT id, name, data, good FROM t {newest} LIMIT 1;\n",
            "b.sql": "-- name: g(owner text) -> count\nDELETE FROM t WHERE {mine} AND x = '{}';\n"})
        self.assertIn('FROM t WHERE owner = ?1 AND good ORDER BY id LIMIT 1"', source)
        self.assertIn("DELETE FROM t WHERE owner = ?1 AND good AND x = '{}'", source)

    def test_mistakes_in_fragments_are_told(self):
        self.refused("-- name: f() -> count\nDELETE FROM t\nWHERE {mine};\n", 3, "there is no '-- fragment: mine' above")
        self.refused("-- fragment: A b\nx\n", 1, "'A b' is no name for a fragment")
        self.refused("-- fragment: a\nx\n\n-- fragment: a\nx\n", 4, "given twice")

    def test_parameters_are_numbered_as_the_signature_has_them(self):
        _, source = self.made("statements", {"a.sql":
            "-- name: f(a text, b bigint) -> count\nUPDATE t SET x = :b WHERE y = :a AND z = :b;\n"})
        self.assertIn('"UPDATE t SET x = ?2 WHERE y = ?1 AND z = ?2"', source)
        self.assertIn('"UPDATE t SET x = $2 WHERE y = $1 AND z = $2"', source)

    def test_strings_casts_and_comments_hold_no_parameters(self):
        _, source = self.made("statements", {"a.sql":
            "-- name: f(a text) -> count\nUPDATE t SET x = ':b;' -- :c; x\nWHERE y = :a::text;\n"})
        self.assertIn("x = ':b;'", source)
        self.assertIn("?1::text", source)
        self.assertNotIn(":c", source)

    def test_prototypes_and_rows(self):
        header, _ = self.made("statements", {"a.sql": ROW +
            "-- Finds it.\n-- name: thing_find(id bigint, name text?) -> thing?\n"
            "SELECT id, name, data, good FROM t WHERE id = :id AND name = :name;\n"
            "-- name: things(limit bigint) -> thing*\nSELECT id, name, data, good FROM t LIMIT :limit;\n"})
        self.assertIn("int db_thing_find(struct tx *tx, struct arena *arena, int64_t id, struct str name, "
                      "struct thing_row *ret);", header)
        self.assertIn("int db_things(struct tx *tx, struct arena *arena, int64_t limit, struct thing_row **ret, "
                      "size_t *ret_n);", header)
        self.assertIn("/* Finds it.\n * (a.sql:6) */", header)
        self.assertIn("        bool good;", header)

    def test_a_signature_may_take_several_lines(self):
        header, _ = self.made("statements", {"a.sql":
            "-- name: f(a text,\n--   b bigint) -> count\nUPDATE t SET x = :b WHERE y = :a;\n"})
        self.assertIn("int db_f(struct tx *tx, struct str a, int64_t b);", header)

    def test_an_engine_may_have_its_own_text(self):
        _, source = self.made("statements", {"a.sql":
            "-- name: f() -> count\nDELETE FROM t;\n-- postgres: faster there\nTRUNCATE t;\n"})
        self.assertIn('.sql[DB_SQLITE] =\n                        "DELETE FROM t"', source)
        self.assertIn('.sql[DB_POSTGRES] =\n                        "TRUNCATE t"', source)

    def test_an_engine_may_add_to_the_text_of_both(self):
        _, source = self.made("statements", {"a.sql": ROW +
            "-- name: f(id bigint) -> thing?\nSELECT id FROM t\nWHERE id = :id\n-- postgres adds: one waits\nFOR UPDATE;\n"})
        self.assertIn('"WHERE id = ?1",', source)
        self.assertIn('"WHERE id = $1 "\n                        "FOR UPDATE",', source)
        self.assertEqual(source.count("FOR UPDATE"), 1)

    def test_what_writes(self):
        _, source = self.made("statements", {"a.sql": ROW +
            "-- name: f(id bigint) -> thing?\nWITH x AS (SELECT 1) DELETE FROM t WHERE id = :id RETURNING id;\n"})
        self.assertIn(".writes = true", source)

    def test_mistakes_name_their_line(self):
        self.refused("-- name: f(a text) -> count\nDELETE FROM t WHERE x = :b;\n", 2, "':b' is no parameter")
        self.refused("-- name: f(a text) -> count\nDELETE FROM t;\n", 1, "'a' of 'f' is not used")
        self.refused("-- name: f() -> count\n-- postgres adds: x\nDELETE FROM t;\n", 2, "could add to")
        self.refused("-- name: f() -> count\nDELETE FROM t;\n-- postgres adds: x\nRETURNING;\n", 2, "exactly one")
        self.refused("\n-- name: f(a number) -> count\nDELETE FROM t;\n", 2, "type 'number'")
        self.refused("-- name: f(a bigint?) -> count\nDELETE FROM t;\n", 1, "may be null")
        self.refused("-- name: f(a text) > count\nDELETE FROM t;\n", 1, "no '-> …'")
        self.refused("-- name: f() -> thing?\nSELECT 1;\n", 1, "no '-- row: thing'")
        self.refused("-- name: f() -> thing\nSELECT 1;\n", 1, "at most one")
        self.refused("SELECT 1;\n", 1, "belongs to no")
        self.refused("-- name: f(default text) -> count\nDELETE FROM t WHERE x = :default;\n", 1, "choose another")
        self.refused("-- name: f() -> count\nDELETE FROM t; DELETE FROM u;\n", 2, "exactly one")
        self.refused("-- name: f() -> count\n\n-- name: g() -> count\nDELETE FROM t;\n", 1, "no SQL for sqlite")
        self.refused(ROW + "-- name: f() -> thing*\nSELECT id FROM t;\n", 6, "needs a LIMIT")
        self.refused(ROW + "-- name: f() -> thing?\nDELETE FROM t;\n", 6, "RETURNING")
        self.refused("-- name: f() -> count\nSELECT 1;\n", 2, "gives rows")
        self.refused(ROW + ROW, 5, "is also in")
        self.refused("-- name: f() -> count\nDELETE FROM t;\n-- name: f() -> count\nDELETE FROM t;\n", 3, "is also in")

    def test_sqlite_gets_strict_tables(self):
        source = self.made("migrations", {"0001_a.sql":
            "-- why\nCREATE TABLE t (id BIGINT PRIMARY KEY, b BYTEA, c BOOLEAN DEFAULT ';');\n"
            "CREATE TABLE u (id TEXT PRIMARY KEY);\nALTER TABLE t ADD COLUMN d BIGINT;\n"})
        self.assertIn("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB, c INTEGER DEFAULT ';') STRICT;", source)
        self.assertIn("CREATE TABLE u (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;", source)
        self.assertIn("ALTER TABLE t ADD COLUMN d INTEGER;", source)
        self.assertIn("CREATE TABLE t (id BIGINT PRIMARY KEY, b BYTEA, c BOOLEAN DEFAULT ';');", source)
        self.assertNotIn("why", source)

    def test_a_migration_may_have_an_engine_s_own_file(self):
        source = self.made("migrations", {"0001_a.sql": "CREATE TABLE t (id BIGINT PRIMARY KEY);",
                                          "0001_a.sqlite.sql": "CREATE TABLE mine (x);"})
        self.assertIn("CREATE TABLE mine (x);", source)
        self.assertIn("CREATE TABLE t (id BIGINT PRIMARY KEY);", source)

    def test_a_comment_does_not_change_the_checksum(self):
        def checksums(text):
            return [line for line in self.made("migrations", {"0001_a.sql": text}).split("\n") if "checksum" in line]

        first = checksums("-- one\nCREATE TABLE t (id BIGINT PRIMARY KEY);")
        self.assertEqual(first, checksums("-- two\nCREATE  TABLE t\n(id BIGINT PRIMARY KEY);\n"))
        self.assertNotEqual(first, checksums("CREATE TABLE t (id BIGINT PRIMARY KEY, x TEXT);"))

    def test_a_migration_for_one_engine_does_nothing_on_the_other(self):
        source = self.made("migrations", {"0001_a.postgres.sql": "CREATE FUNCTION f() RETURNS trigger AS $$\nBEGIN\n"
                                          "  PERFORM g(); RETURN NULL;\nEND $$;\nSELECT ':x';\n"})
        self.assertIn('.sql[DB_SQLITE] =\n                        "",', source)
        self.assertIn('"PERFORM g(); RETURN NULL; "', source)
        self.assertIn('"SELECT \':x\';" "\\n"', source)

    def test_migrations_are_named_and_numbered(self):
        self.refused("CREATE TABLE t (x TEXT PRIMARY KEY);", 1, "NNNN_name.sql", "migrations", "first.sql")
        self.refused("CREATE TABLE t (x TEXT PRIMARY KEY);", 1, "0001 is missing", "migrations", "0002_a.sql")
        self.refused("-- nothing\n", 1, "no statement", "migrations", "0001_a.sql")


unittest.main()
