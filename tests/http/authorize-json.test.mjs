// POST /api/oauth/authorize: the Platform's own door (dialect: Authorize).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { back, invalidField, neverStored, refused } from '../lib/expect.mjs';
import { authorizeBody, authorizeJson, pkce, redeem } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp({ scopes: ['IDENTITY', 'READ_GRAPH', 'EXECUTE_GRAPH'], redirectUris: ['https://app.example/cb', 'https://app.example/cb?keep=1&b=%20'] });
});
after(() => server?.close());

const ask = (more, who = person) => authorizeJson(who, app, pkce(), more);

describe('POST /api/oauth/authorize', () => {
  it('answers with a redirect that carries code, state and iss', async () => {
    const answer = await ask({ state: 'a b&c=d/é+%25' });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.json), ['redirect_url']);
    const url = back(answer, app, server.base, { state: 'a b&c=d/é+%25' });
    assert.match(url.searchParams.get('code'), /^[\w-]{43}$/);
    assert.deepEqual([...url.searchParams.keys()].sort(), ['code', 'iss', 'state']);
    neverStored(answer);
  });

  it('joins with & where the URI has a query, and keeps that query byte for byte', async () => {
    const answer = await ask({ redirect_uri: app.redirectUris[1] });
    assert.ok(answer.json.redirect_url.startsWith('https://app.example/cb?keep=1&b=%20&'), answer.text);
  });

  it('takes scopes as a list and as one string', async () => {
    for (const more of [{ scopes: ['IDENTITY'] }, { scope: 'IDENTITY' }]) {
      const proof = pkce(), body = authorizeBody(app, proof, { ...more, scope: more.scope });
      if (more.scopes)
        body.scopes = more.scopes;
      const answer = await person.post('/api/oauth/authorize', { json: body });
      assert.equal(answer.status, 200, answer.text);
      const code = new URL(answer.json.redirect_url).searchParams.get('code');
      const got = await redeem(person, app, { code, verifier: proof.verifier, redirectUri: app.redirectUri });
      assert.deepEqual(got.json.scopes, ['IDENTITY']);
    }
  });

  it('defaults response_type and code_challenge_method', async () => {
    const answer = await ask({ response_type: undefined, code_challenge_method: undefined });
    assert.equal(answer.status, 200, answer.text);
    assert.ok(new URL(answer.json.redirect_url).searchParams.get('code'));
  });

  for (const field of ['client_id', 'redirect_uri', 'state', 'code_challenge'])
    it(`without ${field} is 422`, async () => invalidField(await ask({ [field]: undefined }), field));

  it('without scopes is 422', async () => {
    const body = authorizeBody(app, pkce());
    delete body.scopes;
    invalidField(await person.post('/api/oauth/authorize', { json: body }), 'scopes');
  });

  for (const [field, value] of [['client_id', 5], ['redirect_uri', ['https://app.example/cb']], ['state', null], ['code_challenge', { a: 1 }]])
    it(`with a ${typeof value} as ${field} is 422`, async () => invalidField(await ask({ [field]: value }), field));

  it('of an unknown client is 400', async () => {
    refused(await ask({ client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA' }), 400, 'invalid_client', /^Unknown client_id$/);
  });

  it('of an unregistered redirect URI is 400, names the field and lists no URI', async () => {
    const body = refused(await ask({ redirect_uri: 'https://evil.example/cb' }), 400, 'invalid_request', /redirect_uri/);
    assert.ok(!JSON.stringify(body).includes('app.example'));
  });

  const told = async (more, error, description) => {
    const answer = await ask({ state: 'kept', ...more });
    assert.equal(answer.status, 200, answer.text);
    const url = back(answer, app, server.base, { error, state: 'kept', code: null });
    assert.match(url.searchParams.get('error_description'), description);
    assert.match(url.search, /^\?error=[^&]*&state=[^&]*&error_description=/, 'the order that the Platform has');
    return answer;
  };

  it('of another response type is told by redirect', async () => {
    await told({ response_type: 'token' }, 'unsupported_response_type', /^Only 'code' response type is supported$/);
  });

  it('of a scope that nobody knows is told by redirect', async () => {
    await told({ scope: 'DELETE_GRAPH' }, 'invalid_scope', /DELETE_GRAPH/);
  });

  it('of no scope at all is told by redirect', async () => {
    const body = { ...authorizeBody(app, pkce(), { state: 'kept' }), scopes: [] };
    const answer = await person.post('/api/oauth/authorize', { json: body });
    assert.equal(answer.status, 200, answer.text);
    back(answer, app, server.base, { error: 'invalid_scope', state: 'kept' });
  });

  it('of a scope that the app may not ask for is told by redirect', async () => {
    await told({ scope: 'IDENTITY WRITE_GRAPH' }, 'invalid_scope', /not authorized for all requested scopes/);
  });

  for (const [what, more] of [['plain', { code_challenge_method: 'plain' }], ['an unknown method', { code_challenge_method: 'S512' }], ['an empty challenge', { code_challenge: '' }],
    ['a challenge of 42 characters', { code_challenge: 'A'.repeat(42) }], ['a challenge of 44 characters', { code_challenge: 'A'.repeat(44) }],
    ['a padded challenge', { code_challenge: 'A'.repeat(42) + '=' }], ['a challenge in plain base64', { code_challenge: 'A'.repeat(42) + '+' }]])
    it(`with ${what} is invalid_request, and no code`, async () => {
      const answer = await ask({ state: 'kept', ...more });
      if (answer.status === 200)
        back(answer, app, server.base, { error: 'invalid_request', code: null, state: 'kept' });
      else {
        assert.ok([400, 422].includes(answer.status), answer.text);
        assert.ok(!answer.text.includes('code='));
      }
    });

  it('of somebody who is not signed in is 401', async () => {
    const answer = await ask({}, server.browser());
    refused(answer, 401, undefined);
  });

  it('of a disabled app is 400', async () => {
    const other = await server.createApp();
    await server.sql(`UPDATE apps SET is_active = FALSE WHERE client_id = '${other.client_id}'`);
    refused(await authorizeJson(person, other, pkce()), 400, 'invalid_client', /^Application is not active$/);
  });

  it('of a disabled person is 401', async () => {
    const other = await signUp(server);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${other.user.id}'`);
    refused(await ask({}, other), 401, undefined);
  });

  it('of an app without the code grant leads to no tokens', async () => {
    const other = await server.createApp(), proof = pkce();
    await server.sql(`UPDATE apps SET grant_types = 'refresh_token' WHERE client_id = '${other.client_id}'`);
    const back = new URL((await authorizeJson(person, other, proof)).json.redirect_url), code = back.searchParams.get('code');
    if (code)
      refused(await redeem(person, other, { code, verifier: proof.verifier, redirectUri: other.redirectUri }), 400, 'unauthorized_client');
    else
      assert.equal(back.searchParams.get('error'), 'unauthorized_client');
  });
});
