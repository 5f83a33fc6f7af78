// A real PostgreSQL, of the newest version that is installed: in a temporary folder, on a port of its own, as another user
// than root, with databases that last as long as a test. It ends and its folder goes whatever happens to the test: a watcher
// beside it waits for the end of this process, which closes the pipe between them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, openSync, closeSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.mjs';
import { run } from './programs.mjs';

const START_LIMIT = 30_000, QUERY_LIMIT = 60_000; // ms
const PACKAGES = '/usr/lib/postgresql', USER = 'gatehouse', TEMPLATE = 'migrated';
const OTHERS = ['postgres', 'nobody']; // PostgreSQL refuses to run as root

// Only ends what was started in this folder: a number may have been given to another process since.
const WATCHER = `
read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ] && grep -qF "$1" "/proc/$pid/cmdline" 2>/dev/null; then
  kill -QUIT "$pid"
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    grep -q "^State:.[^Z]" "/proc/$pid/status" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null
fi
rm -rf "$1"`;

function programs() {
  const versions = existsSync(PACKAGES) ? readdirSync(PACKAGES).filter((v) => existsSync(join(PACKAGES, v, 'bin/initdb'))) : [];
  assert.ok(versions.length, `no PostgreSQL below ${PACKAGES}: 'scripts/install-deps.sh test' installs it`);
  return join(PACKAGES, versions.sort((a, b) => b - a)[0], 'bin');
}

export function otherUser() {
  if (process.getuid() !== 0)
    return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((l) => l.split(':'));
  const [, , uid, gid] = OTHERS.map((name) => users.find((u) => u[0] === name)).find(Boolean);
  return { uid: +uid, gid: +gid };
}

const running = (pid) => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

const childrenOf = (pid) => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => {
  try {
    return +/^\d+ \(.*\) \w (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))[1] === pid;
  } catch {
    return false;
  }
}).map(Number);

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

// Runs a program to its end, with text as its input; its output, or an error with what it said.
function finish(program, args, { input = '', limit = QUERY_LIMIT, ...options } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    let out = '', err = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { err += d; });
    child.stdin.on('error', () => {});
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0)
        done(out);
      else
        fail(new Error(`${program}: ${err.trim() || signal || code}`));
    });
    child.stdin.end(input);
  });
}

const credentials = (password) => ({ PATH: process.env.PATH, PGPASSWORD: password, PGCONNECT_TIMEOUT: '10', LC_ALL: 'C.UTF-8' });

// psql with a statement, or several; of a SELECT the rows as objects, booleans as 0 and 1, as SQLite has them. Not the one in
// PATH: on Debian that is a script that looks for the right one, for longer than the statement takes.
async function psql(url, text) {
  const select = /^\s*(SELECT|WITH)\b/i.test(text);
  const input = select ? `SELECT coalesce(json_agg(row_to_json(rows)), '[]') FROM (${text.replace(/;\s*$/, '')}) AS rows` : text;
  const { password, ...rest } = parts(url);
  const out = await finish(join(programs(), 'psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', address({ ...rest })],
    { input, env: credentials(password) });
  return select ? JSON.parse(out, (_, value) => value === true ? 1 : value === false ? 0 : value) : [];
}

// Rows of these tables nodes keep in memory, and triggers tell them of changes.
const KEPT = /\b(UPDATE|DELETE FROM)\s+(users|apps|authorizations|access_tokens|sessions|store_state)\b/i;

// A change beside the nodes, done when each of them knows of it: like the commands, it tells them a mark and waits for their answers.
// psql looks for answers after each statement, so it is given empty ones until they are there.
async function psqlHeard(url, text) {
  const { password, ...rest } = parts(url), id = randomBytes(8).toString('hex'), until = Date.now() + QUERY_LIMIT;
  const child = spawn(join(programs(), 'psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', address({ ...rest })],
    { stdio: ['pipe', 'pipe', 'pipe'], env: credentials(password) });
  const ended = new Promise((done) => child.once('close', done));
  let out = '', err = '';
  child.stdout.on('data', (d) => { out += d; });
  child.stderr.on('data', (d) => { err += d; });
  child.stdin.on('error', () => {});
  child.stdin.write(`LISTEN gatehouse_${id};\n${text.replace(/;?\s*$/, ';')}\n
    SELECT 'nodes:' || count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'gatehouse listener %';
    NOTIFY gatehouse, 'mark:${id}:1';\n`);
  const nodes = () => /^nodes:(\d+)$/m.exec(out)?.[1] ?? Infinity, answers = () => out.split(`"gatehouse_${id}"`).length - 1;
  while (answers() < nodes() && child.exitCode === null && Date.now() < until) {
    await pause(5);
    child.stdin.write('SELECT 1 WHERE false;\n');
  }
  child.stdin.end();
  const code = await ended;
  assert.ok(code === 0 && answers() >= nodes(), `psql: ${err.trim() || `${answers()} of ${nodes()} nodes answered`}`);
  return [];
}

