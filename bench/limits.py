#!/usr/bin/env python3
"""What counting callers and recording what they do add to a request: instructions of the whole server under callgrind, on SQLite,
with all limits off and on; and the part of them that the audit trail's functions have. Called by run.sh limits; see README.md."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from agents import AGENT, BUILD, call
from processes import Process, free_port, gatehouse_env

PEOPLE = 3000  # whose refresh tokens are used in turn
COUNT = int(os.environ.get('BENCH_REQUESTS', '3000'))
CONNECTIONS = 16
WARM = 20  # requests on each connection before the count begins
KINDS = ('KEY', 'TOKEN', 'USER', 'CLIENT', 'ADDRESS')
# On a request's way, and afterwards on a thread of its own. None of them calls another one.
RECORD, SEAL = ('audit', 'record_store'), ('seal_run',)


def start(folder, limits):
    port = free_port()
    env = gatehouse_env(folder, port)
    if not limits:
        env.update({f'GATEHOUSE_RATE_LIMIT_{kind}': 'off' for kind in KINDS})
    subprocess.run([BUILD / 'bench/bench_seed', env['DATABASE_URL'], folder, str(PEOPLE), str(PEOPLE)], check=True, env=env)
    command = ['valgrind', '--tool=callgrind', f'--callgrind-out-file={folder}/out', str(BUILD / 'gatehouse'), 'serve']
    return Process(command, folder, env).wait_ready(port, limit=300)


def prepare(port):
    """The requests that are measured: name, and pairs of method and path in turn. The key that makes them."""
    _, headers = call(port, '/api/auth/signup', {'email': 'bench@example.org', 'password': 'quite a long password'}, {})
    made, _ = call(port, '/api/api-keys', {'name': 'bench', 'permissions': ['IDENTITY', 'READ_STORE', 'READ_GRAPH', 'WRITE_GRAPH', 'WRITE_LIBRARY', 'EXECUTE_GRAPH']},
                   {'Cookie': headers['Set-Cookie'].split(';')[0], 'Origin': f'http://localhost:{port}', 'Host': f'localhost:{port}'})
    key = {'X-API-Key': made['plain_text_key']}
    agent, _ = call(port, '/external-api/v1/graphs', AGENT, key)
    schedules = [call(port, f"/external-api/v1/graphs/{agent['id']}/schedules", {'name': 'bench', 'cron': '0 0 29 2 *', 'timezone': 'UTC', 'inputs': {'n': 8}}, key)[0]['id']
                 for _ in range(CONNECTIONS)]
    turns = [[('POST', f'/external-api/v1/schedules/{i}/{what}') for what in ('pause', 'resume')] for i in schedules]
    return key, {
        '/me by API key': [[('GET', '/external-api/v1/me')]] * CONNECTIONS,
        'search of the store': [[('GET', '/external-api/v1/store/agents?search_query=sum')]] * CONNECTIONS,
        'pausing and resuming a schedule': turns,
        'refresh of a token': [None] * CONNECTIONS,
    }


def refresh(connection, folder, number, count):
    """Refreshes tokens of many people, each once: an event a request, of another person each."""
    client, secret = (folder / 'client').read_text().split()
    tokens = (folder / 'refresh').read_text().split()[number::CONNECTIONS]
    for _ in range(count):
        connection.request('POST', '/api/oauth/token', json.dumps({'grant_type': 'refresh_token', 'refresh_token': tokens[refresh.used[number]],
                                                                   'client_id': client, 'client_secret': secret}), {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f'refresh: {answer.status}')
        refresh.used[number] += 1


def ask(connection, key, turn, count):
    for i in range(count):
        method, path = turn[i % len(turn)]
        connection.request(method, path, headers=key)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f'{method} {path}: {answer.status}')


def control(server, *options):
    subprocess.run(['callgrind_control', *options, str(server.child.pid)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(server, key, turns):
    refresh.used = [0] * CONNECTIONS
    """Instructions a request; and of the audit trail's functions."""
    folder = server.folder
    connections = [http.client.HTTPConnection('127.0.0.1', server.port, timeout=300) for _ in turns]
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        def all_ask(count):
            list(pool.map(lambda i: ask(connections[i], key, turns[i], count) if turns[i] else refresh(connections[i], folder, i, count),
                          range(len(turns))))
        all_ask(WARM)
        time.sleep(3)  # what is sealed afterwards is no part of what follows
        control(server, '--zero')
        each = COUNT // CONNECTIONS
        all_ask(each)
        time.sleep(3)
        before = set(folder.glob('out.*'))
        control(server, '--dump')
    for connection in connections:
        connection.close()
    (dump,) = set(folder.glob('out.*')) - before
    total = int(re.search(r'^(?:totals|summary): (\d+)', dump.read_text(), re.M)[1])
    lines = subprocess.run(['callgrind_annotate', '--inclusive=yes', '--threshold=100', str(dump)], check=True, capture_output=True, text=True).stdout
    found = {}
    for cost, name in re.findall(r'^\s*([\d,]+) .*?[:\s]([a-z_0-9]+)(?:\.[a-z.0-9]+)?(?: \[.*)?$', lines, re.M):
        found[name] = max(found.get(name, 0), int(cost.replace(',', '')))
    n = each * len(turns)
    return total / n, *(sum(found.get(name, 0) for name in names) / n for names in (RECORD, SEAL))


def main():
    results = {}
    for limits in (False, True):
        with tempfile.TemporaryDirectory(prefix='gatehouse-bench-') as folder, start(pathlib.Path(folder), limits) as server:
            key, requests = prepare(server.port)
            for name, turns in requests.items():
                results.setdefault(name, []).append(measure(server, key, turns))
    print(f'{"instructions a request":34} {"limits off":>11} {"on":>11} {"limits":>8} {"record":>8} {"both":>8} {"sealing":>9}')
    for name, ((off, _, _), (on, record, seal)) in results.items():
        base = off - record - seal
        parts = [(on - off) / base, record / base, (on - off + record) / base, seal / base]
        print(f'{name:34} {off:11,.0f} {on:11,.0f} ' + ' '.join(f'{100 * part:7.1f}%' for part in parts))
    print('the goal is less than 5 % for both; sealing follows about a second later, on a thread of its own')


if __name__ == '__main__':
    sys.exit(main())
