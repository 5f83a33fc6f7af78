#!/usr/bin/env python3
"""The texts of the pages in other languages than English.

texts.py templates CATALOGUE OUTPUT TEMPLATE...   writes the translated templates as a C array (see embed.py)
texts.py strings CATALOGUE OUTPUT                 writes the texts that come from code and tables, for src/pages/text.c
texts.py update CATALOGUE...                      brings gettext catalogues up to date with templates and code
texts.py check CATALOGUE...                       says what is missing, left over or wrong in them; exit status 1 if anything is

A catalogue is a .po file of GNU gettext, whose tools are used; its keys are the English texts as they stand in templates and code:
- in a template, whatever a block-level element holds, with the inline elements and Mustache tags in it, white space made one
  blank; and the attributes that people read, data-say-… among them, which scripts take their texts from. A translation must have the same tags.
- in C code, the literals in TEXT("…"), the columns of the .def files that people read, and the formats of what requests are refused
  with. {0}, {1} stand for values;
- the words that say what a provider's scopes allow.
An entry with a msgctxt holds for the template of that name alone.
"""
import collections
import functools
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import embed

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TEMPLATES = os.path.join(ROOT, 'src/pages/templates')

# Content of these is part of the sentence around them.
INLINE = {'a', 'abbr', 'b', 'bdi', 'br', 'cite', 'code', 'em', 'i', 'kbd', 'q', 'small', 'span', 'strong', 'time', 'var', 'wbr'}
VOID = {'br', 'img', 'input', 'link', 'meta', 'wbr', 'hr'}
READ_ATTRIBUTES = re.compile(r'(\s(?:alt|aria-label|placeholder|title|data-say-[a-z-]+)=")([^"]*)(")')

SILENT_BLOCKS = {'{{$width}}', '{{$head}}'}
FOR_DEVELOPERS = {'guide.html', 'style.html', 'test_client.html'}  # in English as the guides

MUSTACHE = r'\{\{\{.*?\}\}\}|\{\{.*?\}\}'
TOKEN = re.compile(rf'(?P<mustache>{MUSTACHE})|(?P<comment><!--.*?-->)|(?P<tag><!?/?[a-zA-Z](?:"(?:{MUSTACHE}|[^"])*"|{MUSTACHE}|[^>"])*>)',
                   re.S)
TAGS = re.compile(rf'{MUSTACHE}|<[^>]*>', re.S)


def has_words(text):
    return re.search(r'[^\W\d_]', re.sub(r'&\w+;|&#\d+;', '', TAGS.sub('', text))) is not None


def key_of(text):
    return ' '.join(text.split())


class Token:
    def __init__(self, kind, text, alone=False):
        self.kind, self.text, self.alone = kind, text, alone  # kind: text, comment, open, close, void, section, end, block, partial, value


def tag_name(text):
    return re.match(r'<!?/?([a-zA-Z0-9]+)', text).group(1).lower()


def mustache_kind(text, stack):
    sign = text[2]
    if sign in '#^':
        stack.append('section')
        return 'section'
    if sign in '<$':
        stack.append('block')
        return 'block'
    if sign == '/':
        return 'end' if stack.pop() == 'section' else 'block'
    return 'partial' if sign == '>' else 'comment' if sign == '!' else 'value'


def tokens_of(source):
    stack, at, tokens = [], 0, []
    for match in TOKEN.finditer(source):
        if match.start() > at:
            tokens.append(Token('text', source[at:match.start()]))
        at, text = match.end(), match.group()
        if match.lastgroup == 'mustache':
            line = source[source.rfind('\n', 0, match.start()) + 1:(source + '\n').find('\n', at)]
            tokens.append(Token(mustache_kind(text, stack), text, line.strip() == text))
        elif match.lastgroup == 'comment':
            tokens.append(Token('comment', text))
        else:
            name = tag_name(text)
            kind = 'close' if text.startswith('</') else 'void' if name in VOID or text.startswith('<!') else 'open'
            tokens.append(Token(kind, text))
            tokens[-1].inline = name in INLINE
    if at < len(source):
        tokens.append(Token('text', source[at:]))
    return tokens


