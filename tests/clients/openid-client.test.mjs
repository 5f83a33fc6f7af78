// An unmodified openid-client in plain OAuth mode.
import '../lib/webcrypto.mjs';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as client from 'openid-client';
import { signInOnPage, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const redirectUri = 'http://127.0.0.1:4712/callback';

let server, person, app, open;
before(async () => {
  server = await Server.start({}, { host: '127.0.0.1' });
  person = await signUp(server);
  app = await server.createApp({ redirectUris: [redirectUri], scopes: ['IDENTITY', 'EXECUTE_GRAPH'] });
  open = await server.createApp({ redirectUris: [redirectUri], scopes: ['IDENTITY'], isPublic: true });
});
after(() => server?.close());

const discover = (id, auth) => client.discovery(new URL(server.base), id, undefined, auth, { algorithm: 'oauth2', execute: [client.allowInsecureRequests] });

async function signedIn(address) {
  const visitor = server.browser(), { pathname, search } = address;
  const first = await visitor.page(pathname + search);
  if (first.location?.origin !== server.base)
    return first.location; // refused before anybody had to sign in
  const back = await signInOnPage(visitor, person.who, first.headers.location);
  let answer = await visitor.page(back.headers.location);
  if (!answer.location)
    answer = await visitor.submit(answer, /^\s*(authorize|allow)/i);
  return answer.location;
}

async function login(config, scope = 'IDENTITY') {
  const pkceCodeVerifier = client.randomPKCECodeVerifier(), expectedState = client.randomState();
  const address = client.buildAuthorizationUrl(config, { redirect_uri: redirectUri, scope, state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256' });
  const landed = await signedIn(address);
  return { landed, checks: { pkceCodeVerifier, expectedState } };
}

describe('openid-client', () => {
  for (const [what, auth] of [['Basic', (s) => client.ClientSecretBasic(s)], ['a posted secret', (s) => client.ClientSecretPost(s)]])
    it(`runs the whole way with ${what}`, async () => {
      const config = await discover(app.client_id, auth(app.client_secret));
      assert.equal(config.serverMetadata().supportsPKCE(), true);
      const { landed, checks } = await login(config, 'IDENTITY EXECUTE_GRAPH');
      const tokens = await client.authorizationCodeGrant(config, landed, checks);
      assert.ok(tokens.expiresIn() > 3500);
      assert.equal(tokens.scope, 'IDENTITY EXECUTE_GRAPH');
      const me = await client.fetchProtectedResource(config, tokens.access_token, new URL('/external-api/v1/me', server.base), 'GET');
      assert.equal((await me.json()).id, person.user.id);
      const next = await client.refreshTokenGrant(config, tokens.refresh_token);
      assert.equal((await client.tokenIntrospection(config, next.access_token)).active, true);
      await client.tokenRevocation(config, next.refresh_token);
      assert.equal((await client.tokenIntrospection(config, next.access_token)).active, false);
      await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' });
    });

  it('runs as a public client', async () => {
    const config = await discover(open.client_id, client.None());
    const { landed, checks } = await login(config);
    const tokens = await client.authorizationCodeGrant(config, landed, checks);
    const next = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(next.refresh_token, tokens.refresh_token);
  });

  it('refuses an answer of another issuer or with another state', async () => {
    const config = await discover(app.client_id, client.ClientSecretBasic(app.client_secret)), { landed, checks } = await login(config);
    const elsewhere = new URL(landed);
    elsewhere.searchParams.set('iss', 'https://evil.example');
    await assert.rejects(client.authorizationCodeGrant(config, elsewhere, checks));
    await assert.rejects(client.authorizationCodeGrant(config, landed, { ...checks, expectedState: 'another' }));
    await client.authorizationCodeGrant(config, landed, checks);
  });

  it('is told when a code is used twice, and finds its tokens dead', async () => {
    const config = await discover(app.client_id, client.ClientSecretPost(app.client_secret)), { landed, checks } = await login(config);
    const tokens = await client.authorizationCodeGrant(config, landed, checks);
    await assert.rejects(client.authorizationCodeGrant(config, landed, checks), { error: 'invalid_grant' });
    assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, false);
  });

  it('is told when its request is bad', async () => {
    const config = await discover(app.client_id, client.ClientSecretPost(app.client_secret));
    const address = client.buildAuthorizationUrl(config, { redirect_uri: redirectUri, scope: 'IDENTITY', response_type: 'token', state: 's', code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' });
    const landed = await signedIn(address);
    await assert.rejects(client.authorizationCodeGrant(config, landed, { expectedState: 's' }), { error: 'unsupported_response_type' });
  });
});
