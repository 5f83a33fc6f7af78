// API keys: how people make and manage them, and what they open (dialect: API keys).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { invalidField, isDate, neverStored, refused } from '../lib/expect.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, owner, stranger;
before(async () => {
  server = await Server.start();
  owner = await signUp(server);
  stranger = await signUp(server);
});
after(() => server?.close());

const unknownId = '01890000-0000-7000-8000-000000000000';
const MEMBERS = ['created_at', 'description', 'expires_at', 'head', 'id', 'last_used_at', 'name', 'revoked_at', 'scopes', 'status', 'tail', 'type', 'user_id'];

async function create(person, more = {}) {
  const answer = await person.post('/api/api-keys', { json: { name: 'a key', permissions: ['IDENTITY'], ...more } });
  assert.equal(answer.status, 200, answer.text);
  return { ...answer.json.api_key, text: answer.json.plain_text_key, answer };
}
const meBy = text => server.browser().get('/external-api/v1/me', { headers: { 'x-api-key': text } });
const change = (person, method, key, path = '', json = undefined) => person.send(method, `/api/api-keys/${key.id ?? key}${path}`, json === undefined ? {} : { json });

describe('POST /api/api-keys', () => {
  it('gives the key once, and it opens what it may', async () => {
    const key = await create(owner, { name: 'Build ✓', description: 'For the robot', permissions: ['READ_BLOCK', 'IDENTITY', 'IDENTITY'] });
    neverStored(key.answer);
    assert.deepEqual(Object.keys(key.answer.json).sort(), ['api_key', 'plain_text_key']);
    assert.deepEqual(Object.keys(key.answer.json.api_key).sort(), MEMBERS);
    assert.match(key.text, /^agpt_[A-Za-z0-9_-]{43}$/);
    assert.equal(key.head, key.text.slice(0, 8));
    assert.equal(key.tail, key.text.slice(-8));
    assert.deepEqual([key.name, key.description, key.type, key.status, key.user_id], ['Build ✓', 'For the robot', 'api_key', 'ACTIVE', owner.user.id]);
    assert.deepEqual(key.scopes.sort(), ['IDENTITY', 'READ_BLOCK']);
    assert.deepEqual([key.expires_at, key.last_used_at, key.revoked_at], [null, null, null]);
    isDate(key.created_at, { of: Date.now() });

    const answer = await meBy(key.text);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.id, owner.user.id);
    const lists = (await owner.get('/api/api-keys')).text + (await owner.get(`/api/api-keys/${key.id}`)).text;
    assert.ok(!lists.includes(key.text));
  });

  it('stores no text that opens anything', async () => {
    const key = await create(owner);
    const [row] = await server.sql(`SELECT hash, salt, tail FROM api_keys WHERE id = '${key.id}'`);
    assert.deepEqual(row, { hash: '', salt: null, tail: key.text.slice(-8) });
  });

  it('takes an empty name', async () => assert.equal((await create(owner, { name: '' })).name, ''));

  it('takes an empty list of permissions: such a key opens nothing', async () => {
    const key = await create(owner, { permissions: [] });
    assert.deepEqual(key.scopes, []);
    const answer = await meBy(key.text);
    assert.equal(answer.status, 403);
    assert.deepEqual(answer.json, { detail: 'Missing required permission(s): IDENTITY' });
    assert.match(answer.headers['www-authenticate'], /error="insufficient_scope"/);
  });

  for (const [what, json, field] of [
    ['no name', { permissions: [] }, 'name'],
    ['a name that is no text', { name: 7, permissions: [] }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(201), permissions: [] }, 'name'],
    ['a description that is too long', { name: 'x', description: 'x'.repeat(2001), permissions: [] }, 'description'],
    ['no permissions', { name: 'x' }, 'permissions'],
    ['permissions that are no list', { name: 'x', permissions: 'IDENTITY' }, 'permissions'],
    ['an unknown permission', { name: 'x', permissions: ['IDENTITY', 'DELETE_GRAPH'] }, 'permissions'],
    ['two permissions in one', { name: 'x', permissions: ['IDENTITY READ_GRAPH'] }, 'permissions'],
    ['an empty permission', { name: 'x', permissions: [''] }, 'permissions'],
    ['permissions that are no text', { name: 'x', permissions: [1] }, 'permissions'],
  ])
    it(`with ${what} is 422 and makes none`, async () => {
      const count = async () => (await server.sql('SELECT COUNT(*) AS n FROM api_keys'))[0].n;
      const before = await count();
      invalidField(await owner.post('/api/api-keys', { json }), field);
      assert.equal(await count(), before);
    });

  it('keeps the number of keys bounded; revoked ones do not count', async () => {
    const many = await signUp(server);
    const first = await create(many);
    await server.sql(`INSERT INTO api_keys (id, user_id, name, head, tail, hash, status, permissions, created_at, updated_at, last_used_at, revoked_at)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
      SELECT 'full-' || i, '${many.user.id}', 'n', 'agpt_xxx', 'xxxxxxxx', '', CASE WHEN i % 2 = 0 THEN 'ACTIVE' ELSE 'SUSPENDED' END, '', 1, 1, 0, 0 FROM n`);
    refused(await many.post('/api/api-keys', { json: { name: 'x', permissions: [] } }), 409, undefined, /too many/);
    assert.equal((await change(many, 'DELETE', first)).status, 200);
    await create(many);
    await create(owner);
  });
});