def divides(token):
    if token.kind in ('open', 'close', 'void'):
        return not token.inline
    return token.kind in ('block', 'partial', 'comment') or token.alone


def spans(source):
    """The tokens in runs: each either one that divides, or the content of one block-level element."""
    run = []
    for token in tokens_of(source):
        if divides(token):
            if run:
                yield run
            yield [token]
            run = []
        else:
            run.append(token)
    if run:
        yield run


def is_blank(token):
    return token.kind == 'text' and not token.text.strip()


def unmatched(run):
    """Indexes of section tags and inline tags whose partner lies outside the run."""
    out, open_at = set(), []
    for i, token in enumerate(run):
        if token.kind in ('section', 'open'):
            open_at.append((i, token.kind))
        elif token.kind in ('end', 'close'):
            if open_at and (open_at[-1][1] == 'section') == (token.kind == 'end'):
                open_at.pop()
            else:
                out.add(i)
    return out | {i for i, _ in open_at}


def wraps(run):
    """Whether the first and the last token are one element or one section around all the others."""
    pairs = {'open': 'close', 'section': 'end'}
    if len(run) < 2 or pairs.get(run[0].kind) != run[-1].kind:
        return False
    depth = 0
    for i, token in enumerate(run):
        depth += (token.kind in pairs) - (token.kind in pairs.values())
        if depth == 0:
            return i == len(run) - 1
    return False


def core(run):
    """(before, message, after): without white space, lone tags and elements around the whole."""
    start, end = 0, len(run)
    while True:
        lone = unmatched(run[start:end])
        if start < end and (is_blank(run[start]) or 0 in lone):
            start += 1
        elif start < end and (is_blank(run[end - 1]) or end - 1 - start in lone):
            end -= 1
        elif wraps(run[start:end]):
            start, end = start + 1, end - 1
        else:
            break
    return run[:start], run[start:end], run[end:]


def text_of(run):
    return ''.join(token.text for token in run)


def translate_template(source, translate):
    """The template with each of its texts replaced by translate(text)."""
    silent = False  # within a block whose content nobody reads

    def attributes(text):
        return READ_ATTRIBUTES.sub(lambda m: m[1] + (translate(key_of(m[2])) if has_words(m[2]) else m[2]) + m[3], text)

    out = []
    for run in spans(source):
        if len(run) == 1 and divides(run[0]):
            out.append(attributes(run[0].text))
            silent = run[0].text in SILENT_BLOCKS
            continue
        if silent:
            out.append(text_of(run))
            continue
        before, message, after = core(run)
        text = text_of(message)
        out.append(''.join(attributes(t.text) for t in before))
        if has_words(text):
            stripped = text.strip()
            at = text.index(stripped)
            out.append(text[:at] + translate(key_of(stripped)) + text[at + len(stripped):])
        else:
            out.append(''.join(attributes(t.text) for t in message))
        out.append(''.join(attributes(t.text) for t in after))
    return ''.join(out)


# --- catalogues ---

LITERALS = r'"((?:[^"\\]|\\.)*)"'
C_TEXT = re.compile(rf'\bTEXT(?:_INIT|_LITERAL)?\(\s*((?:{LITERALS}\s*)+)\)', re.S)

# Columns of tables that people read: file, and how many literals a row has and which of them.
TABLES = {
    'src/base/errors.def': (re.compile(rf'^X\(\w+, \d+, \d+, {LITERALS}, {LITERALS}\)', re.M), (2,)),
    'src/account/audit_event.def': (re.compile(rf'^X\(\d+, \w+, {LITERALS}, \w+, {LITERALS}\)', re.M), (2,)),
    'src/base/settings.def': (re.compile(rf'^X\(\w+, [^,]+, {LITERALS}, {LITERALS}, \w+, \w+, {LITERALS}\)', re.M), (3,)),
    'src/account/scope.def': (re.compile(rf'^X\(\w+, {LITERALS}, {LITERALS}\)', re.M), (1, 2)),
}


