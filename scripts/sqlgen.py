#!/usr/bin/env python3
"""Turns the named statements of src/db/sql and the migrations of src/db/migrations into C.

    sqlgen.py statements --header OUT.h --source OUT.c FILE.sql...
    sqlgen.py migrations --source OUT.c FILE.sql...

What a file may hold is told in src/db/sql/README.md. Every mistake is reported as FILE:LINE: what is wrong.
"""

import argparse
import hashlib
import os
import re
import sys
from dataclasses import dataclass, field

ENGINES = ("sqlite", "postgres")
C_TYPES = {"text": "struct str ", "bytea": "struct str ", "bigint": "int64_t ", "boolean": "bool "}
NULLABLE = ("text", "bytea")
RESERVED = set(
    """tx arena ret ret_n auto break case char const continue default do double else enum extern float for goto if
    inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void
    volatile while bool true false NULL""".split()
)
COLUMNS_MAX = 32
NAME = r"[a-z][a-z0-9_]*"


class Mistake(Exception):
    def __init__(self, path, line, text):
        super().__init__(f"{path}:{line}: {text}")


@dataclass
class Member:
    name: str
    type: str
    nullable: bool


@dataclass
class Row:
    name: str
    members: list
    comment: list
    path: str
    line: int


@dataclass
class Statement:
    name: str
    params: list
    shape: str  # "count", "?" or "*"
    row: str
    comment: list
    path: str
    line: int
    texts: dict = field(default_factory=dict)  # engine, or "" for every other one -> [(line, text)]


# --- SQL text ---------------------------------------------------------------------------------------------------------

# Strings, quoted names, bodies of functions ($$ … $$) and casts are kept as they are; comments fall away; ":name" is a
# parameter.
TOKEN = re.compile(
    r"""(?P<string>'(?:[^']|'')*')|(?P<body>\$\$.*?\$\$)|(?P<quoted>"[^"]*")|(?P<comment>--[^\n]*)|(?P<cast>::)"""
    r"""|:(?P<param>[A-Za-z_][A-Za-z0-9_]*)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<end>;)|(?P<space>\s+)|(?P<other>.)""",
    re.DOTALL,
)


def tokens(text):
    for match in TOKEN.finditer(text):
        yield match.lastgroup, match.group()


def words(text):
    return [value.upper() for kind, value in tokens(text) if kind == "word"]


def split_statements(text):
    """Statements without comments, each with the line on which it begins."""
    out, line, begun, current = [], 1, 0, ""
    for kind, value in tokens(text):
        if kind == "end":
            if current.strip():
                out.append((begun, current.strip()))
            current, begun = "", 0
        elif kind != "comment":
            if not begun and kind != "space":
                begun = line
            current += value
        line += value.count("\n")
    if current.strip():
        out.append((begun, current.strip()))
    return out