// Makes them a second apart each, the last one now: two may be made in the same millisecond.
async function apart(keys) {
  for (const [i, { id }] of keys.entries())
    await server.age('api_keys', ['created_at'], keys.length - 1 - i, `id = '${id}'`);
}

describe('GET /api/api-keys', () => {
  it("lists a person's own keys of every status, newest first", async () => {
    const person = await signUp(server);
    const keys = [await create(person), await create(person), await create(person)];
    await apart(keys);
    await change(person, 'DELETE', keys[0]);
    await change(person, 'POST', keys[1], '/suspend');
    const answer = await person.get('/api/api-keys');
    assert.equal(answer.status, 200, answer.text);
    neverStored(answer);
    assert.deepEqual(answer.json.map(key => [key.id, key.status]), [[keys[2].id, 'ACTIVE'], [keys[1].id, 'SUSPENDED'], [keys[0].id, 'REVOKED']]);
    assert.deepEqual((await (await signUp(server)).get('/api/api-keys')).json, []);
  });

  it('goes by pages in its newer form, of active keys unless others are asked for', async () => {
    const person = await signUp(server);
    const keys = [];
    for (let i = 0; i < 5; i++)
      keys.push(await create(person, { name: `key ${i}` }));
    await apart(keys);
    await change(person, 'DELETE', keys[4]);
    const page = async query => (await person.get(`/api/api-keys?${query}`)).json;
    const { items, ...rest } = await page('page=1&page_size=3');
    assert.deepEqual(items.map(key => key.name), ['key 3', 'key 2', 'key 1']);
    assert.deepEqual(rest, { total_count: 4, page: 1, page_size: 3, has_more: true });
    const last = await page('page=2&page_size=3');
    assert.deepEqual([last.items.map(key => key.name), last.has_more], [['key 0'], false]);
    assert.deepEqual((await page('page=9')).items, []);
    assert.deepEqual((await page('page=1&status=REVOKED')).items.map(key => key.id), [keys[4].id]);
    assert.equal((await page('page=1&status=ALL')).total_count, 5);
  });

  for (const query of ['page=0', 'page=-1', 'page=x', 'page=1&page_size=101', 'page_size=0', 'page=1&status=BROKEN', 'page=99999999999999999999', 'page=1&page=2'])
    it(`?${query} is 400`, async () => assert.equal((await owner.get(`/api/api-keys?${query}`)).status, 400));
});

