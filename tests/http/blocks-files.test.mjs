// Files that blocks fetch (dialect: Blocks, files).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { StandIn } from '../lib/stand-in.mjs';

const STORE = 'cbb50872-625b-42f0-8203-a2ae78242d8a', INPUT = '95ead23f-8283-4654-aef3-10c053b74a31';
let server, key, web, hidden;

before(async () => {
  // 127.0.0.1 stands for the internet; .3 is a private network
  server = await Server.start({ GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.1', GATEHOUSE_BLOCK_SECONDS: '3' });
  const person = await signUp(server);
  key = (await person.post('/api/api-keys', { json: { name: 'k', permissions: ['EXECUTE_BLOCK'] } })).json.plain_text_key;
  web = await StandIn.start((request, response) => {
    if (request.url.startsWith('/moved'))
      response.writeHead(302, { location: '/there/new.txt' }).end();
    else if (request.url.startsWith('/hidden'))
      response.writeHead(302, { location: `${hidden.url}/x` }).end();
    else if (request.url.startsWith('/missing'))
      response.writeHead(404).end('no');
    else if (request.url.startsWith('/large'))
      response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(3_000_001));
    else if (request.url.startsWith('/full'))
      response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(3_000_000));
    else if (!request.url.startsWith('/never'))
      response.writeHead(200, { 'content-type': 'image/png; charset=x' }).end(Buffer.from([0x89, 0, 0xff]));
  });
  hidden = await StandIn.start((request, response) => response.end('metadata'), '127.0.0.3');
});
after(async () => {
  await Promise.all([web, hidden].map((it) => it?.stop()));
  await server?.close();
});

const run = (id, json) => server.browser().post(`/external-api/v1/blocks/${id}/execute`, { json, headers: { 'x-api-key': key } });
async function stored(url) {
  const answer = await run(STORE, { file_in: url });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['file_out']);
  return answer.json.file_out;
}
async function failed(url, message) {
  const answer = await run(STORE, { file_in: url });
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.json.detail, message);
}

describe('FileStoreBlock', () => {
  it('fetches a file with its type and name', async () => {
    assert.deepEqual(await stored(`${web.url}/a/photo.png?size=2#top`), ['data:image/png;name=photo.png;base64,iQD/']);
    assert.equal(web.last.method, 'GET');
    assert.deepEqual(await stored(`${web.url}/`), ['data:image/png;base64,iQD/']);
    assert.deepEqual(await stored(web.url), ['data:image/png;base64,iQD/']);
    assert.deepEqual(await stored(`${web.url}/with%20space.png`), ['data:image/png;base64,iQD/']);
  });

  it('goes where it is sent, but not where nobody may', async () => {
    assert.match((await stored(`${web.url}/moved`))[0], /^data:image\/png;/);
    await failed(`${web.url}/hidden`, /not on the public internet/);
    await failed(`${hidden.url}/x`, /not on the public internet/);
    assert.equal(hidden.requests.length, 0);
  });

  it('says what came in place of the file', async () => {
    await failed(`${web.url}/missing`, /The server answered 404 in place of the file/);
    await failed('http://127.0.0.1:1/x', /FileStoreBlock/);
  });

  it('takes at most 3 MB', async () => {
    await failed(`${web.url}/large`, /larger than 3000000 bytes/);
    assert.equal((await stored(`${web.url}/full`))[0].length, 'data:text/plain;name=full;base64,'.length + 4_000_000);
  });

  it('waits no longer than a block may', async () => {
    const from = Date.now();
    await failed(`${web.url}/never`, /./);
    assert.ok(Date.now() - from < 10_000);
  });
});

describe('AgentFileInputBlock', () => {
  it('fetches its value too', async () => {
    const answer = await run(INPUT, { name: 'n', value: `${web.url}/p.png` });
    assert.deepEqual(answer.json, { result: ['data:image/png;name=p.png;base64,iQD/'] });
    assert.deepEqual((await run(INPUT, { name: 'n' })).json, {});
  });
});