def quote_c(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def c_text(text, indent):
    """A C string literal, one line of C for each line of SQL: bodies of functions hold no comments."""
    lines = [line for line in (re.sub(r"\s+", " ", raw).strip() for raw in text.split("\n")) if line]
    return ("\n" + " " * indent).join(
        quote_c(line + (" " if i + 1 < len(lines) else "")) for i, line in enumerate(lines)
    )


# --- reading statements -----------------------------------------------------------------------------------------------


def parse_members(text, path, line, what):
    members = []
    for part in (p.strip() for p in text.split(",")):
        match = re.fullmatch(rf"({NAME})\s+([a-z]+)(\??)", part)
        if not match:
            raise Mistake(path, line, f"{what} '{part}' is not of the form 'name type' or 'name type?'")
        name, kind, null = match.groups()
        if kind not in C_TYPES:
            raise Mistake(path, line, f"type '{kind}' of '{name}' is none of {', '.join(C_TYPES)}")
        if null and kind not in NULLABLE:
            raise Mistake(path, line, f"'{name}' is {kind}: only {' and '.join(NULLABLE)} may be null")
        if name in RESERVED:
            raise Mistake(path, line, f"'{name}' can't be used as a name in C: choose another")
        if any(m.name == name for m in members):
            raise Mistake(path, line, f"'{name}' is given twice")
        members.append(Member(name, kind, bool(null)))
    return members


def parse_signature(text, comment, path, line):
    match = re.fullmatch(rf"({NAME})\s*\(([^()]*)\)\s*->\s*({NAME})([?*]?)", text)
    if not match:
        raise Mistake(path, line, "a signature reads 'name(param type, …) -> row?', '-> row*' or '-> count'")
    name, params, row, shape = match.groups()
    members = parse_members(params, path, line, "parameter") if params.strip() else []
    if row == "count":
        if shape:
            raise Mistake(path, line, "'count' takes neither '?' nor '*'")
        return Statement(name, members, "count", "", comment, path, line)
    if not shape:
        raise Mistake(path, line, f"'-> {row}' must be '{row}?' (at most one) or '{row}*' (a list)")
    return Statement(name, members, shape, row, comment, path, line)


class Reader:
    """One file, line by line: comments gather until the line that they belong to."""

    def __init__(self, path, fragments):
        self.path, self.rows, self.statements = path, [], []
        self.comment, self.row, self.row_text, self.current, self.variant = [], None, "", None, ""
        self.signature, self.signature_line = "", 0
        self.fragments, self.fragment = fragments, None

    def fail(self, line, text):
        raise Mistake(self.path, line, text)

    def end_row(self):
        if self.row:
            self.row.members = parse_members(self.row_text.rstrip(", "), self.path, self.row.line, "member")
            if len(self.row.members) > COLUMNS_MAX:
                self.fail(self.row.line, f"a row has at most {COLUMNS_MAX} members (DB_COLUMNS_MAX)")
            self.rows.append(self.row)
            self.row = None

    def end_signature(self, comment):
        """A signature may run over several lines; it is complete with its '->'."""
        if "->" in self.signature:
            self.current = parse_signature(self.signature, comment, self.path, self.signature_line)
            self.statements.append(self.current)
            self.variant, self.signature = "", ""
        else:
            self.signature_comment = comment

    def begin_variant(self, number, engine, adds=None):
        """The lines that follow are one engine's, either all of them or behind those of every engine."""
        if engine in self.current.texts:
            self.fail(number, f"'{self.current.name}' has two variants for {engine}")
        if adds and not self.current.texts.get(""):
            self.fail(number, f"'{self.current.name}' has no SQL yet that {engine} could add to")
        self.variant = engine
        self.current.texts[engine] = list(self.current.texts[""]) if adds else []

    def directive(self, number, body):
        """True if the comment line is one of ours."""
        match = re.match(r"(row|name|fragment):\s*(.*)", body)
        if match and match.group(1) == "fragment":
            self.current, self.fragment = None, match.group(2)
            if not re.fullmatch(NAME, self.fragment) or self.fragment in self.fragments:
                self.fail(number, f"'{self.fragment}' is no name for a fragment, or given twice")
            self.fragments[self.fragment] = ""
        elif match and match.group(1) == "row":
            self.current = None
            if not re.fullmatch(NAME, match.group(2)):
                self.fail(number, f"'{match.group(2)}' is no name for a row: lower case, digits and '_'")
            self.row, self.row_text = Row(match.group(2), [], self.comment, self.path, number), ""
        elif match:
            self.signature, self.signature_line = match.group(2).strip(), number
            self.end_signature(self.comment)
        elif self.current and re.match(r"(sqlite|postgres)( adds)?:", body):
            self.begin_variant(number, *body.split(":")[0].split())
        else:
            return False
        self.comment = []
        return True

    def filled_in(self, number, raw):
        """A line of SQL with the fragments that it names."""

        def text_of(match):
            if not self.fragments.get(match.group(1)):
                self.fail(number, f"there is no '-- fragment: {match.group(1)}' above")
            return self.fragments[match.group(1)]

        return re.sub(rf"\{{({NAME})\}}", text_of, raw.rstrip())

    def line(self, number, raw):
        text = raw.strip()
        if self.fragment and text and not text.startswith("--"):
            self.fragments[self.fragment] += (" " if self.fragments[self.fragment] else "") + self.filled_in(number, text)
            return
        self.fragment = None
        if self.row and re.match(r"--\s{2,}\S", text):
            self.row_text += " " + text[2:].strip().rstrip(",") + ","
            return
        self.end_row()
        if self.signature:
            if not text.startswith("--"):
                self.fail(self.signature_line, "the signature has no '-> …'")
            self.signature += " " + text[2:].strip()
            self.end_signature(self.signature_comment)
        elif not text:
            self.comment = []
        elif text.startswith("--"):
            if not self.directive(number, text[2:].strip()):
                self.comment.append(text[2:].strip())
        elif not self.current:
            self.fail(number, "SQL that belongs to no '-- name:'")
        else:
            self.comment = []
            self.current.texts.setdefault(self.variant, []).append((number, self.filled_in(number, raw)))

    def read(self):
        with open(self.path, encoding="utf-8") as file:
            for number, raw in enumerate(file, 1):
                self.line(number, raw)
        self.end_row()
        return self


# --- checking ---------------------------------------------------------------------------------------------------------


def check_text(statement, lines):
    """One text of a statement -> its SQL without comments and without the ';'."""
    first = lines[0][0]
    parts = split_statements("\n".join(text for _, text in lines))
    if len(parts) != 1:
        raise Mistake(statement.path, first, f"'{statement.name}' must be exactly one SQL statement")
    text = parts[0][1]
    names = {p.name for p in statement.params}
    used = {value[1:] for kind, value in tokens(text) if kind == "param"}
    for name in sorted(used - names):
        raise Mistake(statement.path, first, f"':{name}' is no parameter of '{statement.name}'")
    for name in sorted(names - used):
        raise Mistake(statement.path, statement.line, f"parameter '{name}' of '{statement.name}' is not used")
    found = words(text)
    if statement.shape == "*" and "LIMIT" not in found:
        raise Mistake(statement.path, first, f"'{statement.name}' gives a list: it needs a LIMIT")
    returns = found[0] == "SELECT" or "RETURNING" in found or (found[0] == "WITH" and not writes(text))
    if returns != (statement.shape != "count"):
        raise Mistake(
            statement.path, first,
            f"'{statement.name}' " + ("gives rows: use '-> row?' or '-> row*'" if returns
                                      else "gives no rows: use '-> count', or RETURNING"))
    return text


def writes(text):
    found = words(text)
    if found[0] == "WITH":
        return any(word in ("INSERT", "UPDATE", "DELETE") for word in found)
    return found[0] != "SELECT"


def check_statement(statement, rows):
    if statement.row and statement.row not in rows:
        raise Mistake(statement.path, statement.line, f"there is no '-- row: {statement.row}'")
    texts = {engine: check_text(statement, lines) for engine, lines in statement.texts.items() if lines}
    for engine in ENGINES:
        if engine not in texts and "" not in texts:
            raise Mistake(statement.path, statement.line, f"'{statement.name}' has no SQL for {engine}")
    if len({writes(text) for text in texts.values()}) > 1:
        raise Mistake(statement.path, statement.line, f"variants of '{statement.name}' disagree: one writes")
    statement.texts = {engine: texts.get(engine, texts.get("")) for engine in ENGINES}


def inserts_one(statement):
    """Whether it adds exactly one row, or fails: then nobody waits for its count."""
    found = words(statement.texts["postgres"])
    return statement.shape == "count" and found[0] == "INSERT" and not {"CONFLICT", "SELECT", "WITH"} & set(found)


def read_all(paths):
    rows, statements, fragments = {}, {}, {}
    for path in paths:
        reader = Reader(path, fragments).read()
        for row in reader.rows:
            if row.name in rows:
                raise Mistake(path, row.line, f"row '{row.name}' is also in {rows[row.name].path}:{rows[row.name].line}")
            rows[row.name] = row
        for s in reader.statements:
            if s.name in statements:
                other = statements[s.name]
                raise Mistake(path, s.line, f"'{s.name}' is also in {other.path}:{other.line}")
            statements[s.name] = s
    for s in statements.values():
        check_statement(s, rows)
    return list(rows.values()), list(statements.values())


# --- writing statements -----------------------------------------------------------------------------------------------

MADE = "/* Made by scripts/sqlgen.py: do not edit. What it was made from stands beside each part. */\n"


def origin(thing):
    return f"{os.path.basename(thing.path)}:{thing.line}"


def c_comment(thing):
    return "/* " + "\n * ".join(thing.comment + [f"({origin(thing)})"]) + " */"


def prototype(s):
    args = ["struct tx *tx"]
    if s.row:
        args.append("struct arena *arena")
    args += [C_TYPES[p.type] + p.name for p in s.params]
    if s.shape == "?":
        args.append(f"struct {s.row}_row *ret")
    elif s.shape == "*":
        args += [f"struct {s.row}_row **ret", "size_t *ret_n"]
    return f"int db_{s.name}({', '.join(args)})"


def header(rows, statements):
    out = [MADE, "#pragma once\n", '#include "db/tx.h"\n']
    out.append("enum db_statement_id {")
    out += [f"        DB_STATEMENT_{s.name}," for s in statements]
    out.append("        DB_STATEMENTS\n};\n")
    for row in rows:
        out.append(f"{c_comment(row)}\nstruct {row.name}_row {{")
        for m in row.members:
            out.append(f"        {C_TYPES[m.type]}{m.name};" + (" /* STR_NULL when null */" if m.nullable else ""))
        out.append("};\n")
    for s in statements:
        out.append(c_comment(s))
        out.append(f"_must_use_ {prototype(s)};\n")
    return "\n".join(out)


def number_params(text, params, mark):
    numbers = {p.name: i for i, p in enumerate(params, 1)}
    return "".join(
        f"{mark}{numbers[value[1:]]}" if kind == "param" else value for kind, value in tokens(text)
    )


def value_of(p):
    if p.type in NULLABLE and p.nullable:
        return f"db_{p.type}_or_null({p.name})"
    return f"db_{p.type}({p.name})"


def function(s):
    lines = [prototype(s) + " {"]
    if s.params:
        lines.append(f"        const struct db_value params[] = {{ {', '.join(value_of(p) for p in s.params)} }};\n")
    params = "params" if s.params else "NULL"
    number = f"DB_STATEMENT_{s.name}"
    if s.shape == "count":
        lines.append(f"        return db_execute(tx, {number}, {params});")
    elif s.shape == "?":
        lines.append(f"        return db_find(tx, arena, {number}, {params}, ret);")
    else:
        lines += ["        void *rows = NULL;", "        int r;\n",
                  f"        r = db_list(tx, arena, {number}, {params}, &rows, ret_n);",
                  "        if (r >= 0)", "                *ret = rows;", "        return r;"]
    return "\n".join(lines) + "\n}\n"


def source(rows, statements):
    out = [MADE, '#include "db/statements.h"\n\n#include <stddef.h>\n\n#include "db/driver_int.h"\n']
    used = {s.row for s in statements}
    for row in (r for r in rows if r.name in used):
        out.append(f"static const struct db_column {row.name}_columns[] = {{")
        for m in row.members:
            null = "true" if m.nullable else "false"
            out.append(f"        {{ \"{m.name}\", DB_{m.type.upper()}, {null}, "
                       f"offsetof(struct {row.name}_row, {m.name}) }},")
        out.append("};\n")
    for s in (s for s in statements if s.params):
        types = ", ".join(f"DB_{p.type.upper()}" for p in s.params)
        out.append(f"static const enum db_type {s.name}_params[] = {{ {types} }};")
    out.append("\nconst unsigned db_statements_count = DB_STATEMENTS;\n")
    out.append("const struct db_statement db_statements[DB_STATEMENTS] = {")
    for s in statements:
        out.append(f"        [DB_STATEMENT_{s.name}] = {{ /* {origin(s)} */")
        out.append(f"                .name = \"{s.name}\",")
        for engine, mark in zip(ENGINES, ("?", "$")):
            text = c_text(number_params(s.texts[engine], s.params, mark), 24)
            out.append(f"                .sql[DB_{engine.upper()}] =\n                        {text},")
        if s.params:
            out.append(f"                .params = {s.name}_params,")
        out.append(f"                .n_params = {len(s.params)},")
        out.append(f"                .writes = {'true' if writes(s.texts['sqlite']) else 'false'},")
        if inserts_one(s):
            out.append("                .inserts_one = true,")
        if s.row:
            out.append(f"                .columns = {s.row}_columns,")
            out.append(f"                .n_columns = sizeof({s.row}_columns) / sizeof({s.row}_columns[0]),")
            out.append(f"                .row_size = sizeof(struct {s.row}_row),")
        out.append("        },")
    out.append("};\n")
    out += [function(s) for s in statements]
    return "\n".join(out)


# --- migrations -------------------------------------------------------------------------------------------------------

SQLITE_TYPES = {"BIGINT": "INTEGER", "BYTEA": "BLOB", "BOOLEAN": "INTEGER"}


def sqlite_text(text):
    """PostgreSQL's types -> SQLite's, and every table a STRICT one. A table with another key than a number is kept in
    its key's own tree (WITHOUT ROWID): one search instead of two."""
    begins = words(text)[:2]
    if begins[0] not in ("CREATE", "ALTER") or begins[1] != "TABLE":
        return text
    text = "".join(
        SQLITE_TYPES.get(value.upper(), value) if kind == "word" else value for kind, value in tokens(text)
    )
    if begins[0] != "CREATE":
        return text
    return text + (" STRICT" if "INTEGER PRIMARY KEY" in re.sub(r"\s+", " ", text) else " STRICT, WITHOUT ROWID")


def migration_files(paths):
    """version -> (name, {engine or "": path})"""
    found = {}
    for path in paths:
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)(?:\.(sqlite|postgres))?\.sql", os.path.basename(path))
        if not match:
            raise Mistake(path, 1, "a migration is named NNNN_name.sql, NNNN_name.sqlite.sql or NNNN_name.postgres.sql")
        number, name, engine = int(match.group(1)), match.group(2), match.group(3) or ""
        _, files = found.setdefault(number, (name, {}))
        if found[number][0] != name or engine in files:
            raise Mistake(path, 1, f"number {number} is taken by '{found[number][0]}'")
        files[engine] = path
    for expected, number in enumerate(sorted(found), 1):
        if number != expected:
            raise Mistake(paths[0], 1, f"migrations are numbered without gaps: {expected:04} is missing")
    return found


