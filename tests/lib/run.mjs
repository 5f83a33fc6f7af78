// Runs the suites: `node lib/run.mjs [FOLDER|FILE …]`, all of them by default. Exit status is that of node's test runner.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDir } from './programs.mjs';

const tests = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2).filter((a) => !a.startsWith('--'));
const options = process.argv.slice(2).filter((a) => a.startsWith('--'));

const find = (path) => !statSync(path).isDirectory() ? [path]
  : readdirSync(path).sort().flatMap((name) => /\.test\.mjs$/.test(name) ? [join(path, name)] : []);

if (!existsSync(join(buildDir, 'gatehouse'))) {
  console.error(`${buildDir} has no gatehouse: build it first, or name another folder with BUILD_DIR.`);
  process.exit(2);
}

const suites = wanted.length ? wanted.map((w) => resolve(w)) : ['http', 'clients', 'browser', 'crash'].map((f) => join(tests, f));
const concurrency = process.env.TEST_CONCURRENCY ?? '2';
const runner = spawn(process.execPath, ['--test', `--test-concurrency=${concurrency}`, ...options, ...suites.flatMap(find)],
  { stdio: 'inherit', cwd: tests });
runner.on('close', (code) => process.exit(code ?? 1));
