// POST /api/oauth/introspect (RFC 7662, dialect: Introspect).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidField, neverStored, refused } from '../lib/expect.mjs';
import { call, grant, grantCode, introspect, random, refresh } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const how = [{ dialect: 'json' }, { dialect: 'form' }, { dialect: 'json', auth: 'basic' }, { dialect: 'form', auth: 'basic' }];

let server, person, app, other, t;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
  other = await server.createApp();
  t = await grant(person, app);
});
after(() => server?.close());

describe('a live token', () => {
  for (const way of how) {
    it(`is told about: access, ${JSON.stringify(way)}`, async () => {
      const answer = await introspect(person, app, t.access_token, way), body = answer.json;
      assert.equal(answer.status, 200, answer.text);
      assert.equal(body.active, true);
      assert.equal(body.client_id, app.client_id);
      assert.equal(body.iss, server.base);
      assert.deepEqual(body.scope.split(' ').sort(), [...app.scopes].sort());
      assert.ok(Math.abs(body.exp - Date.now() / 1000 - 3600) < 60, `exp ${body.exp}`);
      assert.ok(Math.abs(body.iat - Date.now() / 1000) < 60, `iat ${body.iat}`);
      assert.equal(body.sub, person.user.id);
      assert.equal(body.token_type, way.dialect === 'json' ? 'access_token' : 'Bearer');
      assert.deepEqual([...body.scopes].sort(), [...app.scopes].sort());
      assert.equal(body.user_id, person.user.id);
      neverStored(answer);
    });

    it(`is told about: refresh, ${JSON.stringify(way)}`, async () => {
      const { json } = await introspect(person, app, t.refresh_token, way);
      assert.equal(json.active, true);
      assert.equal(json.client_id, app.client_id);
      assert.ok(Math.abs(json.exp - Date.now() / 1000 - 30 * 86400) < 60);
      if (way.dialect === 'json')
        assert.equal(json.token_type, 'refresh_token');
    });
  }

  it('is found whatever the hint says', async () => {
    for (const token_type_hint of ['access_token', 'refresh_token'])
      for (const text of [t.access_token, t.refresh_token])
        for (const way of how)
          assert.equal((await introspect(person, app, text, { ...way, more: { token_type_hint } })).json.active, true);
    assert.equal((await introspect(person, app, t.access_token, { dialect: 'form', more: { token_type_hint: 'pigeon' } })).json.active, true);
  });
});

describe('any other token', () => {
  it('is inactive, and looks like an unknown one byte for byte', async () => {
    const person2 = await signUp(server), disabled = await grant(person2, app), late = await grant(person, app), spent = await grant(person, app);
    const code = await grantCode(person, app);
    await refresh(person, app, spent.refresh_token);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${person2.user.id}'`);
    await server.age('access_tokens', ['expires_at'], 3601, `id = (SELECT max(id) FROM access_tokens WHERE authorization_id = (SELECT max(authorization_id) FROM access_tokens WHERE authorization_id IN (SELECT id FROM authorizations WHERE user_id = '${person.user.id}') AND authorization_id < (SELECT max(authorization_id) FROM access_tokens)))`);
    for (const way of how) {
      const unknown = await introspect(person, app, `agpt_xt_${random()}`, way);
      assert.equal(unknown.json.active, false);
      const seen = {
        "a disabled person's": disabled.access_token, "a disabled person's refresh token": disabled.refresh_token, expired: late.access_token,
        'a spent refresh token': spent.refresh_token, 'a code': code.code, rubbish: 'rubbish', 'not ASCII': 'é漢', 'a session cookie': person.cookies.get('gatehouse'),
      };
      for (const [what, text] of Object.entries(seen)) {
        const answer = await introspect(person, app, text, way);
        assert.equal(answer.text, unknown.text, what);
        assert.equal(answer.status, 200);
      }
    }
  });

  it("of another app's client looks like an unknown one byte for byte", async () => {
    for (const way of how) {
      const unknown = await introspect(person, other, `agpt_xt_${random()}`, way);
      for (const text of [t.access_token, t.refresh_token]) {
        const answer = await introspect(person, other, text, way);
        assert.equal(answer.text, unknown.text);
        const headers = ({ date, 'x-request-id': id, ...rest }) => rest;
        assert.deepEqual(headers(answer.headers), headers(unknown.headers));
      }
    }
  });

  it('is {"active":false} to a form, with explicit nulls to JSON', async () => {
    const form = await introspect(person, app, 'rubbish', { dialect: 'form' }), json = await introspect(person, app, 'rubbish');
    assert.deepEqual(form.json, { active: false });
    for (const member of ['scopes', 'client_id', 'user_id', 'exp', 'token_type'])
      assert.equal(json.json[member], null, member);
  });
});

describe('the request', () => {
  it('needs a client that authenticates', async () => {
    for (const way of how) {
      refused(await introspect(person, { ...app, client_secret: 'agpt_secret_' + random() }, t.access_token, way), 401, 'invalid_client');
      refused(await introspect(person, { client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA', client_secret: app.client_secret }, t.access_token, way), 401, 'invalid_client');
    }
  });

  it('needs a token', async () => {
    invalidField(await call(person, '/api/oauth/introspect', app, {}), 'token');
    refused(await call(person, '/api/oauth/introspect', app, {}, { dialect: 'form' }), 400, 'invalid_request');
  });

  it('is a POST', async () => {
    assert.equal((await person.get('/api/oauth/introspect', { query: { token: t.access_token } })).status, 405);
  });
});