function parts(url) {
  const { username, password, port, pathname } = new URL(url);
  return { username, password, port, database: pathname.slice(1) };
}

const address = ({ username, password, port, database }) =>
  `postgresql://${username}${password ? `:${password}` : ''}@127.0.0.1:${port}/${database}`;

// One database, known by its address.
export class Database {
  constructor(url) {
    this.url = url;
    Object.assign(this, parts(url));
  }

  static async create(administration, { database = `t_${randomBytes(6).toString('hex')}`, template = 'template0' } = {}) {
    await psql(administration, `CREATE DATABASE ${database} TEMPLATE ${template}`);
    return Object.assign(new Database(address({ ...parts(administration), database })), { administration });
  }

  sql(text) {
    return psql(this.url, text);
  }

  // The same, done when every node knows of it.
  sqlHeard(text) {
    return KEPT.test(text) ? psqlHeard(this.url, text) : psql(this.url, text);
  }

  // All that its tables hold, bytes as Latin-1.
  async everything() {
    const text = await finish(join(programs(), 'pg_dump'), ['--inserts', '-d', address({ ...this, password: '' })], { env: credentials(this.password) });
    return text.replace(/\\x((?:[0-9a-f]{2})+)/g, (_, hex) => Buffer.from(hex, 'hex').toString('latin1'));
  }

  // From here on changes of rows in these tables fail, as they do on a full disk.
  async refuse(tables) {
    await this.sql(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$`);
    for (const t of tables)
      await this.sql(`CREATE TRIGGER refuse_${t} BEFORE UPDATE ON ${t} FOR EACH ROW EXECUTE FUNCTION refuse()`);
  }

  async accept(tables) {
    for (const t of tables)
      await this.sql(`DROP TRIGGER IF EXISTS refuse_${t} ON ${t}`);
  }

  // Indexes that lack a row of their table.
  async faults() {
    await this.sql('CREATE EXTENSION IF NOT EXISTS amcheck');
    await this.sql(`DO $$ DECLARE i regclass; BEGIN
      FOR i IN SELECT c.oid FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace
      LOOP PERFORM bt_index_check(i, true); END LOOP; END $$`);
    return [];
  }

  // A dump as an operator makes it, and the database put back from it in the place of what is there.
  async dump(path) {
    await finish(join(programs(), 'pg_dump'), ['--format=custom', `--file=${path}`, '-d', address({ ...this, password: '' })], { env: credentials(this.password) });
    return path;
  }

  async restore(path) {
    await this.drop();
    await psql(this.administration, `CREATE DATABASE ${this.database} TEMPLATE template0`);
    await finish(join(programs(), 'pg_restore'), ['--exit-on-error', '-d', address({ ...this, password: '' }), path], { env: credentials(this.password) });
  }

  // The same database by another port, where a test's proxy listens.
  through(port) {
    return address({ ...this, port });
  }

  drop() {
    return psql(this.administration, `DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
  }
}

export class Postgres {
  // durable: commits wait for the disk as they do in service. Without, a commit that was answered still survives the end of
  // every process, but not of the machine, which no test ends.
  static async start({ durable = false } = {}) {
    const it = await Postgres.prepare(durable), password = randomBytes(15).toString('hex'), file = join(it.folder, 'password');
    writeFileSync(file, password);
    if (it.user.uid !== undefined)
      chownSync(file, it.user.uid, it.user.gid);
    await finish(join(it.bin, 'initdb'), ['-D', join(it.folder, 'data'), '-U', USER, '-E', 'UTF8', '--locale=C', '--no-sync',
      '--no-instructions', '--auth=scram-sha-256', `--pwfile=${file}`], { ...it.user, cwd: it.folder });
    it.administration = address({ username: USER, password, port: it.port, database: 'postgres' });
    return it.up();
  }

