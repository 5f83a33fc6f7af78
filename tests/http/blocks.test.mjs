// Blocks in the External API: the list, and one run by itself (dialect: External API, blocks).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import http from 'node:http';
import { grant } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const CALCULATOR = 'b1ab9b19-67a6-406d-abf5-2dba76d00c79';
const STEP = 'f66a3543-28d3-4ab5-8945-9b336371e2ce';
const NOTE = 'cc10ff7b-7753-4ff2-9af6-9399b1a7eddc';
const HUMAN = '8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d';
const PRINT = 'f3b1c1b2-4c4f-4f0d-8d2f-4c4f0d8d2f4c';
const DIVIDE = { operation: 'Divide', a: 7, b: 2 };
const ALL = ['READ_BLOCK', 'EXECUTE_BLOCK'];

let server, person, app;
const credentials = {};
async function keyFor(permissions) {
  const answer = await person.post('/api/api-keys', { json: { name: 'blocks', permissions } });
  assert.equal(answer.status, 200, answer.text);
  return { 'x-api-key': answer.json.plain_text_key };
}
async function tokenFor(scopes) {
  const { access_token } = await grant(person, app, { scope: scopes.join(' ') });
  return { authorization: `Bearer ${access_token}` };
}
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp({ scopes: [...ALL, 'IDENTITY'] });
  credentials.key = await keyFor(ALL);
  credentials.token = await tokenFor(ALL);
});
after(() => server?.close());

const list = (headers) => server.browser().get('/external-api/v1/blocks', { headers });
const run = (id, options, headers = credentials.key) =>
  server.browser().post(`/external-api/v1/blocks/${id}/execute`, { ...options, headers: { ...headers, ...options?.headers } });

function detail(answer, status, wanted) {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['detail'], answer.text);
  if (wanted instanceof RegExp)
    assert.match(answer.json.detail, wanted);
  else
    assert.equal(answer.json.detail, wanted);
}

// The answer's bytes as they come.
function raw(headers) {
  return new Promise((done, fail) => {
    http.get(`${server.address}/external-api/v1/blocks`, { headers: { host: new URL(server.base).host, ...headers } }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    }).on('error', fail);
  });
}

for (const kind of ['key', 'token'])
  describe(`with a ${kind}`, () => {
    it('blocks are listed in the shape that clients know', async () => {
      const answer = await list(credentials[kind]);
      assert.equal(answer.status, 200, answer.text);
      assert.ok(answer.json.length >= 40);
      const calculator = answer.json.find((b) => b.id === CALCULATOR);
      assert.deepEqual(Object.keys(calculator), ['id', 'name', 'inputSchema', 'outputSchema', 'description', 'categories', 'contributors', 'staticOutput', 'uiType']);
      assert.equal(calculator.name, 'CalculatorBlock');
      assert.deepEqual([calculator.staticOutput, calculator.uiType, calculator.contributors], [false, 'Standard', []]);
      assert.deepEqual(calculator.categories.map((c) => c.category), ['LOGIC']);
      assert.deepEqual(calculator.inputSchema.required, ['operation', 'a', 'b']);
      assert.deepEqual(calculator.inputSchema.properties.round_result,
        { type: 'boolean', title: 'Round Result', description: calculator.inputSchema.properties.round_result.description, secret: false, advanced: true, default: false });
      assert.equal(calculator.inputSchema.properties.a.advanced, false);
      assert.equal(calculator.outputSchema.properties.error.type, 'string');
      const input = answer.json.find((b) => b.name === 'AgentInputBlock');
      assert.deepEqual([input.staticOutput, input.uiType], [true, 'Input']);
      assert.ok(!('error' in input.outputSchema.properties));
    });

    it('a block is run and its outputs come as lists', async () => {
      const one = await run(CALCULATOR, { json: DIVIDE }, credentials[kind]);
      assert.equal(one.status, 200, one.text);
      assert.equal(one.text, '{"result":[3.5]}');
      assert.match(one.headers['content-type'], /^application\/json/);
      assert.match(one.headers['cache-control'], /no-store/);
      const several = await run(STEP, { json: { items: ['a', { b: [1, 2.5, null] }] } }, credentials[kind]);
      assert.equal(several.text, '{"item":["a",{"b":[1,2.5,null]}],"key":[0,1]}');
    });
  });

