#!/usr/bin/env python3
"""Makes template_cases.json, what real Jinja2 makes of templates: template_cases.py > template_cases.json

Needs python3-jinja2, which the tests do not: they read the file. The environment is set up as the Platform's is.
"""
import copy
import json
import sys

from jinja2.sandbox import SandboxedEnvironment

VALUES = {
    'name': 'World', 'n': 7, 'neg': -7, 'x': 2.5, 'zero': 0, 'yes': True, 'no': False, 'nothing': None, 'empty': '',
    'html': '<b>"A" & \'B\'</b>', 'uni': 'Grüße, 世界 🌍', 'text': 'the quick brown fox jumps over the lazy dog',
    'list': [3, 1, 2], 'words': ['banana', 'Apple', 'cherry', 'apple'], 'mixed': [1, 'a', None, True, 2.0, [1, 'x']],
    'd': {'b': 1, 'a': 2, 'C': 3}, 'deep': {'a': {'b': {'c': [10, {'k': 'v'}]}}}, 'quotes': ['it\'s', 'say "x"', 'b\\n\n'],
    'people': [{'name': 'Ann', 'age': 30, 'city': 'Rome'}, {'name': 'bob', 'age': 25, 'city': 'Oslo'},
               {'name': 'Cid', 'age': 30, 'city': 'rome'}],
    'big': 12345678.9, 'tiny': 0.00001, 'huge': 1e16, 'lines': 'one\ntwo\n\nthree', 'pad': '  x y  ', 'num': '42', 'fl': '3.7',
    'long': 'word ' * 80, 'nested': [[1, 2], [3, 4]], 'e': [],
}

