// Behind a proxy: whose word about the client's address counts, and that nothing else is taken from it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { signIn, signUp, tryLogin } from '../lib/people.mjs';
import { run } from '../lib/programs.mjs';
import { raw } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';

const PROXY = '127.77.0.1', STRANGER = '127.78.0.1';
let serial = 0;

let server;
before(async () => { server = await Server.start({ GATEHOUSE_TRUSTED_PROXIES: '127.77.0.0/16, 10.0.0.0/8, fd00::/8' }); });
after(() => server?.close());

// The address in the log line of a request that bears these fields.
async function loggedAddress(from, headers, on = server) {
  const visitor = on.browser({ address: from }), mark = `/mark-${++serial}`;
  const seen = on.output.length;
  const answer = await visitor.get(mark, { headers });
  assert.equal(answer.status, 404);
  for (let i = 0; i < 100; i++) {
    const line = on.output.slice(seen).split('\n').find((l) => l.includes(answer.headers['x-request-id']) && l.includes('address='));
    if (line)
      return /address="?([^\s"]*)/.exec(line)[1];
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.fail('no log line');
}

describe('the address of the client', () => {
  it('is what a configured proxy says, in either field', async () => {
    assert.equal(await loggedAddress(PROXY, { 'x-forwarded-for': '192.0.2.7' }), '192.0.2.7');
    assert.equal(await loggedAddress(PROXY, { forwarded: 'for="[2001:db8::7]:4711";proto=https' }), '2001:db8::7');
    assert.equal(await loggedAddress(PROXY, { forwarded: 'for=192.0.2.7', 'x-forwarded-for': '192.0.2.7' }), '192.0.2.7');
  });

  it('is the right-most that is no configured proxy', async () => {
    assert.equal(await loggedAddress(PROXY, { 'x-forwarded-for': '198.51.100.1, 192.0.2.7, 10.1.1.1' }), '192.0.2.7');
    assert.equal(await loggedAddress(PROXY, { 'x-forwarded-for': ['198.51.100.1', '192.0.2.7', '10.1.1.1'] }), '192.0.2.7');
  });

  it('is the peer, whatever a stranger says', async () => {
    assert.equal(await loggedAddress(STRANGER, { 'x-forwarded-for': '192.0.2.7' }), STRANGER);
    assert.equal(await loggedAddress(STRANGER, { forwarded: 'for=192.0.2.7', 'x-forwarded-for': '192.0.2.8' }), STRANGER);
  });

  it('is the peer when a proxy says nothing, or nothing that can be read', async () => {
    for (const headers of [{}, { 'x-forwarded-for': 'unknown' }, { forwarded: 'for=_hidden' }, { 'x-real-ip': '192.0.2.7' },
      { 'x-forwarded-for': Array(40).fill('10.0.0.1').join(',') }, { 'x-forwarded-for': '<script>' }])
      assert.equal(await loggedAddress(PROXY, headers), PROXY);
  });

  it('is stored with the session', async () => {
    const { who } = await signUp(server), visitor = server.browser({ address: PROXY });
    const login = await tryLogin(visitor, who, { headers: { 'x-forwarded-for': '203.0.113.200' } });
    assert.equal(login.status, 200, login.text);
    assert.equal((await server.sql("SELECT address FROM sessions WHERE address = '203.0.113.200'")).length, 1);
  });

  it('is the peer everywhere when no proxy is configured', async () => {
    const alone = await Server.start();
    try {
      assert.equal(await loggedAddress('127.0.0.1', { 'x-forwarded-for': '192.0.2.7', forwarded: 'for=192.0.2.8' }, alone), '127.0.0.1');
    } finally {
      await alone.close();
    }
  });
});

describe('fields that contradict each other', () => {
  it('are refused from a proxy, and what follows on the connection is not served', async () => {
    const answer = await server.browser({ address: PROXY }).get('/healthz', { headers: { forwarded: 'for=192.0.2.7', 'x-forwarded-for': '192.0.2.8' } });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.connection, 'close');
  });

  it('are of no interest from anybody else', async () => {
    const { status } = await raw(server, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nForwarded: for=192.0.2.7\r\nX-Forwarded-For: 192.0.2.8\r\n\r\n');
    assert.equal(status, 200);
  });
});

