"""A result as Markdown."""

# Ratio to nginx's `return 200` that a row is meant to reach.
TARGETS = {'introspection': 0.7, '`/me`': 0.7, '`/me` by API key': 0.65, 'refresh grant': 0.35}
START_UP_TARGET_MS, MEMORY_TARGET_MIB = 50, 16


def table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head)]
    return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in rows])


def milliseconds(micros):
    return f'{micros / 1000:.2f}' if micros < 100_000 else f'{micros / 1000:.0f}'


def whole(number):
    return f'{number:,.0f}'


def head(result):
    m, d = result['machine'], result['disk']
    text = (f"{result['date'][:10]}, commit {m['commit']}, {m['cores']} cores of {m['processor']}, Linux {m['kernel']}, "
            f"nginx {m['nginx']}, {m['wrk']}: 1 thread, {result['connections']} connections, {result['seconds']} s × "
            f"{result['rounds']}, median. {d['file_system']}, fdatasync {d['fdatasync_p50_us']:.0f} µs "
            f"(p99 {d['fdatasync_p99_us']:.0f} µs).")
    if m['load_before'] > 0.5:
        text += f"\n\n**The machine was not idle (load {m['load_before']:.1f}): the numbers are worth little.**"
    return text


def verdict(reached, target, at_least=True):
    return f"{'reached' if (reached >= target if at_least else reached <= target) else 'MISSED'} ({target:g})"


def compare(result):
    ceiling = next((r['per_second'] for r in result['rows'] if r['name'] == 'nginx: `return 200`'), None)
    rows = []
    for r in result['rows']:
        ratio = r['per_second'] / ceiling if ceiling else None
        target = TARGETS.get(r['name'])
        rows.append([r['name'], whole(r['per_second']), f'{ratio:.2f}' if ratio is not None else '',
                     verdict(ratio, target) if target and ratio is not None else '',
                     f"{r['cpu_us']:.1f}", milliseconds(r['p50_us']), milliseconds(r['p99_us']),
                     whole(r['commits_per_second']) if 'commits_per_second' in r else '',
                     f"{r['requests_per_commit']:.1f}" if 'requests_per_commit' in r else '', str(r['failures'])])
    size = result['binary_bytes']
    rest, after, nginx = (result[k] for k in ('memory_at_rest_kib', 'memory_after_kib', 'nginx_memory_kib'))
    facts = [
        ['start-up to the first answer', f"{result['start_up_ms']:.1f} ms (with a new database {result['start_up_new_ms']:.1f} ms)",
         verdict(result['start_up_ms'], START_UP_TARGET_MS, at_least=False)],
        ['memory at rest', f"{rest['rss'] / 1024:.1f} MiB resident, {rest['pss'] / 1024:.1f} MiB proportional",
         verdict(rest['rss'] / 1024, MEMORY_TARGET_MIB, at_least=False)],
        ['memory after the run', f"{after['rss'] / 1024:.1f} MiB resident, {after['pss'] / 1024:.1f} MiB proportional", ''],
        ['nginx after the run', f"{nginx['rss'] / 1024:.1f} MiB resident, {nginx['pss'] / 1024:.1f} MiB proportional", ''],
        ['binary', f"{size['stripped'] / 1024:.0f} KiB stripped, {size['built'] / 1024:.0f} KiB as built", ''],
    ]
    return '\n\n'.join([
        table(['', 'requests/s', 'of nginx', 'target', 'server CPU µs', 'p50 ms', 'p99 ms', 'commits/s', 'requests/commit', 'failed'],
              rows),
        table(['', 'measured', 'target'], facts)])


def growth(result):
    rows = []
    first = result['sizes'][0]
    for size in result['sizes']:
        row = [whole(size['rows']), f"{size['database_bytes'] / 2**20:,.0f}"]
        for kind in ('introspect', 'me', 'refresh'):
            r = size[kind]
            row += [f"{whole(r['per_second'])} ({r['per_second'] / first[kind]['per_second']:.2f})", f"{r['cpu_us']:.1f}",
                    milliseconds(r['p99_us'])]
        row += [f"{size['memory_kib']['rss'] / 1024:.0f}", str(sum(size[k]['failures'] for k in ('introspect', 'me', 'refresh')))]
        rows.append(row)
    return table(['rows', 'MiB on disk', 'introspection/s', 'CPU µs', 'p99 ms', '`/me`/s', 'CPU µs', 'p99 ms',
                  'refresh/s', 'CPU µs', 'p99 ms', 'MiB resident', 'failed'], rows)


# Ratios that a row on PostgreSQL is meant to reach: to pgbench, and to the same row on SQLite.
OF_PGBENCH = {'introspection, no cache': 0.6, 'refresh grant': 0.5}
OF_SQLITE = {'introspection': 0.8}


def postgres(result):
    sqlite = {r['kind']: r['per_second'] for r in result['sqlite']}
    rows = [[f"pgbench, {kind}: {result['pgbench_clients']} clients", whole(rate), '1.00', '', '', '', '', '', '']
            for kind, rate in result['ceilings'].items()]
    rows += [[f"SQLite: {r['name']}", whole(r['per_second']), '', '1.00', '', f"{r['cpu_us']:.1f}", milliseconds(r['p50_us']),
              milliseconds(r['p99_us']), str(r['failures'])] for r in result['sqlite']]
    for r in result['rows']:
        of_pgbench = r['per_second'] / result['ceilings'][r['ceiling']] if r['ceiling'] else None
        of_sqlite = r['per_second'] / sqlite[r['kind']] if r['kind'] in sqlite else None
        verdicts = [verdict(ratio, targets[r['name']]) for ratio, targets in ((of_pgbench, OF_PGBENCH), (of_sqlite, OF_SQLITE))
                    if ratio is not None and r['name'] in targets]
        rows.append([r['name'], whole(r['per_second']), f'{of_pgbench:.2f}' if of_pgbench else '',
                     f'{of_sqlite:.2f}' if of_sqlite else '', ', '.join(verdicts), f"{r['cpu_us']:.1f}", milliseconds(r['p50_us']),
                     milliseconds(r['p99_us']), str(r['failures'])])
    return table(['', 'requests/s', 'of pgbench', 'of SQLite', 'target', 'server CPU µs', 'p50 ms', 'p99 ms', 'failed'], rows)


P99_RISE_MAX = 2


def cleanup(result):
    """p99 while expired tokens go, beside what it was before."""
    rows = [[{'command': '`gatehouse cleanup` beside the server', 'server': "the server's own round"}[r['way']], r['kind'],
             milliseconds(r['p99_quiet_us']), milliseconds(r['p99_busy_us']), f"{r['ratio']:.2f}",
             verdict(r['ratio'], P99_RISE_MAX, at_least=False), milliseconds(r['worst_us']), whole(r['per_second_quiet']),
             whole(r['per_second_busy']), whole(r['removed']), f"{r['seconds']:.0f}", str(r['failures'])] for r in result['rows']]
    return f"On {result.get('engine', 'SQLite')}:\n\n" + table(['', 'load', 'p99 ms before', 'p99 ms during', 'ratio', 'target', 'worst window ms', 'requests/s before',
                  'during', 'removed', 'seconds', 'failed'], rows)


def markdown(result):
    return head(result) + '\n\n' + {'compare': compare, 'growth': growth, 'postgres': postgres, 'cleanup': cleanup}[result['mode']](result)
