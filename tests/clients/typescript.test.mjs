// A TypeScript client, its types made from the OpenAPI document by openapi-typescript, its calls made by openapi-fetch.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { grant } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { imported, row } from '../lib/store.mjs';

const finish = promisify(execFile);
const folder = fileURLToPath(new URL('typescript/', import.meta.url));
const program = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
const STORE_VALUE = '1ff065e9-88e8-4358-9d82-8dc91f622ba9';

let server, person, client, key, token;
before(async () => {
  server = await Server.start({ GITHUB_CLIENT_ID: 'a-client', GITHUB_CLIENT_SECRET: 'a secret of a test' });
  person = await signUp(server);
  const scopes = ['IDENTITY', 'READ_BLOCK', 'EXECUTE_BLOCK', 'USE_TOOLS', 'WRITE_GRAPH', 'WRITE_LIBRARY', 'EXECUTE_GRAPH', 'READ_STORE',
    'READ_INTEGRATIONS', 'MANAGE_INTEGRATIONS', 'DELETE_INTEGRATIONS'];
  key = (await person.post('/api/api-keys', { json: { name: 'typescript', permissions: scopes } })).json.plain_text_key;
  const app = await server.createApp({ redirectUris: ['http://localhost:4713/cb'], scopes });
  token = (await grant(person, app)).access_token;
});
after(async () => {
  rmSync(`${folder}generated`, { recursive: true, force: true });
  await server?.close();
});

describe('a TypeScript client of the document', () => {
  it('is generated and type-checks', async () => {
    rmSync(`${folder}generated`, { recursive: true, force: true });
    mkdirSync(`${folder}generated`);
    writeFileSync(`${folder}generated/openapi.json`, (await server.browser().get('/external-api/openapi.json')).text);
    await finish(program('openapi-typescript'), ['generated/openapi.json', '--output', 'generated/schema.ts'], { cwd: folder });
    await finish(program('tsc'), ['--project', folder]).catch(({ stdout }) => assert.fail(stdout));
    client = await import(`${folder}generated/client.js`);
  });

  for (const [what, connect] of [['an API key', () => client.withKey(server.base, key)], ['an access token', () => client.withToken(server.base, token)]])
    it(`calls with ${what}`, async () => {
      const me = await client.whoAmI(connect());
      assert.equal(me.id, person.user.id);
      assert.equal(me.email, person.who.email);
      assert.ok((await client.blockNames(connect())).includes('StoreValueBlock'));
      assert.deepEqual(await client.runBlock(connect(), STORE_VALUE, { input: 'kept' }), { status: 200, outputs: { output: ['kept'] }, detail: undefined });
    });

  it('finds what the store has', async () => {
    await imported(server, [row('adder', { name: 'Adder' }), row('other')]);
    assert.deepEqual(await client.inStore(client.withToken(server.base, token), 'adder'), { total: 1, found: [['Adder', 1, 2]] });
  });

  it('schedules agents, finds and runs those of the store', async () => {
    const connect = client.withKey(server.base, key);
    const graph = await server.browser().post('/external-api/v1/graphs', { headers: { 'x-api-key': key },
      json: { name: 'Seven', description: '', nodes: [{ id: 'a', block_id: STORE_VALUE, input_default: { input: 7 } }], links: [] } });
    const times = await client.schedule(connect, graph.json.id, '30 8 * * *', 'Asia/Tokyo');
    assert.equal(times.length, 5);
    assert.match(times[0], /T08:30:00\+09:00$/);
    assert.equal((await client.findAgents(connect, 'qwertz')).length, 3);
    assert.match(await client.runAgent(connect, 'nobody/nothing'), /not found/);
  });

  it('stores credentials, and begins to connect an account', async () => {
    const { oauth, login, ...rest } = await client.integrate(client.withToken(server.base, token), 'http://localhost:3000/callback');
    assert.ok(oauth.includes('github') && !oauth.includes('openai'));
    assert.match(login, /^https:\/\/github\.com\/login\/oauth\/authorize\?client_id=a-client&/);
    assert.deepEqual(rest, { refused: 'Invalid or expired state token', titles: ['Work'], renamed: 'Home', deleted: true });
  });

  it('gets what is wrong in the type that the document says', async () => {
    const { status, detail } = await client.runBlock(client.withKey(server.base, 'agpt_wrong'), STORE_VALUE, {});
    assert.equal(status, 401);
    assert.equal(detail, 'Invalid API key');
  });
});