describe('throttling', () => {
  const guess = (visitor, email, from) => tryLogin(visitor, { email, password: `wrong ${++serial} guess` }, { headers: { 'x-forwarded-for': from } });

  it('counts clients, not the proxy that they come through', async () => {
    const { who } = await signUp(server), visitor = server.browser({ address: PROXY });
    let last;
    for (let i = 0; i < 12; i++)
      last = await guess(visitor, who.email, '192.0.2.50');
    assert.equal(last.status, 429);
    assert.equal((await guess(server.browser({ address: PROXY }), who.email, '192.0.2.51')).status, 401);
  });

  it('is not escaped by a client that makes up addresses', async () => {
    const { who } = await signUp(server);
    let last;
    for (let i = 0; i < 12; i++)
      last = await guess(server.browser({ address: '127.78.0.2' }), who.email, `192.0.2.${i}`);
    assert.equal(last.status, 429, 'sent directly');
    const other = (await signUp(server)).who;
    for (let i = 0; i < 12; i++)
      last = await guess(server.browser({ address: PROXY }), other.email, `192.0.2.${i}, 198.51.100.77`);
    assert.equal(last.status, 429, 'sent through the proxy, which appends the true one');
  });
});

describe('links, issuer and cookies', () => {
  const lies = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '444', 'x-forwarded-for': '192.0.2.7',
    'x-forwarded-prefix': '/evil', 'x-original-url': '/evil', 'x-rewrite-url': '/evil' };

  for (const [who, address] of [['a configured proxy', PROXY], ['a stranger', STRANGER]])
    it(`come from the public address alone, whatever ${who} says of scheme and host`, async () => {
      const { who: person } = await signUp(server), visitor = server.browser({ address });
      for (const headers of [lies, { forwarded: 'for=192.0.2.7;host=evil.example;proto=https' }, { host: 'evil.example', ...lies }]) {
        const metadata = await visitor.get('/.well-known/oauth-authorization-server', { headers });
        assert.equal(metadata.json.issuer, server.base);
        assert.doesNotMatch(metadata.text, /evil|https:|444/);
        const login = await tryLogin(visitor, person, { headers });
        assert.equal(login.status, 200, login.text);
        for (const { line } of login.cookies)
          assert.doesNotMatch(line, /secure|__Host-|evil/i);
        const away = await server.browser({ address }).get('/auth/authorize?client_id=x', { headers });
        assert.doesNotMatch(away.text + (away.headers.location ?? ''), /evil/);
      }
    });

  it('are secure when the public address is https, although the proxy speaks plain HTTP', async () => {
    const secure = await Server.start({ GATEHOUSE_TRUSTED_PROXIES: PROXY }, { publicUrl: 'https://id.example.org' });
    try {
      const user = await secure.createUser(), visitor = secure.browser({ address: PROXY });
      await signIn(secure, user, visitor);
      assert.ok([...visitor.cookies.keys()].every((name) => name.startsWith('__Host-')), [...visitor.cookies.keys()].join());
      const plain = await tryLogin(secure.browser({ address: PROXY }), user, { headers: { 'x-forwarded-proto': 'http' } });
      assert.ok(plain.cookies.length > 0 && plain.cookies.every((c) => c.attributes.includes('secure')));
    } finally {
      await secure.close();
    }
  });
});

describe('a start with proxies that make no sense', () => {
  for (const value of ['localhost', '10.0.0.1/8', '10.0.0.0/33', '127.0.0.1,', 'unix'])
    it(`is refused: ${JSON.stringify(value)}`, async () => {
      const { code, stderr } = await run('gatehouse', ['serve'], { env: { ...server.env, GATEHOUSE_TRUSTED_PROXIES: value }, cwd: server.folder, timeout: 15_000 });
      assert.notEqual(code, 0);
      assert.match(stderr, /GATEHOUSE_TRUSTED_PROXIES/);
    });
});
