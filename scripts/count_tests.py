#!/usr/bin/env python3
"""Counts passed and failed tests in what a runner wrote; prints two numbers.

    count_tests.py meson BUILD_FOLDER    its testlog.json; each cmocka case counts, a crashed program counts as one failure
    count_tests.py tap FILE              node's test runner, --test-reporter=tap
    count_tests.py summary FILE          the last line that says "N passed, M failed"
"""
import json
import pathlib
import re
import sys


def meson(folder):
    passed = failed = 0
    # Under a wrapper the log bears its name: testlog-setarch.json.
    log, = pathlib.Path(folder, 'meson-logs').glob('testlog*.json')
    for line in log.read_text().splitlines():
        record = json.loads(line)
        output = record.get('stdout', '') + record.get('stderr', '')
        good = sum(map(int, re.findall(r'\[  PASSED  \] (\d+) test', output)))
        bad = sum(map(int, re.findall(r'\[  FAILED  \] (\d+) test', output)))
        ok = record['result'] in ('OK', 'EXPECTEDFAIL')
        passed += max(good, 1) if ok else good
        failed += 0 if ok else max(bad, 1)
    return passed, failed


def tap(path):
    text = pathlib.Path(path).read_text()

    def count(word):
        found = re.findall(rf'^# {word} (\d+)$', text, re.M)
        return int(found[-1]) if found else 0

    # A runner that died before its summary has failed.
    if not re.search(r'^# pass \d+$', text, re.M):
        return 0, 1
    return count('pass'), count('fail') + count('cancelled')


def summary(path):
    found = re.findall(r'^(\d+) passed, (\d+) failed$', pathlib.Path(path).read_text(), re.M)
    return tuple(map(int, found[-1])) if found else (0, 1)


print(*{'meson': meson, 'tap': tap, 'summary': summary}[sys.argv[1]](sys.argv[2]))
