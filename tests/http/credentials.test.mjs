// Credentials: what people store of their keys elsewhere, and what is told of it (dialect: Integrations).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withKey } from '../lib/agents.mjs';
import { invalidField, isDate, neverStored } from '../lib/expect.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const SCOPES = ['READ_INTEGRATIONS', 'MANAGE_INTEGRATIONS', 'DELETE_INTEGRATIONS'];
const META = ['created_at', 'expires_at', 'host', 'id', 'is_managed', 'last_used_at', 'provider', 'scopes', 'state', 'title', 'type', 'username'];
const OLLAMA = '744fdc56-071a-4761-b5a5-0af0ce10a2b5';
const UNKNOWN = '01890000-0000-7000-8000-000000000000';

let server, ada, api, bob, bobs;
before(async () => {
  server = await Server.start();
  ada = await signUp(server);
  bob = await signUp(server);
  api = await withKey(server, ada, SCOPES);
  bobs = await withKey(server, bob, SCOPES);
});
after(() => server?.close());

// A secret that no log, answer or page of the database may hold.
let serial = 0;
const secret = (what) => {
  const text = `canary-${what}-${++serial}-${Math.random().toString(36).slice(2)}`;
  server.canary.addStored(text, `stored ${what}`);
  return text;
};
const apiKey = (more = {}) => ({ type: 'api_key', title: 'Work', api_key: secret('key'), ...more });
const hostScoped = (more = {}) => ({ type: 'host_scoped', title: 'Intranet', host: 'api.example.com', headers: { Authorization: `Bearer ${secret('header')}` }, ...more });
const password = (more = {}) => ({ type: 'user_password', title: 'Mail', username: `robot-${++serial}`, password: secret('password'), ...more });