# Functions whose format is a sentence for people, and which argument that is (base/sentence.h).
FORMATS = {'request_refuse': 2, 'request_refuse_field': 3, 'refuse': 2, 'sentence_printf': 1}
FORMAT_CALL = re.compile(rf'\b({"|".join(FORMATS)})\(')
FORMAT_PART = re.compile(rf'{LITERALS}|\b(STR_FMT|PRI[a-z]+\d+)\b')
CONVERSION = re.compile(r'%(?:%|\.\*s|s|(?:l|ll)?[du]|zu|)')

# No page of theirs shows a refusal: those of blocks and graphs, of the commands, and what limits of programs say.
FOR_PROGRAMS = ('src/agents/', 'src/cli/', 'src/account/rate_limit.c')


def unescape(literal):
    return literal.encode().decode('unicode_escape').encode('latin-1').decode()


def argument(source, at, index):
    """Of a call whose arguments begin there."""
    depth, start, string = 0, at, False
    for i in range(at, len(source)):
        c = source[i]
        if c == '"' and source[i - 1] != '\\':
            string = not string
        elif not string and c in '([{':
            depth += 1
        elif not string and (c == ',' or c in ')]}'):
            if depth == 0:
                if index == 0:
                    return source[start:i]
                if c != ',':
                    return ''
                index, start = index - 1, i + 1
            depth -= c != ',' and depth > 0
    return ''


def pattern_of(text):
    """A format's sentence with {0}, {1} … where its values go, as sentence_printf() has it."""
    count = iter(range(10))

    def place(match):
        if match[0] == '%':
            sys.exit(f'base/sentence.h knows no such conversion: {text}')
        return '%' if match[0] == '%%' else '{%d}' % next(count)

    return CONVERSION.sub(place, text)


def formats_in(source):
    """The formats of refusals: an argument may choose between several."""
    for call in FORMAT_CALL.finditer(source):
        for choice in re.split(r'[?:](?=(?:[^"]*"[^"]*")*[^"]*$)', argument(source, call.end(), FORMATS[call[1]])):
            text = ''.join('%lu' if m[2] and m[2] != 'STR_FMT' else '%.*s' if m[2] else unescape(m[1]) for m in FORMAT_PART.finditer(choice))
            text = pattern_of(text.replace('%%lu', '%lu'))
            if has_words(text):
                yield text


def c_texts():
    for folder, _, names in sorted(os.walk(os.path.join(ROOT, 'src'))):
        for name in sorted(names):
            path = os.path.join(folder, name)
            place = os.path.relpath(path, ROOT)
            if place in TABLES:
                pattern, columns = TABLES[place]
                with open(path, encoding='utf-8') as file:
                    for match in pattern.finditer(file.read()):
                        yield from ((unescape(match.group(c)), place) for c in columns)
            elif name.endswith(('.c', '.h', '.def')):
                with open(path, encoding='utf-8') as file:
                    source = file.read()
                for match in C_TEXT.finditer(source):
                    yield ''.join(unescape(m) for m in re.findall(LITERALS, match.group(1))), place
                if not place.startswith(FOR_PROGRAMS):
                    yield from ((text, place) for text in formats_in(source))


# What scopes of providers allow, in words.
PROVIDERS = 'src/integrations/providers.json'


def provider_texts():
    with open(os.path.join(ROOT, PROVIDERS), encoding='utf-8') as file:
        for provider in json.load(file).values():
            yield from ((words, PROVIDERS) for words in provider.get('oauth', {}).get('scopes', {}).get('words', {}).values())


def template_texts():
    for name in sorted(os.listdir(TEMPLATES)):
        if name.endswith('.html') and name not in FOR_DEVELOPERS:
            found = []
            with open(os.path.join(TEMPLATES, name), encoding='utf-8') as file:
                translate_template(file.read(), lambda text: found.append(text) or text)
            yield from ((text, f'src/pages/templates/{name}') for text in found)


def all_texts():
    """English text -> the files that have it, in the order in which they come."""
    texts = collections.OrderedDict()
    for text, place in [*template_texts(), *c_texts(), *provider_texts()]:
        texts.setdefault(text, collections.OrderedDict())[place] = True
    return texts


