// What the page of connected apps tells of an app's use.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../lib/audit.mjs';
import { textOf } from '../lib/html.mjs';
import { grant, me, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
});
after(() => server?.close());

const told = async () => textOf((await person.page('/profile/connected-apps')).text);
const usedAt = async () => Number((await server.sql(`SELECT used_at FROM consents WHERE user_id = '${person.user.id}'`))[0].used_at);

describe('a connected app', () => {
  let given;
  it('was not used at first, and has a live approval', async () => {
    given = await grant(person, app);
    assert.match(await told(), /Not used yet · Live approvals: 1\b/);
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

  it('has as many live approvals as still give tokens', async () => {
    const second = await grant(person, app);
    assert.match(await told(), /Live approvals: 2\b/);
    assert.equal((await revoke(person, app, second.refresh_token)).status, 200);
    assert.match(await told(), /Live approvals: 1\b/);
  });
});