EXPRESSIONS = '''
name | n | x | nothing | yes | list | d | mixed | quotes | deep | undefined_name | uni | huge | tiny | big
'a' "b" | 'it\\'s' | "tab\\tnew" | "\\u00e9\\x41" | 1_000 | 1.5e3 | .5 | [] | {} | () | (1,) | (1, 2) | 1, 2 | {'a': 1, 'b': [1]}
n + 1 | n - 10 | n * 2 | n / 2 | n // 2 | neg // 2 | n % 4 | neg % 4 | 2 ** 10 | 2 ** -1 | -n ** 2 | x // 1 | -x % 2 | +n
1 / 0 | n % 0 | 'a' + 'b' | 'a' * 3 | [1] * 2 | [1] + [2] | 'a' + 1 | n ~ name ~ none | 1 ~ 2 + 3 | 2 * 3 ~ 4
n == 7 | n == 7.0 | n != 7 | 1 < 2 < 3 | 1 < 3 < 2 | 'a' < 'b' | [1, 2] < [1, 3] | 1 < 'a' | yes == 1 | nothing == none
1 in list | 5 in list | 'or' in name | 'a' in d | 'z' not in d | not n | not zero | n and 0 | zero or 'x' | not n == 3
yes and no or 'z' | 'a' if yes else 'b' | 'a' if no else 'b' | 'a' if no | 'a' if no else 'b' if no else 'c' | 2 in 3 | n in 'abc'
list[0] | list[-1] | list[9] | d.a | d['a'] | d.zzz | deep.a.b.c[1].k | deep.a.b.c.1.k | name[0] | name[-1] | uni[7] | nope.x | nope['x']
list[1:] | list[:2] | list[::-1] | name[1:3] | name[::2] | list[-2:] | uni[7:9] | list[5:] | list[::0] | name[:-1] | list[None:2]
n is defined | nope is defined | nope is undefined | n is number | name is string | list is iterable | d is mapping | n is odd | n is even
nothing is none | n is divisibleby 7 | n is divisibleby(3) | yes is true | yes is boolean | n is integer | x is float | list is sequence
n is not none | 'abc' is lower | 'ABC' is upper | n is eq 7 | n is gt(3) | 1 is in [1, 2] | name is sameas name | x is number and n is odd
name is lower or n is odd | n is nosuchtest | not nope is defined | n is defined and n | 1 is sameas true
name|upper | name|lower | 'hello wORLD foo-bar (baz'|title | 'hELLO'|capitalize | pad|trim | 'xxaxx'|trim('x') | name|length | list|count | d|length
5|length | nope|length | name|center(11) ~ '|' | name|center(12) ~ '|' | 'a'|center(4) ~ '|' | name|replace('o', '0') | name|replace('o', '0', 1) | 'abc'|replace('', '-')
text|truncate(20) | text|truncate(20, true) | text|truncate(20, false, '') | text|truncate(40) | text|truncate(2) | text|truncate(length=15, end='!') | text|wordcount
text|wordwrap(10) | 'averyveryverylongword x'|wordwrap(5) | text|wordwrap(15, wrapstring='/') | lines|wordwrap(4) | 'semi-detached house-boat'|wordwrap(8)
'abcdefghij kl'|wordwrap(4, false) | lines|indent | lines|indent(2, true) | lines|indent(2, true, true) | lines|indent('> ') | html|striptags | '<p>a  b<!-- x --> &amp; c</p>'|striptags
html|e | html|escape | html|forceescape | html|safe | 'a b/c?d=é&f'|urlencode | {'a b': 1, 'c': 'x/y'}|urlencode | n|string | n|string|length
neg|abs | 'x'|abs | x|round | 42.55|round(1) | 42.55|round(1, 'floor') | 42.55|round(1, 'ceil') | n|round | 1234|round(-2) | 2.5|round | 3.5|round | x|round|int | 0.125|round(2)
num|int | fl|int | 'zz'|int | 'zz'|int(-1) | 'ff'|int(0, 16) | '0x1f'|int(base=16) | x|int | nothing|int | num|float | 'zz'|float | 'zz'|float(1.5) | nope|int | ' 12 '|int
nope|default('x') | nope|d | empty|default('x') | empty|default('x', true) | nothing|default('x') | nothing|default('x', boolean=true) | n|default(5)
list|first | list|last | e|first | name|first | list|join | list|join(', ') | people|join(',', attribute='name') | words|join('-')|upper | list|sum | people|sum(attribute='age') | list|sum(start=10) | words|sum
list|sort | list|sort(reverse=true) | words|sort | words|sort(case_sensitive=true) | people|sort(attribute='age')|map(attribute='name')|join(',') | people|sort(attribute='age,name')|map(attribute='name')|list | mixed|sort
words|unique|list | words|unique(true)|list | people|unique(attribute='city')|map(attribute='name')|list | list|min | list|max | words|min | words|max | people|max(attribute='age') | e|max
list|reverse|list | name|reverse | words|map('upper')|list | people|map(attribute='age')|list | people|map(attribute='nope', default='-')|list | words|map('replace', 'a', 'o')|list | [1, 2]|map('string')|list
list|select|list | [0, 1, 2]|select|list | list|select('odd')|list | list|reject('odd')|list | list|select('gt', 1)|list | people|selectattr('age', 'eq', 30)|map(attribute='name')|list | people|rejectattr('age', 'gt', 26)|map(attribute='name')|list | people|selectattr('age')|list|length
people|groupby('age')|map('first')|list | people|groupby('city')|list|length | list|batch(2)|list | list|batch(2, 'x')|list | list|slice(2)|list | [1, 2, 3, 4, 5, 6, 7]|slice(3)|list | [1, 2, 3, 4]|slice(3, 0)|list
d|dictsort | d|dictsort(true) | d|dictsort(false, 'value') | d|dictsort(by='value', reverse=true) | d|items|list | d|list | name|list | nope|list | 5|list
100|filesizeformat | 1|filesizeformat | 13000|filesizeformat | 4100000000|filesizeformat | 13000|filesizeformat(true) | 1000000|filesizeformat | d|attr('zzz')
x|format('%.2f') | n|format('%05d') | num|format('%.1f') | n|format | n|format('%s') | n|format('abc') | n|format('%d %d') | 'zz'|format('%f') | n|format('%8.3f|') | n|format('%+d') | n|format('%e') | n|format('%-6.1f|') | n|format('100%%') | n|format('%%%d')
'%s is %d' % ('a', 5) | '%s' % 5 | '%05.1f' % x | '%r' % name | '%x' % 255 | '%-5s|' % 'ab' | '%5s|' % 'ab' | '%(a)s' % d | '%d' % 'x' | '%s %s' % ('a',) | '%.3s' % 'abcdef' | '%g' % 1e10 | '%c' % 65
name.upper() | name.lower() | ' a '.strip() | 'a,b,c'.split(',') | ' a  b '.split() | 'a,b,c'.split(',', 1) | ','.join(words) | name.startswith('W') | name.endswith('x') | name.find('r') | name.replace('W', 'w') | 'a\\nb'.splitlines() | name.count('o') | '7'.zfill(3) | '12'.isdigit() | 'xxa'.lstrip('x') | 'axx'.rstrip('x')
d.get('a') | d.get('q') | d.get('q', 5) | d.items()|list | d.keys()|list | d.values()|list | list.index(1) | list.count(3) | list.index(99) | name.format(1) | d.pop('a') | list.append(1) | n() | nope() | range(3) | dict(a=1) | lipsum()
name|nosuchfilter | text|pprint | text|urlize | d|xmlattr | d|tojson | name|upper|lower|title | name|center(width=9)|trim | -n|abs | (-n)|abs | n|string|replace('7', 'seven') | [n]|first + 1 | n.__class__ | ''.__class__.__mro__ | name.__len__ | self | d.__init__
'a' in | 1 + | (1 | [1 | {1 | }} | 'abc | 1 2 | a b | a.| a..b | |upper | n| | n|upper( | @ | n is | {1:2}[1] | {'a':{'b':2}}['a']['b'] | {"a": "}}"}.a | "%}" | '{{' | 1 == 1 == 1 | not | [1,] | [,] | {'a'} | f(a=1, 2)
1e400 | 9223372036854775807 | 0.1 + 0.2 | 1e22 | 1.0 | 100000.0 | 1e-7 | 123456789012345680.0 | 1.5 ** 2 | 10 // 3.0 | 7.0 % 3 | true + 1 | 'z' > 'a' > 'A'
html ~ '<i>' | html|safe ~ '<i>' | html|safe + '<i>' | (html|safe)|upper | [html|safe, '<x>']|join('<br>') | html|replace('A', '<') | html|safe|replace('A', '<') | html|e|e | html|length | [html] | '<a>' | html|title | html|safe|trim
'''