  // A second server that follows this one; from then on a commit is answered when it is on both.
  async standby() {
    const it = await Postgres.prepare(this.durable), { password, ...rest } = parts(this.administration);
    await finish(join(it.bin, 'pg_basebackup'), ['-D', join(it.folder, 'data'), '-X', 'stream', '-R', '--checkpoint=fast', '--no-sync', '-d', address(rest)],
      { ...it.user, cwd: it.folder, env: credentials(password) });
    it.administration = address({ ...rest, password, port: it.port });
    await it.up();
    await psql(this.administration, "ALTER SYSTEM SET synchronous_standby_names = '*'");
    await psql(this.administration, 'SELECT pg_reload_conf()');
    return it;
  }

  // A standby becomes the one that is written to.
  promote() {
    return psql(this.administration, 'SELECT pg_promote()');
  }

  // A folder, a port and a user for a server.
  static async prepare(durable) {
    const it = new Postgres();
    it.folder = mkdtempSync(join(tmpdir(), 'gatehouse-postgres-'));
    it.user = otherUser();
    if (it.user.uid !== undefined)
      chownSync(it.folder, it.user.uid, it.user.gid);
    it.watcher = spawn('sh', ['-c', WATCHER, 'watcher', it.folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    it.watcher.unref();
    it.watcher.stdin.unref();
    it.bin = programs();
    it.port = await freePort();
    it.durable = durable;
    return it;
  }

  // Starts the server; comes back when it answers. Also after kill(): then it recovers first.
  async up() {
    const settings = { listen_addresses: '127.0.0.1', port: this.port, unix_socket_directories: '', max_connections: 300,
      shared_buffers: '64MB', dynamic_shared_memory_type: 'mmap', timezone: 'UTC', log_timezone: 'UTC',
      ...(this.durable ? {} : { fsync: 'off', full_page_writes: 'off' }) };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const until = Date.now() + START_LIMIT;
    for (;;) {
      const log = openSync(this.log, 'a');
      this.child = spawn(join(this.bin, 'postgres'), ['-D', join(this.folder, 'data'), ...args], { ...this.user, cwd: this.folder, stdio: ['ignore', log, log] });
      closeSync(log);
      this.child.unref();
      this.ended = new Promise((done) => this.child.once('exit', done));
      if (await this.answers(until))
        return this;
      assert.ok(Date.now() < until, `PostgreSQL does not start:\n${readFileSync(this.log, 'utf8').slice(-3000)}`);
      await pause(50); // the memory that a killed server shared with its processes is in use until the last has ended
    }
  }

  async answers(until) {
    while (running(this.child.pid) && Date.now() < until) {
      if (await psql(this.administration, 'SELECT 1 AS one').then(() => true, () => false))
        return true;
      await pause(25);
    }
    return false;
  }

  get log() {
    return join(this.folder, 'log');
  }

  createDatabase() {
    return Database.create(this.administration);
  }

  // Makes the database that those of tests are copies of: one as a first start leaves it takes less time to copy than to migrate.
  async makeTemplate() {
    const template = await Database.create(this.administration, { database: TEMPLATE }), env = { DATABASE_URL: template.url };
    const { code, stdout, stderr } = await run('gatehouse', ['migrate'], { cwd: this.folder, env });
    assert.equal(code, 0, stdout + stderr);
    return this;
  }

  // As an operator restarts it: what is under way is rolled back, connections end.
  async stop() {
    this.child.ref();
    this.child.kill('SIGINT');
    await this.ended;
  }

  // kill -9 of every one of its processes.
  async kill() {
    const all = childrenOf(this.child.pid);
    this.child.ref();
    this.child.kill('SIGKILL');
    for (const pid of all)
      try {
        process.kill(pid, 'SIGKILL');
      } catch { /* ended by itself */ }
    await this.ended;
    while (all.some(running))
      await pause(5);
  }

  // Ends it and removes its folder.
  async close() {
    if (running(this.child.pid))
      await this.stop();
    const gone = new Promise((done) => this.watcher.once('exit', done));
    this.watcher.ref();
    this.watcher.stdin.end();
    await gone;
  }
}

// The one that all tests of a run share: lib/run.mjs starts it, and tells of it by this variable.
export const SHARED = 'GATEHOUSE_TEST_POSTGRES';
let own;

// A new database in it; of a file that is run by itself, in one of its own. migrated: as a first start leaves it
export async function newDatabase({ migrated = false } = {}) {
  own ??= process.env[SHARED] ? process.env[SHARED] : Postgres.start().then((it) => it.makeTemplate()).then((it) => it.administration);
  return Database.create(await own, migrated ? { template: TEMPLATE } : {});
}
