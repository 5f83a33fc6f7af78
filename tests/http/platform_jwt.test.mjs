// The Platform's own user JWTs as sessions at the JSON endpoints (dialect: Who calls; RFC 7515, 7519, 8725).
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../lib/audit.mjs';
import { authority } from '../lib/authority.mjs';
import { authorizeQuery, grant, pkce } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const secret = `a secret of the Platform ${randomUUID()}`;
const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
let serial = 0;

// A person as the Platform's tokens tell of them.
const person = (more = {}) => {
  serial++;
  return { sub: randomUUID(), email: `jwt${serial}.${process.pid}@example.org`, role: 'authenticated', user_metadata: { name: `Jay ${serial}` }, ...more };
};
const claimsOf = (who, more = {}) => ({ aud: 'authenticated', iat: now(), exp: now() + 3600, ...who, ...more });

const signers = {
  HS256: (input, key) => createHmac('sha256', key).update(input).digest(),
  RS256: (input, key) => createSign('sha256').update(input).sign(key),
  ES256: (input, key) => createSign('sha256').update(input).sign({ key, dsaEncoding: 'ieee-p1363' }),
};

// header and claims: objects, or texts that are sent as they are
function jwt(claims, { alg = 'HS256', key = secret, header = {}, headerText } = {}) {
  const input = `${b64(headerText ?? { alg, typ: 'JWT', ...header })}.${b64(claims)}`;
  return `${input}.${signers[alg](input, key).toString('base64url')}`;
}

const ask = (server, token, { method = 'POST', path = '/api/auth/user', headers = {}, browser = server.browser(), ...more } = {}) => {
  server.canary.add(token, 'user JWT');
  return browser.send(method, path, { ...more, headers: { ...headers, authorization: `Bearer ${token}` } });
};

function refused(answer, detail, status = 401) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.json.detail, detail);
}

// A server of keys on this computer: hands out what it is told, and counts.
class KeyServer {
  answer = { keys: [] };
  status = 200;
  headers = {};
  asked = 0;
  delay = 0;

  // tls: key and certificate, to be asked by https
  async start(tls) {
    this.http = (tls ? https : http).createServer(tls ?? {}, (req, res) => {
      this.asked++;
      setTimeout(() => res.writeHead(this.status, { 'content-type': 'application/json', ...this.headers })
        .end(typeof this.answer === 'string' ? this.answer : JSON.stringify(this.answer)), this.delay).unref();
    });
    await new Promise((done) => this.http.listen(0, '127.0.0.1', done));
    this.url = `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${this.http.address().port}/auth/v1/.well-known/jwks.json`;
    return this;
  }

  close() {
    this.http.closeAllConnections?.();
    return new Promise((done) => this.http.close(done));
  }
}

function newKey(alg, kid = randomUUID(), options = {}) {
  const { publicKey, privateKey } = alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048, ...options })
    : generateKeyPairSync('ec', { namedCurve: 'P-256', ...options });
  return { alg, kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), alg, kid, use: 'sig', key_ops: ['verify'] } };
}
const signed = (key, claims, more = {}) => jwt(claims, { alg: key.alg, key: key.privateKey, header: { kid: key.kid, ...more } });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

