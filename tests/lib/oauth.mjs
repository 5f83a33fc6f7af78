// An app's side of the protocol, in both dialects, and the person's yes in between.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

export const random = (bytes = 32) => randomBytes(bytes).toString('base64url');

export function pkce(verifier = random()) {
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export const basic = (id, secret) =>
  'Basic ' + Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');

// The page's query. `more` replaces members; undefined leaves one out.
export function authorizeQuery(app, proof, more = {}) {
  const all = { response_type: 'code', client_id: app.client_id, redirect_uri: app.redirectUri, scope: app.scopes.join(' '),
    state: random(12), code_challenge: proof.challenge, code_challenge_method: 'S256', ...more };
  return Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined));
}

// The JSON door's body.
export function authorizeBody(app, proof, more = {}) {
  const { scope, ...rest } = authorizeQuery(app, proof, more);
  return more.scope === undefined ? { scopes: app.scopes, ...rest } : { scope, ...rest };
}

export const authorizeJson = (person, app, proof, more) =>
  person.post('/api/oauth/authorize', { json: authorizeBody(app, proof, more) });

// One yes: { code, verifier, redirectUri, back }
export async function grantCode(person, app, more = {}) {
  const proof = pkce();
  const answer = await authorizeJson(person, app, proof, more);
  assert.equal(answer.status, 200, answer.text);
  const back = new URL(answer.json.redirect_url), code = back.searchParams.get('code');
  assert.ok(code, answer.text);
  return { code, verifier: proof.verifier, redirectUri: more.redirect_uri ?? app.redirectUri, back };
}

// How an app says who it is. dialect: 'json' | 'form'; auth: 'body' | 'basic'
export function request(app, members, { dialect = 'json', auth = 'body', headers = {} } = {}) {
  const all = { ...members };
  const options = { headers: { ...headers }, cookies: false, origin: false };
  if (auth === 'basic')
    options.headers.authorization = basic(app.client_id, app.client_secret);
  else {
    all.client_id ??= app.client_id;
    if (app.client_secret && !('client_secret' in all))
      all.client_secret = app.client_secret;
  }
  for (const name of Object.keys(all))
    if (all[name] === undefined)
      delete all[name];
  options[dialect] = all;
  return options;
}

export const call = (browser, path, app, members, how) => browser.post(path, request(app, members, how));
export const token = (browser, app, members, how) => call(browser, '/api/oauth/token', app, members, how);
export const introspect = (browser, app, text, how = {}) => call(browser, '/api/oauth/introspect', app, { token: text, ...how.more }, how);
export const revoke = (browser, app, text, how = {}) => call(browser, '/api/oauth/revoke', app, { token: text, ...how.more }, how);

export const redeem = (browser, app, { code, verifier, redirectUri }, how, more = {}) =>
  token(browser, app, { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier, ...more }, how);

export const refresh = (browser, app, refreshToken, how, more = {}) =>
  token(browser, app, { grant_type: 'refresh_token', refresh_token: refreshToken, ...more }, how);

// A yes and its tokens.
export async function grant(person, app, more) {
  const given = await grantCode(person, app, more);
  const answer = await redeem(person, app, given);
  assert.equal(answer.status, 200, answer.text);
  return { ...given, ...answer.json };
}

export const me = (browser, accessToken, options = {}) =>
  browser.get('/external-api/v1/me', { cookies: false, ...options, headers: { authorization: `Bearer ${accessToken}`, ...options.headers } });

export async function isActive(browser, app, text) {
  const answer = await introspect(browser, app, text);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.active;
}