const create = async (by, provider, body) => {
  const answer = await by.post(`/integrations/${provider}/credentials`, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
};
const list = async (by) => (await by.get('/integrations/credentials')).json.filter((c) => c.id !== OLLAMA);

describe('the External API', () => {
  it('stores an API key, and tells what may be known of it', async () => {
    const body = apiKey({ title: 'Work ✓', expires_at: 2_000_000_000 });
    const answer = await api.post('/integrations/openai/credentials', body);
    assert.equal(answer.status, 201, answer.text);
    neverStored(answer);
    const { id } = answer.json;
    assert.deepEqual(answer.json, { id, provider: 'openai', type: 'api_key', title: 'Work ✓' });
    const meta = (await list(api)).find((c) => c.id === id);
    assert.deepEqual(Object.keys(meta).sort(), META);
    isDate(meta.created_at, { of: Date.now() });
    assert.deepEqual({ ...meta, created_at: null }, { id, provider: 'openai', type: 'api_key', title: 'Work ✓', scopes: null, username: null, host: null,
      state: 'ok', expires_at: 2_000_000_000, created_at: null, last_used_at: null, is_managed: false });
  });

  it('stores a password without telling even the user name', async () => {
    const body = password(), { id } = await create(api, 'smtp', body);
    const { text } = await api.get('/integrations/smtp/credentials');
    assert.ok(text.includes(id) && !text.includes(body.username));
  });

  it('stores header fields for a host', async () => {
    const { id } = await create(api, 'http', hostScoped({ host: '*.Example.COM.' }));
    assert.equal((await list(api)).find((c) => c.id === id).host, '*.example.com');
  });

  it('lists by provider, with the server\'s own', async () => {
    const mine = await create(api, 'groq', apiKey());
    assert.deepEqual((await api.get('/integrations/groq/credentials')).json.map((c) => c.id), [mine.id]);
    assert.deepEqual((await api.get('/integrations/ollama/credentials')).json.map((c) => [c.id, c.is_managed, c.type]), [[OLLAMA, true, 'api_key']]);
    assert.equal((await api.get('/integrations/credentials')).json.at(-1).id, OLLAMA);
    assert.deepEqual((await api.get('/integrations/never-heard-of/credentials')).json, []);
  });

  it('renames', async () => {
    const { id } = await create(api, 'openai', apiKey());
    const answer = await api.send('PATCH', `/integrations/openai/credentials/${id}`, { json: { title: 'Other' } });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual([answer.json.id, answer.json.title], [id, 'Other']);
    assert.equal((await list(api)).find((c) => c.id === id).title, 'Other');
  });

  it('deletes, once', async () => {
    const { id } = await create(api, 'openai', apiKey());
    const answer = await api.delete(`/integrations/openai/credentials/${id}`);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { deleted: true, credentials_id: id });
    assert.deepEqual(await server.sql(`SELECT id FROM credentials WHERE id = '${id}'`), []);
    const again = await api.delete(`/integrations/openai/credentials/${id}`);
    assert.deepEqual([again.status, again.json], [404, { detail: 'Credentials not found' }]);
  });

  it('knows nobody else\'s, nor those of another provider', async () => {
    const { id } = await create(api, 'openai', apiKey());
    assert.ok(!(await bobs.get('/integrations/credentials')).text.includes(id));
    for (const [by, path] of [[bobs, `openai/credentials/${id}`], [api, `groq/credentials/${id}`], [api, `openai/credentials/${UNKNOWN}`], [api, 'openai/credentials/x']]) {
      assert.deepEqual((({ status, json }) => [status, json])(await by.delete(`/integrations/${path}`)), [404, { detail: 'Credentials not found' }]);
      assert.equal((await by.send('PATCH', `/integrations/${path}`, { json: { title: 'Mine now' } })).status, 404);
    }
    assert.equal((await list(api)).find((c) => c.id === id).title, 'Work');
  });

  it('keeps the server\'s own as they are', async () => {
    const answer = await api.delete(`/integrations/ollama/credentials/${OLLAMA}`);
    assert.deepEqual([answer.status, answer.json], [403, { detail: 'System-managed credentials cannot be deleted' }]);
    assert.equal((await api.send('PATCH', `/integrations/ollama/credentials/${OLLAMA}`, { json: { title: 'x' } })).status, 403);
    assert.equal((await api.delete(`/integrations/openai/credentials/${OLLAMA}`)).status, 404);
  });

  it('asks for the scope of each', async () => {
    const { id } = await create(api, 'openai', apiKey());
    for (const [method, path, scope, json] of [
      ['GET', '/integrations/credentials', 'READ_INTEGRATIONS'], ['GET', '/integrations/openai/credentials', 'READ_INTEGRATIONS'],
      ['POST', '/integrations/openai/credentials', 'MANAGE_INTEGRATIONS', apiKey()],
      ['PATCH', `/integrations/openai/credentials/${id}`, 'MANAGE_INTEGRATIONS', { title: 'x' }],
      ['DELETE', `/integrations/openai/credentials/${id}`, 'DELETE_INTEGRATIONS']]) {
      const lacking = await withKey(server, ada, SCOPES.filter((s) => s !== scope)), answer = await lacking.send(method, path, { json });
      assert.deepEqual([answer.status, answer.json], [403, { detail: `Missing required permission(s): ${scope}` }], `${method} ${path}`);
    }
  });

  it('names an unknown provider, and a kind that one does not take', async () => {
    const unknown = await api.post('/integrations/nobody/credentials', apiKey());
    assert.deepEqual([unknown.status, unknown.json], [404, { detail: "Provider 'nobody' not found" }]);
    for (const [provider, body] of [['openai', password()], ['openai', hostScoped()], ['http', password()], ['smtp', hostScoped()]]) {
      const answer = await api.post(`/integrations/${provider}/credentials`, body);
      assert.deepEqual([answer.status, answer.json], [400, { detail: `Provider '${provider}' does not accept ${body.type} credentials` }]);
    }
  });

  for (const [what, body, field] of [
    ['no type', () => ({ ...apiKey(), type: undefined }), 'type'],
    ['an unknown type', () => apiKey({ type: 'magic' }), 'type'],
    ['oauth2', () => ({ type: 'oauth2', title: 'x', access_token: secret('token') }), 'type'],
    ['no key', () => ({ type: 'api_key', title: 'x' }), 'api_key'],
    ['an empty key', () => apiKey({ api_key: '' }), 'api_key'],
    ['a key that is no text', () => apiKey({ api_key: { x: secret('inner') } }), 'api_key'],
    ['a key that is too long', () => apiKey({ api_key: secret('long') + 'k'.repeat(8192) }), 'api_key'],
    ['no title', () => ({ type: 'api_key', api_key: secret('key') }), 'title'],
    ['a title that is blank', () => apiKey({ title: '  ' }), 'title'],
    ['a title with a line break', () => apiKey({ title: 'a\nb' }), 'title'],
    ['a title that is too long', () => apiKey({ title: 'é'.repeat(201) }), 'title'],
    ['an expiry that is no number', () => apiKey({ expires_at: 'soon' }), 'expires_at'],
    ['an expiry before 1970', () => apiKey({ expires_at: -1 }), 'expires_at'],
    ['no password', () => password({ password: undefined }), 'password', 'smtp'],
    ['a password with a line break', () => password({ password: `${secret('line')}\n` }), 'password', 'smtp'],
    ['no user name', () => password({ username: undefined }), 'username', 'smtp'],
    ...['', 'https://api.example.com', 'api.example.com:443', 'api.example.com/x', 'a b', '-a.example.com', 'a..b', '*', '*.', '*.com', '*example.com', 'a.*.com',
      '[::1]', 'é.example.com', `${'a'.repeat(64)}.com`, 'user@example.com'].map((host) => [`the host ${JSON.stringify(host)}`, () => hostScoped({ host }), 'host', 'http']),
    ['headers that are a list', () => hostScoped({ headers: [secret('list')] }), 'headers', 'http'],
    ['a header that is no text', () => hostScoped({ headers: { 'x-a': 1 } }), 'headers', 'http'],
    ...['Host', 'content-length', 'Transfer-Encoding', 'CONNECTION', 'Upgrade', 'TE', 'Proxy-Authorization', 'a b', 'a:b', '', 'x\r\ny', 'ü'].map((name) =>
      [`the header ${JSON.stringify(name)}`, () => hostScoped({ headers: { [name]: secret('h') } }), 'headers', 'http']),
    ...['a\r\nInjected: x', 'a\nb', '', ' a', 'a ', 'a\x7f'].map((value) => [`the value ${JSON.stringify(value)}`, () => hostScoped({ headers: { 'X-Key': value } }), 'headers', 'http']),
    ['a header twice', () => hostScoped({ headers: { 'X-Key': secret('a'), 'x-key': secret('b') } }), 'headers', 'http'],
    ['33 headers', () => hostScoped({ headers: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`x-${i}`, 'v'])) }), 'headers', 'http'],
    ['more headers than fit', () => hostScoped({ headers: { 'x-a': 'v'.repeat(8192), 'x-b': 'v'.repeat(8192) } }), 'headers', 'http'],
  ])
    it(`refuses ${what}, and says nothing of it back`, async () => {
      const provider = { host: 'http', headers: 'http', password: 'smtp', username: 'smtp' }[field] ?? 'openai', before = (await list(api)).length;
      for (const [by, path] of [[api, `/integrations/${provider}/credentials`], [ada, `/api/integrations/${provider}/credentials`]]) {
        const sent = body();
        if (by === ada && what === 'no title')
          continue; // which is allowed there
        const answer = by === api ? await api.post(path, sent) : await ada.post(path, { json: sent });
        assert.equal(answer.status, 422, answer.text);
        assert.deepEqual(answer.json.detail[0].loc.slice(0, 2), ['body', field], answer.text);
        assert.equal(answer.json.detail[0].input, null);
      }
      assert.equal((await list(api)).length, before);
    });

  it('says nothing back of a body that is no JSON', async () => {
    const text = secret('broken');
    for (const body of [`{"type":"api_key","api_key":"${text}"`, `{"api_key": ${text}}`, `"${text}"`, `["${text}"]`, `{"${text}":1}`])
      assert.ok([400, 422].includes((await api.send('POST', '/integrations/openai/credentials', { body, type: 'application/json' })).status));
  });

  it('takes the most that fits', async () => {
    await create(api, 'openai', apiKey({ api_key: secret('big') + 'k'.repeat(8192 - 60), title: '🔑'.repeat(200) }));
    await create(api, 'http', hostScoped({ headers: Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`x-${i}`, `${secret('h')}${'v'.repeat(400)}`])) }));
    await create(api, 'openai', apiKey({ api_key: `-----BEGIN KEY-----\n${secret('lines')}\n-----END KEY-----\n` }));
  });
});

