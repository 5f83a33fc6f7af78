"""What the numbers were measured on: processor, disk, programs, and the binary's size."""
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
import time

SYNCS = 300


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return lines[0].strip() if lines else ''


def processor():
    for line in pathlib.Path('/proc/cpuinfo').read_text().splitlines():
        if line.startswith('model name'):
            return line.partition(':')[2].strip()
    return platform.machine()


def describe(root):
    path = os.environ.get('PATH', '') + ':/usr/sbin'
    return {
        'processor': processor(),
        'cores': len(os.sched_getaffinity(0)),
        'kernel': platform.release(),
        'load_before': os.getloadavg()[0],
        'commit': first_line('git', '-C', str(root), 'rev-parse', '--short', 'HEAD'),
        'nginx': first_line(shutil.which('nginx', path=path), '-v').rpartition('/')[2],
        'wrk': ' '.join(first_line('wrk', '-v').split()[:2]),
    }


def file_system(folder):
    """Type of the file system that holds the folder, by the longest mount point above it."""
    found = ('', 'unknown')
    for line in pathlib.Path('/proc/mounts').read_text().splitlines():
        _, point, kind = line.split()[:3]
        above = point if point.endswith('/') else point + '/'
        if f'{folder}/'.startswith(above) and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]


def disk(folder):
    """How long one fdatasync takes behind 4 KiB appended, as a commit does it."""
    taken = []
    with open(folder / 'probe', 'wb', buffering=0) as probe:
        for _ in range(SYNCS):
            probe.write(bytes(4096))
            begun = time.monotonic_ns()
            os.fdatasync(probe.fileno())
            taken.append((time.monotonic_ns() - begun) / 1000)
    (folder / 'probe').unlink()
    taken.sort()
    return {'file_system': file_system(folder), 'fdatasync_p50_us': statistics.median(taken),
            'fdatasync_p99_us': taken[int(len(taken) * 0.99)]}


def binary_bytes(binary):
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / 'stripped'
        subprocess.run(['strip', '-o', stripped, binary], check=True)
        return {'built': binary.stat().st_size, 'stripped': stripped.stat().st_size}
