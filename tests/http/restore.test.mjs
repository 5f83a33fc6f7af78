// After a restore: a backup brings back what was spent, replaced and revoked since; `gatehouse revoke-all` ends it again.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addApiKey, withApiKey } from '../lib/api-keys.mjs';
import { grant, grantCode, me, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start({ GATEHOUSE_SIGNUP: 'open' }, { ownClock: true }); });
after(() => server?.close());

const embedded = () => server.env.DATABASE_URL.startsWith('sqlite:');
const file = () => server.env.DATABASE_URL.slice('sqlite:'.length);

// What the guide tells: a copy that is consistent, made beside the running server.
async function backup(name) {
  const path = join(server.folder, name);
  if (!embedded())
    return server.database.dump(path);
  execFileSync('sqlite3', [file(), `.timeout 10000`, `.backup '${path}'`]);
  return path;
}

async function restore(path, revokeAll) {
  await server.stop();
  if (embedded()) {
    for (const end of ['-wal', '-shm'])
      rmSync(file() + end, { force: true });
    copyFileSync(path, file());
  } else
    await server.database.restore(path);
  const told = revokeAll ? await server.run('gatehouse', ['revoke-all', '--yes', '--json']) : null;
  await server.up();
  return told;
}

describe('a restored backup', () => {
  it('brings back to life what ended after it was made, until revoke-all ends it', async () => {
    const person = await signUp(server), app = await server.createApp(), elsewhere = await signIn(server, person.who);
    const pending = await grantCode(person, app), rotated = await grant(person, app), revoked = await grant(person, app), live = await grant(person, app);
    const gone = new Map(elsewhere.cookies), path = await backup('backup.db');
    assert.equal((await redeem(person, app, pending)).status, 200);
    const successor = (await refresh(person, app, rotated.refresh_token)).json;
    await revoke(person, app, revoked.refresh_token);
    await elsewhere.post('/api/auth/logout', { json: {} });
    assert.equal((await me(person, revoked.access_token)).status, 401);

    await restore(path, false);
    const visitor = server.browser(), old = server.browser();
    old.cookies = new Map(gone);
    assert.equal((await me(visitor, revoked.access_token)).status, 200, 'this is why the command is there');
    assert.equal(await isSignedIn(old), true);

    const told = await restore(path, true);
    assert.equal(told.code, 0, told.stderr);
    const counts = JSON.parse(told.stdout);
    assert.ok(counts.authorizations >= 4 && counts.sessions >= 2 && counts.consents >= 1, told.stdout);
    for (const token of [revoked, rotated, live, successor])
      assert.equal((await me(visitor, token.access_token)).status, 401);
    for (const token of [revoked, rotated, live, successor])
      assert.equal((await refresh(visitor, app, token.refresh_token)).status, 400);
    assert.equal((await redeem(visitor, app, pending)).status, 400, 'the spent code');
    old.cookies = new Map(gone);
    assert.equal(await isSignedIn(old), false);
    const again = await signIn(server, person.who);
    assert.equal((await me(again, (await grant(again, app)).access_token)).status, 200, 'account and app are there');
  });

  it('keeps what began after the time that is given', async () => {
    const person = await signUp(server), app = await server.createApp(), before = await grant(person, app);
    server.clock.advance(1100);
    const time = new Date(server.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    server.clock.advance(1100);
    const later = await signIn(server, person.who), since = await grant(later, app);
    const { code, stderr } = await server.run('gatehouse', ['revoke-all', '--yes', '--before', time]);
    assert.equal(code, 0, stderr);
    assert.equal((await me(later, before.access_token)).status, 401);
    assert.equal((await me(later, since.access_token)).status, 200);
    assert.equal(await isSignedIn(person), false);
    assert.equal(await isSignedIn(later), true);
  });

  it('leaves API keys alone, unless it is told not to', async () => {
    const person = await signUp(server), { id } = (await person.get('/api/auth/user')).json, status = async (k) => (await withApiKey(server, k)).status;
    const old = await addApiKey(server, id, { createdAt: Date.now() - 3_600_000 }), young = await addApiKey(server, id, { createdAt: Date.now() + 3_600_000 });
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    let told = await server.run('gatehouse', ['revoke-all', '--yes', '--json']);
    assert.equal(JSON.parse(told.stdout).api_keys, 0, told.stdout);
    assert.deepEqual([await status(old), await status(young)], [200, 200]);
    told = await server.run('gatehouse', ['revoke-all', '--yes', '--json', '--api-keys', '--before', time]);
    assert.equal(JSON.parse(told.stdout).api_keys, 1, told.stdout);
    assert.deepEqual([await status(old), await status(young)], [401, 200]);
    told = await server.run('gatehouse', ['revoke-all', '--yes', '--json', '--api-keys']);
    assert.equal(JSON.parse(told.stdout).api_keys, 1, told.stdout);
    assert.deepEqual([await status(old), await status(young)], [401, 401]);
    const [row] = await server.sql(`SELECT status, revoked_at FROM api_keys WHERE id = '${old.id}'`);
    assert.ok(row.status === 'REVOKED' && Number(row.revoked_at) > 0, JSON.stringify(row));
  });

  it('ends more than one batch of families', async () => {
    const person = await signUp(server), app = await server.createApp(), last = await grant(person, app);
    await server.sql(`INSERT INTO authorizations (id, app_id, user_id, scopes, expires_at, revoked_at)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i, 'x', 'y', '', 4102444800000, 0 FROM n`);
    const { stdout } = await server.run('gatehouse', ['revoke-all', '--yes', '--json']);
    assert.ok(JSON.parse(stdout).authorizations >= 2501, stdout);
    assert.equal((await server.sql('SELECT count(*) AS n FROM authorizations WHERE revoked_at = 0'))[0].n, 0);
    assert.equal((await me(person, last.access_token)).status, 401);
  });

  it('is not touched without --yes, or with a time that is none', async () => {
    const person = await signUp(server);
    for (const args of [[], ['--json'], ['--yes', '--before', 'yesterday'], ['--yes', '--before', '2026-01-31'], ['--yes', 'x']]) {
      const { code, stderr } = await server.run('gatehouse', ['revoke-all', ...args]);
      assert.equal(code, 2, args.join(' '));
      assert.ok(stderr.length > 0);
    }
    assert.equal(await isSignedIn(person), true);
  });
});