describe('the pages\' API', () => {
  const path = (rest) => `/api/integrations/${rest}`;

  it('stores, shows, renames and deletes', async () => {
    const made = await ada.post(path('openai/credentials'), { json: apiKey({ title: undefined, provider: 'openai', id: 'ignored' }) });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(Object.keys(made.json).sort(), META);
    const { id } = made.json;
    assert.equal(made.json.title, null);
    assert.deepEqual((await ada.get(path(`openai/credentials/${id}`))).json, made.json);
    assert.ok((await ada.get(path('openai/credentials'))).json.some((c) => c.id === id));
    assert.ok((await ada.get(path('credentials'))).json.some((c) => c.id === id));
    const renamed = await ada.send('PATCH', path(`openai/credentials/${id}`), { json: { title: 'Named' } });
    assert.deepEqual([renamed.status, renamed.json.title], [200, 'Named']);
    const gone = await ada.send('DELETE', path(`openai/credentials/${id}?force=true`));
    assert.deepEqual([gone.status, gone.json], [200, { deleted: true, revoked: null }]);
    assert.equal((await ada.get(path(`openai/credentials/${id}`))).status, 404);
  });

  it('knows nobody else\'s', async () => {
    const { id } = await create(api, 'openai', apiKey());
    assert.equal((await bob.get(path(`openai/credentials/${id}`))).status, 404);
    assert.equal((await bob.send('DELETE', path(`openai/credentials/${id}`))).status, 404);
    assert.equal((await bob.send('PATCH', path(`openai/credentials/${id}`), { json: { title: 'x' } })).status, 404);
    assert.ok(!(await bob.get(path('credentials'))).text.includes(id));
    assert.equal((await ada.get(path(`openai/credentials/${id}`))).status, 200);
  });

  it('keeps the server\'s own as they are', async () => {
    assert.equal((await ada.send('DELETE', path(`ollama/credentials/${OLLAMA}`))).status, 403);
    assert.equal((await ada.get(path(`ollama/credentials/${OLLAMA}`))).json.is_managed, true);
  });

  it('wants a session of this site', async () => {
    for (const [method, rest] of [['GET', 'credentials'], ['GET', 'openai/credentials'], ['GET', `openai/credentials/${UNKNOWN}`], ['DELETE', `openai/credentials/${UNKNOWN}`]])
      assert.equal((await server.browser().send(method, path(rest))).status, 401);
    assert.equal((await ada.post(path('openai/credentials'), { json: apiKey(), headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } })).status, 403);
    const answer = await ada.post(path('nobody/credentials'), { json: apiKey() });
    assert.equal(answer.status, 404);
    assert.equal(answer.json.detail, "Provider 'nobody' not found");
  });
});

