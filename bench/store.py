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
from processes import Process, cpu_seconds, free_port, gatehouse_env

COUNT = int(os.environ.get('BENCH_LISTINGS', '100000'))
SECONDS = int(os.environ.get('BENCH_SECONDS', '10'))
CONNECTIONS = 64
WORDS = 20000
PACE = int(os.environ.get('BENCH_PACE', '600'))  # requests/s that are not answered from memory

LUA = """
local paths = {{ {paths} }}
wrk.headers["X-API-Key"] = "{key}"
local i = math.random(#paths)
request = function()
  i = i % #paths + 1
  return wrk.format("GET", paths[i])
end
{delay}
done = function(summary, latency)
  io.write(string.format("FIGURES %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
                         summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""
DELAY = 'delay = function() return math.random({least}, {most}) end'  # milliseconds


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
    common = [path_of(search_query='common', page=page) for page in range(1, 6)]
    frequent = [path_of(search_query=f'{words[i]} common' if i % 2 else words[i], page=page) for i in range(20) for page in range(1, 4)]
    lists = [path_of(sorted_by=sort, page=page) for sort in ('rating', 'runs', 'name', 'updated_at') for page in range(1, 26)]
    return {
        'a common word': common,
        'frequent words': frequent,
        '500 searches': [path_of(search_query=query) for query in queries],
        'sorted lists': lists,
        'categories': [path_of(category=f'category {i}', page=page) for i in range(12) for page in range(1, 6)],
        'all of these': [path_of(search_query=query) for query in queries] + common + frequent + lists,
    }


def once(port, key, path):
    request = urllib.request.Request(f'http://127.0.0.1:{port}{path}', headers={'X-API-Key': key})
    begun = time.monotonic()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return (time.monotonic() - begun) * 1000


def ask(server, folder, key, paths, pace=None):
    """64 connections; without a pace each asks again as soon as it has its answer. Requests/s, p50 and p99 in ms, processor time
    of the server in µs a request."""
    script = folder / 'store.lua'
    delay = DELAY.format(least=int(600 * CONNECTIONS / pace), most=int(1400 * CONNECTIONS / pace)) if pace else ''
    script.write_text(LUA.format(paths=', '.join(f'"{path}"' for path in paths), key=key, delay=delay))
    before = cpu_seconds([server.child.pid])
    said = subprocess.run(['wrk', '-t1', f'-c{CONNECTIONS}', f'-d{SECONDS}s', '--latency', '-s', str(script), f'http://127.0.0.1:{server.port}'],
                          check=True, capture_output=True, text=True).stdout
    requests, micros, half, most, errors = map(int, re.search(r'FIGURES (\d+) (\d+) (\d+) (\d+) (\d+)', said).groups())
    if errors:
        raise SystemExit(f'{errors} requests failed')
    used = cpu_seconds([server.child.pid]) - before
    return requests * 1e6 / micros, half / 1000, most / 1000, used * 1e6 / requests


def tell(name, figures):
    print('{:<16} {:>8,.0f} /s   p50 {:7.2f} ms   p99 {:7.2f} ms   {:7.0f} µs of a processor'.format(name, *figures), flush=True)
    return figures[2]


def measure(server, folder, key, words):
    """Answers from memory: each is made once before."""
    slowest = 0
    for name, paths in loads(words).items():
        for path in paths:
            once(server.port, key, path)
        slowest = max(slowest, tell(name, ask(server, folder, key, paths)))
    return slowest


def measure_anew(server, folder, key, words):
    """Each answer is made anew: by itself, then by 64 connections at a pace that leaves room, then by as many as there can be."""
    slowest = 0
    for name, paths in loads(words).items():
        alone = sorted(min(once(server.port, key, path) for _ in range(2)) for path in paths)
        print(f'{name:<16} alone: median {alone[len(alone) // 2]:.2f} ms, p99 {alone[len(alone) * 99 // 100]:.2f} ms, at most {alone[-1]:.2f} ms')
        slowest = max(slowest, tell(f'  at {PACE} /s', ask(server, folder, key, paths, PACE)))
        tell('  at full load', ask(server, folder, key, paths))
    return slowest


def verdict(what, slowest):
    print(f'{what}: ' + ('p99 below 10 ms' if slowest < 10 else f'p99 {slowest:.1f} ms: MISSED, 10 ms are allowed'), flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix='gatehouse-bench-', dir=os.environ.get('BENCH_FOLDER')) as name:
        folder = pathlib.Path(name)
        port = free_port()
        env = gatehouse_env(folder, port)
        if 'BENCH_DATABASE' in os.environ:
            env['DATABASE_URL'] = os.environ['BENCH_DATABASE']
        env['GATEHOUSE_RATE_LIMIT_KEY'] = env['GATEHOUSE_RATE_LIMIT_USER'] = 'off'  # one key asks for all
        words, took = bring(folder, env)
        print(f'{COUNT:,} listings imported in {took:.1f} s: {COUNT / took:,.0f} /s')
        with Process([str(BUILD / 'gatehouse'), 'serve'], folder, env).wait_ready(port) as server:
            key = key_of(port)
            verdict('answers from memory, at full load', measure(server, folder, key, words))
        env['GATEHOUSE_CACHE'] = 'off'
        with Process([str(BUILD / 'gatehouse'), 'serve'], folder, env).wait_ready(port) as server:
            verdict(f'answers made anew, at {PACE} /s', measure_anew(server, folder, key, words))
    return 0


if __name__ == '__main__':
    sys.exit(main())
