#!/usr/bin/env python3
"""Schedules: what 100,000 of them cost while none is due, and how fast as many that are due at once are worked off, on SQLite.
Called by run.sh schedules; see README.md."""
import os
import pathlib
import sqlite3
import sys
import tempfile
import time
import urllib.error
import urllib.request

from agents import BUILD, call, AGENT
from processes import cpu_seconds, start_gatehouse

COUNT = int(os.environ.get('BENCH_SCHEDULES', '100000'))
SECONDS = int(os.environ.get('BENCH_SECONDS', '20'))
PEOPLE = 100
FAR = int(time.time() * 1000) + 10 * 365 * 86400 * 1000


def prepare(port):
    """A person with an agent: their ids."""
    person, headers = call(port, '/api/auth/signup', {'email': 'bench@example.org', 'password': 'quite a long password'}, {})
    made, _ = call(port, '/api/api-keys', {'name': 'bench', 'permissions': ['WRITE_GRAPH', 'WRITE_LIBRARY']},
                   {'Cookie': headers['Set-Cookie'].split(';')[0], 'Origin': f'http://localhost:{port}', 'Host': f'localhost:{port}'})
    agent, _ = call(port, '/external-api/v1/graphs', AGENT, {'X-API-Key': made['plain_text_key']})
    return person['id'], agent['id']


def seed(database, user, graph):
    """Schedules of a hundred people, each of whom has the same agent: the queue of one person has room for fewer."""
    with sqlite3.connect(database) as db:
        for i in range(1, PEOPLE):
            for table, change in (('users', {'id': f'{user[:-3]}{i:03}', 'email': f'bench{i}@example.org'}),
                                  ('graphs', {'id': f'{graph[:-3]}{i:03}', 'user_id': f'{user[:-3]}{i:03}'})):
                row = db.execute(f'SELECT * FROM {table} WHERE id = ?', (user if table == 'users' else graph,))
                names = [column[0] for column in row.description]
                values = {**dict(zip(names, row.fetchone())), **change}
                db.execute(f"INSERT INTO {table} ({','.join(values)}) VALUES ({','.join('?' * len(values))})", tuple(values.values()))
            row = db.execute('SELECT * FROM graph_versions WHERE graph_id = ?', (graph,))
            names = [column[0] for column in row.description]
            values = {**dict(zip(names, row.fetchone())), 'id': i, 'graph_id': f'{graph[:-3]}{i:03}'}
            db.execute(f"INSERT INTO graph_versions ({','.join(values)}) VALUES ({','.join('?' * len(values))})", tuple(values.values()))
        owners = [(user, graph)] + [(f'{user[:-3]}{i:03}', f'{graph[:-3]}{i:03}') for i in range(1, PEOPLE)]
        db.executemany(
            "INSERT INTO schedules VALUES (?, ?, ?, 1, 'bench', '0 0 29 2 *', 'UTC', '{\"n\":8}', '{}', 0, ?, 0, '', 0, '', 0, 0)",
            ((f'schedule-{i:07}', *owners[i % PEOPLE], FAR + i * 1000) for i in range(COUNT)))


def due(database):
    with sqlite3.connect(database, timeout=30) as db:
        return db.execute('SELECT COUNT(*) FROM schedules WHERE last_run_at = 0').fetchone()[0]


def waited(port):
    """Milliseconds until a request is answered that is counted in the database, and has to wait for its writer."""
    begun = time.monotonic()
    request = urllib.request.Request(f'http://127.0.0.1:{port}/api/auth/logout', b'', {'Origin': f'http://localhost:{port}', 'Host': f'localhost:{port}'})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        error.read()
    time.sleep(0.02)
    return (time.monotonic() - begun) * 1000 - 20


def idle(server):
    """Per cent of a core."""
    before, begun = cpu_seconds(server.pids()), time.monotonic()
    time.sleep(SECONDS)
    return 100 * (cpu_seconds(server.pids()) - before) / (time.monotonic() - begun)


def main():
    with tempfile.TemporaryDirectory(prefix='gatehouse-bench-') as folder:
        folder = pathlib.Path(folder)
        database = folder / 'gatehouse.db'
        with start_gatehouse(BUILD / 'gatehouse', folder) as server:
            user, graph = prepare(server.port)
            time.sleep(5)
            print(f'no schedules: {idle(server):.2f} % of a core while nothing is due')
            seed(database, user, graph)
            time.sleep(5)
            print(f'{COUNT:,} schedules: {idle(server):.2f} % of a core while none is due')
            with sqlite3.connect(database, timeout=30) as db:
                db.execute('UPDATE schedules SET next_run = ?', (int(time.time() * 1000),))
            begun, left, waits = time.monotonic(), COUNT, []
            while left > 0 and time.monotonic() - begun < 600:
                waits += [waited(server.port) for _ in range(20)]
                left = due(database)
            took = time.monotonic() - begun
            print(f'due at once: {round((COUNT - left) / took):,} a second queued, beside running them ({left:,} left)')
            waits.sort()
            print(f'meanwhile a request that writes was answered within {waits[len(waits) // 2]:.1f} ms in the median, {waits[-1 - len(waits) // 100]:.1f} ms in 99 of 100')


if __name__ == '__main__':
    sys.exit(main())
