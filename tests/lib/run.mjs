// Runs the suites: `node lib/run.mjs [FOLDER|FILE …]`, all of them by default. Exit status is that of node's test runner.
//   GATEHOUSE_TEST_ENGINE=postgres   on PostgreSQL, which is started for the run
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Postgres, SHARED } from './postgres.mjs';
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

const suites = wanted.length ? wanted.map((w) => resolve(w)) : ['http', 'clients', 'browser', 'document', 'isolation', 'deploy', 'crash'].map((f) => join(tests, f));
// What tests write is gone with them: it is kept in memory where there is plenty, so that none waits for the disk. Crashes are
// to meet those that do.
const memory = '/dev/shm', plenty = 4 * 2 ** 30; // bytes
const free = (path) => { const { bavail, bsize } = statfsSync(path); return bavail * bsize; };
if (!process.env.TMPDIR && !suites.includes(join(tests, 'crash')) && existsSync(memory) && free(memory) > plenty && freemem() > 2 * plenty)
  process.env.TMPDIR = memory;

const concurrency = process.env.TEST_CONCURRENCY ?? '4'; // for two processors: files wait for servers, and for time to pass
const postgres = process.env.GATEHOUSE_TEST_ENGINE === 'postgres' && !process.env[SHARED] ? await (await Postgres.start()).makeTemplate() : null;
const env = postgres ? { ...process.env, [SHARED]: postgres.administration } : process.env;
const runner = spawn(process.execPath, ['--test', `--test-concurrency=${concurrency}`, ...options, ...suites.flatMap(find)],
  { stdio: 'inherit', cwd: tests, env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => runner.kill(signal)); // PostgreSQL ends after the tests that use it
runner.on('close', async (code) => {
  await postgres?.close();
  process.exit(code ?? 1);
});
