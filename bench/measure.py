#!/usr/bin/env python3
"""Speed and size of Gatehouse beside nginx, in one run on one machine; see README.md. Called by run.sh."""
import argparse
import base64
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

import cleanup
import machine
import postgres
import report
from processes import cpu_seconds, memory_kib, metrics, settle, start_gatehouse, start_nginx, start_up_ms

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = (ROOT / os.environ.get('BUILD_DIR', 'build')).resolve()
GATEHOUSE = BUILD / 'gatehouse'
ACCESS_TOKENS = REFRESH_TOKENS = 10_000  # as in load.lua
START_UPS = 11

# name, server, path, kind of load (load.lua), whether it writes
ROWS = [
    ('nginx: `return 200`', 'nginx', '/', 'plain'),
    ('nginx, sent the introspections', 'nginx', '/', 'introspect'),
    ('nginx, sent the refresh grants', 'nginx', '/', 'refresh'),
    ('empty handler (`/healthz`)', 'gatehouse', '/healthz', 'plain'),
    ('introspection', 'gatehouse', '/', 'introspect'),
    ('`/me`', 'gatehouse', '/', 'me'),
    ('`/me` by API key', 'gatehouse', '/', 'key'),
    ('list of blocks by API key', 'gatehouse', '/', 'blocks'),
    ('refresh grant', 'gatehouse', '/', 'refresh'),
    ('code grant, 2 requests', 'gatehouse', '/', 'code'),
    ('login', 'gatehouse', '/', 'login'),
]


def seed(url, folder, rows, sample):
    subprocess.run([BUILD / 'bench/bench_seed', url, folder, str(rows), str(sample)], check=True)


def warm_up(server, folder):
    """One introspection: the client's secret is verified by scrypt once, and remembered from then on."""
    client = (folder / 'client').read_text().split()
    token = (folder / 'access').read_text().split()[0]
    request = urllib.request.Request(
        f'http://127.0.0.1:{server.port}/api/oauth/introspect', urllib.parse.urlencode({'token': token}).encode(),
        {'Authorization': 'Basic ' + base64.b64encode(':'.join(client).encode()).decode()})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)['active'], 'a seeded token is not active'


def load(server, path, kind, folder, options, round_number):
    """One run of wrk: what it counted, with the server's processor time and commits."""
    own = kind != 'plain' and server.is_gatehouse
    before = metrics(server.port) if own else {}
    cpu = cpu_seconds(server.pids())
    command = ['wrk', '-t1', f'-c{options.connections}', f'-d{options.seconds}s', '--timeout', '30s', '--latency', '-s',
               str(ROOT / 'bench/load.lua'), f'http://127.0.0.1:{server.port}{path}', '--', kind, str(folder), str(round_number)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=options.seconds + 120, check=False)
    results = [line[len('RESULT '):] for line in done.stdout.splitlines() if line.startswith('RESULT ')]
    if not results:
        raise SystemExit(f'wrk failed:\n{done.stdout}{done.stderr}')
    result = json.loads(results[0])
    settle(server.pids())
    result['cpu_seconds'] = cpu_seconds(server.pids()) - cpu
    if own:
        after = metrics(server.port)
        result['commits'] = after['gatehouse_commits_total'] - before['gatehouse_commits_total']
        result['committed'] = after['gatehouse_commit_rows_sum'] - before['gatehouse_commit_rows_sum']
    return result


def summarise(name, runs):
    """The median of the rounds; failures of all of them."""
    def median(value):
        return statistics.median(value(r) for r in runs)

    row = {
        'name': name,
        'per_second': median(lambda r: r['requests'] / r['seconds']),
        'cpu_us': median(lambda r: r['cpu_seconds'] * 1e6 / max(r['requests'], 1)),
        'p50_us': median(lambda r: r['p50_us']),
        'p99_us': median(lambda r: r['p99_us']),
        'failures': sum(r['not_200'] + r['errors'] for r in runs),
        'runs': runs,
    }
    if all(r.get('commits', 0) > r['seconds'] for r in runs):
        row['commits_per_second'] = median(lambda r: r['commits'] / r['seconds'])
        row['requests_per_commit'] = median(lambda r: r['committed'] / r['commits'])
    return row


