// What malformed, unknown and oversized requests get; none of them changes anything.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { card, refused } from '../lib/expect.mjs';
import { grant, grantCode, redeem } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { raw } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
});
after(() => server?.close());

const isDetail = (answer) => assert.equal(typeof answer.json.detail, 'string', answer.text);

describe('an address that is not there', () => {
  for (const path of ['/nowhere', '/api/oauth/nowhere', '/api', '/external-api/v1/nowhere', '/api/oauth/token/', '//api/oauth/token', '/API/oauth/token', '/static/../healthz', '/static/%2e%2e/x', '/static/nothing.css', '/.env', '/api/oauth/app/'])
    it(`is 404: ${path}`, async () => {
      const answer = await server.browser().get(path);
      assert.equal(answer.status, 404, answer.text);
      isDetail(answer);
    });

  it('is refused when it climbs in disguise', async () => {
    for (const path of ['/static/..%2fx', '/static/..%5cx', '/static/%2e%2e%2fx', '/..%2f..%2fetc/passwd'])
      assert.ok([400, 404].includes((await server.browser().get(path)).status), path);
  });

  it('is a page for a person', async () => {
    card(await server.browser().get('/nowhere', { headers: { accept: 'text/html,*/*' } }), 404);
  });

  it('is escaped in what is said of it', async () => {
    const answer = await server.browser().get('/nowhere?<script>'.replace(/[<>]/g, encodeURIComponent), { headers: { accept: 'text/html' } });
    assert.ok(!answer.text.includes('<script>'));
  });
});

describe('a method that is not there', () => {
  for (const [method, path, allow] of [
    ['DELETE', '/api/oauth/token', ['POST']], ['GET', '/api/oauth/token', ['POST']], ['PUT', '/api/oauth/revoke', ['POST']], ['POST', '/healthz', ['GET', 'HEAD']],
    ['DELETE', '/login', ['GET', 'HEAD', 'POST']], ['GET', '/api/auth/login', ['POST']], ['POST', '/external-api/v1/me', ['GET', 'HEAD']], ['PUT', '/auth/authorize', ['GET', 'HEAD', 'POST']],
    ['GET', '/api/oauth/apps/x/status', ['PATCH']]])
    it(`is 405 with Allow: ${method} ${path}`, async () => {
      const answer = await server.browser().send(method, path, { json: {} });
      assert.equal(answer.status, 405, answer.text);
      const named = answer.headers.allow.split(/,\s*/);
      for (const m of allow)
        assert.ok(named.includes(m), answer.headers.allow);
      assert.ok(!named.includes(method));
      isDetail(answer);
    });

  it('is told by OPTIONS', async () => {
    const answer = await server.browser().send('OPTIONS', '/api/oauth/apps/x/status');
    assert.ok([200, 204].includes(answer.status));
    assert.match(answer.headers.allow, /PATCH/);
  });
});

