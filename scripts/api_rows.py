#!/usr/bin/env python3
"""Turns the OpenAPI documents into the C table of src/web/api_row.h: api_rows.py EXTERNAL MAIN OUTPUT

Each operation becomes a row, in the order of paths and, for one path, of METHODS. What its requests are held against stands
in the row as JSON with the components that it refers to, and without what explains; it is parsed when the first request comes.
"""
import json
import sys

from embed import c_string

METHODS = {'get': 'HTTP_GET', 'post': 'HTTP_POST', 'put': 'HTTP_PUT', 'patch': 'HTTP_PATCH', 'delete': 'HTTP_DELETE'}
SCHEMES = {'apiKey': 'API_KEY', 'oauth2': 'API_OAUTH2', 'client': 'API_CLIENT', 'session': 'API_SESSION',
           'userJwt': 'API_USER_JWT'}
EXPLAINS = ('description', 'title', 'default', 'example', 'examples')
VALUES = ('enum', 'const')
NAMED = ('properties', 'patternProperties', 'dependentSchemas', '$defs')


def resolve(document, value):
    if isinstance(value, dict) and '$ref' in value:
        for name in value['$ref'].removeprefix('#/').split('/'):
            document = document[name.replace('~1', '/').replace('~0', '~')]
        return document
    return value


def without_words(schema):
    """A schema that says the same of values."""
    if isinstance(schema, list):
        return [without_words(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: part if name in VALUES else
            {key: without_words(value) for key, value in part.items()} if name in NAMED else without_words(part)
            for name, part in schema.items() if name not in EXPLAINS}


def references(part):
    if isinstance(part, list):
        part = dict(enumerate(part))
    if isinstance(part, dict):
        if isinstance(part.get('$ref'), str):
            yield part['$ref']
        for value in part.values():
            yield from references(value)


def put_component(document, request, reference):
    """Copies what a reference points at to where it points."""
    *folders, name = reference.removeprefix('#/').split('/')
    if not reference.startswith('#/components/'):
        raise SystemExit(f'{reference}: only components are referred to')
    at = request
    for folder in folders:
        at = at.setdefault(folder, {})
    if name not in at:
        at[name] = without_words(resolve(document, {'$ref': reference}))
        for other in references(at[name]):
            put_component(document, request, other)


def request_of(document, operation):
    parameters = [without_words(resolve(document, p)) for p in operation.get('parameters', [])]
    request = {'parameters': [p for p in parameters if p['in'] != 'header']} # those handlers look at
    body = resolve(document, operation.get('requestBody'))
    if body:
        request['body'] = {name: body[name] for name in ('required', 'x-secret') if name in body}
        if 'application/json' in body['content']:
            request['body']['schema'] = without_words(body['content']['application/json']['schema'])
    for reference in list(references(request)):
        put_component(document, request, reference)
    return request if request['parameters'] or body else None


def security_of(where, operation):
    if not isinstance(operation.get('security'), list):
        raise SystemExit(f'{where} does not say what security it needs; [] for none')
    schemes = {name: scopes for alternative in operation['security'] for name, scopes in alternative.items()}
    if unknown := schemes.keys() - SCHEMES.keys():
        raise SystemExit(f'{where}: unknown security: {", ".join(unknown)}')
    return ' | '.join(SCHEMES[name] for name in schemes) or '0', ' '.join(schemes.get('oauth2', []))


def row_of(document, external, path, method):
    where = f'{method} {path}'
    if method not in METHODS:
        raise SystemExit(f'{where}: no method of a route')
    operation = document['paths'][path][method]
    security, scopes = security_of(where, operation)
    body = resolve(document, operation.get('requestBody'))
    request = request_of(document, operation)
    text = json.dumps(request, separators=(',', ':'), ensure_ascii=False).encode() if request else b''
    return (f'        {{ .path = "{path}",\n          .method = {METHODS[method]},\n'
            f'          .external = {str(external).lower()},\n          .security = {security},\n'
            f'          .scopes = "{scopes}",\n          .has_body = {"true" if body else "false"},\n'
            f'          .body_max = {(body or {}).get("x-max-bytes", 0)},\n'
            f'          .request = STR_INIT(\n{c_string(text)}) }},\n')


def main():
    *sources, output = sys.argv[1:]
    documents = []
    for source in sources:
        with open(source, encoding='utf-8') as file:
            documents.append(json.load(file))
    found = sorted((path, list(METHODS).index(method) if method in METHODS else -1, method, document is documents[0])
                   for document in documents for path, methods in document['paths'].items() for method in methods)
    for one, next_one in zip(found, found[1:]):
        if one[:2] == next_one[:2]:
            raise SystemExit(f'{one[2]} {one[0]} stands in two documents')
    with open(output, 'w', encoding='ascii') as out:
        out.write('#include "web/api_row.h"\n\nconst struct api_row api_rows[] = {\n')
        for path, _, method, external in found:
            out.write(row_of(documents[0 if external else 1], external, path, method))
        out.write(f'}};\n\nconst size_t api_rows_count = {len(found)};\n')


if __name__ == '__main__':
    main()
