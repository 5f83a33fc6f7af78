"""What a clean-up costs the requests beside it: a million tokens that expired go while wrk measures."""
import sqlite3
import statistics
import subprocess
import sys
import time

from processes import gatehouse_env

DAY_MS = 86_400_000
EPOCH_MS = 1_704_067_200_000  # of the ids, src/base/id.h
KINDS = ('introspect', 'code')  # one that reads, one that writes; neither uses tokens up
QUIET_WINDOWS = 3
LIMIT_SECONDS = 420
DEAD = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows)
INSERT INTO {table} SELECT :first + i * 64, randomblob(32), {columns} FROM n
"""
COLUMNS = {
    'access_tokens': ":first + i * 64, 'IDENTITY READ_GRAPH', :ended, 0",
    'refresh_tokens': ':first + i * 64, :ended, :ended, 0, 0',
}


def add_dead(folder, rows):
    """Tokens of forty days ago, half of them access tokens; what clean-up finds first, as in a table that has grown."""
    now = int(time.time() * 1000)
    first = (now - 40 * DAY_MS - EPOCH_MS) << 22
    with sqlite3.connect(folder / 'gatehouse.db', timeout=60) as db:
        for table, columns in COLUMNS.items():
            db.execute(DEAD.format(table=table, columns=columns),
                       {'rows': rows // len(COLUMNS), 'first': first, 'ended': now - 9 * DAY_MS})
    db.close()


def dead(folder):
    with sqlite3.connect(f'file:{folder}/gatehouse.db?mode=ro', uri=True, timeout=60) as db:
        limit = (int(time.time() * 1000) - 30 * DAY_MS - EPOCH_MS) << 22
        found = sum(db.execute(f'SELECT COUNT(*) FROM {table} WHERE id < ?', (limit,)).fetchone()[0] for table in COLUMNS)
    db.close()
    return found


def quiet(measure):
    return [measure() for _ in range(QUIET_WINDOWS)]


def beside_command(binary, server, folder, measure):
    """`gatehouse cleanup` in a process of its own, as an operator or cron runs it."""
    child = subprocess.Popen([str(binary), 'cleanup'], env=gatehouse_env(folder, server.port), cwd=folder,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begun = time.monotonic()
    windows = []
    while child.poll() is None and time.monotonic() - begun < LIMIT_SECONDS:
        windows.append(measure())
    if child.poll() is None:
        child.terminate()
    child.wait()
    return windows


def beside_server(_binary, _server, folder, measure):
    """The server's own round, one to two minutes after its start."""
    begun = time.monotonic()
    windows = []
    left = dead(folder)
    while left and time.monotonic() - begun < LIMIT_SECONDS:
        window = measure()
        before, left = left, dead(folder)
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


def measure(options, binary, folder, start, load, warm_up):
    rows = []
    for way, run in (('command', beside_command), ('server', beside_server)):
        for kind in KINDS:
            print(f'{way}: {kind}, {options.dead:,} expired tokens', file=sys.stderr)
            add_dead(folder, options.dead)
            with start(folder) as server:
                warm_up(server, folder)

                def window(server=server, kind=kind):
                    return load(server, '/', kind, folder, options, 1)

                calm = quiet(window)
                there = dead(folder)
                begun = time.monotonic()
                busy = run(binary, server, folder, window)
                seconds = time.monotonic() - begun
                removed = there - dead(folder)
            if not busy:
                raise SystemExit('the clean-up ended before anything could be measured: give more rows')
            rows.append(row(way, kind, calm, busy, removed, seconds))
    return {'rows': rows}
