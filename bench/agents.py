#!/usr/bin/env python3
"""Agents: the engine's time for chains of calculators in memory, and executions a second of an agent with three nodes,
queued over HTTP and stored durably in SQLite. Called by run.sh agents; see README.md."""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

from processes import start_gatehouse

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = (ROOT / os.environ.get('BUILD_DIR', 'build')).resolve()
SECONDS = int(os.environ.get('BENCH_SECONDS', '10'))

INPUT, SUM, OUTPUT = ('c0a8e994-ebf1-4a9c-a4d8-89d09c86741b', 'b1ab9b19-67a6-406d-abf5-2dba76d00c79',
                      '363ae599-353e-4804-937e-b2ee3cef3da4')
AGENT = {
    'name': 'Sum', 'description': 'Adds 34',
    'nodes': [{'id': 'in', 'block_id': INPUT, 'input_default': {'name': 'n'}},
              {'id': 'sum', 'block_id': SUM, 'input_default': {'operation': 'Add', 'b': 34}},
              {'id': 'out', 'block_id': OUTPUT, 'input_default': {'name': 'sum'}}],
    'links': [{'source_id': 'in', 'source_name': 'result', 'sink_id': 'sum', 'sink_name': 'a'},
              {'source_id': 'sum', 'source_name': 'result', 'sink_id': 'out', 'sink_name': 'value'}],
}

LUA = """
wrk.method = "POST"
wrk.path = "{path}"
wrk.headers["X-API-Key"] = "{key}"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{{"node_input":{{"n":8}}}}'
"""


def call(port, path, body, headers):
    request = urllib.request.Request(f'http://127.0.0.1:{port}{path}', json.dumps(body).encode(),
                                     {'Content-Type': 'application/json', **headers})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer), answer.headers


def prepare(port):
    """A person with a key, and their agent: the path that executes it, and the key."""
    _, headers = call(port, '/api/auth/signup', {'email': 'bench@example.org', 'password': 'quite a long password'}, {})
    cookie = headers['Set-Cookie'].split(';')[0]
    made, _ = call(port, '/api/api-keys', {'name': 'bench', 'permissions': ['WRITE_GRAPH', 'WRITE_LIBRARY', 'EXECUTE_GRAPH']},
                   {'Cookie': cookie, 'Origin': f'http://localhost:{port}', 'Host': f'localhost:{port}'})
    key = made['plain_text_key']
    agent, _ = call(port, '/external-api/v1/graphs', AGENT, {'X-API-Key': key})
    return f"/external-api/v1/graphs/{agent['id']}/execute/{agent['version']}", key


def completed(database):
    with sqlite3.connect(f'file:{database}?mode=ro', uri=True) as db:
        return db.execute("SELECT COUNT(*) FROM executions WHERE status = 'COMPLETED'").fetchone()[0]


def executions(folder):
    """Executions completed a second while a client queues as fast as it can, and the time that the rest takes."""
    database = folder / 'gatehouse.db'
    with start_gatehouse(BUILD / 'gatehouse', folder) as server:
        path, key = prepare(server.port)
        script = folder / 'execute.lua'
        script.write_text(LUA.format(path=path, key=key))
        begun = time.monotonic()
        subprocess.run(['wrk', '-t1', '-c32', f'-d{SECONDS}s', '-s', str(script), f'http://127.0.0.1:{server.port}'],
                       check=True, stdout=subprocess.DEVNULL)
        meanwhile, took = completed(database), time.monotonic() - begun
        last = meanwhile
        while True:
            time.sleep(0.2)
            now = completed(database)
            if now == last:
                break
            last = now
        return {'completed_while_queueing_per_second': round(meanwhile / took), 'completed': last,
                'per_second': round(last / (time.monotonic() - 0.2 - begun))}


def main():
    for line in subprocess.run([BUILD / 'bench/bench_agents'], check=True, capture_output=True, text=True).stdout.splitlines():
        row = json.loads(line)
        print(f"{row['nodes']:>8,} nodes: {row['ms']:>9,.2f} ms, {1000 * row['ms'] / row['nodes']:.1f} µs a node")
    with tempfile.TemporaryDirectory(prefix='gatehouse-bench-') as folder:
        result = executions(pathlib.Path(folder))
    print(f"three nodes, on SQLite: {result['per_second']:,} executions/s ({result['completed']:,} of them; "
          f"{result['completed_while_queueing_per_second']:,}/s while clients queued them)")


if __name__ == '__main__':
    sys.exit(main())
