#!/usr/bin/env python3
"""The store: 100,000 listings brought in by `gatehouse store import`, then searches and lists by 64 connections. Called by
run.sh store, which measures SQLite; BENCH_DATABASE=postgresql://… an empty PostgreSQL database. See README.md."""
import itertools
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from agents import AGENT, BUILD, call
from processes import Process, free_port, gatehouse_env

COUNT = int(os.environ.get('BENCH_LISTINGS', '100000'))
SECONDS = int(os.environ.get('BENCH_SECONDS', '10'))
CONNECTIONS = 64
WORDS = 20000

LUA = """
local paths = {{ {paths} }}
wrk.headers["X-API-Key"] = "{key}"
local i = math.random(#paths)
request = function()
  i = i % #paths + 1
  return wrk.format("GET", paths[i])
end
done = function(summary, latency)
  io.write(string.format("FIGURES %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
                         summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def word(i):
    """A made-up word for each number: syllables, so that words begin alike."""
    text = ''
    for _ in range(3):
        text += 'bdfgklmnprstvz'[i % 14] + 'aeiou'[i // 14 % 5]
        i //= 70
    return text


def listings(path):
    """Names of three words, headings of eight, descriptions of thirty; words are as frequent as in a language, and half of the
    descriptions say "common"."""
    lot = random.Random(1)
    words = [word(i) for i in range(WORDS)]
    weights = list(itertools.accumulate(1 / (i + 5) for i in range(WORDS)))
    with open(path, 'w', encoding='utf-8') as out:
        for i in range(COUNT):
            some = lot.choices(words, cum_weights=weights, k=41)
            out.write(json.dumps({
                'creator': f'creator-{i % 1000}', 'slug': f'agent-{i}', 'name': ' '.join(some[:3]), 'sub_heading': ' '.join(some[3:11]),
                'description': ' '.join(some[11:]) + (' common' if i % 2 else ''), 'categories': [f'category {i % 12}'], 'graph': AGENT,
                'featured': i % 100 == 0}) + '\n')
    return words


def bring(folder, env):
    path = folder / 'listings.json'
    words = listings(path)
    begun = time.monotonic()
    told = subprocess.run([str(BUILD / 'gatehouse'), 'store', 'import', '--json', str(path)], env=env, check=True, capture_output=True, cwd=folder)
    took = time.monotonic() - begun
    assert json.loads(told.stdout)['added'] == COUNT, told.stdout
    return words, took


def key_of(port):
    _, headers = call(port, '/api/auth/signup', {'email': 'bench@example.org', 'password': 'quite a long password'}, {})
    made, _ = call(port, '/api/api-keys', {'name': 'bench', 'permissions': ['READ_STORE']},
                   {'Cookie': headers['Set-Cookie'].split(';')[0], 'Origin': f'http://localhost:{port}', 'Host': f'localhost:{port}'})
    return made['plain_text_key']


def path_of(**query):
    return '/external-api/v1/store/agents?' + urllib.parse.urlencode(query)


def loads(words):
    lot = random.Random(2)
    queries = [' '.join(lot.sample(words[:2000], lot.choice((1, 1, 2)))) for _ in range(500)]
    return {
        'a common word': [path_of(search_query='common', page=page) for page in range(1, 6)],
        '500 searches': [path_of(search_query=query) for query in queries],
        'sorted lists': [path_of(sorted_by=sort, page=page) for sort in ('rating', 'runs', 'name', 'updated_at') for page in range(1, 26)],
        'all of these': [path_of(search_query=query) for query in queries] + [path_of(search_query='common', page=page) for page in range(1, 6)],
    }


def once(port, key, path):
    request = urllib.request.Request(f'http://127.0.0.1:{port}{path}', headers={'X-API-Key': key})
    begun = time.monotonic()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return (time.monotonic() - begun) * 1000


def measure(folder, port, key, name, paths):
    """Each request once by itself, which has the answer made; then the load, answers from memory where they are kept."""
    first = sorted(once(port, key, path) for path in paths)
    script = folder / 'store.lua'
    script.write_text(LUA.format(paths=', '.join(f'"{path}"' for path in paths), key=key))
    said = subprocess.run(['wrk', '-t1', f'-c{CONNECTIONS}', f'-d{SECONDS}s', '--latency', '-s', str(script), f'http://127.0.0.1:{port}'],
                          check=True, capture_output=True, text=True).stdout
    requests, micros, half, most, errors = map(int, re.search(r'FIGURES (\d+) (\d+) (\d+) (\d+) (\d+)', said).groups())
    print(f'{name:<16} {requests * 1e6 / micros:>10,.0f} /s   p50 {half / 1000:7.2f} ms   p99 {most / 1000:7.2f} ms   errors {errors}   '
          f'first time: median {first[len(first) // 2]:.1f} ms, at most {first[-1]:.1f} ms')
    return most / 1000


def main():
    with tempfile.TemporaryDirectory(prefix='gatehouse-bench-') as name:
        folder = pathlib.Path(name)
        port = free_port()
        env = gatehouse_env(folder, port)
        if 'BENCH_DATABASE' in os.environ:
            env['DATABASE_URL'] = os.environ['BENCH_DATABASE']
        env['GATEHOUSE_RATE_LIMIT_KEY'] = env['GATEHOUSE_RATE_LIMIT_USER'] = 'off'  # one key asks for all
        words, took = bring(folder, env)
        print(f'{COUNT:,} listings imported in {took:.1f} s: {COUNT / took:,.0f} /s')
        with Process([str(BUILD / 'gatehouse'), 'serve'], folder, env).wait_ready(port):
            key = key_of(port)
            slowest = max(measure(folder, port, key, name, paths) for name, paths in loads(words).items())
    print('p99 below 10 ms' if slowest < 10 else f'p99 {slowest:.1f} ms: MISSED, 10 ms are allowed')
    return 0


if __name__ == '__main__':
    sys.exit(main())
