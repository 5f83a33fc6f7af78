// Attacks (RFC 9700, OWASP ASVS 5.0): those that come in by a token, a code or a credential of another kind.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidGrant, refused, tokens } from '../lib/expect.mjs';
import { authorizeJson, grant, grantCode, introspect, me, pkce, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { isSignedIn, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app, t;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
  t = await grant(person, app);
});
after(() => server?.close());

const prefixes = (text) => Array.from({ length: text.length }, (_, n) => text.slice(0, n));

// Every text that differs in one bit of its seven-bit characters.
const flips = (text) => [...text].flatMap((c, i) => [1, 2, 4, 8, 16, 32, 64].map((bit) => text.slice(0, i) + String.fromCharCode(c.charCodeAt(0) ^ bit) + text.slice(i + 1)));

// A few at a time: this is about answers, not about load.
async function eachOf(list, check) {
  const todo = [...list];
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (todo.length)
      await check(todo.pop());
  }));
}

// A header can't carry every character; what it can't is not a token either.
const fitsHeader = (text) => /^[\x21-\x7e]*$/.test(text);

describe('every strict prefix and every single-bit change', () => {
  it('of an access token opens nothing', async () => {
    const wrong = [...prefixes(t.access_token), ...flips(t.access_token)];
    await eachOf(wrong.filter(fitsHeader), async (text) => assert.equal((await me(person, text)).status, 401, `${text.length} characters`));
    await eachOf(wrong.filter(Boolean), async (text) => assert.equal((await introspect(person, app, text)).json.active, false));
    assert.equal((await me(person, t.access_token)).status, 200);
  });

  it('of a refresh token gives nothing, and harms nothing', async () => {
    const mine = await grant(person, app);
    for (const dialect of ['json', 'form'])
      await eachOf([...prefixes(mine.refresh_token), ...flips(mine.refresh_token)].filter(Boolean), async (text) => invalidGrant(await refresh(person, app, text, { dialect })));
    tokens(await refresh(person, app, mine.refresh_token), app.scopes);
  });

  it('of a code gives nothing, and harms nothing', async () => {
    const given = await grantCode(person, app);
    await eachOf([...prefixes(given.code), ...flips(given.code)].filter(Boolean), async (code) => invalidGrant(await redeem(person, app, { ...given, code })));
    tokens(await redeem(person, app, given), app.scopes);
  });

  it('of a token revokes nothing', async () => {
    const mine = await grant(person, app);
    await eachOf([...prefixes(mine.refresh_token), ...flips(mine.refresh_token)].filter(Boolean), async (text) => assert.equal((await revoke(person, app, text)).status, 200));
    assert.equal((await me(person, mine.access_token)).status, 200);
    tokens(await refresh(person, app, mine.refresh_token), app.scopes);
  });

  it('of a session cookie signs nobody in', async () => {
    const value = person.cookies.get('gatehouse');
    await eachOf([...prefixes(value), ...flips(value)].filter((v) => fitsHeader(v) && !/[;,"\\]/.test(v)), async (text) => {
      const thief = server.browser();
      thief.cookies.set('gatehouse', text);
      assert.equal(await isSignedIn(thief), false);
      thief.close();
    });
    assert.equal(await isSignedIn(person), true);
  });
});

describe('one kind of credential in the place of another', () => {
  it('is refused everywhere', async () => {
    const given = await grantCode(person, app, { state: 'A'.repeat(43) });
    const kinds = { code: given.code, access: t.access_token, refresh: t.refresh_token, state: 'A'.repeat(43), verifier: given.verifier, secret: app.client_secret, client: app.client_id, session: person.cookies.get('gatehouse'), device: person.cookies.get('gatehouse_device') ?? 'x',
      'access as refresh': t.access_token.replace('_xt_', '_rt_'), 'refresh as access': t.refresh_token.replace('_rt_', '_xt_'), 'code as access': `agpt_xt_${given.code}`, 'code as refresh': `agpt_rt_${given.code}`, 'access as code': t.access_token.slice(8), 'refresh as code': t.refresh_token.slice(8) };
    for (const [kind, text] of Object.entries(kinds)) {
      if (kind !== 'code')
        invalidGrant(await redeem(person, app, { ...given, code: text }));
      if (kind !== 'refresh')
        invalidGrant(await refresh(person, app, text));
      if (kind !== 'access')
        assert.equal((await me(person, text)).status, 401, kind);
      if (kind !== 'access' && kind !== 'refresh')
        assert.equal((await introspect(person, app, text)).json.active, false, kind);
      if (kind !== 'session') {
        const thief = server.browser();
        thief.cookies.set('gatehouse', text);
        assert.equal(await isSignedIn(thief), false, kind);
      }
      if (kind !== 'secret')
        refused(await introspect(person, { ...app, client_secret: text }, t.access_token), 401, 'invalid_client');
    }
    tokens(await redeem(person, app, given), app.scopes);
  });

  it('an access token signs nobody in at the doors for people', async () => {
    const headers = { authorization: `Bearer ${t.access_token}` };
    for (const path of ['/api/oauth/apps/mine', `/api/oauth/app/${app.client_id}`, '/api/auth/user/timezone'])
      assert.equal((await server.browser().get(path, { headers })).status, 401, path);
    const answer = await authorizeJson(Object.assign(server.browser()), app, pkce());
    assert.equal(answer.status, 401);
  });
});

describe('a disabled person', () => {
  it('finds nothing that works: authorize, token, introspection, API, session', async () => {
    const gone = await signUp(server), theirs = await grant(gone, app), given = await grantCode(gone, app);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${gone.user.id}'`);
    assert.equal(await isSignedIn(gone), false);
    assert.equal((await authorizeJson(gone, app, pkce())).status, 401);
    invalidGrant(await redeem(person, app, given));
    invalidGrant(await refresh(person, app, theirs.refresh_token));
    assert.equal((await me(person, theirs.access_token)).status, 401);
    for (const text of [theirs.access_token, theirs.refresh_token])
      assert.equal((await introspect(person, app, text)).json.active, false);
  });
});

describe('what the database holds', () => {
  it('is no secret that could be replayed', async () => {
    const given = await grantCode(person, app), fresh = await grant(person, app);
    const bytes = await server.database.everything();
    assert.ok(bytes.includes(person.who.email));
    for (const secret of [given.code, given.verifier, fresh.access_token, fresh.refresh_token, fresh.access_token.slice(8), fresh.refresh_token.slice(8), app.client_secret, app.client_secret.slice(12), person.who.password, person.cookies.get('gatehouse')]) {
      assert.ok(!bytes.includes(secret), 'in the clear');
      assert.ok(!bytes.includes(Buffer.from(secret.slice(-43), 'base64url').toString('latin1')), 'as bytes');
    }
  });
});
