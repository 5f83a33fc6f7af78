"""The same requests with PostgreSQL behind them, beside what pgbench gets out of it with the same statements."""
import concurrent.futures
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys

from processes import Process, cpu_seconds, free_port, gatehouse_env

PACKAGES = pathlib.Path('/usr/lib/postgresql')
USER, DATABASE = 'gatehouse', 'gatehouse'
PGBENCH_CLIENTS, PGBENCH_THREADS = 8, 2  # as many connections as a node opens by default

# What the server asks, statement by statement (src/db/sql), of tables like its own whose ids pgbench can guess.
INTROSPECTION = """\\set id random(1, {rows})
SELECT t.hash, t.scopes, t.expires_at, t.revoked_at, z.id, z.revoked_at, a.id, a.is_active, u.id, u.email, u.name,
       u.timezone, u.is_active
FROM bench_access_tokens t JOIN authorizations z ON z.id = t.authorization_id JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE t.id = :id;
"""
GRANT = """\\set id random(1, {rows})
BEGIN;
SELECT t.hash, t.expires_at, t.spent_at, z.id, z.scopes, z.revoked_at, a.id, a.is_active, u.id, u.is_active
FROM bench_refresh_tokens t JOIN authorizations z ON z.id = t.authorization_id JOIN apps a ON a.id = z.app_id
JOIN users u ON u.id = z.user_id
WHERE t.id = :id;
UPDATE bench_refresh_tokens SET spent_at = 1, successor_id = 2, successor_access_id = 3 WHERE id = :id;
INSERT INTO bench_access_tokens (id, hash, authorization_id, scopes, expires_at, revoked_at)
VALUES (nextval('bench_ids'), sha256('x'), 1, 'IDENTITY READ_GRAPH', 1, 0);
INSERT INTO bench_refresh_tokens (id, hash, authorization_id, expires_at, spent_at, successor_id, successor_access_id)
VALUES (nextval('bench_ids'), sha256('x'), 1, 1, 0, 0, 0);
COMMIT;
"""
PREPARE = """
CREATE TABLE bench_access_tokens (LIKE access_tokens INCLUDING ALL);
CREATE TABLE bench_refresh_tokens (LIKE refresh_tokens INCLUDING ALL);
INSERT INTO bench_access_tokens (id, hash, authorization_id, scopes, expires_at, revoked_at)
SELECT row_number() OVER (ORDER BY id), hash, authorization_id, scopes, expires_at, revoked_at FROM access_tokens;
INSERT INTO bench_refresh_tokens (id, hash, authorization_id, expires_at, spent_at, successor_id, successor_access_id)
SELECT row_number() OVER (ORDER BY id), hash, authorization_id, expires_at, 0, 0, 0 FROM refresh_tokens;
CREATE SEQUENCE bench_ids START 1000000000;
ANALYZE;
"""