describe('user JWTs by a secret', () => {
  let server, app;
  before(async () => {
    server = await Server.start({ PLATFORM_JWT_SECRET: secret });
    server.canary.add(secret, 'secret of user JWTs');
    app = await server.createApp();
  });
  after(() => server?.close());

  const good = (token, options) => ask(server, token, options);

  it('make the person at first sight, once', async () => {
    const who = person(), token = jwt(claimsOf(who));
    const first = await good(token);
    assert.equal(first.status, 200, first.text);
    assert.equal(first.headers['x-autogpt-user-created'], 'true');
    const { id, email, name, timezone, is_admin } = first.json;
    assert.deepEqual({ id, email, name, timezone, is_admin }, { id: who.sub, email: who.email, name: who.user_metadata.name, timezone: 'not-set', is_admin: false });
    const second = await good(token);
    assert.equal(second.headers['x-autogpt-user-created'], 'false');
    assert.equal(second.json.created_at, first.json.created_at);
    const trail = async () => (await good(token, { method: 'GET', path: '/api/audit' })).json.items;
    const brought = await until(trail, (list) => list.length > 0, 'nothing on record');
    assert.deepEqual(brought.map((e) => [e.event, e.user_id, e.by]), [['account.from_platform', who.sub, 'person']]);
  });

  it('make one person of many requests at once', async () => {
    const who = person(), token = jwt(claimsOf(who));
    const answers = await Promise.all(Array.from({ length: 16 }, () => good(token)));
    assert.deepEqual(answers.map((a) => a.status), Array(16).fill(200));
    assert.equal(answers.filter((a) => a.headers['x-autogpt-user-created'] === 'true').length, 1);
  });

  it('serve every JSON endpoint for people, also before the person was made', async () => {
    const who = person(), token = jwt(claimsOf(who));
    assert.deepEqual((await good(token, { method: 'GET', path: '/api/oauth/apps/mine' })).json, []);
    assert.equal((await good(token, { method: 'GET', path: `/api/oauth/app/${app.client_id}` })).json.name, app.name);
    refused(await good(token, { method: 'GET' }), /^User not found$/, 404);
    const zone = await good(token, { path: '/api/auth/user/timezone', json: { timezone: 'Europe/Oslo' } });
    assert.equal(zone.status, 200, zone.text);
    const self = await good(token, { method: 'GET' });
    assert.equal(self.json.timezone, 'Europe/Oslo');
    assert.equal(self.json.id, who.sub);
  });

  it('let the front end grant an app access', async () => {
    const token = jwt(claimsOf(person())), proof = pkce();
    const { scope, ...query } = authorizeQuery(app, proof);
    const answer = await good(token, { path: '/api/oauth/authorize', json: { ...query, scopes: scope.split(' ') } });
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.json.redirect_url, /[?&]code=/);
  });

  it('change things from another origin, where a cookie could not', async () => {
    const headers = { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' };
    const answer = await good(jwt(claimsOf(person())), { headers });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers['access-control-allow-origin'], 'http://localhost:3000');
    assert.equal(answer.headers['access-control-allow-credentials'], undefined);
    assert.match(answer.headers.vary, /Origin/);
    const browser = await signUp(server);
    refused(await browser.post('/api/auth/user', { headers }), /own pages/, 403);
  });

  it('are announced to the configured origins alone', async () => {
    const preflight = (origin, path = '/api/oauth/apps/mine', method = 'GET') =>
      server.browser().send('OPTIONS', path, { headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' } });
    const yes = await preflight('http://127.0.0.1:3000');
    assert.equal(yes.headers['access-control-allow-origin'], 'http://127.0.0.1:3000');
    assert.match(yes.headers['access-control-allow-headers'], /Authorization/);
    for (const origin of ['http://localhost:3001', 'https://localhost:3000', 'http://localhost:300', 'null', 'http://localhost:3000,http://127.0.0.1:3000'])
      assert.equal((await preflight(origin)).headers['access-control-allow-origin'], undefined, origin);
    for (const [path, method] of [['/auth/authorize', 'GET'], ['/auth/authorize', 'POST'], ['/login', 'POST'], ['/api/auth/login', 'POST']])
      assert.equal((await preflight('http://localhost:3000', path, method)).headers['access-control-allow-origin'], undefined, path);
    const told = await ask(server, 'x.y.z', { headers: { origin: 'http://localhost:3000' } });
    assert.equal(told.headers['access-control-allow-origin'], 'http://localhost:3000', 'a front end reads why it was refused');
  });

  it('count in place of a cookie', async () => {
    const browser = await signUp(server), who = person();
    const theirs = await good(jwt(claimsOf(who)), { browser });
    assert.equal(theirs.json.id, who.sub);
    assert.equal((await browser.get('/api/auth/user')).json.id, browser.user.id, 'the next request on the connection has its cookie again');
    refused(await ask(server, 'rubbish', { browser, method: 'GET' }), /^Invalid token: /);
    const basic = await browser.get('/api/auth/user', { headers: { authorization: 'Basic YTpi' } });
    assert.equal(basic.json.id, browser.user.id, 'what is no bearer token is none of ours');
  });

  it('open no page and no External API', async () => {
    const who = person(), token = jwt(claimsOf(who));
    assert.equal((await good(token)).status, 200);
    for (const [method, path] of [['GET', '/'], ['GET', `/auth/authorize?${new URLSearchParams(authorizeQuery(app, pkce()))}`]]) {
      const answer = await good(token, { method, path });
      assert.equal(answer.status, 303, path);
      assert.match(answer.headers.location, /\/login\?/, path);
    }
    const decision = await good(token, { path: '/auth/authorize', form: { ...authorizeQuery(app, pkce()), decision: 'allow' } });
    assert.ok([303, 403].includes(decision.status), decision.text);
    assert.doesNotMatch(decision.headers.location ?? '', /code=/);
    refused(await good(token, { method: 'GET', path: '/external-api/v1/me' }), /^Invalid token: access token not found$/);
  });

  it('are not an access token, and an access token is no user JWT', async () => {
    const browser = await signUp(server), t = await grant(browser, app);
    refused(await good(t.access_token), /^Invalid token: Not enough segments$/);
  });

  it('are refused to a disabled person', async () => {
    const who = person(), token = jwt(claimsOf(who));
    assert.equal((await good(token)).status, 200);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${who.sub}'`);
    for (const [method, path] of [['POST', '/api/auth/user'], ['GET', '/api/oauth/apps/mine']])
      refused(await good(token, { method, path }), /disabled/);
  });

  it("never take over an account that has the token's address", async () => {
    const browser = await signUp(server);
    refused(await good(jwt(claimsOf(person({ email: browser.who.email.toUpperCase() })))), /already exists/, 409);
    assert.equal((await browser.get('/api/auth/user')).json.id, browser.user.id);
  });

  it('bring nobody back who deleted the account, until a day after, and say so', async () => {
    const browser = await signUp(server), token = jwt(claimsOf(person({ sub: browser.user.id, email: browser.who.email })));
    assert.equal((await good(token)).status, 200);
    assert.equal((await browser.post('/api/auth/user/delete', { json: { password: browser.who.password } })).status, 200);
    for (let i = 0; i < 2; i++)
      refused(await good(token), /^This account was deleted on this server.* can begin a day after the deletion\.$/, 409);
    await server.age('deleted_users', ['deleted_at'], 86_500);
    assert.equal((await server.run('gatehouse', ['cleanup'])).code, 0);
    assert.equal((await good(token)).status, 200);
  });

  it('give an account that has no password to sign in with', async () => {
    const who = person();
    await good(jwt(claimsOf(who)));
    for (const password of ['', 'x', 'right horse battery staple'])
      assert.notEqual((await server.browser().post('/api/auth/login', { json: { email: who.email, password } })).status, 200);
  });

  it('without an address, or without one that is any, make nobody', async () => {
    for (const email of [undefined, '', 'no address', 7])
      refused(await good(jwt(claimsOf(person({ email })))), /^Email not found in token$/);
  });

  it('make a person without a name of whatever is no name', async () => {
    for (const user_metadata of [undefined, null, [], { name: 5 }, { name: '' }, { name: 'x'.repeat(300) }, { name: 'a\nb' }]) {
      const answer = await good(jwt(claimsOf(person({ user_metadata }))));
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.name, null);
    }
  });

  it('need a user id', async () => {
    for (const sub of [undefined, '', 5, null, 'x'.repeat(65), 'a b', 'é'])
      refused(await good(jwt(claimsOf(person({ sub })))), /^User ID not found in token$/);
  });

  it('expire, with a minute for clocks that differ', async () => {
    const who = person();
    assert.equal((await good(jwt(claimsOf(who, { exp: now() - 40 })))).status, 200);
    refused(await good(jwt(claimsOf(who, { exp: now() - 61 }))), /^Token has expired$/);
    refused(await good(jwt(claimsOf(who, { exp: 0 }))), /^Token has expired$/);
    refused(await good(jwt(claimsOf(who, { exp: undefined }))), /^Invalid token: Token is missing the "exp" claim$/);
    for (const exp of ['9999999999', null, true, [], -1, 1e300])
      refused(await good(jwt(claimsOf(who, { exp }))), /^Invalid token: Expiration Time claim/);
  });

  it('begin, with a minute for clocks that differ', async () => {
    const who = person();
    assert.equal((await good(jwt(claimsOf(who, { nbf: now() + 40, iat: now() + 40 })))).status, 200);
    refused(await good(jwt(claimsOf(who, { nbf: now() + 120 }))), /^Invalid token: The token is not yet valid \(nbf\)$/);
    refused(await good(jwt(claimsOf(who, { iat: now() + 120 }))), /^Invalid token: The token is not yet valid \(iat\)$/);
    refused(await good(jwt(claimsOf(who, { nbf: 'now' }))), /^Invalid token: Not Before/);
  });

  it('are for us alone', async () => {
    const who = person();
    for (const aud of [['authenticated'], ['other', 'authenticated']])
      assert.equal((await good(jwt(claimsOf(who, { aud })))).status, 200);
    for (const aud of ['anon', 'Authenticated', 'authenticated ', '', ['anon'], [], ['authenticated', 5], { authenticated: true }, 5, null])
      refused(await good(jwt(claimsOf(who, { aud }))), /^Invalid token: Audience doesn't match$/);
    refused(await good(jwt(claimsOf(who, { aud: undefined }))), /^Invalid token: Token is missing the "aud" claim$/);
  });

  it('are signed with the secret', async () => {
    const claims = claimsOf(person()), token = jwt(claims), [head, body, signature] = token.split('.');
    refused(await good(jwt(claims, { key: `${secret}x` })), /^Invalid token: Signature verification failed$/);
    refused(await good(`${head}.${b64({ ...claims, role: 'admin' })}.${signature}`), /^Invalid token: Signature verification failed$/);
    refused(await good(`${head}.${body}.${b64('x')}`), /^Invalid token: Signature verification failed$/);
    for (const cut of [`${head}.${body}.`, `${head}.${body}`, head, '.', '..', '...', `${token}.`, `${token}.x`, `${token}=`, `${token}A`, `${token} x`, `.${token}`, `${head}..${signature}`, `${token}\u00e9`])
      refused(await good(cut), /^Invalid token: /);
    for (let bit = 0; bit < signature.length; bit += 7) {
      const other = signature[bit] === 'A' ? 'B' : 'A';
      refused(await good(`${head}.${body}.${signature.slice(0, bit)}${other}${signature.slice(bit + 1)}`), /^Invalid token: /);
    }
  });

  it('have the configured algorithm', async () => {
    const claims = claimsOf(person());
    for (const alg of ['none', 'None', 'NONE', '', 'hs256', 'HS384', 'HS512', 'RS256', 'ES256', 'PS256', 'EdDSA', null, ['HS256'], 5]) {
      const input = `${b64({ alg, typ: 'JWT' })}.${b64(claims)}`;
      for (const signature of ['', createHmac('sha256', secret).update(input).digest('base64url')])
        refused(await good(`${input}.${signature}`), signature ? /^Invalid token: The specified alg value is not allowed$/ : /^Invalid token: /);
    }
    refused(await good(jwt(claims, { headerText: '{"typ":"JWT"}' })), /alg value/);
  });

  it('hold nothing that could be read in two ways', async () => {
    const who = person(), text = JSON.stringify(claimsOf(who));
    const twice = text.replace('"aud"', '"sub":"somebody-else","aud"');
    refused(await good(jwt(twice)), /^Invalid token: Invalid payload string$/);
    refused(await good(jwt(`${text} {}`)), /^Invalid token: Invalid payload string$/);
    refused(await good(jwt(claimsOf(who), { headerText: '{"alg":"none","alg":"HS256"}' })), /^Invalid token: Invalid header string$/);
    refused(await good(jwt(claimsOf(who), { headerText: '{"alg":"HS256"}x' })), /^Invalid token: Invalid header string$/);
    for (const claims of ['[]', '"x"', '', 'null', `[${text}]`])
      refused(await good(jwt(claims)), /^Invalid token: /);
    const bytes = Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const input = `${b64({ alg: 'HS256' })}.${bytes.toString('base64url')}`;
    refused(await good(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`), /^Invalid token: Invalid payload string$/);
  });

  it('have no critical extension', async () => {
    const claims = claimsOf(person());
    refused(await good(jwt(claims, { header: { crit: ['exp'] } })), /critical/);
    refused(await good(jwt(claims, { header: { b64: false, crit: ['b64'] } })), /critical/);
    refused(await good(jwt(claims, { header: { typ: 'at+jwt' } })), /typ/);
  });

  it('are neither long nor deep', async () => {
    const who = person();
    refused(await good(jwt(claimsOf(who, { x: 'x'.repeat(7000) }))), /^Invalid token: Token is too long$/);
    const deep = `${JSON.stringify(claimsOf(who)).slice(0, -1)},"x":${'['.repeat(2000)}${']'.repeat(2000)}}`;
    refused(await good(jwt(deep)), /^Invalid token: Invalid payload string$/);
    refused(await good(jwt(claimsOf(who), { headerText: `{"alg":"HS256","x":${'['.repeat(2500)}}` })), /^Invalid token: Invalid header string$/);
  });

  it('are told from none', async () => {
    refused(await server.browser().get('/api/auth/user'), /^Authorization header is missing$/);
    for (const authorization of ['Bearer', 'Bearer ', 'Basic YTpi', ''])
      assert.equal((await server.browser().get('/api/auth/user', { headers: { authorization } })).status, 401);
  });
});

describe('user JWTs where none are configured', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  it('are nothing: a cookie counts, and no origin is let in', async () => {
    const token = jwt(claimsOf(person())), browser = await signUp(server);
    refused(await ask(server, token), /^Authorization header is missing$/);
    assert.equal((await ask(server, token, { browser, method: 'GET' })).json.id, browser.user.id);
    const answer = await ask(server, token, { headers: { origin: 'http://localhost:3000' } });
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  });
});

describe('user JWTs by published keys', () => {
  let server, keys, rsa, ec;
  before(async () => {
    keys = await new KeyServer().start();
    rsa = newKey('RS256');
    ec = newKey('ES256');
    keys.answer = { keys: [rsa.jwk, ec.jwk] };
    server = await Server.start({ PLATFORM_JWKS_URL: keys.url }, { ownClock: true });
  });
  after(async () => {
    await server?.close();
    await keys?.close();
  });

  it('are fetched once for many who come first', async () => {
    keys.delay = 200;
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => ask(server, signed(i % 2 ? rsa : ec, claimsOf(person())))));
    keys.delay = 0;
    assert.deepEqual(answers.map((a) => a.status), Array(24).fill(200));
    assert.equal(keys.asked, 1);
  });

  it('need a signature by the key that they name', async () => {
    const claims = claimsOf(person());
    refused(await ask(server, jwt(claims, { alg: 'RS256', key: newKey('RS256').privateKey, header: { kid: rsa.kid } })), /Signature verification failed/);
    refused(await ask(server, jwt(claims, { alg: 'ES256', key: newKey('ES256').privateKey, header: { kid: ec.kid } })), /Signature verification failed/);
    const [head, body] = signed(ec, claims).split('.');
    for (const signature of [Buffer.alloc(64), Buffer.alloc(63, 1), Buffer.alloc(65, 1), Buffer.alloc(1, 1), Buffer.alloc(512, 255),
      createSign('sha256').update(`${head}.${body}`).sign(ec.privateKey)])
      refused(await ask(server, `${head}.${body}.${signature.toString('base64url')}`), /Signature verification failed/);
    refused(await ask(server, jwt(claims, { alg: 'RS256', key: rsa.privateKey })), /does not name its signing key/);
  });

  it('are never checked with a public key as a secret', async () => {
    const claims = claimsOf(person());
    const shapes = [rsa.publicKey.export({ type: 'spki', format: 'pem' }), rsa.publicKey.export({ type: 'spki', format: 'der' }),
      rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }), JSON.stringify(rsa.jwk), rsa.jwk.n, Buffer.from(rsa.jwk.n, 'base64url')];
    for (const key of shapes)
      refused(await ask(server, jwt(claims, { key, header: { kid: rsa.kid } })), /alg value is not allowed/);
    refused(await ask(server, `${b64({ alg: 'none', kid: rsa.kid })}.${b64(claims)}.`), /^Invalid token: /);
  });

  it('bring no keys of their own', async () => {
    const mine = newKey('RS256', rsa.kid), other = await new KeyServer().start();
    other.answer = { keys: [mine.jwk] };
    for (const header of [{ jwk: mine.jwk }, { jku: other.url }, { x5u: other.url }, { x5c: ['AAAA'] }])
      refused(await ask(server, signed(mine, claimsOf(person()), header)), /Signature verification failed/);
    assert.equal(other.asked, 0);
    await other.close();
  });

  it('follow a change of keys, and the key that was taken away opens nothing', async () => {
    server.clock.advance(5_100);
    const next = newKey('ES256'), before = keys.asked;
    keys.answer = { keys: [next.jwk] };
    assert.equal((await ask(server, signed(next, claimsOf(person())))).status, 200);
    assert.equal(keys.asked, before + 1);
    refused(await ask(server, signed(rsa, claimsOf(person()))), /Unable to find a signing key/);
    keys.answer = { keys: [rsa.jwk, ec.jwk, next.jwk] };
  });

  it('of unknown keys do not have the keys fetched again and again', async () => {
    server.clock.advance(5_100);
    const before = keys.asked;
    for (let i = 0; i < 20; i++)
      refused(await ask(server, jwt(claimsOf(person()), { alg: 'RS256', key: rsa.privateKey, header: { kid: randomUUID() } })), /Unable to find a signing key/);
    assert.equal(keys.asked, before + 1);
  });

  for (const [what, fault] of [
    ['an error', { status: 500 }],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }],
    ['rubbish', { answer: '<html>' }],
    ['no set', { answer: { keys: 'none' } }],
    ['a key twice', { answer: '{"keys":[],"keys":[]}' }],
    ['far too much', { answer: { keys: [], x: 'x'.repeat(100_000) } }],
  ])
    it(`keep working with the keys at hand when the Platform answers with ${what}`, async () => {
      server.clock.advance(5_100);
      const { answer, status, headers } = keys, before = keys.asked;
      Object.assign(keys, fault);
      assert.equal((await ask(server, jwt(claimsOf(person()), { alg: 'RS256', key: rsa.privateKey, header: { kid: randomUUID() } }))).status, 503);
      assert.equal(keys.asked, before + 1);
      assert.equal((await ask(server, signed(rsa, claimsOf(person())))).status, 200);
      Object.assign(keys, { answer, status, headers });
    });

  it('pass over keys that are not for them', async () => {
    const weak = newKey('RS256', 'weak', { modulusLength: 1024 }), curve = newKey('ES256', 'curve', { namedCurve: 'P-384' });
    const encrypting = newKey('RS256', 'enc'), wrong = newKey('RS256', 'wrong');
    keys.answer = { keys: [weak.jwk, { ...curve.jwk, alg: 'ES384' }, { ...encrypting.jwk, use: 'enc' }, { ...wrong.jwk, alg: 'RS512' },
      { kty: 'oct', k: b64(secret), kid: 'oct', alg: 'HS256' }, { kty: 'RSA', kid: 'empty' }, null, 5, rsa.jwk] };
    server.clock.advance(5_100);
    for (const key of [encrypting, wrong, weak])
      refused(await ask(server, signed(key, claimsOf(person()))), /Unable to find a signing key|alg/);
    refused(await ask(server, jwt(claimsOf(person()), { header: { kid: 'oct' } })), /alg value is not allowed/);
    assert.equal((await ask(server, signed(rsa, claimsOf(person())))).status, 200);
  });
});

// Side by side: what is waited for is a limit of real time, of a fetch.
describe('keys that cannot be had', { concurrency: true }, () => {
  it('are a 503 for those who need them, and for nobody else', async () => {
    const keys = await new KeyServer().start(), rsa = newKey('RS256');
    keys.delay = 60_000;
    const server = await Server.start({ PLATFORM_JWKS_URL: keys.url, PLATFORM_JWT_SECRET: secret });
    try {
      const waiting = ask(server, signed(rsa, claimsOf(person())));
      await pause(300);
      const browser = await signUp(server), from = Date.now();
      for (let i = 0; i < 50; i++)
        assert.equal((await browser.get('/api/auth/user')).status, 200);
      assert.equal((await ask(server, jwt(claimsOf(person())))).status, 200, 'a secret needs no keys');
      assert.ok(Date.now() - from < 3_000, 'nobody else waits');
      const answer = await waiting;
      assert.equal(answer.status, 503, answer.text);
      assert.ok(Number(answer.headers['retry-after']) > 0);
    } finally {
      await server.close();
      await keys.close();
    }
  });

  it('are no reason not to end', async () => {
    const keys = await new KeyServer().start(), rsa = newKey('RS256');
    keys.delay = 60_000;
    const server = await Server.start({ PLATFORM_JWKS_URL: keys.url });
    try {
      const waiting = ask(server, signed(rsa, claimsOf(person()))).catch((error) => error);
      await pause(300);
      await server.close();
      await waiting;
    } finally {
      await keys.close();
    }
  });
});

describe('user JWTs by keys that are published over https', () => {
  let folder, ca, keys, key;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-authority-'));
    ca = authority(folder);
    keys = await new KeyServer().start(ca);
    key = newKey('ES256');
    keys.answer = { keys: [key.jwk] };
  });
  after(async () => {
    await keys?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const answer = async (settings) => {
    const server = await Server.start({ PLATFORM_JWKS_URL: keys.url, ...settings });
    try {
      return await ask(server, signed(key, claimsOf(person())));
    } finally {
      await server.close();
    }
  };

  it('count when the authority of the keys\' server is trusted', async () => {
    assert.equal((await answer({ SSL_CERT_FILE: ca.file })).status, 200);
    assert.equal(keys.asked, 1);
  });

  it('are refused, and no key is asked for, when it is not, or the name is another', async () => {
    const before = keys.asked;
    refused(await answer({}), /keys .* cannot be fetched/, 503);
    refused(await answer({ SSL_CERT_FILE: ca.file, PLATFORM_JWKS_URL: keys.url.replace('localhost', '127.0.0.1') }), /keys .* cannot be fetched/, 503);
    assert.equal(keys.asked, before);
  });

  it('need a file that can be read', async () => {
    const server = await Server.prepare({ SSL_CERT_FILE: join(folder, 'nothing.pem') });
    const { code, stderr } = await server.run('gatehouse', ['serve']);
    await server.remove();
    assert.ok(code !== 0);
    assert.match(stderr, /SSL_CERT_FILE is ".*nothing\.pem": no file that can be read/);
  });
});
