#!/usr/bin/env python3
"""Writes the guides that are made of tables: docs/errors.md of src/base/errors.def, docs/providers.md of src/integrations/providers.json.

generate_docs.py [--check]     with --check nothing is written, and the exit status is 1 if a file is not what it should be
"""
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

ERRORS_HEAD = """\
<!-- Made of src/base/errors.def by scripts/generate_docs.py: don't edit it here. -->
# Error catalogue

Every refusal says what was wrong and changes nothing. How it looks depends on who asked:

| who | gets |
|---|---|
| a program, at `/api` | `{"detail": …, "error": …, "error_description": …}` |
| a program, at the External API | `{"detail": …}` |
| a program that sent a wrong member in a JSON body | 422 with a list: [The Platform dialect](platform-dialect.md#errors) |
| an app, by redirect | `error`, `error_description`, `state` and `iss` in the query of its redirect URI |
| a person | a page that says whose fault it is, and what they can do |

The text is what a caller reads where nothing sharper is known; often the answer says more (`Missing required permission(s): READ_GRAPH`).
Decide by status and `error`, never by the text. Two statuses, such as 422 / 400, are that of a JSON request and that of any other.
The name on the left is what the server's log says, beside the request id that every answer bears in `X-Request-Id`.

**Try again?** 429 and 503: yes, after the seconds in `Retry-After`. 500 and 502: perhaps, a few times, with growing pauses. Anything else: no; the
same request will be refused again.
"""

SECTIONS = {
    'ours': 'The server\'s own fault',
    'the message': 'The message',
    'people': 'People',
    'apps': 'Apps',
    'the authorization request; all but the first are told by redirect': 'The authorization request',
    'the token request': 'The token request',
    'the External API': 'The External API',
    'agents': 'Agents',
    'the store': 'The store',
    'integrations': 'Integrations',
}

PROVIDERS_HEAD = """\
<!-- Made of src/integrations/providers.json by scripts/generate_docs.py: don't edit it here. -->
# Providers and their scopes

What a server can connect as it comes. What its operator adds or changes by `INTEGRATION_PROVIDERS_FILE` is not in it: `GET /external-api/v1/integrations/providers` of a server says what that server has.

`provider` is the name that the API, the [wizard](wizard.md) and blocks use. Kinds: `oauth2` is an account that is connected at the provider,
`api_key` a key, `user_password` a name with a password, `host_scoped` header fields for a host.
"""

MODES = {
    'union': 'What an app asks for is added to the default ones.',
    'fixed': 'Always the default ones, whatever an app asks for.',
    'none': 'The provider takes no scopes: people choose there what is shared.',
}


def cell(text):
    return text.replace('|', '\\|')


def errors():
    out, text = [ERRORS_HEAD], read('src/base/errors.def')
    text = text[text.index('*/') + 2:]
    for match in re.finditer(r'/\* (.*?) \*/|X\((\w+), (\d+), (\d+), "(.*?)", "((?:[^"\\]|\\.)*)"\)', text, re.S):
        comment, name, json_status, other, code, public = match.groups()
        if comment:
            comment = re.sub(r'\s+', ' ', comment)
            title = SECTIONS.get(comment, comment[0].upper() + comment[1:])
            out.append(f'\n## {title}\n\n| name | status | `error` | text |\n|---|---|---|---|\n')
            continue
        status = json_status if json_status == other else f'{json_status} / {other}'
        out.append(f'| `{name}` | {status} | {f"`{code}`" if code else ""} | {cell(public)} |\n')
    return ''.join(out)


def provider(name, row):
    oauth = row.get('oauth', {})
    scopes = oauth.get('scopes', {})
    out = [f'\n## {row["title"]}\n\n`{name}`: {", ".join(f"`{kind}`" for kind in row["kinds"])}.']
    mode = MODES.get(scopes.get('mode', ''))
    if mode:
        out.append(f' {mode}')
    if scopes.get('prefix'):
        out.append(f' Short names stand for those that begin with `{scopes["prefix"]}`.')
    out.append('\n')
    default = scopes.get('default', [])
    rows = {**{scope: '' for scope in default}, **scopes.get('words', {})}
    if rows:
        out.append('\n| scope | what it allows | |\n|---|---|---|\n')
        for scope, words in rows.items():
            out.append(f'| `{cell(scope)}` | {cell(words)} | {"default" if scope in default else ""} |\n')
    return ''.join(out)


def providers():
    table = json.loads(read('src/integrations/providers.json'))
    by_title = sorted(table.items(), key=lambda item: item[1]['title'].lower())
    out = [PROVIDERS_HEAD]
    out += [provider(name, row) for name, row in by_title if 'oauth' in row]
    out.append('\n## By key, password or header field\n\n| `provider` | | kinds |\n|---|---|---|\n')
    out += [f'| `{name}` | {cell(row["title"])} | {", ".join(f"`{kind}`" for kind in row["kinds"])} |\n'
            for name, row in by_title if 'oauth' not in row]
    return ''.join(out)


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return file.read()


def main():
    check, wrong = '--check' in sys.argv[1:], False
    for path, text in (('docs/errors.md', errors()), ('docs/providers.md', providers())):
        full = os.path.join(ROOT, path)
        if os.path.exists(full) and read(path) == text:
            continue
        wrong = True
        if check:
            print(f'{path} is not what its table says: run scripts/generate_docs.py', file=sys.stderr)
            continue
        with open(full, 'w', encoding='utf-8') as file:
            file.write(text)
    sys.exit(1 if check and wrong else 0)


if __name__ == '__main__':
    main()
