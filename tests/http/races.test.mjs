// Many at once: a single-use thing is used once.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidGrant, tokens } from '../lib/expect.mjs';
import { grant, grantCode, isActive, me, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const FIFTY = Array.from({ length: 50 }, (_, i) => i);

let server, person, app;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
  await grant(person, app); // the secret is known by now
});
after(() => server?.close());

const at = (list, status) => list.filter((a) => a.status === status);

describe('fifty at once', () => {
  for (const dialect of ['json', 'form'])
    it(`redeem one code: one gets tokens, and the others' tries kill them (${dialect})`, async () => {
      const given = await grantCode(person, app);
      const all = await Promise.all(FIFTY.map(() => redeem(person, app, given, { dialect })));
      assert.equal(at(all, 200).length, 1);
      for (const answer of at(all, 400))
        invalidGrant(answer, /already used/);
      assert.equal(at(all, 400).length, 49);
      const won = at(all, 200)[0].json;
      assert.equal(await isActive(person, app, won.access_token), false, 'the code was used again: its tokens are dead');
      invalidGrant(await refresh(person, app, won.refresh_token));
      const [{ n }] = await server.sql(`SELECT count(*) AS n FROM access_tokens WHERE authorization_id = (SELECT max(id) FROM authorizations)`);
      assert.equal(n, 1, 'one row, not fifty');
    });

  it('rotate one refresh token: all get the one successor', async () => {
    const first = await grant(person, app);
    const all = await Promise.all(FIFTY.map((i) => refresh(person, app, first.refresh_token, { dialect: i % 2 ? 'json' : 'form' })));
    for (const answer of all)
      tokens(answer, app.scopes);
    assert.equal(new Set(all.map((a) => a.json.refresh_token)).size, 1, 'one successor');
    assert.equal(new Set(all.map((a) => a.json.access_token)).size, 1, 'one access token');
    const [{ n }] = await server.sql(`SELECT count(*) AS n FROM refresh_tokens WHERE authorization_id = (SELECT max(id) FROM authorizations)`);
    assert.equal(n, 2, 'the first and its successor');
    tokens(await refresh(person, app, all[0].json.refresh_token), app.scopes);
  });

  it('replay a refresh token too late: none succeeds, and the family is dead', async () => {
    const first = await grant(person, app), next = tokens(await refresh(person, app, first.refresh_token), app.scopes);
    await server.age('refresh_tokens', ['spent_at'], 40);
    const all = await Promise.all(FIFTY.map(() => refresh(person, app, first.refresh_token)));
    all.forEach((a) => invalidGrant(a));
    assert.equal((await me(person, next.access_token)).status, 401);
    invalidGrant(await refresh(person, app, next.refresh_token));
  });

  it('rotate a chain while it is revoked: nothing survives the revocation', async () => {
    const first = await grant(person, app);
    const [gone, ...all] = await Promise.all([revoke(person, app, first.refresh_token), ...FIFTY.map(() => refresh(person, app, first.refresh_token))]);
    assert.equal(gone.status, 200);
    for (const answer of at(all, 200)) {
      assert.equal((await me(person, answer.json.access_token)).status, 401);
      invalidGrant(await refresh(person, app, answer.json.refresh_token));
    }
    assert.equal(at(all, 200).length + at(all, 400).length, 50);
  });

  it('ask for codes: each has its own', async () => {
    const all = await Promise.all(FIFTY.map(() => grantCode(person, app)));
    assert.equal(new Set(all.map((g) => g.code)).size, 50);
    const got = await Promise.all(all.map((g) => redeem(person, app, g)));
    got.forEach((a) => tokens(a, app.scopes));
    assert.equal(new Set(got.map((a) => a.json.access_token)).size, 50);
  });

  it('use a token while its app is switched off: after the answer, none passes', async () => {
    const owner = await signUp(server), mine = await server.createApp({ owner: owner.who.email }), t = await grant(person, mine);
    const flood = FIFTY.map(() => me(person, t.access_token));
    const off = await owner.send('PATCH', `/api/oauth/apps/${mine.id}/status`, { json: { is_active: false } });
    assert.equal(off.status, 200);
    for (const answer of await Promise.all(FIFTY.map(() => me(person, t.access_token))))
      assert.equal(answer.status, 401);
    await Promise.all(flood);
  });
});