def migration_text(files, engine):
    if engine not in files and "" not in files:
        return []  # there is nothing to do on this engine
    path = files.get(engine, files.get(""))
    with open(path, encoding="utf-8") as file:
        parts = [text for _, text in split_statements(file.read())]
    if not parts:
        raise Mistake(path, 1, "there is no statement in this migration")
    if engine == "sqlite" and engine not in files:
        parts = [sqlite_text(part) for part in parts]
    return parts


def migrations(paths):
    found = migration_files(paths)
    out = [MADE, '#include "db/driver_int.h"\n', "const struct db_migration db_migrations[] = {"]
    for number, (name, files) in sorted(found.items()):
        out.append(f"        {{\n                .version = {number},\n                .name = \"{name}\",")
        for engine in ENGINES:
            parts = migration_text(files, engine)
            # Of the statements alone, so that a comment can be mended after the release.
            plain = ";".join(re.sub(r"\s+", " ", part) for part in parts)
            text = "\n                        ".join(c_text(part + ";\n", 24) + ' "\\n"' for part in parts) or '""'
            out.append(f"                .sql[DB_{engine.upper()}] =\n                        {text},")
            out.append(f"                .checksum[DB_{engine.upper()}] = "
                       f"\"{hashlib.sha256(plain.encode()).hexdigest()}\",")
        out.append("        },")
    out.append("};\n\nconst unsigned db_migrations_count = sizeof(db_migrations) / sizeof(db_migrations[0]);\n")
    return "\n".join(out)


# --- main -------------------------------------------------------------------------------------------------------------


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("statements", "migrations"))
    parser.add_argument("--header")
    parser.add_argument("--source", required=True)
    parser.add_argument("files", nargs="+")
    args = parser.parse_args(arguments)
    outputs = {}
    try:
        if args.what == "statements":
            if not args.header:
                parser.error("statements need --header")
            rows, statements = read_all(args.files)
            outputs[args.header] = header(rows, statements)
            outputs[args.source] = source(rows, statements)
        else:
            outputs[args.source] = migrations(args.files)
    except Mistake as mistake:
        print(mistake, file=sys.stderr)
        return 1
    for path, text in outputs.items():
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
