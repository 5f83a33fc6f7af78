// The two dialects, member by member: a Platform app finds what it knows, an OAuth library what the RFCs say.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, grant, grantCode, introspect, random, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
});
after(() => server?.close());

const members = (answer) => Object.keys(answer.json).sort();
const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
const types = (answer) => Object.fromEntries(Object.entries(answer.json).map(([k, v]) => [k, typeOf(v)]));
const both = ['json', 'form'];

describe('the answer', () => {
  for (const dialect of both) {
    it(`of a grant, to ${dialect}`, async () => {
      const shape = { access_token: 'string', access_token_expires_at: 'string', expires_in: 'number', refresh_token: 'string', refresh_token_expires_at: 'string', scope: 'string', scopes: 'list', token_type: 'string' };
      const first = await redeem(person, app, await grantCode(person, app), { dialect });
      assert.deepEqual(types(first), shape);
      assert.deepEqual(types(await refresh(person, app, first.json.refresh_token, { dialect })), shape);
    });

    it(`of a refused grant, to ${dialect}`, async () => {
      const answer = await refresh(person, app, `agpt_rt_${random()}`, { dialect });
      assert.equal(answer.status, 400);
      assert.deepEqual(types(answer), { detail: 'string', error: 'string', error_description: 'string' });
      assert.equal(answer.json.detail, answer.json.error_description);
      // RFC 6749 §5.2: neither quotes nor backslashes, nothing beyond ASCII
      assert.match(answer.json.error_description, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    });

    it(`of a refused client, to ${dialect}`, async () => {
      const answer = await refresh(person, { ...app, client_secret: 'wrong' }, 'x', { dialect });
      assert.equal(answer.status, 401);
      assert.equal(answer.json.error, 'invalid_client');
      assert.equal(typeof answer.json.detail, 'string');
    });

    it(`of introspection, to ${dialect}`, async () => {
      const t = await grant(person, app);
      for (const [text, kind] of [[t.access_token, 'access_token'], [t.refresh_token, 'refresh_token']]) {
        const answer = await introspect(person, app, text, { dialect });
        const { active, client_id: client, exp, iat, iss, scope, scopes, sub, user_id: user } = answer.json;
        assert.deepEqual([active, client, iss, scope, scopes.join(' '), sub, user].map(typeOf), ['boolean', ...Array(6).fill('string')]);
        assert.ok(Number.isInteger(exp) && Number.isInteger(iat) && exp > iat);
        assert.equal(answer.json.token_type, dialect === 'json' ? kind : 'Bearer');
      }
    });

    it(`of revocation, to ${dialect}`, async () => {
      const t = await grant(person, app);
      assert.deepEqual((await revoke(person, app, t.refresh_token, { dialect })).json, { status: 'ok' });
    });
  }

  it('of a body that lacks a member is 422 with a list to JSON, and 400 invalid_request to a form', async () => {
    for (const path of ['/api/oauth/introspect', '/api/oauth/revoke']) {
      const json = await call(person, path, app, {}), form = await call(person, path, app, {}, { dialect: 'form' });
      assert.equal(json.status, 422);
      assert.equal(json.json.message, `Invalid data for POST ${path}`);
      assert.equal(json.json.hint, 'Ensure the request matches the API schema.');
      assert.deepEqual(json.json.detail[0].loc, ['body', 'token']);
      assert.equal(json.json.detail[0].type, 'missing');
      assert.equal(form.status, 400);
      assert.equal(form.json.error, 'invalid_request');
      assert.equal(typeof form.json.error_description, 'string');
    }
  });

  it('is JSON to both, and the same whichever way the client proved itself', async () => {
    const t = await grant(person, app);
    for (const dialect of both) {
      const [basic, body] = [await introspect(person, app, t.access_token, { dialect, auth: 'basic' }), await introspect(person, app, t.access_token, { dialect })];
      assert.deepEqual(basic.json, body.json);
      assert.match(basic.headers['content-type'], /^application\/json/);
      assert.deepEqual(members(basic), members(body));
    }
  });
});
