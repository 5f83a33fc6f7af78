#!/usr/bin/env python3
"""Checks that every include in src/ points the way that the layers allow, and that each library stays in its layer."""
import pathlib
import re
import sys

# Each layer with those that it may include besides itself.
LAYERS = {'base': []}
LAYERS['http'] = ['base']
LAYERS['db'] = ['base']
LAYERS['pages'] = ['http', *LAYERS['http']]
LAYERS['account'] = ['pages', 'db', *LAYERS['pages']]
LAYERS['outbound'] = ['base']
LAYERS['integrations'] = ['outbound', 'account', *LAYERS['account']]
LAYERS['oauth'] = ['integrations', *LAYERS['integrations']]
LAYERS['agents'] = ['integrations', *LAYERS['integrations']]
LAYERS['jobs'] = ['agents', 'oauth', *LAYERS['agents'], *LAYERS['oauth']]
LAYERS['web'] = ['jobs', *LAYERS['jobs']]
LAYERS['cli'] = ['web', *LAYERS['web']]

# Headers of libraries and the layers that may know them; those that are not here are free to all.
LIBRARIES = {
    'uv.h': ['http', 'cli'],
    'llhttp.h': ['http'],
    'sqlite3.h': ['db'],
    'libpq-fe.h': ['db', 'cli'],  # cli reads another system's database by it
    'curl/curl.h': ['outbound', 'account', 'cli'],
    'argp.h': ['cli'],
    'pcre2.h': ['base'],
    'gd.h': [],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def check_include(layer, folder, quote, header):
    """What is wrong with one include, or None."""
    if quote == '<':
        if layer not in LIBRARIES.get(header, [layer]):
            allowed = ', '.join(LIBRARIES[header]) or 'no layer yet'
            return f'<{header}> belongs to {allowed}, not to {layer}'
        return None
    target = header.split('/')[0]
    if '/' not in header or target not in LAYERS:
        return f'"{header}" must be written from src/, as in "{layer}/…"'
    if target != layer and target not in LAYERS[layer]:
        return f'"{header}" points up: {layer} may include {", ".join(LAYERS[layer]) or "nothing else"}'
    if header.endswith('_int.h') and str(pathlib.PurePath(header).parent) != folder:
        return f'"{header}" is internal to {pathlib.PurePath(header).parent}/'
    return None


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    files = problems = 0
    for path in sorted((root / 'src').rglob('*')):
        if path.suffix not in ('.c', '.h', '.def'):
            continue
        files += 1
        inside = path.relative_to(root / 'src')
        layer, folder = inside.parts[0], str(inside.parent)
        if layer not in LAYERS:
            print(f'src/{inside}: {layer}/ is no layer that scripts/lint-layers.py knows')
            problems += 1
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            problem = found and check_include(layer, folder, *found.groups())
            if problem:
                print(f'src/{inside}:{number}: {problem}')
                problems += 1
    print(f'layers: {files} files, {problems} problems')
    return 1 if problems else 0


sys.exit(main())