describe('who may', () => {
  it('is asked of everybody', async () => {
    detail(await list({}), 401, 'Missing authentication. Provide API key or access token.');
    detail(await run(CALCULATOR, { json: DIVIDE }, {}), 401, 'Missing authentication. Provide API key or access token.');
    detail(await list({ 'x-api-key': `agpt_${'x'.repeat(43)}` }), 401, 'Invalid API key');
    detail(await run(CALCULATOR, { json: DIVIDE }, { authorization: 'Bearer agpt_xt_unknown' }), 401, 'Invalid token: access token not found');
  });

  it('needs the scope of each', async () => {
    for (const of of [keyFor, tokenFor]) {
      detail(await list(await of(['EXECUTE_BLOCK'])), 403, 'Missing required permission(s): READ_BLOCK');
      detail(await run(CALCULATOR, { json: DIVIDE }, await of(['READ_BLOCK'])), 403, 'Missing required permission(s): EXECUTE_BLOCK');
    }
  });

  it('is settled before the block is looked for', async () => {
    assert.equal((await run('nonsense', { json: {} }, {})).status, 401);
    assert.equal((await run('nonsense', { json: {} }, await keyFor(['READ_BLOCK']))).status, 403);
  });
});

describe('the list of blocks', () => {
  it('comes compressed to who takes that, and the same', async () => {
    const plain = await raw(credentials.key), packed = await raw({ ...credentials.key, 'accept-encoding': 'br, gzip;q=0.8' });
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.match(packed.headers.vary, /Accept-Encoding/);
    assert.match(plain.headers.vary, /Accept-Encoding/);
    assert.ok(packed.body.length * 3 < plain.body.length);
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    assert.equal((await raw({ ...credentials.key, 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'], undefined);
  });

  it('is not sent again to who has it', async () => {
    for (const encoding of [{}, { 'accept-encoding': 'gzip' }]) {
      const first = await raw({ ...credentials.key, ...encoding }), { etag } = first.headers;
      assert.match(etag, /^"[^"]+"$/);
      assert.match(first.headers['cache-control'], /^private, no-cache$/);
      for (const tags of [etag, `"other", W/${etag}`, '*']) {
        const again = await raw({ ...credentials.key, ...encoding, 'if-none-match': tags });
        assert.equal(again.status, 304);
        assert.equal(again.body.length, 0);
        assert.equal(again.headers.etag, etag);
        assert.equal(again.headers['content-encoding'], undefined);
      }
      const other = await raw({ ...credentials.key, ...encoding, 'if-none-match': '"other"' });
      assert.deepEqual([other.status, other.body.length], [200, first.body.length]);
    }
    const { etag } = (await raw(credentials.key)).headers;
    assert.equal((await raw({ ...credentials.key, 'accept-encoding': 'gzip', 'if-none-match': etag })).status, 200, 'a tag is of one form');
    assert.equal((await raw({ 'if-none-match': etag })).status, 401, 'who may not read it is not told that it is the same');
  });

  it('says how long it is to HEAD', async () => {
    const answer = await server.browser().send('HEAD', '/external-api/v1/blocks', { headers: credentials.key });
    assert.equal(answer.status, 200);
    assert.equal(answer.text, '');
    assert.equal(Number(answer.headers['content-length']), (await raw(credentials.key)).body.length);
  });
});

describe('a block run by itself', () => {
  it('must be there', async () => {
    const id = '00000000-0000-0000-0000-000000000000';
    detail(await run(id, { json: {} }), 404, `Block #${id} not found.`);
    detail(await run('nonsense', { json: {} }), 404, 'Block #nonsense not found.');
    detail(await run(CALCULATOR.toUpperCase(), { json: DIVIDE }), 404, `Block #${CALCULATOR.toUpperCase()} not found.`);
  });

  it('says what is wrong with its input', async () => {
    const words = 'raised by CalculatorBlock with message: Unable to execute block with invalid input data: ';
    const answer = await run(CALCULATOR, { json: { operation: 'Add', a: 'x' } });
    detail(answer, 400, /block_id: b1ab9b19-67a6-406d-abf5-2dba76d00c79$/);
    assert.ok(answer.json.detail.startsWith(words), answer.text);
    for (const field of ['a', 'b'])
      assert.match(answer.json.detail, new RegExp(`\\b${field}: `));
    detail(await run(CALCULATOR, { json: {} }), 400, /invalid input data/);
  });

  it('drops nulls, and what the block does not know', async () => {
    const answer = await run(CALCULATOR, { json: { ...DIVIDE, round_result: null, unknown: [1] } });
    assert.equal(answer.text, '{"result":[3.5]}');
  });

  it('writes infinity as null', async () => {
    assert.equal((await run(CALCULATOR, { json: { operation: 'Divide', a: 1, b: 0 } })).text, '{"result":[null]}');
  });

  it('tells its own failure', async () => {
    const answer = await run('262ca24c-1025-43cf-a578-534e23234e97', { json: { list: [1], index: 5 } });
    detail(answer, 400, 'raised by GetListItemBlock with message: Index out of range. block_id: 262ca24c-1025-43cf-a578-534e23234e97');
  });

  it('is refused where only a graph can run it', async () => {
    detail(await run(NOTE, { json: { text: 'x' } }), 400, /NoteBlock runs only within a graph/);
    detail(await run(HUMAN, { json: { data: 1, name: 'x' } }), 400, /HumanInTheLoopBlock runs only within a graph/);
    detail(await run('e189baac-8c20-45a1-94a7-55177ea42565', { json: {} }), 400, /AgentExecutorBlock runs only within a graph/);
  });

  it('answers nothing yielded with an empty object', async () => {
    assert.equal((await run('c0a8e994-ebf1-4a9c-a4d8-89d09c86741b', { json: { name: 'n' } })).text, '{}');
  });

  it('gives texts back as they came', async () => {
    const text = { 'ключ "\\': ['\u2028 \u0001 \ud83d\ude00', -0.5, 1e300, 9007199254740993n.toString()] };
    const answer = await run(PRINT, { json: { text } });
    assert.deepEqual(answer.json, { output: [text], status: ['printed'] });
    const large = await run(PRINT, { body: '{"text":9223372036854775807}', type: 'application/json' });
    assert.equal(large.text, '{"output":[9223372036854775807],"status":["printed"]}');
  });

  for (const [what, body, status] of [
    ['nothing', undefined, 422], ['broken JSON', '{"a":', 422], ['text after it', '{} x', 422], ['a list', '[]', 422], ['a text', '"x"', 422],
    ['a number beyond 64 bits', '{"text":9223372036854775808}', 422], ['NaN', '{"text":NaN}', 422], ['a member twice', '{"text":1,"text":2}', 422],
    ['a NUL', '{"text":"\\u0000"}', 422], ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 422],
    ['half a pair of surrogates', '{"text":"\\ud800"}', 422], ['lists without end', '{"text":' + '['.repeat(100000), 422],
    ['lists 101 levels deep', `{"text":${'['.repeat(101)}${']'.repeat(101)}}`, 422],
  ])
    it(`refuses ${what}`, async () => {
      const answer = await run(PRINT, { body, type: 'application/json' });
      assert.equal(answer.status, status, answer.text);
      assert.deepEqual(Object.keys(answer.json), ['detail']);
    });

  it('refuses what is no JSON by its type', async () => {
    detail(await run(PRINT, { form: { text: 'x' } }), 415, 'Send the body as application/json');
    detail(await run(PRINT, { body: '{"text":1}', type: 'text/plain' }), 415, 'Send the body as application/json');
  });

  it('refuses what is too large', async () => {
    const answer = await run(PRINT, { body: '{}', type: 'application/json', headers: { 'content-length': String(4 * 1024 * 1024 + 1) } });
    assert.equal(answer.status, 413, answer.text);
    assert.deepEqual(Object.keys(answer.json), ['detail']);
  });

  it('gives at most 4 MiB', async () => {
    const lists = [Array(20000).fill('x'.repeat(100)), []];
    const answer = await run('0d0e684f-5cb9-4c4b-b8d1-47a0860e0c07', { json: { lists: [lists[0], lists[0].slice(0, 1)], pad_to_longest: true, fill_value: 'y'.repeat(1000) } });
    detail(answer, 400, /yields more than 4 MiB/);
  });

  it('has no other methods', async () => {
    const answer = await server.browser().get(`/external-api/v1/blocks/${CALCULATOR}/execute`, { headers: credentials.key });
    assert.equal(answer.status, 405);
    assert.match(answer.headers.allow, /POST/);
  });

  it('is called by a page from anywhere', async () => {
    const answer = await server.browser().send('OPTIONS', `/external-api/v1/blocks/${CALCULATOR}/execute`,
      { headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key,content-type' } });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
  });
});

describe('many at once', () => {
  it('all are answered', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => run(CALCULATOR, { json: { operation: 'Add', a: i, b: 1 } })));
    answers.forEach((answer, i) => assert.equal(answer.text, `{"result":[${i + 1}.0]}`));
  });
});

describe('fairness', () => {
  it("one person's long runs leave threads to others", async (t) => {
    const busy = await Server.start({ GATEHOUSE_BLOCK_SECONDS: '5' });
    t.after(() => busy.close());
    const keys = [];
    for (let i = 0; i < 2; i++) {
      const answer = await (await signUp(busy)).post('/api/api-keys', { json: { name: 'k', permissions: ALL } });
      keys.push({ 'x-api-key': answer.json.plain_text_key });
    }
    const countdown = 'd67a9c52-5e4e-11e2-bcfd-0800200c9a71';
    let ended = 0;
    const waiting = Array.from({ length: 12 }, () => busy.browser()
      .post(`/external-api/v1/blocks/${countdown}/execute`, { json: { seconds: 60 }, headers: keys[0] })
      .catch(() => {}).then(() => ended++));
    await busy.browser().get('/external-api/v1/blocks', { headers: keys[0] }); // those are on their way by now
    const answer = await busy.browser().post(`/external-api/v1/blocks/${CALCULATOR}/execute`, { json: DIVIDE, headers: keys[1] });
    assert.deepEqual([answer.status, ended], [200, 0], answer.text);
    await busy.close();
    await Promise.all(waiting);
  });
});