def tags_of(text):
    """How often each tag comes; of attributes that people read only what is not words."""
    text = READ_ATTRIBUTES.sub(lambda m: m[1] + m[3] + ''.join(re.findall(MUSTACHE, m[2])), text)
    return collections.Counter(key_of(tag) for tag in re.findall(rf'{MUSTACHE}|<[^>]*>|\{{\d\}}', text, re.S))


@functools.cache
def load(path):
    """English text -> other text, of what is translated; what has a context is keyed by context, U+0004 and the text."""
    compiled = subprocess.run(['msgfmt', '--check-format', '--check-domain', '--endianness=little', '--no-hash', '--output-file=-', path], check=True,
                              stdout=subprocess.PIPE).stdout
    _, _, count, ids, others = struct.unpack_from('<5I', compiled)

    def text(table, i):
        length, at = struct.unpack_from('<2I', compiled, table + 8 * i)
        return compiled[at:at + length].decode()

    return {text(ids, i): text(others, i) for i in range(count) if text(ids, i)}


def problems_of(path):
    texts, catalogue = all_texts(), load(path)
    for key, other in catalogue.items():
        english = key.rpartition('\x04')[2]
        if english not in texts:
            yield f'neither in templates nor in code: {english}'
        elif tags_of(english) != tags_of(other):
            yield f'has other tags than its English text: {other}'
    yield from (f'not translated: {text}' for text in texts if text not in catalogue)


def update(path):
    """Adds what is new, empty, and drops what is gone."""
    with tempfile.NamedTemporaryFile('w', suffix='.pot', encoding='utf-8') as pot:
        pot.write('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')
        for text, places in all_texts().items():
            pot.write(f'\n#: {" ".join(places)}\nmsgid {json.dumps(text, ensure_ascii=False)}\nmsgstr ""\n')
        pot.flush()
        subprocess.run(['msgmerge', '--quiet', '--update', '--backup=off', '--no-fuzzy-matching', '--no-wrap', path, pot.name], check=True)
    subprocess.run(['msgattrib', '--no-obsolete', '--no-wrap', '-o', path, path], check=True)


def translator(path, context):
    catalogue = load(path)
    return lambda text: catalogue.get(f'{context}\x04{text}') or catalogue.get(text) or text


def write_templates(catalogue, output, *paths):
    files = []
    for path in paths:
        name = os.path.basename(path)
        translate = translator(catalogue, name.removesuffix('.html'))
        with open(path, encoding='utf-8') as file:
            files.append((name, translate_template(file.read(), translate).encode()))
    embed.write(output, os.path.basename(output).removesuffix('.c'), files)


def write_strings(catalogue, output):
    wanted = {text for text, _ in [*c_texts(), *provider_texts()]}
    rows = sorted((english.encode(), other.encode()) for english, other in load(catalogue).items() if english in wanted)
    symbol = os.path.basename(output).removesuffix('.c')
    with open(output, 'w', encoding='ascii') as out:
        out.write(f'#include "pages/text_table.h"\n\nconst struct text_row {symbol}[] = {{\n')
        for english, other in rows:
            out.write(f'        {{ {{\n{embed.c_string(english)},\n          {len(english)} }},\n          {{\n'
                      f'{embed.c_string(other)},\n          {len(other)} }} }},\n')
        out.write(f'}};\n\nconst size_t {symbol}_count = {len(rows)};\n')


def main():
    command, *arguments = sys.argv[1:] or ['']
    if command == 'templates' and len(arguments) > 2:
        write_templates(*arguments)
    elif command == 'strings' and len(arguments) == 2:
        write_strings(*arguments)
    elif command == 'update' and arguments:
        for path in arguments:
            update(path)
    elif command == 'check' and arguments:
        problems = [f'{path}: {problem}' for path in arguments for problem in problems_of(path)]
        print('\n'.join(problems) or f'{len(arguments)} catalogue(s), {len(all_texts())} texts, 0 problems')
        sys.exit(1 if problems else 0)
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main()
