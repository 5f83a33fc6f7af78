// An unmodified oauth4webapi: it finds out by itself where everything is, and checks everything that it is told.
import '../lib/webcrypto.mjs';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import { signInOnPage, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const loopback = { [oauth.allowInsecureRequests]: true };
const redirectUri = 'http://127.0.0.1:4711/callback';

let server, person, app, open, as;
const discover = async (issuer) => oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...loopback }));
before(async () => {
  server = await Server.start({}, { host: '127.0.0.1' });
  person = await signUp(server);
  app = await server.createApp({ redirectUris: [redirectUri], scopes: ['IDENTITY', 'READ_GRAPH'] });
  open = await server.createApp({ redirectUris: [redirectUri], scopes: ['IDENTITY'], isPublic: true });
  as = await discover(new URL(server.base));
});
after(() => server?.close());

// Where the browser of a person comes out who signs in on the page and says what they say.
async function throughBrowser(address, press = /^\s*(authorize|allow)/i) {
  const visitor = server.browser(), { pathname, search } = new URL(address);
  const first = await visitor.page(pathname + search);
  assert.equal(first.location.pathname, '/login');
  const back = await signInOnPage(visitor, person.who, first.headers.location);
  let answer = await visitor.page(back.headers.location);
  if (!answer.location)
    answer = await visitor.submit(answer, press);
  return answer.location;
}