describe('/api/api-keys/{id}', () => {
  it('is shown, renamed and described', async () => {
    const key = await create(owner);
    const renamed = await change(owner, 'PATCH', key, '', { name: 'new', description: 'what for' });
    assert.equal(renamed.status, 200, renamed.text);
    assert.deepEqual([renamed.json.name, renamed.json.description], ['new', 'what for']);
    assert.equal((await change(owner, 'PATCH', key, '', { description: null })).json.description, null);
    assert.deepEqual((await owner.get(`/api/api-keys/${key.id}`)).json.name, 'new');
    assert.equal((await change(owner, 'PATCH', key, '', { name: '' })).json.name, '');
    assert.equal((await owner.get(`/api/api-keys/${key.id}`)).json.name, '');
    assert.equal((await meBy(key.text)).status, 200);
  });

  it('loses and gains permissions at once', async () => {
    const key = await create(owner);
    const without = await change(owner, 'PUT', key, '/permissions', { permissions: ['READ_STORE'] });
    assert.equal(without.status, 200, without.text);
    assert.deepEqual(without.json.scopes, ['READ_STORE']);
    assert.equal((await meBy(key.text)).status, 403);
    await change(owner, 'PUT', key, '/permissions', { permissions: ['IDENTITY'] });
    assert.equal((await meBy(key.text)).status, 200);
    invalidField(await change(owner, 'PUT', key, '/permissions', { permissions: ['NOPE'] }), 'permissions');
    invalidField(await change(owner, 'PUT', key, '/permissions', {}), 'permissions');
  });

  it('opens nothing while it is suspended', async () => {
    const key = await create(owner);
    assert.equal((await meBy(key.text)).status, 200);
    assert.equal((await change(owner, 'POST', key, '/suspend')).json.status, 'SUSPENDED');
    const answer = await meBy(key.text);
    assert.deepEqual([answer.status, answer.json], [401, { detail: 'Invalid API key' }]);
    assert.equal((await change(owner, 'POST', key, '/activate')).json.status, 'ACTIVE');
    assert.equal((await meBy(key.text)).status, 200);
  });

  it('once revoked stays so', async () => {
    const key = await create(owner);
    const revoked = await change(owner, 'DELETE', key);
    assert.equal(revoked.status, 200, revoked.text);
    assert.equal(revoked.json.status, 'REVOKED');
    isDate(revoked.json.revoked_at, { of: Date.now() });
    assert.equal((await meBy(key.text)).status, 401);
    for (const path of ['/suspend', '/activate'])
      refused(await change(owner, 'POST', key, path), 409, undefined, /revoked/);
    refused(await change(owner, 'PUT', key, '/permissions', { permissions: [] }), 409, undefined, /revoked/);
    assert.deepEqual((await change(owner, 'DELETE', key)).json, revoked.json);
    assert.equal((await meBy(key.text)).status, 401);
  });

  it('is unknown to others, and changes for nobody else', async () => {
    const key = await create(owner);
    const calls = [['GET', ''], ['DELETE', ''], ['PATCH', '', { name: 'x' }], ['POST', '/suspend'], ['POST', '/activate'], ['PUT', '/permissions', { permissions: [] }]];
    for (const [method, path, json] of calls) {
      refused(await change(stranger, method, key, path, json), 404, undefined, /not found/);
      refused(await change(owner, method, unknownId, path, json), 404, undefined, /not found/);
      refused(await change(owner, method, "1'--", path, json), 404, undefined, /^API key not found$/);
      refused(await change(server.browser(), method, key, path, json), 401);
    }
    refused(await change(owner, 'DELETE', unknownId), 404, undefined, new RegExp(`^API key with id ${unknownId} not found\\.$`));
    refused(await owner.get(`/api/api-keys/${unknownId}`), 404, undefined, /^API key not found$/);
    const { json } = await owner.get(`/api/api-keys/${key.id}`);
    assert.deepEqual([json.name, json.status, json.scopes], ['a key', 'ACTIVE', ['IDENTITY']]);
  });

  it('is managed by no key and no page of another site', async () => {
    const key = await create(owner);
    const headers = { 'x-api-key': key.text };
    assert.equal((await server.browser().get('/api/api-keys', { headers })).status, 401);
    const elsewhere = { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, json: { name: 'x', permissions: [] } };
    assert.equal((await owner.post('/api/api-keys', elsewhere)).status, 403);
  });
});

describe('X-API-Key', () => {
  it('decides alone, whatever bearer stands beside it', async () => {
    const key = await create(owner);
    const both = (text, authorization) => server.browser().get('/external-api/v1/me', { headers: { 'x-api-key': text, authorization } });
    assert.equal((await both(key.text, 'Bearer rubbish')).status, 200);
    assert.equal((await both('agpt_rubbish', `Bearer ${key.text}`)).status, 401);
  });

  it('is refused when anything in it is changed, and where other credentials belong', async () => {
    const { text } = await create(owner);
    for (const wrong of ['', 'agpt_', text.slice(0, -1), `${text}A`, text.toUpperCase(), text.replace('agpt_', 'agpt_xt_'),
      ...[5, 12, 20, 47].map(i => text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1))])
      assert.equal((await meBy(wrong)).status, 401, wrong);
    assert.equal((await server.browser().get('/external-api/v1/me', { headers: { authorization: `Bearer ${text}` } })).status, 401);
    assert.equal((await server.browser().get(`/external-api/v1/me?api_key=${text}`)).status, 401);
  });

  it('notes when it was last used', async () => {
    const key = await create(owner);
    await meBy(key.text);
    for (let i = 0; i < 250; i++) { // written after the answer
      const { json } = await owner.get(`/api/api-keys/${key.id}`);
      if (json.last_used_at)
        return isDate(json.last_used_at, { of: Date.now() });
      await sleep(20);
    }
    assert.fail('last_used_at stays null');
  });

  it('opens nothing for a person who is disabled', async () => {
    const person = await signUp(server);
    const key = await create(person);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${person.user.id}'`);
    assert.equal((await meBy(key.text)).status, 401);
  });
});
