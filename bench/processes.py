"""The servers under load: started in a folder of their own, watched through /proc, ended by their own process id."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

TICK = os.sysconf('SC_CLK_TCK')
ANSWER = ('{"status":"ok","service":"nginx","refresh_token":"agpt_rt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",'
          '"note":"as many bytes as a short answer has"}')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def answers(port, path='/healthz'):
    """Whether GET path is answered 200; one connection, no waiting for a port that nobody listens on."""
    try:
        with socket.create_connection(('127.0.0.1', port), timeout=5) as s:
            s.sendall(f'GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n'.encode())
            return s.recv(4096).startswith(b'HTTP/1.1 200')
    except (ConnectionRefusedError, ConnectionResetError):
        return False


def cpu_seconds(pids):
    """User and system time of these processes, all their threads together."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def memory_kib(pids):
    """Resident and proportional set size of these processes."""
    rss = pss = 0
    for pid in pids:
        for line in pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines():
            if line.startswith('Rss:'):
                rss += int(line.split()[1])
            elif line.startswith('Pss:'):
                pss += int(line.split()[1])
    return {'rss': rss, 'pss': pss}


def settle(pids, limit=20):
    """Waits until the processes have finished what they still have to do: wrk leaves with requests under way."""
    end = time.monotonic() + limit
    last = -1
    while time.monotonic() < end:
        used = cpu_seconds(pids)
        if used - last < 2 / TICK:
            return
        last = used
        time.sleep(0.3)


class Process:
    """One server; `with` ends it."""

    def __init__(self, command, folder, env=None):
        self.port = None
        self.folder = pathlib.Path(folder)
        self.log = open(self.folder / f'{pathlib.Path(command[0]).name}.log', 'ab')
        self.child = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=self.log,
                                      stderr=self.log)

    def wait_ready(self, port, path='/healthz', limit=30):
        self.port = port
        end = time.monotonic() + limit
        while not answers(port, path):
            if self.child.poll() is not None or time.monotonic() > end:
                text = pathlib.Path(self.log.name).read_text(errors='replace')[-2000:]
                raise SystemExit(f'{self.child.args[0]} does not answer on port {port}:\n{text}')
            time.sleep(0.0002)
        return self

    def pids(self):
        """The process and its children: nginx works in them."""
        children = pathlib.Path(f'/proc/{self.child.pid}/task/{self.child.pid}/children').read_text().split()
        return [self.child.pid, *map(int, children)]

    def end(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(15)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def gatehouse_env(folder, port):
    """Defaults but for the address, the files, a log that is as quiet as nginx's, and limits that one client with all of the
    load does not meet: they are on, and counted."""
    keep = {name: os.environ[name] for name in ('PATH', 'HOME', 'LANG') if name in os.environ}
    return {**keep, 'GATEHOUSE_LISTEN': f'127.0.0.1:{port}', 'DATABASE_URL': f'sqlite:{folder}/gatehouse.db',
            'GATEHOUSE_KEY_FILE': f'{folder}/gatehouse.key', 'PLATFORM_BASE_URL': f'http://localhost:{port}',
            'GATEHOUSE_LOG_LEVEL': 'warning',
            **{f'GATEHOUSE_RATE_LIMIT_{kind}': '1000000/second' for kind in ('KEY', 'TOKEN', 'USER', 'CLIENT', 'ADDRESS')}}


def start_gatehouse(binary, folder):
    port = free_port()
    return Process([str(binary), 'serve'], folder, gatehouse_env(folder, port)).wait_ready(port)


def start_nginx(folder):
    """One worker per core, each with its own listening socket, no access log: its best."""
    port = free_port()
    folder = pathlib.Path(folder) / 'nginx'
    folder.mkdir()
    nginx = shutil.which('nginx', path=os.environ.get('PATH', '') + ':/usr/sbin')
    temporary = ''.join(f'    {kind}_temp_path {folder}/{kind};\n' for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
    # as root it would hand its folders to another user
    user = 'user root;\n' if os.getuid() == 0 else ''
    (folder / 'nginx.conf').write_text(f"""{user}daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    default_type application/json;
{temporary}    server {{
        listen 127.0.0.1:{port} reuseport;
        location / {{ return 200 '{ANSWER}'; }}
    }}
}}
""")
    return Process([nginx, '-p', str(folder), '-e', f'{folder}/error.log', '-c', f'{folder}/nginx.conf'],
                   folder).wait_ready(port)


def metrics(port):
    """The counters of Gatehouse that have no labels."""
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics', timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.partition(' ') for line in lines if line[:1] not in ('', '#'))
            if '{' not in name}


def start_up_ms(binary, folder, times):
    """From fork to the first 200 on /healthz, `times` times over one after the other; the first on a new database."""
    found = []
    for _ in range(times):
        begun = time.monotonic()
        with start_gatehouse(binary, folder):
            found.append((time.monotonic() - begun) * 1000)
    return found