describe('the page', () => {
  const path = '/profile/integrations';
  const rename = async (who, id, title, at = `${path}/openai/${id}/rename`) => {
    const [, csrf] = /name="csrf" value="([^"]*)"/.exec((await who.get('/profile')).text);
    return who.post(at, { form: { csrf, title } });
  };

  it('renames', async () => {
    const { id } = await create(api, 'openai', apiKey());
    const answer = await rename(ada, id, 'Für <b>Berichte</b>');
    assert.deepEqual([answer.status, answer.headers.location], [303, `${path}?done=credential-renamed`]);
    assert.equal((await ada.get(`/api/integrations/openai/credentials/${id}`)).json.title, 'Für <b>Berichte</b>');
    assert.match((await ada.get(path)).text, /<bdi>Für &lt;b&gt;Berichte&lt;\/b&gt;<\/bdi>/);
  });

  it('says beside the field why a name is none, keeps what was typed, and changes nothing', async () => {
    const { id } = await create(api, 'openai', apiKey({ title: 'Old' }));
    for (const [title, why] of [['', /Fill this in/], ['   ', /Fill this in/], ['x'.repeat(201), /At most 200 characters/], ['a\u0007b', /no control character/]]) {
      const answer = await rename(ada, id, title);
      assert.equal(answer.status, 400, answer.text);
      assert.match(new RegExp(`id="name-${id}-error">([^<]*)`).exec(answer.text)[1], why);
      assert.equal((answer.text.match(/class="field-error"/g) ?? []).length, 1);
      if (title.length > 200)
        assert.ok(answer.text.includes(`id="name-${id}" name="title" value="${title}"`));
    }
    assert.equal((await ada.get(`/api/integrations/openai/credentials/${id}`)).json.title, 'Old');
  });

  it('renames nobody else\'s, nor the server\'s own', async () => {
    const { id } = await create(api, 'openai', apiKey({ title: 'Old' }));
    assert.equal((await rename(bob, id, 'Mine')).status, 404);
    assert.equal((await rename(ada, UNKNOWN, 'Mine')).status, 404);
    assert.equal((await rename(ada, OLLAMA, 'Mine', `${path}/ollama/${OLLAMA}/rename`)).status, 403);
    assert.equal((await ada.get(`/api/integrations/openai/credentials/${id}`)).json.title, 'Old');
  });
});

