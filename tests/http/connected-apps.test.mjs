// What the page of connected apps tells of an app's use.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../lib/audit.mjs';
import { textOf } from '../lib/html.mjs';
import { grant, me, refresh, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { engine, Server } from '../lib/server.mjs';

let server, person, app;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
});
after(() => server?.close());

const bytes = (n) => engine === 'postgres' ? `convert_to(${n}::text, 'UTF8')` : `${n}`, blob = engine === 'postgres' ? 'bytea' : 'BLOB';
const told = async () => textOf((await person.page('/profile/connected-apps')).text);
const usedAt = async () => Number((await server.sql(`SELECT used_at FROM consents WHERE user_id = '${person.user.id}'`))[0].used_at);

describe('a connected app', () => {
  let given;
  it('was not used at first, and has a live approval', async () => {
    given = await grant(person, app);
    assert.match(await told(), /Not used yet\s+Live approvals: 1 · Live tokens: 1\b/);
  });

  it('was used once it called for the person, which is noted once a minute at most', async () => {
    const from = Date.now() - 1000;
    assert.equal((await me(person, given.access_token)).status, 200);
    const first = await until(usedAt, (at) => at > 0, 'the use');
    assert.ok(first >= from && first <= Date.now() + 1000, `${first}`);
    assert.match(await told(), /Last used/);
    for (let i = 0; i < 5; i++)
      assert.equal((await me(person, given.access_token)).status, 200);
    await me(await signUp(server), given.access_token); // commits, behind whatever was noted before
    assert.equal(await usedAt(), first);
  });

  it('has as many live approvals and tokens as are good for something', async () => {
    const second = await grant(person, app), other = await signUp(server);
    await grant(other, app);
    assert.match(await told(), /Live approvals: 2 · Live tokens: 2\b/);
    const third = (await refresh(person, app, second.refresh_token)).json;
    assert.match(await told(), /Live approvals: 2 · Live tokens: 3\b/);
    assert.equal((await revoke(person, app, third.access_token)).status, 200);
    assert.match(await told(), /Live approvals: 2 · Live tokens: 2\b/, 'one was revoked by itself');
    await server.age('access_tokens', ['expires_at'], 7200, `id = (SELECT MIN(id) FROM access_tokens)`);
    assert.match(await told(), /Live approvals: 2 · Live tokens: 1\b/, 'one is over');
    assert.equal((await revoke(person, app, third.refresh_token)).status, 200);
    assert.match(await told(), /Live approvals: 1 · Live tokens: 0\b/, 'with the family');
  });

  it('has no number of tokens where there are too many to look through', async () => {
    await server.sql(`INSERT INTO imported_tokens (hash, is_refresh, authorization_id, expires_at, revoked_at, spent_at, successor_id, successor_access_id)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001)
      SELECT CAST(${bytes('i')} AS ${blob}), FALSE, 1, ${Date.now() + 1e9}, 0, 0, 0, 0 FROM n`);
    assert.match(await told(), /Live approvals: 1(?! · Live tokens)/);
  });
});
