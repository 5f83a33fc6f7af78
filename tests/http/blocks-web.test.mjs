// The block that calls web servers, and what it may not call (dialect: Blocks, network).
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { StandIn, sendJson } from '../lib/stand-in.mjs';

const SEND = '6595ae1f-b924-42cb-9a41-551a0611c4b4';
let server, key, web, elsewhere, hidden;

before(async () => {
  // 127.0.0.1 and .2 stand for the internet; .3 is a private network
  server = await Server.start({ GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.1, 127.0.0.2', GATEHOUSE_BLOCK_SECONDS: '5' });
  const person = await signUp(server);
  key = (await person.post('/api/api-keys', { json: { name: 'k', permissions: ['EXECUTE_BLOCK'] } })).json.plain_text_key;
  web = await StandIn.start();
  elsewhere = await StandIn.start((request, response) => sendJson(response, request.headers), '127.0.0.2');
  hidden = await StandIn.start((request, response) => sendJson(response, { secret: 'metadata' }), '127.0.0.3');
});
beforeEach(() => { web.answer = (request, response) => sendJson(response, { ok: true }); });
after(async () => {
  await Promise.all([web, elsewhere, hidden].map((it) => it?.stop()));
  await server?.close();
});

const send = (json) => server.browser().post(`/external-api/v1/blocks/${SEND}/execute`, { json, headers: { 'x-api-key': key } });
async function sent(json) {
  const answer = await send(json);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
async function failed(json, message) {
  const answer = await send(json);
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.json.detail, message);
  assert.match(answer.json.detail, /^raised by SendWebRequestBlock with message: .*\. block_id: 6595ae1f-/s);
}

describe('SendWebRequestBlock', () => {
  it('posts JSON with headers, and hands on JSON', async () => {
    const out = await sent({ url: `${web.url}/a?b=c`, headers: { 'X-One': '1', 'X-Two': 2 }, body: { é: [1, null, 'x'] } });
    assert.deepEqual(out, { response: [{ ok: true }] });
    const { method, url, headers, text } = web.last;
    assert.deepEqual([method, url, headers['x-one'], headers['x-two'], headers['content-type'], text], ['POST', '/a?b=c', '1', '2', 'application/json', '{"é":[1,null,"x"]}']);
    assert.match(headers['user-agent'], /^gatehouse\//);
  });

  it('posts a form, and keeps a Content-Type that was given', async () => {
    await sent({ url: web.url, json_format: false, body: { a: 'x y&', b: 2 } });
    assert.deepEqual([web.last.headers['content-type'], web.last.text], ['application/x-www-form-urlencoded', 'a=x+y%26&b=2']);
    await sent({ url: web.url, body: {}, headers: { 'content-type': 'application/ld+json' } });
    assert.equal(web.last.headers['content-type'], 'application/ld+json');
  });

  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])
    it(`sends ${method}`, async () => {
      await sent({ url: web.url, method });
      assert.equal(web.last.method, method);
    });

  it('sends files with members, as browsers do', async () => {
    await sent({ url: web.url, json_format: false, files_name: 'upload', body: { who: 'me' }, files: ['data:text/csv;name=a%20b.csv;base64,eCx5'] });
    assert.match(web.last.headers['content-type'], /^multipart\/form-data; boundary=/);
    assert.match(web.last.text, /name="who"\r\n\r\nme\r\n/);
    assert.match(web.last.text, /name="upload"; filename="a b.csv"\r\nContent-Type: text\/csv\r\n\r\nx,y\r\n/);
  });

  it('tells success from faults of either side', async () => {
    for (const [status, name] of [[201, 'response'], [404, 'client_error'], [429, 'client_error'], [500, 'server_error'], [304, 'server_error']]) {
      web.answer = (request, response) => response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 304 ? undefined : 'said');
      assert.deepEqual(await sent({ url: web.url }), { [name]: [status === 304 ? '' : 'said'] });
    }
  });

  it('hands on text as it is, what is no JSON as text, and other bytes as a file', async () => {
    for (const [type, body, out] of [
      ['text/html', '<p>é', '<p>é'], ['application/json', '{broken', '{broken'], ['application/json; charset=utf-8', '[1]', [1]],
      ['image/png', Buffer.from([0x89, 0, 0xff]), 'data:image/png;base64,iQD/'], ['application/problem+json', '{}', '{}']]) {
      web.answer = (request, response) => response.writeHead(200, { 'content-type': type }).end(body);
      assert.deepEqual(await sent({ url: web.url }), { response: [out] }, type);
    }
  });

  it('follows redirects, as GET where the form is not to be sent again', async () => {
    web.answer = (request, response) => request.url === '/from' ? response.writeHead(303, { location: '/to?x' }).end() : sendJson(response, [request.method, request.url, request.text]);
    assert.deepEqual(await sent({ url: `${web.url}/from`, body: { a: 1 } }), { response: [['GET', '/to?x', '']] });
    web.answer = (request, response) => request.url === '/from' ? response.writeHead(307, { location: 'to' }).end() : sendJson(response, [request.method, request.url, request.text]);
    assert.deepEqual(await sent({ url: `${web.url}/from`, body: { a: 1 } }), { response: [['POST', '/to', '{"a":1}']] });
  });

  it('keeps credentials from another host', async () => {
    web.answer = (request, response) => response.writeHead(302, { location: elsewhere.url }).end();
    const { response: [headers] } = await sent({ url: web.url, headers: { authorization: 'Bearer s3cret', cookie: 'a=b', 'x-more': 'm' } });
    assert.deepEqual([headers.authorization, headers.cookie, headers['x-more']], [undefined, undefined, 'm']);
    web.answer = (request, response) => request.url === '/' ? response.writeHead(302, { location: '/again' }).end() : sendJson(response, request.headers);
    assert.equal((await sent({ url: web.url, headers: { authorization: 'Bearer s3cret' } })).response[0].authorization, 'Bearer s3cret');
  });

  it('gives up on endless redirects', async () => {
    web.answer = (request, response) => response.writeHead(302, { location: '/' }).end();
    await failed({ url: web.url }, /redirects more than 10 times/);
  });
});