async function begin(client, more = {}, server_ = as) {
  const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState();
  const address = new URL(server_.authorization_endpoint);
  for (const [name, value] of Object.entries({ client_id: client.client_id, redirect_uri: redirectUri, response_type: 'code', scope: 'IDENTITY',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', state, ...more }))
    address.searchParams.set(name, value);
  return { address, verifier, state };
}

async function complete(client, auth, more) {
  const { address, verifier, state } = await begin(client, more);
  const params = oauth.validateAuthResponse(as, client, await throughBrowser(address), state);
  const answer = await oauth.authorizationCodeGrantRequest(as, client, auth, params, redirectUri, verifier, loopback);
  return oauth.processAuthorizationCodeResponse(as, client, answer);
}

describe('oauth4webapi', () => {
  for (const auth of ['signed in', 'not signed in'])
    it(`is answered by the name that it knows the server by, ${auth}`, async () => {
      const other = await discover(new URL('/api/oauth', server.base)), client = { client_id: app.client_id };
      assert.notEqual(other.issuer, as.issuer);
      const visitor = auth === 'signed in' ? person : null;
      for (const [server_, press] of [[other, /^\s*authorize/i], [other, /^\s*deny/i], [as, /^\s*authorize/i]]) {
        const { address, verifier, state } = await begin(client, { prompt: 'consent' }, server_);
        const landed = visitor ? (await visitor.submit(await visitor.page(address.pathname + address.search), press)).location : await throughBrowser(address, press);
        if (/deny/.test(press)) {
          assert.throws(() => oauth.validateAuthResponse(server_, client, landed, state), { error: 'access_denied' });
          continue;
        }
        const params = oauth.validateAuthResponse(server_, client, landed, state);
        assert.throws(() => oauth.validateAuthResponse(server_ === as ? other : as, client, landed, state), /iss/);
        const answer = await oauth.authorizationCodeGrantRequest(server_, client, oauth.ClientSecretPost(app.client_secret), params, redirectUri, verifier, loopback);
        assert.ok((await oauth.processAuthorizationCodeResponse(server_, client, answer)).access_token);
      }
    });

  it('is told the name also without being asked, and no other name is taken', async () => {
    const other = await discover(new URL('/api/oauth', server.base)), client = { client_id: app.client_id };
    const ask = async (more, server_ = other) => {
      const { address } = await begin(client, more, server_);
      return (await person.page(address.pathname + address.search)).location.searchParams;
    };
    assert.equal((await ask({ response_type: 'token' })).get('iss'), other.issuer);
    assert.equal((await ask({ response_type: 'token' }, as)).get('iss'), as.issuer);
    const refused = await ask({ issuer: 'https://evil.example' });
    assert.equal(refused.get('error'), 'invalid_request');
    assert.equal(refused.get('iss'), as.issuer);
  });

  for (const [what, method] of [['Basic', oauth.ClientSecretBasic], ['a posted secret', oauth.ClientSecretPost]])
    it(`runs the whole way with ${what}`, async () => {
      const client = { client_id: app.client_id }, auth = method(app.client_secret);
      const tokens = await complete(client, auth, { scope: 'IDENTITY READ_GRAPH' });
      assert.equal(tokens.token_type, 'bearer');
      assert.equal(tokens.scope, 'IDENTITY READ_GRAPH');
      assert.ok(tokens.expires_in > 3500);

      const api = await oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL('/external-api/v1/me', server.base), undefined, undefined, loopback);
      assert.equal((await api.json()).email, person.who.email);

      const seen = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, tokens.access_token, loopback));
      assert.equal(seen.active, true);
      assert.equal(seen.sub, person.user.id);

      const next = await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, loopback));
      assert.notEqual(next.access_token, tokens.access_token);

      await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, next.refresh_token, loopback));
      const gone = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, next.access_token, loopback));
      assert.equal(gone.active, false);
      await assert.rejects(oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, next.refresh_token, loopback)), { error: 'invalid_grant' });
    });

  it('runs as a public client', async () => {
    const client = { client_id: open.client_id }, auth = oauth.None();
    const tokens = await complete(client, auth);
    const next = await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, loopback));
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, next.access_token, loopback));
    await assert.rejects(oauth.protectedResourceRequest(next.access_token, 'GET', new URL('/external-api/v1/me', server.base), undefined, undefined, loopback),
      (error) => error instanceof oauth.WWWAuthenticateChallengeError && error.cause[0].parameters.error === 'invalid_token');
  });

  it('is told by redirect when the person says no', async () => {
    const client = { client_id: app.client_id }, { address, state } = await begin(client, { prompt: 'consent' });
    const landed = await throughBrowser(address, /deny/i);
    assert.throws(() => oauth.validateAuthResponse(as, client, landed, state), { error: 'access_denied' });
  });

  it('refuses an answer of another issuer or with another state', async () => {
    const client = { client_id: app.client_id }, { address, state } = await begin(client), landed = await throughBrowser(address);
    const elsewhere = new URL(landed);
    elsewhere.searchParams.set('iss', 'https://evil.example');
    assert.throws(() => oauth.validateAuthResponse(as, client, elsewhere, state));
    assert.throws(() => oauth.validateAuthResponse(as, client, landed, 'another'));
    oauth.validateAuthResponse(as, client, landed, state);
  });

  it('is told what is wrong with its secret and with its code', async () => {
    const client = { client_id: app.client_id }, { address, verifier, state } = await begin(client);
    const params = oauth.validateAuthResponse(as, client, await throughBrowser(address), state);
    const wrong = await oauth.authorizationCodeGrantRequest(as, client, oauth.ClientSecretBasic('nonsense'), params, redirectUri, verifier, loopback);
    await assert.rejects(oauth.processAuthorizationCodeResponse(as, client, wrong), (error) => error.error === 'invalid_client' || error instanceof oauth.WWWAuthenticateChallengeError);
    const other = await oauth.authorizationCodeGrantRequest(as, client, oauth.ClientSecretBasic(app.client_secret), params, redirectUri, oauth.generateRandomCodeVerifier(), loopback);
    await assert.rejects(oauth.processAuthorizationCodeResponse(as, client, other), { error: 'invalid_grant' });
  });

  it('is told which scope the API wants', async () => {
    const client = { client_id: app.client_id }, tokens = await complete(client, oauth.ClientSecretBasic(app.client_secret), { scope: 'READ_GRAPH' });
    await assert.rejects(oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL('/external-api/v1/me', server.base), undefined, undefined, loopback),
      (error) => error.status === 403 && error.cause[0].parameters.error === 'insufficient_scope' && error.cause[0].parameters.scope === 'IDENTITY');
  });
});
