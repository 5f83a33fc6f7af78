// One Gatehouse, started by the real binary on a database of its own, in a folder of its own.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Canary, searchStored } from './canary.mjs';
import { Browser } from './browser.mjs';
import { freePort } from './ports.mjs';
import { newDatabase } from './postgres.mjs';
import { launch, run, runJson, sanitizerComplaint } from './programs.mjs';
import { unlimited } from './settings.mjs';
import { SqliteFile } from './sqlite.mjs';
import { SystemClock } from './system-clock.mjs';

export { freePort };

const START_LIMIT = 20_000, STOP_LIMIT = 10_000; // ms
let serial = 0;

// A run that is ended by a signal, or by a fault in a test, leaves no server and no folder behind.
const open = new Set();
process.on('exit', () => {
  for (const server of open) {
    server.child?.kill('SIGKILL');
    rmSync(server.folder, { recursive: true, force: true });
  }
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => process.exit(130));

// The engine that the tests run on; those that are about one engine alone say so.
export const engine = process.env.GATEHOUSE_TEST_ENGINE ?? 'sqlite';
assert.ok(['sqlite', 'postgres'].includes(engine), `GATEHOUSE_TEST_ENGINE=${engine}: it is sqlite or postgres`);
export const onSqlite = engine === 'sqlite' ? {} : { skip: 'about a database in a file' };
export const onPostgres = engine === 'postgres' ? {} : { skip: 'about several transactions at a time' };

export class Server {
  canary = new Canary();
  output = ''; // of all its runs
  browsers = [];

  // settings: environment variables; host: under which it is reached; publicUrl: where it isn't the address itself;
  // database: one that the caller made and drops; empty: the server finds nothing in its own, and migrates it; ownClock: the
  // server's system has a clock of its own (server.clock)
  static async start(settings, options) {
    const server = await Server.prepare(settings, options);
    try {
      return await server.up();
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  // The same without its first start.
  static async prepare(settings = {}, { publicUrl, host = 'localhost', database, empty, ownClock } = {}) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
    server.database = database ?? (engine === 'postgres' ? await newDatabase({ migrated: !empty }) : new SqliteFile(join(server.folder, 'g.db')));
    server.owns = !database;
    server.clock = ownClock ? new SystemClock(server.folder) : null;
    await server.settle({ ...server.clock?.environment, ...settings }, (port) => publicUrl ?? `http://${host}:${port}`);
    return server;
  }

  async settle(settings, base) {
    open.add(this);
    this.port = await freePort();
    this.address = `http://127.0.0.1:${this.port}`;
    this.base = base(this.port);
    this.canary.add(this.database.password, 'password of the database');
    this.env = {
      GATEHOUSE_LISTEN: `127.0.0.1:${this.port}`,
      DATABASE_URL: this.database.url,
      PLATFORM_BASE_URL: this.base,
      GATEHOUSE_KEY_FILE: join(this.folder, 'data/gatehouse.key'),
      GATEHOUSE_THREADS: '2',
      GATEHOUSE_LOG_LEVEL: 'debug', // the more is logged, the more could leak
      ...unlimited,
      ...settings,
    };
  }

  // One more node of the same installation: the same database, key, public address and folder, a port of its own. It is
  // closed before the first.
  async node(settings = {}) {
    const other = Object.assign(new Server(), { folder: this.folder, database: this.database, canary: this.canary, first: this });
    const { GATEHOUSE_LISTEN: _, ...shared } = this.env;
    await other.settle({ ...shared, ...settings }, () => this.base);
    return other;
  }

  // Starts the process; comes back when it has said that it is ready.
  async up() {
    assert.ok(!this.child, 'runs already');
    const child = launch('gatehouse', ['serve'], { env: this.env, cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    this.child = child;
    this.ended = new Promise((done) => child.on('close', (code, signal) => {
      if (this.child === child)
        this.child = null;
      done({ code, signal });
    }));
    child.on('error', () => {});
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (d) => { this.output += d; });
    await new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`not ready after ${START_LIMIT} ms:\n${this.output}`)), START_LIMIT);
      child.stdout.on('data', (d) => {
        said += d;
        if (/https?:\/\/\S+.*\n/.test(said)) {
          clearTimeout(timer);
          done();
        }
      });
      this.ended.then(({ code, signal }) => {
        clearTimeout(timer);
        fail(new Error(`ended with ${signal ?? code}:\n${this.output}`));
      });
    });
    this.pid = child.pid;
    this.greeting = said;
    return this;
  }

  // Ends it as an operator does. It has to end well, in time, and without a complaint from a sanitizer.
  async stop() {
    if (!this.child)
      return;
    const child = this.child, from = Date.now();
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT + 5_000);
    const { code, signal } = await this.ended;
    clearTimeout(timer);
    assert.equal(signal, null, `it did not end by itself\n${this.output.slice(-4000)}`);
    assert.equal(code, 0, `exit status\n${this.output.slice(-8000)}`);
    assert.ok(Date.now() - from < STOP_LIMIT, 'it took too long to stop');
  }

  async kill() {
    if (!this.child)
      return;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  // Stops, looks for secrets in everything that was said, and removes database and folder.
  async close() {
    try {
      for (const browser of this.browsers)
        browser.close();
      await this.stop();
      assert.doesNotMatch(this.output, sanitizerComplaint);
      assert.deepEqual(this.canary.search(this.output), []);
      if (this.canary.stored.size && !this.first)
        assert.deepEqual(searchStored(this.canary, await this.database.everything()), []);
    } finally {
      this.child?.kill('SIGKILL');
      await this.remove();
    }
  }

  async remove() {
    open.delete(this);
    if (this.first)
      return;
    rmSync(this.folder, { recursive: true, force: true });
    if (this.owns)
      await this.database.drop();
  }

  // A visitor with cookies of their own, from an address of their own: guesses are throttled per address, and
  // no test shall feel another's.
  browser({ address } = {}) {
    serial++;
    const own = address ?? `127.${1 + (serial >> 16)}.${(serial >> 8) & 255}.${1 + (serial % 254)}`;
    const browser = new Browser(this, own);
    this.browsers.push(browser);
    return browser;
  }

  run(program, args, options = {}) {
    return run(program, args, { cwd: this.folder, ...options, env: { ...this.env, ...options.env } });
  }

  // `gatehouse user create`: { id, email, … }
  async createUser({ email = `user${++serial}@example.org`, password = `right horse ${serial} staple`, name, admin } = {}) {
    const args = ['user', 'create', '--email', email, '--password-stdin', '--json'];
    if (name)
      args.push('--name', name);
    if (admin)
      args.push('--admin');
    this.canary.add(password, 'password');
    const user = await runJson('gatehouse', args, { cwd: this.folder, env: this.env, input: password });
    return { ...user, email, password };
  }

  // `oauth-tool generate-app --register`: { client_id, client_secret, id, … }
  async createApp({ name = `App ${++serial}`, description = 'An app for tests', redirectUris = ['https://app.example/cb'],
    scopes = ['IDENTITY', 'READ_GRAPH'], grantTypes = ['authorization_code', 'refresh_token'], owner, isPublic } = {}) {
    const args = ['generate-app', '--register', '--json', '--name', name, '--description', description,
      '--redirect-uris', redirectUris.join(','), '--scopes', scopes.join(','), '--grant-types', grantTypes.join(',')];
    if (owner)
      args.push('--owner', owner);
    if (isPublic)
      args.push('--public');
    const made = await runJson('oauth-tool', args, { cwd: this.folder, env: this.env });
    this.canary.add(made.client_secret, 'client secret');
    return { ...made, name, description, redirectUris, redirectUri: redirectUris[0], scopes, isPublic: !!isPublic };
  }

  // Looks into the database, or changes its rows, beside the running server. In what both engines accept: TRUE and FALSE in
  // statements, 1 and 0 in answers. ids of tokens are greater than a JavaScript number is exact.
  sql(text) {
    return engine === 'postgres' ? this.database.sqlHeard(text) : this.database.sql(text);
  }

  // Every app, code, token and session of the past: shifts the instants in the named columns by so many seconds.
  age(table, columns, seconds, where = 'TRUE') {
    const sets = columns.map((c) => `${c} = CASE WHEN ${c} = 0 THEN 0 ELSE ${c} - ${Math.round(seconds * 1000)} END`);
    return this.sql(`UPDATE ${table} SET ${sets.join(', ')} WHERE ${where}`);
  }
}