describe('what may not be called', () => {
  it('is this computer, private networks, metadata services, by address and by name', async () => {
    const { port } = new URL(hidden.url);
    const before = hidden.requests.length;
    for (const host of ['127.0.0.3', '127.1.1.1', '0.0.0.0', '10.0.0.1', '169.254.169.254', '192.168.1.1', '[::1]', '[::ffff:127.0.0.3]', '[fd00:ec2::254]', '2130706435', '0x7f000003', '017700000003', '127.3'])
      await failed({ url: `http://${host}:${port}/` }, /may not be called/);
    assert.equal(hidden.requests.length, before);
  });

  it('not by a redirect either', async () => {
    web.answer = (request, response) => response.writeHead(302, { location: hidden.url }).end();
    await failed({ url: web.url }, /may not be called/);
    assert.equal(hidden.requests.length, 0);
  });

  for (const url of ['file:///etc/passwd', 'gopher://127.0.0.1/', 'ftp://example.org/', 'example.org', '', 'http://', 'http://user:password@127.0.0.1/', 'javascript:alert(1)', 'http://a b/'])
    it(`is no web address: ${JSON.stringify(url)}`, () => failed({ url }, /web address|URL/));

  it('is a redirect to what is no web address', async () => {
    web.answer = (request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    await failed({ url: web.url }, /redirects to what is no web address/);
  });
});

describe('what a call may not do', () => {
  it('is to smuggle fields', async () => {
    for (const headers of [{ 'X-A': 'b\r\nX-C: d' }, { 'X A': 'b' }, { 'X-A\n': 'b' }, { '': 'x' }])
      await failed({ url: web.url, headers }, /header/i);
    for (const name of ['Host', 'Content-Length', 'transfer-encoding', 'Connection'])
      await failed({ url: web.url, headers: { [name]: '1' } }, /can't be set/);
  });

  it('is to send files as JSON, or what is no file', async () => {
    await failed({ url: web.url, files: ['data:,x'] }, /json_format/);
    await failed({ url: web.url, json_format: false, files: ['/etc/passwd'] }, /data: URI/);
    await failed({ url: web.url, json_format: false, files: [web.url] }, /data: URI/);
  });

  it('is to send more headers, members and files than there is room for, whatever their values are', async () => {
    const many = (n, name) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`${name}${i}`, i]));
    const files = ['data:,x'];
    await failed({ url: web.url, headers: many(65, 'X-') }, /more than 64 headers/);
    await failed({ url: web.url, headers: many(64, 'X-'), json_format: false, body: many(33, 'm'), files }, /more than 32 files and members/);
    await sent({ url: web.url, headers: many(63, 'X-'), json_format: false, body: many(31, 'm'), files });
    assert.match(web.last.text, /name="m30"\r\n\r\n30\r\n/);
    // a form has no such limit
    for (const n of [31, 32, 33, 63])
      await sent({ url: web.url, headers: many(n, 'X-'), json_format: false, body: many(5000, 'm') });
    assert.match(web.last.text, /^m0=0&m1=1&.*&m4999=4999$/);
  });

  it('is to take too long', async () => {
    web.answer = () => {};
    await failed({ url: web.url }, /did not answer in time/);
  });

  it('is to bring back too much', async () => {
    web.answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      for (let i = 0; i < 40; i++)
        response.write('x'.repeat(100_000));
      response.end();
    };
    await failed({ url: web.url }, /larger than 3000000 bytes/);
  });

  it('is to unpack without end', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    web.answer = (request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    await failed({ url: web.url }, /larger than/);
  });

  it('is to use another method or another type of input', async () => {
    for (const json of [{ url: web.url, method: 'TRACE' }, { url: web.url, method: 'GET\r\nX: y' }, { url: 7 }, {}, { url: web.url, body: 'text' }, { url: web.url, headers: [] }])
      await failed(json, /invalid input data/);
  });

  it('and a server that breaks off is told', async () => {
    const broken = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise((done) => broken.listen(0, '127.0.0.1', done));
    await failed({ url: `http://127.0.0.1:${broken.address().port}/` }, /message: ./);
    broken.close();
    await failed({ url: `http://127.0.0.1:${broken.address()?.port ?? 9}/` }, /message: ./);
  });
});
