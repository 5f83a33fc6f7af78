// Starting, stopping, and being configured wrongly.
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tokens } from '../lib/expect.mjs';
import { grant, grantCode, isActive, me, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp } from '../lib/people.mjs';
import { run, sanitizerComplaint } from '../lib/programs.mjs';
import { freePort, onSqlite, Server } from '../lib/server.mjs';
import { SqliteFile } from '../lib/sqlite.mjs';

describe('a restart', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  it('forgets nothing: sessions, codes, tokens, spent and revoked ones, the successor in its grace', async () => {
    const person = await signUp(server), app = await server.createApp();
    const live = await grant(person, app), dead = await grant(person, app), pending = await grantCode(person, app), used = await grantCode(person, app), turned = await grant(person, app);
    assert.equal((await redeem(person, app, used)).status, 200);
    await revoke(person, app, dead.refresh_token);
    const next = (await refresh(person, app, turned.refresh_token)).json;
    await server.stop();
    await server.up();
    const again = server.browser();
    again.cookies = person.cookies;
    assert.equal(await isSignedIn(again), true);
    assert.equal((await me(again, live.access_token)).status, 200);
    assert.equal((await me(again, dead.access_token)).status, 401);
    assert.equal((await refresh(again, app, dead.refresh_token)).status, 400);
    assert.equal((await redeem(again, app, used)).status, 400);
    tokens(await redeem(again, app, pending), app.scopes);
    const replayed = await refresh(again, app, turned.refresh_token);
    assert.equal(replayed.json.refresh_token, next.refresh_token, 'the key that derives successors is kept');
  });

  it('loses no answer under load, and takes less than ten seconds', async () => {
    const person = await signUp(server), app = await server.createApp();
    const families = await Promise.all(Array.from({ length: 12 }, () => grant(person, app)));
    const acknowledged = [], broken = [];
    let going = true;
    const workers = families.map(async (t) => {
      const browser = server.browser();
      let mine = t.refresh_token;
      while (going) {
        let answer;
        try {
          answer = await refresh(browser, app, mine);
        } catch (error) {
          // refused before it was sent is fine; cut off in the middle of an answer is not
          if (!/ECONNREFUSED|ECONNRESET|socket hang up|EPIPE/.test(error.message + error.code))
            broken.push(error);
          break;
        }
        if (answer.status !== 200) {
          broken.push(new Error(`${answer.status} ${answer.text}`));
          break;
        }
        mine = answer.json.refresh_token;
        acknowledged.push(answer.json.access_token);
      }
    });
    await new Promise((done) => setTimeout(done, 400));
    const from = Date.now();
    await server.stop();
    going = false;
    await Promise.all(workers);
    assert.ok(Date.now() - from < 10_000);
    assert.deepEqual(broken, []);
    assert.ok(acknowledged.length > 20, `${acknowledged.length} grants`);
    await server.up();
    const browser = server.browser();
    for (const text of acknowledged)
      assert.equal(await isActive(browser, app, text), true);
  });

  it('answers what it has begun to read, and closes what is idle', async () => {
    const socket = net.connect({ host: '127.0.0.1', port: server.port }), idle = net.connect({ host: '127.0.0.1', port: server.port });
    let text = '', idleClosed = false;
    socket.on('data', (d) => { text += d; });
    idle.on('close', () => { idleClosed = true; }).resume();
    const closed = new Promise((done) => socket.on('close', done));
    const body = 'token=x&client_id=agpt_client_AAAAAAAAAAAAAAAAAAAAAA&client_secret=y';
    socket.write(`POST /api/oauth/introspect HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
    await new Promise((done) => setTimeout(done, 200));
    const stopped = server.stop();
    await new Promise((done) => setTimeout(done, 300));
    socket.write(body.slice(10));
    await closed;
    await stopped;
    await server.up();
    assert.match(text, /^HTTP\/1\.1 401 /);
    assert.match(text, /\r\nconnection: close\r\n/i);
    assert.equal(idleClosed, true);
  });

  it('says that it is not ready while it ends, or says nothing at all', async () => {
    const person = await signIn(server, (await signUp(server)).who);
    const stopped = server.stop();
    try {
      const answer = await person.get('/readyz');
      assert.ok([200, 503].includes(answer.status));
    } catch { /* closed already */ }
    await stopped;
    await server.up();
  });

  it('keeps its key and its database to its owner', () => {
    for (const name of [...server.database.files ?? [], join(server.folder, 'data/gatehouse.key')])
      assert.equal(statSync(name).mode & 0o007, 0, `${name} is open to all`);
  });
});

describe('the greeting', () => {
  it('is one line with the address, after which it answers', async () => {
    const server = await Server.start();
    try {
      const lines = server.greeting.split('\n').filter((l) => l.includes(server.base) && !/set-?up/i.test(l));
      assert.equal(lines.length, 1, server.greeting);
      assert.equal((await server.browser().get('/healthz')).status, 200);
    } finally {
      await server.close();
    }
  });
});

describe('a start that cannot succeed', () => {
  let server; // its folder and settings are used; it is stopped
  before(async () => {
    server = await Server.start();
    await server.createUser();
    await server.stop();
  });
  after(() => server?.close());

  const start = (env) => run('gatehouse', ['serve'], { env: { ...server.env, ...env }, cwd: server.folder, timeout: 15_000 });
  const failed = ({ code, stdout, stderr }, ...patterns) => {
    assert.notEqual(code, 0);
    assert.doesNotMatch(stderr, sanitizerComplaint);
    for (const p of patterns)
      assert.match(stderr, p, stdout + stderr);
    assert.ok(stderr.trim().split('\n').length <= 4, `says it briefly:\n${stderr}`);
  };

  for (const [name, values] of Object.entries({
    GATEHOUSE_LISTEN: ['', 'nonsense', '127.0.0.1', '127.0.0.1:99999', '127.0.0.1:-1', ':8006x', '256.1.1.1:80', '[::1:80'],
    DATABASE_URL: ['', 'mysql://x', 'g.db', 'sqlite:'],
    PLATFORM_BASE_URL: ['', 'localhost', 'ftp://x', 'http://', 'https://x/path?q', 'http://x y', 'javascript:1', 'https://user@x'],
    GATEHOUSE_SIGNUP: ['maybe', 'OPEN!'],
  }))
    for (const value of values)
      if (value !== '')
        it(`names ${name} when it is ${JSON.stringify(value)}`, async () => failed(await start({ [name]: value }), new RegExp(name)));

  it('names the settings of lifetimes', async () => {
    const { setting } = await import('../lib/settings.mjs');
    for (const name of [setting.codeLifetime, setting.accessLifetime, setting.refreshLifetime, 'OAUTH_TOKEN_CLEANUP_INTERVAL_HOURS'])
      for (const value of ['0', '-1', 'x', '1e3', '99999999999999999999', '1.5', ' 5'])
        failed(await start({ [name]: value }), new RegExp(name));
  });

  it('never shows the password of a database address', async () => {
    const { stderr, stdout } = await start({ DATABASE_URL: 'mysql://admin:s3cr3t-passw0rd@db/x' });
    assert.ok(!(stderr + stdout).includes('s3cr3t-passw0rd'));
  });

  it('says that the address is taken, and by what to change it', async () => {
    const port = await freePort(), holder = net.createServer().listen(port, '127.0.0.1');
    await new Promise((done) => holder.on('listening', done));
    try {
      failed(await start({ GATEHOUSE_LISTEN: `127.0.0.1:${port}` }), /in use|taken/i, /GATEHOUSE_LISTEN|--listen|address|port/i);
    } finally {
      holder.close();
    }
  });

  it('refuses a database that is newer than the program', async () => {
    await server.sql("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'from the future', 'x')");
    failed(await start({}), /newer/i);
    const ran = await server.run('gatehouse', ['user', 'create', '--email', 'x@example.org', '--generate-password', '--json']);
    assert.notEqual(ran.code, 0, 'the tools refuse it too');
    await server.sql('DELETE FROM schema_migrations WHERE version = 9999');
    await server.up();
    await server.stop();
  });

  it('says so when the file is no database, and does not touch it', onSqlite, async () => {
    const path = join(server.folder, 'notes.txt'), text = 'This is not a database, but somebody needs it. '.repeat(50);
    writeFileSync(path, text);
    failed(await start({ DATABASE_URL: `sqlite:${path}` }), /database/i);
    const { readFileSync } = await import('node:fs');
    assert.equal(readFileSync(path, 'utf8'), text);
  });

  it('says so when the folder cannot be made', async () => {
    failed(await start({ DATABASE_URL: 'sqlite:/proc/nowhere/g.db' }), /DATABASE_URL|\/proc\/nowhere/);
  });
});

describe('the first start', () => {
  it('makes the folder of the database and migrates; the tools do it as well', onSqlite, async () => {
    const server = await Server.start();
    try {
      await server.stop();
      server.database = new SqliteFile(join(server.folder, 'deep/er/g.db'));
      server.env.DATABASE_URL = server.database.url;
      const user = await server.createUser();
      await server.up();
      await signIn(server, user);
    } finally {
      await server.close();
    }
  });
});
