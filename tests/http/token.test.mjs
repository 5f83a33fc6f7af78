// POST /api/oauth/token with an authorization code.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidField, invalidGrant, refused, tokens } from '../lib/expect.mjs';
import { basic, grantCode, isActive, me, random, redeem, refresh, token } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app, other;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
  other = await server.createApp();
});
after(() => server?.close());

describe('the code grant', () => {
  for (const dialect of ['json', 'form'])
    for (const auth of ['body', 'basic'])
      it(`gives tokens: ${dialect}, secret in ${auth}`, async () => {
        const got = await redeem(server.browser(), app, await grantCode(person, app), { dialect, auth });
        const t = tokens(got, app.scopes);
        assert.equal((await me(person, t.access_token)).status, 200);
      });

  it('gives a public client tokens without a secret', async () => {
    const open = await server.createApp({ isPublic: true, redirectUris: ['com.example.app:/cb'] });
    assert.ok(!open.client_secret);
    for (const dialect of ['json', 'form'])
      tokens(await redeem(person, open, await grantCode(person, open), { dialect }), open.scopes);
  });

  it('gives a public client nothing without the verifier', async () => {
    const open = await server.createApp({ isPublic: true, redirectUris: ['com.example.app:/cb'] });
    const given = await grantCode(person, open);
    assert.ok([400, 422].includes((await redeem(person, open, { ...given, verifier: undefined })).status));
    invalidGrant(await redeem(person, open, { ...given, verifier: random() }));
  });

  it('takes loopback redirect URIs at any port, the same one twice', async () => {
    const local = await server.createApp({ isPublic: true, redirectUris: ['http://127.0.0.1/cb', 'http://localhost:3000/cb', 'http://[::1]:1/cb'] });
    for (const uri of ['http://127.0.0.1:49152/cb', 'http://127.0.0.1/cb', 'http://localhost:9/cb', 'http://[::1]:49152/cb']) {
      const given = await grantCode(person, local, { redirect_uri: uri });
      assert.ok(given.back.href.startsWith(uri.replace(':80/', '/')), given.back.href);
      invalidGrant(await redeem(person, local, { ...given, redirectUri: uri.replace(/:\d*\/cb$|(?<=1)\/cb$/, ':5555/cb') }), /redirect_uri mismatch/);
      tokens(await redeem(person, local, given), local.scopes);
    }
  });

  it('gives no refresh token to an app that has no refresh grant', async () => {
    const brief = await server.createApp({ grantTypes: ['authorization_code'] });
    const got = await redeem(person, brief, await grantCode(person, brief));
    assert.equal(got.status, 200, got.text);
    assert.ok(!got.json.refresh_token, 'no refresh token');
    assert.equal((await me(person, got.json.access_token)).status, 200);
  });

  it('gives an app without a grant unauthorized_client', async () => {
    const narrow = await server.createApp({ grantTypes: ['authorization_code'] });
    for (const dialect of ['json', 'form'])
      refused(await refresh(person, narrow, `agpt_rt_${random()}`, { dialect }), 400, 'unauthorized_client');
  });

  it('ignores members that it does not know', async () => {
    tokens(await redeem(person, app, await grantCode(person, app), { dialect: 'form' }, { resource: 'x', audience: 'y' }), app.scopes);
  });
});

describe('a code', () => {
  it('that nobody issued is not found', async () => {
    const given = await grantCode(person, app);
    for (const code of [random(), 'x', 'A'.repeat(43), given.code + 'A', given.code.slice(0, -1), `agpt_xt_${random()}`, 'é'.repeat(20), ' ' + given.code])
      invalidGrant(await redeem(person, app, { ...given, code }), /authorization code not found/);
    tokens(await redeem(person, app, given), app.scopes);
  });

  it('of another app does not belong to this one, and stays good for its own', async () => {
    const given = await grantCode(person, app);
    invalidGrant(await redeem(person, other, given), /does not belong to this application/);
    tokens(await redeem(person, app, given), app.scopes);
  });

  it('that has expired is refused', async () => {
    const given = await grantCode(person, app);
    await server.age('codes', ['expires_at'], 601);
    invalidGrant(await redeem(person, app, given), /expired/);
  });

  it('lives ten minutes', async () => {
    const given = await grantCode(person, app);
    await server.age('codes', ['expires_at'], 590);
    tokens(await redeem(person, app, given), app.scopes);
  });

  it('with another redirect URI is refused, and not consumed', async () => {
    const given = await grantCode(person, app);
    for (const redirectUri of ['https://app.example/other', 'https://app.example/cb/', 'https://APP.example/cb', ''])
      assert.ok([400, 422].includes((await redeem(person, app, { ...given, redirectUri })).status));
    invalidGrant(await redeem(person, app, { ...given, redirectUri: 'https://app.example/other' }), /redirect_uri mismatch/);
    tokens(await redeem(person, app, given), app.scopes);
  });

  it('with a wrong verifier is refused, and not consumed', async () => {
    const given = await grantCode(person, app);
    const wrong = [random(), given.verifier + 'A', given.verifier.slice(0, -1), given.verifier.toUpperCase(), 'short', 'é'.repeat(43), 'a\u0000'.repeat(30), 'x'.repeat(129), ' '.repeat(43), '😀'.repeat(43)];
    for (const dialect of ['json', 'form'])
      for (const verifier of wrong) {
        const answer = await redeem(person, app, { ...given, verifier }, { dialect });
        assert.ok([400, 422].includes(answer.status), `${JSON.stringify(verifier)}: ${answer.status}`);
        assert.ok(['invalid_grant', 'invalid_request'].includes(answer.json.error), answer.text);
      }
    invalidGrant(await redeem(person, app, { ...given, verifier: random() }), /PKCE verification failed/);
    tokens(await redeem(person, app, given), app.scopes);
  });

  it('used twice is refused, and kills what its first use gave', async () => {
    const given = await grantCode(person, app), first = tokens(await redeem(person, app, given), app.scopes);
    const next = tokens(await refresh(person, app, first.refresh_token), app.scopes);
    invalidGrant(await redeem(person, app, given), /already used/);
    for (const t of [first, next]) {
      assert.equal((await me(person, t.access_token)).status, 401);
      assert.equal(await isActive(person, app, t.access_token), false);
      invalidGrant(await refresh(person, app, t.refresh_token));
    }
  });

  it("used twice by another app does not kill its owner's tokens", async () => {
    const given = await grantCode(person, app), first = tokens(await redeem(person, app, given), app.scopes);
    invalidGrant(await redeem(person, other, given));
    assert.equal((await me(person, first.access_token)).status, 200);
  });

  it('of a person who was disabled meanwhile is refused', async () => {
    const gone = await signUp(server), given = await grantCode(gone, app);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${gone.user.id}'`);
    invalidGrant(await redeem(person, app, given));
  });

  it('of an app that was disabled meanwhile is refused', async () => {
    const gone = await server.createApp(), given = await grantCode(person, gone);
    await server.sql(`UPDATE apps SET is_active = FALSE WHERE client_id = '${gone.client_id}'`);
    refused(await redeem(person, gone, given), 401, 'invalid_client');
  });
});