TEMPLATES = [
    'plain', '', '\n', 'a\n', 'a\n\n', 'a\r\nb\rc', 'Hello {{ name }}!', '{{name}}{{n}}', '{{- name -}}', ' a {{- name -}} b ', ' a {{+ n +}} b ',
    '{# comment #}x', 'a {#- c -#} b', '{# a {{ b }} #}', '{# unclosed', '{{ name', '{% if %}', '{% if n %}', '{{ }}', '{% %}', '{ { x } }', '{', '{{', '{%', '{#',
    '{% if n %}yes{% endif %}', '{% if no %}a{% elif zero %}b{% elif n %}c{% else %}d{% endif %}', '{% if no %}a{% else %}{% if n %}x{% endif %}y{% endif %}',
    '{% for i in list %}{{ i }},{% endfor %}', '{% for i in e %}x{% else %}none{% endfor %}', '{% for i in nope %}x{% else %}none{% endfor %}', '{% for i in 5 %}{% endfor %}',
    '{% for i in list %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }}/{{ loop.length }} {% endfor %}',
    '{% for i in list %}{{ loop.cycle("a", "b") }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}', '{% for i in [1,1,2] %}{{ loop.changed(i) }} {% endfor %}',
    '{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}', '{% for k, v in d|dictsort %}{{ k }}={{ v }};{% endfor %}', '{% for k in d %}{{ k }}{% endfor %}',
    '{% for a, b in nested %}{{ a }}-{{ b }} {% endfor %}', '{% for a, b in list %}{% endfor %}', '{% for c in "aé世" %}[{{ c }}]{% endfor %}',
    '{% for i in list if i > 1 %}{{ i }}:{{ loop.index }}/{{ loop.length }} {% else %}no{% endfor %}', '{% for i in list if i > 9 %}{{ i }}{% else %}no{% endfor %}',
    '{% for row in nested %}{% for c in row %}{{ c }}{{ loop.depth }}{% endfor %}|{{ loop.index }}{% endfor %}', '{% for p in people %}{{ p.name }} ({{ p.age }}){% if not loop.last %}, {% endif %}{% endfor %}',
    '{% set a = 5 %}{{ a }}', '{% set a, b = 1, 2 %}{{ a }}{{ b }}', '{% set a %}x{{ n }}y{% endset %}[{{ a }}]', '{% set a | upper %}abc{% endset %}{{ a }}', '{% set a = 1 %}{% for i in list %}{% set a = i %}{{ a }}{% endfor %}{{ a }}',
    '{% for i in list %}{% set z = i %}{% endfor %}[{{ z }}]', '{% if n %}{% set q = 3 %}{% endif %}{{ q }}', '{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}[{{ a }}]', '{% with %}x{% endwith %}',
    '{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}', '{% filter upper %}abc {{ name }}{% endfilter %}', '{% filter replace("a", "b")|upper %}aca{% endfilter %}',
    '{% raw %}{{ x }}{% y %}{% endraw %}', '{%- raw -%} {{ x }} {%- endraw -%} z', 'a {%- raw %} b {% endraw -%} c', '{% raw %}', '{% for x in list -%}\n  {{ x }}\n{%- endfor %}', '  {%- if n -%}  a  {%- endif -%}  ',
    '{%+ if n %}x{%+ endif %}', '{% for i in list %}\n{{ i }}\n{% endfor %}\n', 'line\n{% if n %}\nbody\n{% endif %}\nend\n', '{% endif %}', '{% if n %}{% endfor %}', '{% unknown %}', '{% for i in list %}{% endif %}', '{% if n %}{% else %}{% else %}{% endif %}',
    '{% set 1 = 2 %}', '{% set a.b = 2 %}', '{% for 1 in list %}{% endfor %}', '{% for i list %}{% endfor %}', '{% block a %}', '{% for g in people|groupby("age") %}{{ g.grouper }}:{{ g.list|length }} {% endfor %}', '{% for a, items in people|groupby("city") %}{{ a }}:{% for i in items %}{{ i.name }}{% endfor %};{% endfor %}',
    '{% for g, l in people|groupby("zip", default="none") %}{{ g }}{{ l|length }}{% endfor %}', '{{ loop }}', '{{ people[0].name }} {{ people[-1]["name"] }}', '{{ {"a": 1}.items()|list }}', '{{ 1 if }}', '{{ list|join(", ")|upper ~ "!" }}',
    '{{ "a"\n  "b" }}', '{{ [1,\n2]|sum }}', '{% set x = 1 %}{% if x == 1 %}one{% endif %}', '{{ name }}\n', '{{ name }}\n\n', '{% if nope.x %}{% endif %}', '{% if nope %}a{% else %}b{% endif %}', '{{ nope.a.b }}', '{{ d.nope.b }}',
    'Dear {{ people[0].name }},\n{% for p in people %}\n* {{ p.name }}{% if p.age > 26 %} (senior){% endif %}\n{% endfor %}\nBye', '{% for p in people if p.age == 30 and p.city|lower == "rome" %}{{ p.name }}{% endfor %}', '{{ long|truncate }}', '{{ long|wordwrap|length }}', '{% filter %}{% endfilter %}',
    '{% set html2 %}<b>{{ html }}</b>{% endset %}{{ html2 }}', '{% filter upper %}<b>{{ html }}</b>{% endfilter %}', '{{ "<" }}{{ "<"|safe }}', '{{ html }}', '{% autoescape false %}x{% endautoescape %}', '{% macro f() %}{% endmacro %}', '{% include "x" %}', '{% extends "x" %}', '{% import "x" as y %}',
]


