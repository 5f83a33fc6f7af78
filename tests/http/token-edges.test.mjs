// The endpoints for apps at their edges: what a replay gets, which fault is told first, and what is nobody's business.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidGrant, refused, tokens } from '../lib/expect.mjs';
import { grant, grantCode, introspect, isActive, me, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app, other;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp({ scopes: ['IDENTITY', 'READ_GRAPH'] });
  other = await server.createApp();
});
after(() => server?.close());

describe('a replayed refresh token', () => {
  it('gets the very same answer, but for the seconds that are left', async () => {
    const first = await grant(person, app), one = (await refresh(person, app, first.refresh_token)).json;
    await server.age('access_tokens', ['expires_at'], 100);
    const two = (await refresh(person, app, first.refresh_token)).json;
    assert.deepEqual(Object.keys(two), Object.keys(one));
    for (const name of Object.keys(one).filter((n) => !/expires_in|access_token_expires_at/.test(n)))
      assert.deepEqual(two[name], one[name], name);
    assert.ok(one.expires_in - two.expires_in >= 99 && one.expires_in - two.expires_in <= 115, `${one.expires_in} and ${two.expires_in}`);
    assert.equal(Date.parse(one.access_token_expires_at) - Date.parse(two.access_token_expires_at), 100_000);
  });

  it('does not get wider scopes by the replay, and harms nothing by asking', async () => {
    const first = await grant(person, app, { scope: 'IDENTITY' }), one = (await refresh(person, app, first.refresh_token)).json;
    for (const scope of ['IDENTITY READ_GRAPH', 'NONSENSE'])
      refused(await refresh(person, app, first.refresh_token, {}, { scope }), 400, 'invalid_scope');
    assert.equal((await refresh(person, app, first.refresh_token)).json.refresh_token, one.refresh_token);
  });

  it('gets the narrow token that was given, however it asks', async () => {
    const first = await grant(person, app), one = tokens(await refresh(person, app, first.refresh_token, {}, { scope: 'IDENTITY' }), ['IDENTITY']);
    const two = tokens(await refresh(person, app, first.refresh_token), ['IDENTITY']);
    assert.equal(two.access_token, one.access_token);
  });

  it('of a family that another app presents is told in the dialect\'s order', async () => {
    const first = await grant(person, app);
    invalidGrant(await refresh(person, other, first.refresh_token), /does not belong/);
    await revoke(person, app, first.refresh_token);
    invalidGrant(await refresh(person, other, first.refresh_token), /has been revoked/);
  });

  it('that seems to have been spent in the future, since the clock went back, is late', async () => {
    const first = await grant(person, app), next = (await refresh(person, app, first.refresh_token)).json;
    await server.age('refresh_tokens', ['spent_at'], -3600);
    invalidGrant(await refresh(person, app, first.refresh_token), /revoked/);
    assert.equal(await isActive(person, app, next.access_token), false);
  });

  it('is good within the skew of two servers\' clocks', async () => {
    const first = await grant(person, app), next = (await refresh(person, app, first.refresh_token)).json;
    await server.age('refresh_tokens', ['spent_at'], -50);
    assert.equal((await refresh(person, app, first.refresh_token)).json.refresh_token, next.refresh_token);
  });
});

describe('what no token of ours can be', () => {
  const long = 'x'.repeat(5000);

  for (const dialect of ['json', 'form'])
    it(`however long, is answered like any unknown token (${dialect})`, async () => {
      assert.equal((await introspect(person, app, long, { dialect })).text, (await introspect(person, app, 'x', { dialect })).text);
      assert.equal((await revoke(person, app, long, { dialect })).status, 200);
      invalidGrant(await refresh(person, app, long, { dialect }), /refresh token not found/);
      const given = await grantCode(person, app);
      invalidGrant(await redeem(person, app, { ...given, code: long }, { dialect }), /authorization code not found/);
      tokens(await redeem(person, app, given, { dialect }), app.scopes);
    });
});

describe('introspection', () => {
  it('tells an app that was not granted IDENTITY no e-mail address', async () => {
    const t = await grant(person, app, { scope: 'READ_GRAPH' });
    for (const text of [t.access_token, t.refresh_token])
      for (const dialect of ['json', 'form']) {
        const answer = await introspect(person, app, text, { dialect });
        assert.equal(answer.json.active, true);
        assert.ok(!answer.text.includes(person.who.email), answer.text);
      }
  });
});

describe('an API key', () => {
  it('alone decides where it is sent: a bad one is not rescued by a good token (dialect: External API)', async () => {
    const t = await grant(person, app);
    for (const key of ['agpt_' + 'A'.repeat(43), 'x', t.access_token]) {
      const answer = await me(person, t.access_token, { headers: { 'x-api-key': key } });
      assert.equal(answer.status, 401, answer.text);
      assert.equal(answer.json.detail, 'Invalid API key');
      assert.match(answer.headers['www-authenticate'], /^Bearer realm="/);
    }
    assert.equal((await me(person, t.access_token)).status, 200);
  });
});
