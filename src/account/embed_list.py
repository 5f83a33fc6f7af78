#!/usr/bin/env python3
"""Turns a list, one word a line, into a sorted word_list (word_list.h): embed_list.py NAME LIST OUTPUT

Leading lines that begin with '#' are comments.
"""
import sys

OFFSET_MAX = 0xffff


def words_of(path):
    with open(path, encoding='ascii') as file:
        lines = file.read().splitlines()
    while lines and lines[0].startswith('#'):
        lines.pop(0)
    words = sorted(set(lines))
    if len(words) != len(lines) or '' in words:
        sys.exit(f'{path}: a line is empty or repeated')
    return words


def c_string(word):
    return ''.join('\\' + c if c in '"\\?' else c for c in word)


def main():
    name, source, output = sys.argv[1:]
    words = words_of(source)
    offsets, at = [], 0
    for word in words:
        offsets.append(at)
        at += len(word)
    offsets.append(at)
    if at > OFFSET_MAX:
        sys.exit(f'{source}: {at} characters are more than 16-bit offsets reach')
    with open(output, 'w', encoding='ascii') as out:
        out.write(f'#include "account/word_list.h"\n\nstatic const char text[] =\n')
        out.writelines(f'        "{c_string(word)}"\n' for word in words)
        out.write('        ;\n\nstatic const uint16_t offsets[] = {\n')
        out.writelines(f'        {offset},\n' for offset in offsets)
        out.write(f'}};\n\nconst struct word_list {name} = {{ text, offsets, {len(words)} }};\n')


if __name__ == '__main__':
    main()