describe('limits and records', () => {
  it('a person has at most 500', async () => {
    const full = await signUp(server), by = await withKey(server, full, SCOPES), { id } = await create(by, 'openai', apiKey());
    await server.sql(`INSERT INTO credentials (id, user_id, provider, kind, title, scopes, username, host, expires_at, refresh_expires_at, state, revision, refresh_until, key_id, sealed, created_at, updated_at, last_used_at)
      SELECT 'copy-' || n, user_id, provider, kind, title, scopes, username, host, expires_at, refresh_expires_at, state, revision,
      refresh_until, key_id, sealed, created_at, updated_at, last_used_at FROM credentials, (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 499) SELECT n FROM t) AS numbers WHERE id = '${id}'`);
    const answer = await by.post('/integrations/openai/credentials', apiKey());
    assert.deepEqual([answer.status, answer.json.detail], [409, 'There are too many credentials. Delete one that is no longer used.']);
    assert.equal((await by.get('/integrations/credentials')).json.length, 501);
    await by.delete(`/integrations/openai/credentials/${id}`);
    const race = await Promise.all(Array.from({ length: 8 }, () => by.post('/integrations/openai/credentials', apiKey())));
    assert.deepEqual(race.map((a) => a.status).sort(), [201, ...Array(7).fill(409)], 'of many at once, as many as there is room for');
    await server.sql("DELETE FROM credentials WHERE id LIKE 'copy-%'");
  });

  it('leave no secret in the database\'s pages', async () => {
    const stored = [];
    for (let i = 0; i < 5; i++) {
      const body = apiKey();
      await create(api, 'openai', body);
      stored.push(body.api_key);
    }
    const bytes = await server.database.everything();
    assert.ok(bytes.includes('openai'), 'it looks where the rows are');
    for (const text of stored)
      assert.ok(!bytes.includes(text));
  });
});