describe('a body', () => {
  const post = (body, type, path = '/api/oauth/token') => server.browser().post(path, { body, type });

  it('over 64 KiB is 413', async () => {
    for (const [body, type] of [[JSON.stringify({ grant_type: 'x'.repeat(70_000) }), 'application/json'], ['grant_type=' + 'x'.repeat(70_000), 'application/x-www-form-urlencoded']]) {
      const answer = await post(body, type);
      assert.equal(answer.status, 413);
      isDetail(answer);
    }
    const enormous = await raw(server, `POST /api/oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999999999999\r\n\r\n{`);
    assert.equal(enormous.status, 413);
    assert.ok(enormous.closed);
  });

  // Many clients read only when all is sent. Then there must be an answer, and no reset that takes it away.
  it('far too large is answered to who sends it to its end first', async () => {
    const body = Buffer.alloc(24 * 1024 * 1024, 'x');
    const { answer, problem } = await new Promise((done) => {
      const socket = net.connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true });
      let answer = '', problem;
      socket.pause();
      socket.write(`POST /api/oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.write(body, () => socket.resume());
      socket.on('data', (d) => { answer += d; });
      socket.on('error', (error) => { problem = error.code; });
      socket.on('end', () => socket.end());
      socket.on('close', () => done({ answer, problem }));
    });
    assert.equal(problem, undefined);
    assert.match(answer, /^HTTP\/1\.1 413 [^]*"detail":"/);
  });

  it('of just 64 KiB is read', async () => {
    const body = JSON.stringify({ grant_type: 'x' }).padEnd(65_536);
    assert.equal((await post(body, 'application/json')).status !== 413, true);
  });

  for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/jsonx', 'text/json', 'json', '*/*'])
    it(`of type ${type} is 415`, async () => {
      const answer = await post('{"grant_type":"authorization_code"}', type);
      assert.equal(answer.status, 415, answer.text);
      isDetail(answer);
    });

  it('without a type is refused', async () => {
    const answer = await post('{"grant_type":"authorization_code"}', undefined);
    assert.ok([400, 415].includes(answer.status), answer.text);
  });

  it('of a type with parameters, in any case, is read', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8']) {
      const given = await grantCode(person, app);
      const answer = await post(JSON.stringify({ grant_type: 'authorization_code', code: given.code, redirect_uri: given.redirectUri, code_verifier: given.verifier, client_id: app.client_id, client_secret: app.client_secret }), type);
      assert.equal(answer.status, 200, answer.text);
    }
  });

  for (const body of ['', '{', '}', '[]', '"x"', 'null', '5', '{"a":1,}', '{"a":1}{', "{'a':1}", '{"a":NaN}', '{"a":"\u0001"}', '{"a":"\\ud800"}', '{"a":"\\u0000"}', '\u0000', '{"a":1e999}', '['.repeat(30_000), '{"a":'.repeat(10_000), '{"a":"\\x"}'])
    it(`of bad JSON is refused: ${JSON.stringify(body).slice(0, 30)}`, async () => {
      const answer = await post(body, 'application/json');
      assert.ok([400, 401, 422].includes(answer.status), `${answer.status} ${answer.text}`);
      assert.equal(answer.json.error !== 'server_error', true);
    });

  it('of JSON that is not UTF-8 is refused', async () => {
    const answer = await raw(server, 'POST /api/oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"a":"\xff\xfe"}');
    assert.equal(answer.status, 400);
  });

  it('with a member given twice is refused, also deeper down', async () => {
    for (const body of ['{"grant_type":"a","grant_type":"b"}', '{"a":{"b":1,"b":2}}', '{"grant_type":"a","grant\\u005ftype":"b"}'])
      refused(await post(body, 'application/json'), 400, 'invalid_request');
  });

  for (const body of ['%', '%z', 'a=%0', 'a=%ff%fe', 'a=%00', 'grant_type=%C0%AF', '&'.repeat(2000) + '=', Array.from({ length: 200 }, (_, i) => `p${i}=1`).join('&')])
    it(`of a bad form is refused: ${body.slice(0, 20)}`, async () => {
      const answer = await post(body, 'application/x-www-form-urlencoded');
      assert.ok([400, 401, 413].includes(answer.status), `${answer.status} ${answer.text}`);
      assert.notEqual(answer.json.error, 'server_error');
    });

  it('of a form takes + for a space and empty pairs for nothing', async () => {
    const given = await grantCode(person, app);
    const members = { grant_type: 'authorization_code', code: given.code, redirect_uri: given.redirectUri, code_verifier: given.verifier, client_id: app.client_id, client_secret: app.client_secret };
    const body = '&&' + Object.entries(members).map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&&') + '&x=a+b&';
    assert.equal((await post(body, 'application/x-www-form-urlencoded')).status, 200);
  });
});

describe('a request', () => {
  it('has an id in its answer, which nobody else chooses', async () => {
    const answer = await server.browser().get('/healthz', { headers: { 'x-request-id': 'mine' } });
    assert.match(answer.headers['x-request-id'], /^[0-9a-f]{16}$/);
  });

  it('is answered with a type that nobody may guess anew', async () => {
    const t = await grant(person, app);
    for (const [path, headers] of [['/healthz'], ['/metrics'], ['/logout'], ['/nowhere'], ['/'], ['/api/oauth/apps/mine'], ['/.well-known/oauth-authorization-server'], ['/external-api/v1/me', { authorization: `Bearer ${t.access_token}` }]])
      assert.equal((await person.get(path, { headers })).headers['x-content-type-options'], 'nosniff', path);
    assert.equal((await server.browser().get('/')).headers['referrer-policy'], 'no-referrer');
  });

  it('is answered in JSON that nobody can show as a page, well or not (dialect: Headers)', async () => {
    const t = await grant(person, app), bearer = { authorization: `Bearer ${t.access_token}` };
    for (const [path, headers, status] of [['/external-api/v1/me', bearer, 200], ['/external-api/v1/me', {}, 401], ['/api/oauth/apps/mine', {}, 200], ['/health', {}, 200], ['/api/nowhere', {}, 404], ['/.well-known/oauth-authorization-server', {}, 200]]) {
      const answer = await person.get(path, { headers }), once = (name) => answer.rawHeaders.filter((h, i) => i % 2 === 0 && h.toLowerCase() === name).length;
      assert.equal(answer.status, status, path);
      for (const [name, value] of [['content-security-policy', "default-src 'none'; frame-ancestors 'none'"], ['x-frame-options', 'DENY'], ['referrer-policy', 'no-referrer'], ['x-content-type-options', 'nosniff']]) {
        assert.equal(answer.headers[name], value, path);
        assert.equal(once(name), 1, `${name} of ${path}`);
      }
      assert.equal(answer.headers['strict-transport-security'], undefined, 'plain http promises nothing');
    }
  });

  it('to a server behind https is answered with the promise to stay there, whatever becomes of it', async () => {
    const other = await Server.start({}, { publicUrl: 'https://auth.example.org' });
    try {
      for (const path of ['/healthz', '/login', '/', '/nowhere', '/api/oauth/apps/mine', '/static/nothing'])
        assert.equal((await other.browser().get(path)).headers['strict-transport-security'], 'max-age=31536000', path);
      assert.match((await raw(other, 'GET / HTTP/3.7\r\n\r\n')).text, /\r\nStrict-Transport-Security: max-age=31536000\r\n/);
    } finally {
      await other.close();
    }
  });

  it('of the External API is refused in its shape also where nothing is (dialect: Errors)', async () => {
    for (const [method, path, status] of [['get', '/external-api/v1/nowhere', 404], ['get', '/external-api/', 404], ['post', '/external-api/v1/me', 405]]) {
      const answer = await server.browser()[method](path, method === 'post' ? { json: {} } : {});
      assert.equal(answer.status, status, answer.text);
      assert.deepEqual(Object.keys(answer.json), ['detail']);
    }
    const { text } = await raw(server, 'GET /external-api/v1/me HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n');
    assert.match(text, /^HTTP\/1\.1 413 /);
    assert.deepEqual(Object.keys(JSON.parse(text.split('\r\n\r\n')[1])), ['detail']);
    assert.deepEqual(Object.keys((await server.browser().get('/api/nowhere')).json), ['detail', 'error', 'error_description']);
  });

  it('without the person that it needs is told how one signs in (RFC 9110 §15.5.2)', async () => {
    for (const [method, path, members] of [['get', '/api/oauth/apps/mine'], ['get', '/api/auth/user'], ['post', '/api/oauth/authorize', {}],
      ['post', '/api/auth/login', { email: 'nobody@example.org', password: 'no such password' }]]) {
      const answer = await server.browser()[method](path, members ? { json: members } : {});
      assert.equal(answer.status, 401, path);
      assert.equal(answer.headers['www-authenticate'], 'Bearer realm="Gatehouse"', path);
    }
  });

  it('that says it was forwarded is believed by nobody', async () => {
    const t = await grant(person, app);
    const answer = await server.browser().get('/auth/authorize?client_id=x', { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4;host=evil.example', host: 'evil.example' } });
    assert.ok(!JSON.stringify(answer.headers).includes('evil') && !answer.text.includes('evil.example'));
    assert.ok(!answer.cookies.some((c) => c.attributes.includes('secure')));
    assert.ok(t.access_token);
  });

  it('that breaks off harms nobody', async () => {
    const given = await grantCode(person, app);
    const body = JSON.stringify({ grant_type: 'authorization_code', code: given.code, redirect_uri: given.redirectUri, code_verifier: given.verifier, client_id: app.client_id, client_secret: app.client_secret });
    const head = `POST /api/oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    await raw(server, head + body.slice(0, -5), { limit: 300 });
    assert.equal((await redeem(person, app, given)).status, 200);
  });

  it('behind another on one connection is answered in order', async () => {
    const one = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const { text } = await raw(server, one('/healthz') + one('/nowhere') + one('/readyz'));
    assert.deepEqual([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((m) => m[1]), ['200', '404', '200']);
  });
});