@contextlib.contextmanager
def folder_on_disk():
    """A folder beside the build: durability that is measured in memory is none."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='bench-', dir=BUILD))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(folder):
    server = start_gatehouse(GATEHOUSE, folder)
    server.is_gatehouse = True
    return server


def compare(options):
    wanted = [r for r in ROWS if not options.only or r[3] in options.only]
    with folder_on_disk() as folder:
        disk = machine.disk(folder)
        (folder / 'start').mkdir()
        start_ups = start_up_ms(GATEHOUSE, folder / 'start', START_UPS)
        seed(f'sqlite:{folder}/gatehouse.db', folder, options.rows, REFRESH_TOKENS * options.rounds)
        runs = {row[0]: [] for row in wanted}
        with start_nginx(folder) as nginx, start(folder) as gatehouse:
            nginx.is_gatehouse = False
            rest = memory_kib(gatehouse.pids())
            warm_up(gatehouse, folder)
            for round_number in range(1, options.rounds + 1):
                # Every other round backwards: a machine that slows down or speeds up does so to all alike.
                for name, server, path, kind in wanted if round_number % 2 else reversed(wanted):
                    print(f'round {round_number} of {options.rounds}: {name}', file=sys.stderr)
                    target = nginx if server == 'nginx' else gatehouse
                    runs[name].append(load(target, path, kind, folder, options, round_number))
            after = memory_kib(gatehouse.pids())
            nginx_memory = memory_kib(nginx.pids())
    rows = [summarise(name, found) for name, found in runs.items()]
    return {'mode': 'compare', 'disk': disk, 'rows': rows, 'nginx_memory_kib': nginx_memory,
            'memory_at_rest_kib': rest, 'memory_after_kib': after,
            'start_up_new_ms': start_ups[0], 'start_up_ms': statistics.median(start_ups[1:]), 'start_ups_ms': start_ups,
            'binary_bytes': machine.binary_bytes(GATEHOUSE)}


def grow(options):
    """A fresh database of each size; the tokens that are used lie all over it."""
    sizes = []
    rows = 10_000
    while rows <= options.max_rows:
        sizes.append(rows)
        rows *= 10
    found = []
    for rows in sizes:
        with folder_on_disk() as folder:
            disk = machine.disk(folder)
            print(f'{rows} rows in each token table: seeding', file=sys.stderr)
            seed(f'sqlite:{folder}/gatehouse.db', folder, rows, REFRESH_TOKENS)
            size = (folder / 'gatehouse.db').stat().st_size
            with start(folder) as gatehouse:
                warm_up(gatehouse, folder)
                step = {'rows': rows, 'database_bytes': size}
                for kind in ('introspect', 'me', 'refresh'):
                    print(f'{rows} rows: {kind}', file=sys.stderr)
                    step[kind] = summarise(kind, [load(gatehouse, '/', kind, folder, options, 1)])
                step['memory_kib'] = memory_kib(gatehouse.pids())
            found.append(step)
    return {'mode': 'growth', 'disk': disk, 'sizes': found}


def on_postgres(options):
    """PostgreSQL beside pgbench, and beside SQLite in the same run."""
    with folder_on_disk() as folder:
        disk = machine.disk(folder)
        seed(f'sqlite:{folder}/gatehouse.db', folder, options.rows, options.rows)
        sqlite = []
        with start(folder) as gatehouse:
            warm_up(gatehouse, folder)
            for name, _, path, kind in ROWS:
                if kind != 'plain' and 'nginx' not in name:
                    sqlite.append({**summarise(name, [load(gatehouse, path, kind, folder, options, 1)]), 'kind': kind})
        found = postgres.measure(options, GATEHOUSE, folder, seed, load, warm_up, summarise)
    return {'mode': 'postgres', 'disk': disk, 'sqlite': sqlite, **found}


def clean_in(options, folder, database):
    seed(database.url, folder, options.rows, REFRESH_TOKENS)
    return cleanup.measure(options, database, load, warm_up)


def clean(options):
    """Requests while expired tokens are removed beside them, against the same requests before."""
    with folder_on_disk() as folder:
        disk = machine.disk(folder)
        if not options.postgres:
            found = clean_in(options, folder, cleanup.Sqlite(GATEHOUSE, folder))
        else:
            with postgres.Postgres(folder) as server:
                found = clean_in(options, folder, cleanup.OnPostgres(GATEHOUSE, folder, server))
        return {'mode': 'cleanup', 'engine': 'PostgreSQL' if options.postgres else 'SQLite', 'disk': disk, **found}


def arguments():
    parser = argparse.ArgumentParser(prog='bench/run.sh', description=__doc__.splitlines()[0])
    parser.add_argument('mode', nargs='?', choices=('compare', 'growth', 'postgres', 'cleanup'), default='compare',
                        help='compare: everything beside nginx (default); growth: the same requests on ever larger token tables; '
                        'postgres: on PostgreSQL, beside pgbench; cleanup: while expired tokens are removed')
    parser.add_argument('--seconds', type=int, default=8, help='of each run (8)')
    parser.add_argument('--rounds', type=int, default=3, choices=(1, 2, 3), help='runs of each row; the median counts (3)')
    parser.add_argument('--connections', type=int, default=64, help='kept alive by wrk (64)')
    parser.add_argument('--rows', type=int, default=30_000, help='in each token table before a comparison (30000)')
    parser.add_argument('--max-rows', type=int, default=1_000_000,
                        help='growth: the largest table, a power of ten; 10000000 takes some minutes (1000000)')
    parser.add_argument('--dead', type=int, default=1_000_000, help='cleanup: expired tokens (1000000)')
    parser.add_argument('--postgres', action='store_true', help='cleanup: on PostgreSQL')
    parser.add_argument('--only', nargs='+', metavar='KIND', help='only these loads: ' + ' '.join(sorted({r[3] for r in ROWS})))
    options = parser.parse_args()
    if options.mode != 'compare':
        options.rounds = 1
    if options.rows < REFRESH_TOKENS * options.rounds:
        parser.error(f'--rows must be at least {REFRESH_TOKENS * options.rounds}: each round spends {REFRESH_TOKENS} tokens')
    return options


def main():
    options = arguments()
    result = {'date': datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='seconds'),
              'machine': machine.describe(ROOT), 'seconds': options.seconds, 'rounds': options.rounds,
              'connections': options.connections}
    result.update({'compare': compare, 'growth': grow, 'postgres': on_postgres, 'cleanup': clean}[options.mode](options))
    folder = ROOT / 'bench/results'
    folder.mkdir(exist_ok=True)
    name = folder / f"{result['mode']}-{result['date'].replace(':', '')}.json"
    name.write_text(json.dumps(result, indent=1) + '\n')
    print(report.markdown(result))
    print(f'\n(all numbers: {name.relative_to(ROOT)})', file=sys.stderr)


if __name__ == '__main__':
    main()
