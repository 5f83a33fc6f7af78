"""What a clean-up costs the requests beside it: a million tokens that expired go while wrk measures."""
import sqlite3
import statistics
import subprocess
import sys
import time

import postgres
from processes import gatehouse_env, start_gatehouse

DAY_MS = 86_400_000
EPOCH_MS = 1_704_067_200_000  # of the ids, src/base/id.h
KINDS = ('introspect', 'code')  # one that reads, one that writes; neither uses tokens up
QUIET_WINDOWS = 3
LIMIT_SECONDS = 420
COLUMNS = {
    'access_tokens': "{first} + i * 64, 'IDENTITY READ_GRAPH', {ended}, 0",
    'refresh_tokens': '{first} + i * 64, {ended}, {ended}, 0, 0',
}


def past(days):
    return int(time.time() * 1000) - days * DAY_MS


def first_id(days):
    return (past(days) - EPOCH_MS) << 22


class Sqlite:
    """The file in the folder; one node beside it."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.url = binary, folder, f'sqlite:{folder}/gatehouse.db'

    def start(self):
        return start_gatehouse(self.binary, self.folder)

    def insert(self, table, columns, first, rows):
        with sqlite3.connect(self.folder / 'gatehouse.db', timeout=60) as db:
            db.execute(f'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows}) '
                       f'INSERT INTO {table} SELECT {first} + i * 64, randomblob(32), {columns} FROM n')
        db.close()

    def count(self, sql):
        with sqlite3.connect(f'file:{self.folder}/gatehouse.db?mode=ro', uri=True, timeout=60) as db:
            found = db.execute(sql).fetchone()[0]
        db.close()
        return found


class OnPostgres:
    """A server in the folder, and one node on it."""

    def __init__(self, binary, folder, server):
        self.binary, self.folder, self.server, self.url, self.serial = binary, folder, server, server.url, 0

    def start(self):
        self.serial += 1
        return postgres.start_node(self.binary, self.folder, self.url, f'node{self.serial}', cache=True)

    def insert(self, table, columns, first, rows):
        self.server.query(f'INSERT INTO {table} SELECT {first} + i * 64, sha256(i::text::bytea), {columns} '
                          f'FROM generate_series(0::bigint, {rows - 1}) AS i')
        self.server.query(f'VACUUM ANALYZE {table}')  # so that no autovacuum begins in the middle of what is measured

    def count(self, sql):
        return int(self.server.query(sql, '-At'))


def add_dead(database, rows):
    """Tokens of forty days ago, half of them access tokens; what clean-up finds first, as in a table that has grown."""
    first = first_id(40)
    for table, columns in COLUMNS.items():
        database.insert(table, columns.format(first=first, ended=past(9)), first, rows // len(COLUMNS))


def dead(database):
    return sum(database.count(f'SELECT COUNT(*) FROM {table} WHERE id < {first_id(30)}') for table in COLUMNS)


def quiet(measure):
    return [measure() for _ in range(QUIET_WINDOWS)]


def beside_command(database, server, measure):
    """`gatehouse cleanup` in a process of its own, as an operator or cron runs it."""
    child = subprocess.Popen([str(database.binary), 'cleanup'], cwd=database.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env={**gatehouse_env(database.folder, server.port), 'DATABASE_URL': database.url})
    begun = time.monotonic()
    windows = []
    while child.poll() is None and time.monotonic() - begun < LIMIT_SECONDS:
        windows.append(measure())
    if child.poll() is None:
        child.terminate()
    child.wait()
    return windows


def beside_server(database, _server, measure):
    """The server's own round, one to two minutes after its start."""
    begun = time.monotonic()
    windows = []
    left = dead(database)
    while left and time.monotonic() - begun < LIMIT_SECONDS:
        window = measure()
        before, left = left, dead(database)
        if left < before:
            windows.append(window)
    return windows


def row(way, kind, calm, busy, removed, seconds):
    p99 = [statistics.median(w['p99_us'] for w in windows) for windows in (calm, busy)]
    return {'way': way, 'kind': kind, 'p99_quiet_us': p99[0], 'p99_busy_us': p99[1], 'ratio': p99[1] / p99[0],
            'worst_us': max(w['p99_us'] for w in busy), 'windows': len(busy), 'removed': removed, 'seconds': seconds,
            'per_second_quiet': statistics.median(w['requests'] / w['seconds'] for w in calm),
            'per_second_busy': statistics.median(w['requests'] / w['seconds'] for w in busy),
            'failures': sum(w['not_200'] + w['errors'] for w in calm + busy)}


def measure(options, database, load, warm_up):
    rows = []
    for way, run in (('command', beside_command), ('server', beside_server)):
        for kind in KINDS:
            print(f'{way}: {kind}, {options.dead:,} expired tokens', file=sys.stderr)
            add_dead(database, options.dead)
            with database.start() as server:
                server.is_gatehouse = True
                warm_up(server, database.folder)

                def window(server=server, kind=kind):
                    return load(server, '/', kind, database.folder, options, 1)

                calm = quiet(window)
                there = dead(database)
                begun = time.monotonic()
                busy = run(database, server, window)
                seconds = time.monotonic() - begun
                removed = there - dead(database)
            if not busy:
                raise SystemExit('the clean-up ended before anything could be measured: give more rows')
            rows.append(row(way, kind, calm, busy, removed, seconds))
    return {'rows': rows}