describe('the request', () => {
  for (const name of ['code', 'redirect_uri', 'code_verifier'])
    it(`without ${name} is refused: 422 as JSON, 400 invalid_request as a form`, async () => {
      const given = await grantCode(person, app);
      invalidField(await redeem(person, app, given, {}, { [name]: undefined }), name);
      const answer = await redeem(person, app, given, { dialect: 'form' }, { [name]: undefined });
      assert.equal(answer.status, 400);
      assert.ok(['invalid_request', 'invalid_grant'].includes(answer.json.error), answer.text);
      tokens(await redeem(person, app, given), app.scopes);
    });

  it('without grant_type is refused', async () => {
    invalidField(await token(person, app, { code: random() }), 'grant_type');
    refused(await token(person, app, { code: random() }, { dialect: 'form' }), 400, 'invalid_request');
  });

  for (const grant_type of ['password', 'client_credentials', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code', 'AUTHORIZATION_CODE', ' authorization_code', ''])
    it(`with grant_type=${grant_type || '(empty)'} is unsupported`, async () => {
      const as = (dialect) => token(person, app, { grant_type, username: 'a', password: 'b' }, { dialect });
      const [json, form] = [await as('json'), await as('form')];
      assert.equal(json.status, 422, json.text);
      assert.equal(form.status, 400, form.text);
      if (grant_type)
        assert.equal(form.json.error, 'unsupported_grant_type');
    });

  for (const name of ['grant_type', 'code', 'client_id', 'client_secret', 'code_verifier', 'redirect_uri'])
    it(`with ${name} given twice is invalid_request`, async () => {
      const given = await grantCode(person, app);
      const pairs = Object.entries({ grant_type: 'authorization_code', code: given.code, redirect_uri: given.redirectUri, code_verifier: given.verifier,
        client_id: app.client_id, client_secret: app.client_secret });
      pairs.push(pairs.find(([n]) => n === name));
      refused(await person.post('/api/oauth/token', { form: pairs }), 400, 'invalid_request');
      const body = '{' + pairs.map(([n, v]) => `${JSON.stringify(n)}:${JSON.stringify(v)}`).join(',') + '}';
      refused(await person.post('/api/oauth/token', { body, type: 'application/json' }), 400, 'invalid_request');
      tokens(await redeem(person, app, given), app.scopes);
    });

  it('is never taken from the query', async () => {
    const given = await grantCode(person, app);
    const query = { grant_type: 'authorization_code', code: given.code, redirect_uri: given.redirectUri, code_verifier: given.verifier,
      client_id: app.client_id, client_secret: app.client_secret };
    const answer = await person.post('/api/oauth/token', { query, form: { x: 'y' } });
    assert.ok([400, 401].includes(answer.status), answer.text);
    assert.equal((await person.get('/api/oauth/token', { query })).status, 405);
  });

  it('with Basic for one app and members of another is refused', async () => {
    const given = await grantCode(person, app);
    const answer = await person.post('/api/oauth/token', { headers: { authorization: basic(app.client_id, app.client_secret) }, cookies: false,
      form: { grant_type: 'authorization_code', code: given.code, redirect_uri: given.redirectUri, code_verifier: given.verifier, client_id: other.client_id } });
    assert.ok([400, 401].includes(answer.status), answer.text);
    tokens(await redeem(person, app, given), app.scopes);
  });
});
