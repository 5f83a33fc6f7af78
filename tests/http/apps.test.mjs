// What people see and change of apps (dialect: Applications).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidField, invalidGrant, isDate, refused, tokens } from '../lib/expect.mjs';
import { authorizeJson, grant, grantCode, introspect, me, pkce, redeem, refresh } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, owner, stranger, app;
before(async () => {
  server = await Server.start();
  owner = await signUp(server);
  stranger = await signUp(server);
  app = await server.createApp({ owner: owner.who.email, name: 'Mine é', description: 'What it does' });
});
after(() => server?.close());

const setStatus = (browser, id, json) => browser.send('PATCH', `/api/oauth/apps/${id}/status`, { json });

describe('GET /api/oauth/app/{client_id}', () => {
  it('tells anyone who is signed in what an app is', async () => {
    const answer = await stranger.get(`/api/oauth/app/${app.client_id}`);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.json).sort(), ['description', 'logo_url', 'name', 'redirect_uris', 'scopes']);
    assert.equal(answer.json.name, app.name);
    assert.equal(answer.json.description, app.description);
    assert.equal(answer.json.logo_url, null);
    assert.deepEqual([...answer.json.scopes].sort(), [...app.scopes].sort());
    assert.deepEqual(answer.json.redirect_uris, app.redirectUris);
  });

  it('is 401 for others', async () => {
    refused(await server.browser().get(`/api/oauth/app/${app.client_id}`), 401);
  });

  it('is 404 for an unknown app, an inactive one, and rubbish', async () => {
    const gone = await server.createApp();
    await server.sql(`UPDATE apps SET is_active = FALSE WHERE client_id = '${gone.client_id}'`);
    for (const id of ['agpt_client_AAAAAAAAAAAAAAAAAAAAAA', gone.client_id, 'x'.repeat(2000), '%27%20OR%201=1--', '%C3%A9'])
      assert.equal((await stranger.get(`/api/oauth/app/${id}`)).status, 404, id);
    assert.ok([400, 404].includes((await stranger.get('/api/oauth/app/..%2f..%2fetc')).status));
    refused(await stranger.get(`/api/oauth/app/${gone.client_id}`), 404, undefined, /^Application not found$/);
  });
});

describe('GET /api/oauth/apps/mine', () => {
  it("lists a person's own apps, newest first, without their secrets", async () => {
    const newer = await server.createApp({ owner: owner.who.email });
    const answer = await owner.get('/api/oauth/apps/mine');
    assert.equal(answer.status, 200, answer.text);
    const [first, second] = answer.json;
    assert.equal(first.client_id, newer.client_id);
    assert.equal(second.client_id, app.client_id);
    assert.deepEqual(Object.keys(second).sort(), ['client_id', 'created_at', 'description', 'grant_types', 'id', 'is_active', 'logo_url', 'name', 'owner_id', 'redirect_uris', 'scopes', 'updated_at']);
    assert.equal(second.owner_id, owner.user.id);
    assert.equal(second.is_active, true);
    assert.deepEqual(second.grant_types, ['authorization_code', 'refresh_token']);
    isDate(second.created_at, { of: Date.now() });
    assert.ok(!answer.text.includes('secret'));
  });

  it('is empty for somebody without apps, and 401 for nobody', async () => {
    assert.deepEqual((await stranger.get('/api/oauth/apps/mine')).json, []);
    refused(await server.browser().get('/api/oauth/apps/mine'), 401);
  });
});

describe('PATCH /api/oauth/apps/{id}/status', () => {
  it('switches an app off and on, at once and everywhere', async () => {
    const mine = await server.createApp({ owner: owner.who.email });
    const t = await grant(stranger, mine), given = await grantCode(stranger, mine);
    assert.equal((await me(stranger, t.access_token)).status, 200);

    const off = await setStatus(owner, mine.id, { is_active: false });
    assert.equal(off.status, 200, off.text);
    assert.equal(off.json.is_active, false);
    assert.equal(off.json.id, mine.id);
    const api = await me(stranger, t.access_token);
    assert.equal(api.status, 401);
    assert.equal(api.json.detail, 'Client application is disabled');
    refused(await authorizeJson(stranger, mine, pkce()), 400, 'invalid_client', /^Application is not active$/);
    for (const answer of [await redeem(stranger, mine, given), await refresh(stranger, mine, t.refresh_token), await introspect(stranger, mine, t.access_token)])
      refused(answer, 401, 'invalid_client');

    const on = await setStatus(owner, mine.id, { is_active: true });
    assert.equal(on.json.is_active, true);
    assert.equal((await me(stranger, t.access_token)).status, 200);
    tokens(await redeem(stranger, mine, given), mine.scopes);
  });

  it('is for the owner alone', async () => {
    const text = /^Application not found or you don't have permission to update it$/;
    refused(await setStatus(stranger, app.id, { is_active: false }), 404, undefined, text);
    refused(await setStatus(owner, '01890000-0000-7000-8000-000000000000', { is_active: false }), 404, undefined, text);
    refused(await setStatus(owner, 'rubbish', { is_active: false }), 404);
    refused(await setStatus(server.browser(), app.id, { is_active: false }), 401);
    assert.equal((await stranger.get(`/api/oauth/app/${app.client_id}`)).status, 200);
  });

  for (const [what, json] of [['nothing', {}], ['a text', { is_active: 'no' }], ['a number', { is_active: 0 }], ['null', { is_active: null }], ['a list', { is_active: [] }]])
    it(`with ${what} is 422`, async () => invalidField(await setStatus(owner, app.id, json), 'is_active'));

  it('kills no family: a code that was used before still counts as used', async () => {
    const mine = await server.createApp({ owner: owner.who.email }), given = await grantCode(stranger, mine);
    await redeem(stranger, mine, given);
    await setStatus(owner, mine.id, { is_active: false });
    await setStatus(owner, mine.id, { is_active: true });
    invalidGrant(await redeem(stranger, mine, given), /already used/);
  });
});

describe('oauth-tool generate-app', () => {
  for (const [what, options] of [
    ['a plain http URI elsewhere', { redirectUris: ['http://app.example/cb'] }], ['a fragment', { redirectUris: ['https://app.example/cb#x'] }], ['javascript:', { redirectUris: ['javascript:alert(1)'], isPublic: true }],
    ['data:', { redirectUris: ['data:text/html,x'], isPublic: true }], ['user information', { redirectUris: ['https://a@app.example/cb'] }], ['a relative URI', { redirectUris: ['/cb'] }],
    ['a scheme of its own with a secret', { redirectUris: ['com.example.app:/cb'] }], ['a scheme without a dot', { redirectUris: ['myapp:/cb'], isPublic: true }],
    ['a look-alike of loopback', { redirectUris: ['http://localhost.evil.example/cb'] }], ['an unknown scope', { scopes: ['FLY'] }], ['no scope', { scopes: [] }],
    ['an unknown grant', { grantTypes: ['password'] }], ['an owner who does not exist', { owner: 'nobody@nowhere.example' }], ['an empty name', { name: '' }]])
    it(`refuses ${what}, and says why`, async () => {
      const count = async () => (await server.sql('SELECT count(*) AS n FROM apps'))[0].n, before = await count();
      await assert.rejects(server.createApp(options), /exit 1\n[\s\S]*\S/);
      assert.equal(await count(), before);
    });

  it('takes a private-use scheme for a public app', async () => {
    assert.match((await server.createApp({ redirectUris: ['com.example.app:/cb', 'http://127.0.0.1/cb', 'https://app.example/cb'], isPublic: true })).client_id, /^agpt_client_[\w-]{22}$/);
  });
});
