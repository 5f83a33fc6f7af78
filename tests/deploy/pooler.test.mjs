// PgBouncer between the nodes and PostgreSQL: lending connections by the session it is let be, by the transaction it is refused
// at the start, for notifications and prepared statements would get lost without a word.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findProgram } from '../lib/front.mjs';
import { grant, isActive, me, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { newDatabase, otherUser } from '../lib/postgres.mjs';
import { freePort, onPostgres, Server } from '../lib/server.mjs';

const { path, options } = findProgram('pgbouncer');
const user = otherUser(); // it refuses to run as root
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const listens = (port) => new Promise((done) => {
  const socket = connect(port, '127.0.0.1', () => done(true)).on('error', () => done(false));
  socket.on('connect', () => socket.destroy());
});

class Pooler {
  static async start(database, mode) {
    const it = new Pooler();
    it.folder = mkdtempSync(join(tmpdir(), 'gatehouse-pooler-'));
    it.port = await freePort();
    const file = join(it.folder, 'pgbouncer.ini');
    writeFileSync(file, `[databases]\n* = host=127.0.0.1 port=${database.port} user=${database.username} password=${database.password}\n`
      + `[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${it.port}\nunix_socket_dir =\nauth_type = any\npool_mode = ${mode}\ndefault_pool_size = 60\n`);
    for (const name of [it.folder, file])
      if (user.uid !== undefined)
        chownSync(name, user.uid, user.gid);
    it.child = spawn(path, ['-q', file], { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
    it.child.stderr.on('data', (d) => { it.said = (it.said ?? '') + d; });
    it.ended = new Promise((done) => it.child.once('exit', done));
    for (let i = 0; !await listens(it.port); i++) {
      assert.ok(i < 200 && it.child.exitCode === null, `pgbouncer does not start: ${it.said}`);
      await pause(25);
    }
    return it;
  }

  async close() {
    this.child.kill('SIGINT');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('behind PgBouncer', { ...onPostgres, ...(onPostgres.skip ? {} : options) }, () => {
  let database, direct;
  before(async () => {
    database = await newDatabase();
    direct = await Server.start({}, { database });
  });
  after(async () => {
    await direct?.close();
    await database?.drop();
  });

  it('by the session nodes serve as ever, and hear of one another', async () => {
    const pooler = await Pooler.start(database, 'session');
    const node = await direct.node({ DATABASE_URL: database.through(pooler.port) });
    try {
      await node.up();
      const person = await signUp(direct), app = await direct.createApp(), tokens = await grant(person, app), visitor = node.browser();
      assert.equal((await me(visitor, tokens.access_token)).status, 200);
      assert.equal((await me(visitor, tokens.access_token)).status, 200);
      assert.equal((await revoke(person, app, tokens.refresh_token)).status, 200);
      assert.equal((await me(visitor, tokens.access_token)).status, 401);
      assert.equal(await isActive(visitor, app, tokens.access_token), false);
    } finally {
      await node.close();
      await pooler.close();
    }
  });

  it('by the transaction nothing starts, and what to do is told', async () => {
    const pooler = await Pooler.start(database, 'transaction');
    try {
      for (const args of [['serve'], ['migrate']]) {
        const { code, stderr, stdout } = await direct.run('gatehouse', args, { env: { DATABASE_URL: database.through(pooler.port), GATEHOUSE_LISTEN: '127.0.0.1:0' } });
        assert.equal(code, 1, `${args}: ${stdout}${stderr}`);
        assert.match(stderr + stdout, /DATABASE_URL leads to a pooler.*pool_mode = session/s);
        assert.ok(!(stderr + stdout).includes(database.password));
      }
    } finally {
      await pooler.close();
    }
  });
});
