#!/usr/bin/env python3
"""Checks C sources for what the house does not use: unsafe functions, clocks and randomness that can't be injected, SQL
outside src/db, struct typedefs, unfinished marks, and files that have grown too long."""
import pathlib
import re
import sys

FILE_LINES_MAX = 400

# Functions, why not, and the files that may use them all the same.
BANNED = [
    (r'strcpy|strncpy|stpcpy|strcat|strncat|strlcpy|strlcat', 'copies without knowing the room: use struct str or strbuf', ()),
    (r'sprintf|vsprintf', 'writes without knowing the room: use strbuf_printf or snprintf', ()),
    (r'gets|scanf|sscanf|fscanf|vscanf|vsscanf|vfscanf', 'reads without limits: parse with base/str.h', ()),
    (r'strtok|strtok_r|strsep', 'writes into what it reads: use str_next', ()),
    (r'atoi|atol|atoll|atof|strtol|strtoll|strtoul|strtoull', 'lets signs, blanks and overflow pass: use str_to_uint',
     ('fuzz/',)),
    (r'rand|srand|random|srandom|rand_r|drand48|lrand48|arc4random', 'is no secure randomness: use random_fill', ()),
    (r'randombytes_buf|randombytes_random|getrandom|getentropy', 'can\'t be injected: use random_fill', ('src/base/random.c',)),
    (r'time|gettimeofday|ftime', 'can\'t be injected: use clock_now', ()),
    (r'clock_gettime', 'can\'t be injected: use base/clock.h', ('src/base/clock.c', 'src/base/metrics_process.c')),
    (r'gmtime|localtime|ctime|asctime|localtime_r|mktime', 'shares a buffer or asks for a time zone: use base/clock.h', ()),
    (r'alloca|strdupa|strndupa', 'grows the stack by what a client sent', ()),
    (r'system|popen', 'starts a shell', ()),
    (r'tmpnam|tempnam|mktemp|tmpfile', 'leaves a name that another may take: use mkstemp', ()),
    (r'sleep|usleep|nanosleep', 'blocks: use a timer', ('src/agents/block.c', 'src/cli/process.c', 'src/db/pool_job.c',
     'src/integrations/credential_renew.c', 'src/integrations/credential_use.c')),
    (r'setjmp|longjmp', 'leaves cleanups undone', ()),
    (r'signal(?!\s*\(\s*SIG[A-Z]+,\s*SIG_IGN\s*\))', 'does not say what happens to a second signal: use sigaction', ()),
    (r'getenv|setenv|putenv|secure_getenv', 'is hidden state: settings come from struct settings', ('src/cli/',)),
    (r'printf|vprintf|puts|putchar|perror|exit|abort|_exit|quick_exit', 'belongs to the command line: use LOG, or return an error',
     ('src/cli/', 'fuzz/')),
    (r'fprintf|fputs|vfprintf', 'belongs to the command line: use LOG', ('src/cli/', 'fuzz/')),
]

# Programs print SQL for the operator to run by hand; they don't run it.
SQL_ALLOWED = ('src/db/', 'src/cli/app_sql.c', 'src/cli/import_platform')
SQL = re.compile(r'\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|'
                 r'PRAGMA\s+\w+|BEGIN IMMEDIATE|ALTER\s+TABLE)\b')
TYPEDEF = re.compile(r'\btypedef\s+(struct|union|enum)\b')
MARKS = re.compile(r'\b(TODO|FIXME|XXX|HACK|WIP)\b')
TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text, keep_strings):
    """The text with comments, and strings unless they are kept, replaced by blanks; lines stay where they are."""
    def replace(found):
        token = found.group()
        if token[0] in '"\'' and keep_strings:
            return token
        return re.sub(r'[^\n]', ' ', token)
    return TOKENS.sub(replace, text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def check_calls(name, text):
    code = blank(text, keep_strings=False)
    for functions, reason, allowed in BANNED:
        if name.startswith(allowed):
            continue
        # A call, not a member or a longer name.
        for found in re.finditer(rf'(?<![\w.>])({functions})\s*\(', code):
            yield line_of(code, found.start()), f'{found.group(1)}() {reason}'
    for found in TYPEDEF.finditer(code):
        if name.startswith('src/'):
            yield line_of(code, found.start()), 'typedef hides a struct, union or enum: write its name out'


def check_sql(name, text):
    if not name.startswith('src/') or name.startswith(SQL_ALLOWED):
        return
    code = blank(text, keep_strings=True)
    for found in SQL.finditer(code):
        yield line_of(code, found.start()), 'SQL outside src/db: make it a named statement in src/db/sql'


def check(name, text):
    lines = text.count('\n')
    if lines > FILE_LINES_MAX:
        yield lines, f'{lines} lines: split it, {FILE_LINES_MAX} is the limit'
    for found in MARKS.finditer(text):
        yield line_of(text, found.start()), f'{found.group()}: finish it'
    yield from check_sql(name, text)
    if name.startswith(('src/', 'fuzz/')):
        yield from check_calls(name, text)


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    files = problems = 0
    for folder in ('src', 'fuzz', 'tests/unit', 'tests/support'):
        for path in sorted((root / folder).rglob('*')):
            if path.suffix not in ('.c', '.h', '.def'):
                continue
            files += 1
            name = str(path.relative_to(root))
            for number, problem in check(name, path.read_text()):
                print(f'{name}:{number}: {problem}')
                problems += 1
    print(f'banned: {files} files, {problems} problems')
    return 1 if problems else 0


sys.exit(main())