def format_filter(value, format_string=None):
    return format_string % float(value) if format_string else value


def environment(escape):
    env = SandboxedEnvironment(autoescape=escape)
    env.globals.clear()
    for name in ('pprint', 'urlize', 'xmlattr', 'tojson'):
        env.filters.pop(name)
    env.filters['format'] = format_filter
    return env


# Where it is better not to do as Jinja does, with what is done instead (None: an error).
OURS = {
    '{{ loop }}': '',
    '{{ self }}': '',
    '{% autoescape false %}x{% endautoescape %}': None,
    '{% macro f() %}{% endmacro %}': None,
    '{{ name.format(1) }}': None,
    "{{ d.pop('a') }}": None,  # nothing changes a value
    '{{ list.append(1) }}': None,
    '{#': None,  # Jinja passes over what is not closed when nothing follows it
    '{% raw %}': None,
}


def main():
    cases = []
    templates = ['{{ ' + e.strip() + ' }}' for line in EXPRESSIONS.strip().split('\n') for e in line.split(' | ')]
    for escape in (False, True):
        env = environment(escape)
        for template in templates + TEMPLATES:
            case = {'template': template, 'escape': escape}
            try:
                case['output'] = env.from_string(template).render(copy.deepcopy(VALUES))
            except Exception as error:
                case['error'] = f'{type(error).__name__}: {error}'[:200]
            if template in OURS:
                case.pop('error', None)
                case.pop('output', None)
                case.update({'error': 'ours'} if OURS[template] is None else {'output': OURS[template]})
            if not escape or case.get('output') != cases_by_template.get(template):
                cases.append(case)
            if not escape:
                cases_by_template[template] = case.get('output')
    json.dump({'values': VALUES, 'cases': cases}, sys.stdout, ensure_ascii=False, indent=0)
    print()


cases_by_template = {}
main()
