#!/usr/bin/env python3
"""Turns an OpenAPI document in YAML into compact JSON: api_document.py VERSION SCOPES INPUT OUTPUT

The order of members stays as it was written. `version: PROGRAM` becomes VERSION; `scopes: SCOPES`, of an OAuth flow, becomes
the scopes and their words of the table SCOPES (src/account/scope.def). If OUTPUT ends in .gz it is compressed, always to the
same bytes. The member x-anchors, for what YAML alone refers to, is dropped.
"""
import gzip
import json
import re
import sys

import yaml


class Loader(yaml.SafeLoader):
    """Dates stay text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != 'tag:yaml.org,2002:timestamp']
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def no_name_twice(loader, node):
    seen = set()
    for key, _ in node.value:
        if key.value in seen and key.tag != 'tag:yaml.org,2002:merge':
            raise SystemExit(f'{key.start_mark}: the name {key.value!r} stands twice')
        seen.add(key.value)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, no_name_twice)


def main():
    version, scopes, source, output = sys.argv[1:]
    with open(scopes, encoding='utf-8') as file:
        words = {name: title for name, title in re.findall(r'^X\((\w+), "([^"]*)"', file.read(), re.M)}
    with open(source, encoding='utf-8') as file:
        document = yaml.load(file, Loader)
    document.pop('x-anchors', None)
    document['info']['version'] = version
    for scheme in document['components'].get('securitySchemes', {}).values():
        for flow in scheme.get('flows', {}).values():
            if flow['scopes'] == 'SCOPES':
                flow['scopes'] = words
    text = json.dumps(document, separators=(',', ':'), ensure_ascii=False).encode() + b'\n'
    with open(output, 'wb') as out:
        out.write(gzip.compress(text, 9, mtime=0) if output.endswith('.gz') else text)


if __name__ == '__main__':
    main()