class Postgres:
    """A server of its own in `folder`, with its settings as PostgreSQL has them: fsync and synchronous commits on."""

    def __init__(self, folder):
        self.bin = max(PACKAGES.glob('*/bin'), key=lambda path: int(path.parent.name))
        self.folder = folder / 'postgres'
        self.folder.mkdir()
        folder.chmod(0o755)
        self.owner = None
        if os.getuid() == 0:  # it refuses to run as root
            self.owner = pwd.getpwnam('postgres')
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        self.port = free_port()
        self.url = f'postgresql://{USER}@127.0.0.1:{self.port}/{DATABASE}'
        self._run('initdb', '-D', self.folder / 'data', '-U', USER, '--auth=trust', '--no-sync', '--locale=C.UTF-8')
        self.process = subprocess.Popen(
            [self.bin / 'postgres', '-D', self.folder / 'data', '-p', str(self.port), '-c', 'listen_addresses=127.0.0.1',
             '-c', 'unix_socket_directories=', '-c', 'shared_buffers=256MB', '-c', 'max_wal_size=4GB'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(self.folder / 'log', 'wb'), **self._as_owner())
        self._run('pg_isready', '-h', '127.0.0.1', '-p', str(self.port), '-t', '30', retry=True)
        self._run('createdb', '-h', '127.0.0.1', '-p', str(self.port), '-U', USER, DATABASE)

    def _as_owner(self):
        return {'user': self.owner.pw_uid, 'group': self.owner.pw_gid, 'cwd': self.folder} if self.owner else {'cwd': self.folder}

    def _run(self, program, *arguments, retry=False):
        for _ in range(300 if retry else 1):
            done = subprocess.run([self.bin / program, *map(str, arguments)], capture_output=True, text=True, check=False,
                                  **self._as_owner())
            if done.returncode == 0:
                return done.stdout
        raise SystemExit(f'{program} failed:\n{done.stdout}{done.stderr}')

    def query(self, sql, *options):
        return self._run('psql', '-q', *options, '-v', 'ON_ERROR_STOP=1', '-d', self.url, '-c', sql)

    def pgbench(self, script, rows, seconds):
        """Transactions a second."""
        path = self.folder / 'script.sql'
        path.write_text(script.format(rows=rows))
        text = self._run('pgbench', '-n', '-M', 'prepared', '-c', PGBENCH_CLIENTS, '-j', PGBENCH_THREADS, '-T', seconds, '-f', path,
                         self.url)
        return float(re.search(r'tps = ([\d.]+)', text).group(1))

    def pids(self):
        """The postmaster and everything that it has started."""
        children = pathlib.Path(f'/proc/{self.process.pid}/task/{self.process.pid}/children').read_text().split()
        return [self.process.pid, *map(int, children)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_node(binary, folder, url, name, cache):
    """One of several nodes on the database; they share the key."""
    home = folder / name
    home.mkdir()
    port = free_port()
    env = {**gatehouse_env(folder, port), 'DATABASE_URL': url, 'GATEHOUSE_CACHE': 'on' if cache else 'off'}
    node = Process([str(binary), 'serve'], home, env).wait_ready(port)
    node.is_gatehouse = True
    return node


def together(load, nodes, path, kind, folder, options, first_round):
    """One generator a node, which share the connections; the sum of what they counted."""
    share = type(options)(**{**vars(options), 'connections': options.connections // len(nodes)})
    with concurrent.futures.ThreadPoolExecutor(len(nodes)) as pool:
        runs = list(pool.map(lambda i: load(nodes[i], path, kind, folder, share, first_round + i), range(len(nodes))))
    total = {'seconds': runs[0]['seconds'], 'p50_us': max(r['p50_us'] for r in runs), 'p99_us': max(r['p99_us'] for r in runs)}
    total['requests'] = sum(r['requests'] / r['seconds'] for r in runs) * total['seconds']
    for name in ('cpu_seconds', 'not_200', 'errors'):
        total[name] = sum(r[name] for r in runs)
    return total


def measure(options, binary, folder, seed, load, warm_up, summarise):
    """Rows by name; `load` and the others are measure.py's."""
    rows = []

    def add(name, run, kind, ceiling=None):
        print(name, file=sys.stderr)
        row = summarise(name, [run()])
        row.update(kind=kind, ceiling=ceiling)
        rows.append(row)
        return row

    shutil.rmtree(folder / 'postgres', ignore_errors=True)
    with Postgres(folder) as postgres:
        seed(postgres.url, folder, options.rows, options.rows)
        postgres.query(PREPARE)
        ceilings = {'introspect': postgres.pgbench(INTROSPECTION, options.rows, options.seconds),
                    'refresh': None}
        with start_node(binary, folder, postgres.url, 'uncached', cache=False) as node:
            warm_up(node, folder)
            add('introspection, no cache', lambda: load(node, '/', 'introspect', folder, options, 1), 'introspect', 'introspect')
            add('`/me`, no cache', lambda: load(node, '/', 'me', folder, options, 1), 'me', 'introspect')
        with start_node(binary, folder, postgres.url, 'one', cache=True) as one:
            warm_up(one, folder)
            add('introspection', lambda: load(one, '/', 'introspect', folder, options, 1), 'introspect')
            add('`/me`', lambda: load(one, '/', 'me', folder, options, 1), 'me')
            add('`/me` by API key', lambda: load(one, '/', 'key', folder, options, 1), 'key')
            add('list of blocks by API key', lambda: load(one, '/', 'blocks', folder, options, 1), 'blocks')
            add('refresh grant', lambda: load(one, '/', 'refresh', folder, options, 1), 'refresh', 'refresh')
            add('code grant, 2 requests', lambda: load(one, '/', 'code', folder, options, 1), 'code')
            add('login', lambda: load(one, '/', 'login', folder, options, 1), 'login')
            with start_node(binary, folder, postgres.url, 'two', cache=True) as two:
                warm_up(two, folder)
                add('introspection, two nodes', lambda: together(load, [one, two], '/', 'introspect', folder, options, 1),
                    'introspect')
                add('`/me`, two nodes', lambda: together(load, [one, two], '/', 'me', folder, options, 1), 'me')
                add('`/me` by API key, two nodes', lambda: together(load, [one, two], '/', 'key', folder, options, 1), 'key')
                add('code grant, two nodes', lambda: together(load, [one, two], '/', 'code', folder, options, 1), 'code')
                add('refresh grant, two nodes', lambda: together(load, [one, two], '/', 'refresh', folder, options, 2), 'refresh',
                    'refresh')
        ceilings['refresh'] = postgres.pgbench(GRANT, options.rows, options.seconds)
    return {'rows': rows, 'ceilings': ceilings, 'pgbench_clients': PGBENCH_CLIENTS}
