#!/usr/bin/env python3
"""Turns files into a C array (src/pages/embed.h): embed.py SYMBOL OUTPUT FILE...

Each file becomes a row: its name without folder, the name with the first eight hex digits of its SHA-256 before the
ending (without the .gz of a file that is compressed), and its bytes. Defines `const struct embedded SYMBOL[]` and `const size_t SYMBOL_count`.
"""
import hashlib
import os
import sys

LINE = 90


def c_string(data):
    """C string literals, a line or at most LINE bytes each. Octal, because a hex escape has no end of its own."""
    rows, row = [], ''
    for byte in data:
        char = chr(byte)
        if char in '"\\?':
            row += '\\' + char
        elif char == '\n':
            row += '\\n'
        elif 32 <= byte < 127:
            row += char
        else:
            row += f'\\{byte:03o}'
        if char == '\n' or len(row) >= LINE:
            rows.append(row)
            row = ''
    if row or not rows:
        rows.append(row)
    return '\n'.join(f'          "{r}"' for r in rows)


def hashed_name(name, data):
    stem, ending = os.path.splitext(name.removesuffix('.gz'))
    return f'{stem}.{hashlib.sha256(data).hexdigest()[:8]}{ending}'


def write(output, symbol, files):
    """`files`: of each its name without folder, and its bytes."""
    if len({name for name, _ in files}) != len(files):
        sys.exit(f'{output}: two files have the same name')
    with open(output, 'w', encoding='ascii') as out:
        out.write(f'#include "pages/embed.h"\n\nconst struct embedded {symbol}[] = {{\n')
        for name, data in sorted(files):
            out.write(f'        {{ STR_INIT("{name}"), STR_INIT("{hashed_name(name, data)}"), {{\n'
                      f'{c_string(data)},\n          {len(data)} }} }},\n')
        out.write(f'}};\n\nconst size_t {symbol}_count = {len(files)};\n')


def main():
    symbol, output, *paths = sys.argv[1:]
    files = []
    for path in paths:
        with open(path, 'rb') as file:
            files.append((os.path.basename(path), file.read()))
    write(output, symbol, files)


if __name__ == '__main__':
    main()
