// Which endpoints a page of another origin may call, always without cookies.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeForm } from '../lib/browser.mjs';
import { authorizeQuery, pkce, request } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const evil = { origin: 'https://spa.example' };
const open = [['POST', '/api/oauth/token'], ['POST', '/api/oauth/introspect'], ['POST', '/api/oauth/revoke'], ['GET', '/.well-known/oauth-authorization-server']];

let server, person, app;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
});
after(() => server?.close());

const corsOf = (answer) => Object.keys(answer.headers).filter((h) => h.startsWith('access-control-'));

describe('endpoints for apps', () => {
  for (const [method, path] of open) {
    it(`${path} may be called from anywhere, without credentials`, async () => {
      const answer = await person.send(method, path, { ...(method === 'POST' ? request(app, { token: 'x', grant_type: 'refresh_token', refresh_token: 'x' }) : {}), headers: evil });
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.equal(answer.headers['access-control-allow-credentials'], undefined);
    });

    it(`${path} answers the preflight`, async () => {
      const answer = await person.send('OPTIONS', path, { cookies: false, headers: { ...evil, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,content-type' } });
      assert.ok([200, 204].includes(answer.status), answer.text);
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.match(answer.headers['access-control-allow-methods'], new RegExp(method));
      assert.match(answer.headers['access-control-allow-headers'], /authorization/i);
      assert.match(answer.headers['access-control-allow-headers'], /content-type/i);
      assert.equal(answer.headers['access-control-allow-credentials'], undefined);
    });
  }

  it('tell a page why they refuse', async () => {
    const answer = await person.post('/api/oauth/token', { ...request({ ...app, client_secret: 'wrong' }, { grant_type: 'refresh_token', refresh_token: 'x' }), headers: evil });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
  });
});

describe('endpoints for people', () => {
  it('have no CORS headers, whoever asks', async () => {
    for (const headers of [evil, { origin: server.base }, { origin: 'null' }])
      for (const path of [`/auth/authorize?${encodeForm(authorizeQuery(app, pkce()))}`, '/login', '/signup', '/logout', '/api/oauth/apps/mine', `/api/oauth/app/${app.client_id}`])
        assert.deepEqual(corsOf(await person.get(path, { headers })), [], path);
  });

  it('have none for a preflight', async () => {
    for (const [method, path] of [['POST', '/auth/authorize'], ['POST', '/api/oauth/authorize'], ['POST', '/api/auth/login'], ['POST', '/api/auth/signup'], ['PATCH', `/api/oauth/apps/${app.id}/status`]])
      assert.deepEqual(corsOf(await person.send('OPTIONS', path, { cookies: false, headers: { ...evil, 'access-control-request-method': method } })), [], path);
  });
});
