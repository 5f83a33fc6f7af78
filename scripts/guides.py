#!/usr/bin/env python3
"""Turns the guides of docs/ into pages: guides.py CMARK OUTPUT FILE...

CMARK is cmark-gfm; the files are guides (.md) and the images that they show (.png). The output is a C array (src/pages/guides.h) with a row for each guide: the name
that it is served under, its title, and its HTML with a table of contents. Headings get the ids that GitHub gives them, so links
work in both places. Fails on a link to a guide, a heading, an image or a file that does not exist.
"""
import html
import os
import re
import subprocess
import sys

from embed import c_string, hashed_name

CONTENTS_MIN = 3  # headings from which on a table of contents helps


def slug(text, taken):
    """The id that GitHub gives a heading."""
    base = re.sub(r'[^\w\- ]', '', text.lower()).replace(' ', '-')
    name, n = base, 0
    while name in taken:
        n += 1
        name = f'{base}-{n}'
    taken.add(name)
    return name


def text_of(fragment):
    return html.unescape(re.sub(r'<[^>]*>', '', fragment))


def served_name(file):
    """What is behind /docs: 'oauth.md' is '/oauth', the index nothing."""
    stem = file.removesuffix('.md')
    return '' if stem == 'README' else stem


class Guide:
    def __init__(self, cmark, path):
        self.path, self.file = path, os.path.basename(path)
        self.name = served_name(self.file)
        self.html = subprocess.run([cmark, '--extension', 'table', '--extension', 'autolink', '--validate-utf8', path],
                                   check=True, capture_output=True, encoding='utf-8').stdout
        self.html = re.sub(r'<!-- raw HTML omitted -->\n?', '', self.html)
        self.title, self.ids, self.headings = '', set(), []
        self.html = re.sub(r'<h([1-6])>(.*?)</h\1>', self.take_heading, self.html, flags=re.S)
        if not self.title:
            sys.exit(f'{path}: has no title')

    def take_heading(self, match):
        level, inside = int(match[1]), match[2]
        name = slug(text_of(inside), self.ids)
        if level == 1:
            self.title = self.title or text_of(inside)
            return ''  # the page shows the title
        if level == 2:
            self.headings.append((name, inside))
        return f'<h{level} id="{name}">{inside}</h{level}>'

    def contents(self):
        if len(self.headings) < CONTENTS_MIN:
            return ''
        rows = ''.join(f'<li><a href="#{name}">{re.sub("</?a[^>]*>", "", inside)}</a></li>\n' for name, inside in self.headings)
        return f'<nav class="contents" aria-label="On this page">\n<ol>\n{rows}</ol>\n</nav>\n'

    def link(self, match, guides):
        """An address as it is served; the link's text alone where the target is a file of the project that is not."""
        before, target, after, inside = match[1], html.unescape(match[2]), match[3], match[4]
        if re.match(r'[a-z]+:', target):
            return f'<a{before}href="{html.escape(target)}"{after}>{inside}</a>'
        file, _, anchor = target.partition('#')
        other = guides.get(file) if file else self
        if other:
            if anchor and anchor not in other.ids:
                sys.exit(f'{self.path}: {target}: no such heading')
            address = '' if other is self and anchor else '/docs' + (other.name and f'/{other.name}')
            return f'<a{before}href="{address}{anchor and "#" + anchor}"{after}>{inside}</a>'
        if not os.path.exists(os.path.join(os.path.dirname(self.path), file)):
            sys.exit(f'{self.path}: {target}: no such file')
        return inside

    def image(self, match, images):
        source = os.path.basename(html.unescape(match[1]))
        if source not in images:
            sys.exit(f'{self.path}: {match[1]}: not among the images that are served')
        width, height, address = images[source]
        return f'<img src="{address}" width="{width}" height="{height}" loading="lazy"'

    def finish(self, guides, images):
        body = re.sub(r'<a([^>]*?)href="([^"]*)"([^>]*)>(.*?)</a>', lambda m: self.link(m, guides), self.html, flags=re.S)
        body = re.sub(r'<img src="([^"]*)"', lambda m: self.image(m, images), body)
        body = re.sub(r' align="(\w+)"', r' class="\1"', body)
        body = re.sub(r'<th([^>]*)></th>', r'<td\1></td>', body)  # a heading of nothing names nothing
        body = re.sub(r'<th(?=[ >])', '<th scope="col"', body)
        tables = iter(range(1, sys.maxsize))
        # a box that scrolls can be reached by keyboard, and has a name of its own
        body = re.sub('<table>', lambda _: f'<div class="table" tabindex="0" role="region" aria-label="Table {next(tables)}">\n<table>', body)
        body = body.replace('</table>', '</table>\n</div>')
        body = body.replace('<pre>', '<pre tabindex="0">').replace(' />', '>')
        return self.contents() + body.lstrip('\n')


def measure(path):
    """Width, height and served address of a PNG."""
    with open(path, 'rb') as file:
        data = file.read()
    if data[:8] != b'\x89PNG\r\n\x1a\n':
        sys.exit(f'{path}: no PNG')
    width, height = int.from_bytes(data[16:20], 'big'), int.from_bytes(data[20:24], 'big')
    return width, height, '/static/' + hashed_name(os.path.basename(path), data)


def main():
    cmark, output, *paths = sys.argv[1:]
    images = {os.path.basename(path): measure(path) for path in paths if path.endswith('.png')}
    guides = {guide.file: guide for guide in (Guide(cmark, path) for path in paths if path.endswith('.md'))}
    with open(output, 'w', encoding='ascii') as out:
        out.write('#include "pages/guides.h"\n\nconst struct guide guides[] = {\n')
        for guide in guides.values():
            data = guide.finish(guides, images).encode()
            title = guide.title.encode()
            out.write(f'        {{ STR_INIT("{guide.name}"), {{\n{c_string(title)}, {len(title)} }}, {{\n{c_string(data)},\n          {len(data)} }} }},\n')
        out.write(f'}};\n\nconst size_t guides_count = {len(guides)};\n')


if __name__ == '__main__':
    main()
