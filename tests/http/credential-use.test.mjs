// Stored credentials in use: picked by host, renewed once however many need them, sent nowhere else.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { withKey } from '../lib/agents.mjs';
import { own } from '../lib/audit.mjs';
import { signUp } from '../lib/people.mjs';
import { connect, described, Provider, withProviders } from '../lib/providers.mjs';
import { engine } from '../lib/server.mjs';
import { sendJson, StandIn } from '../lib/stand-in.mjs';

const SEND = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc';
const SCOPES = ['MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'DELETE_INTEGRATIONS', 'EXECUTE_BLOCK'];

let server, provider, elsewhere, person, api;
before(async () => {
  provider = await Provider.start();
  provider.resource = (request, response) => sendJson(response, { authorization: request.headers.authorization, x: request.headers['x-key'], y: request.headers['x-other'] });
  elsewhere = await StandIn.start((request, response) => sendJson(response, request.headers), '127.0.0.2');
  server = await withProviders({ acme: described(provider.url, { hosts: ['127.0.0.1'] }) }, { GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.1, 127.0.0.2', GATEHOUSE_AGENT_THREADS: '32' });
  person = await signUp(server);
  api = await withKey(server, person, SCOPES);
});
after(async () => {
  await server?.close();
  await Promise.all([provider, elsewhere].map((it) => it?.stop()));
});
beforeEach(() => {
  provider.calls = [];
  provider.token = (form, request, response) => sendJson(response, provider.tokens());
});

const run = (who, input) => who.post(`/blocks/${SEND}/execute`, { method: 'GET', ...input });
const get = (who, id, path = '/api', more = {}) => run(who, { url: `${provider.url}${path}`, credentials: { id }, ...more });
const expire = (id, seconds = 3600) => server.age('credentials', ['expires_at', 'updated_at'], seconds, `id = '${id}'`);
const awake = (id) => server.sql(`UPDATE credentials SET refresh_after = 0 WHERE id = '${id}'`); // its rest after a failure is over
const state = async (id) => (await person.get(`/api/integrations/acme/credentials/${id}`)).json.state;
const refreshes = () => provider.to('/token').filter((call) => call.form.grant_type === 'refresh_token');
const failed = (answer, words) => {
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.json.detail, words);
};
async function stored(who, provider, body) {
  const answer = await who.post(`/integrations/${provider}/credentials`, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}

describe('SendAuthenticatedWebRequestBlock', () => {
  const hosted = (host, headers, who = api) => stored(who, 'http', { type: 'host_scoped', title: host, host, headers });

  it('sends the header fields of the credential that it is given; the request’s own win', async () => {
    const id = await hosted('127.0.0.1', { 'X-Key': 'k1', 'X-Other': 'k2' });
    assert.deepEqual((await get(api, id)).json, { response: [{ x: 'k1', y: 'k2' }] });
    assert.deepEqual((await get(api, id, '/api', { headers: { 'x-key': 'mine' } })).json, { response: [{ x: 'mine', y: 'k2' }] });
    const uses = (await own(person, { event: 'credential.used' })).filter((e) => e.subject === id);
    assert.deepEqual(uses.map((e) => [e.user_id, e.by, e.detail]), [[person.user.id, 'server', 'http']], 'on record, once a minute at most');
    await api.delete(`/integrations/http/credentials/${id}`);
  });

  it('picks the credential by the host where none is named', async () => {
    failed(await get(api, undefined), /no credentials for the host 127\.0\.0\.1/);
    const id = await hosted('127.0.0.1', { 'X-Key': 'picked' });
    assert.equal((await run(api, { url: `${provider.url}/api`, credentials: {} })).json.response[0].x, 'picked');
    await api.delete(`/integrations/http/credentials/${id}`);
  });

  it('sends a credential to no other host, over redirects neither', async () => {
    const id = await hosted('127.0.0.1', { 'X-Key': 'only-here', Authorization: 'Bearer only-here' });
    failed(await run(api, { url: `${elsewhere.url}/`, credentials: { id } }), /are not for the host 127\.0\.0\.2/);
    assert.equal(elsewhere.requests.length, 0);
    provider.resource = (request, response) => response.writeHead(302, { location: elsewhere.url }).end();
    const answer = await get(api, id);
    provider.resource = (request, response) => sendJson(response, { authorization: request.headers.authorization, x: request.headers['x-key'], y: request.headers['x-other'] });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(elsewhere.requests.length, 1);
    assert.doesNotMatch(JSON.stringify(elsewhere.last.headers), /only-here/);
    const hosts = await hosted('*.internal.example', { 'X-Key': 'x' });
    failed(await run(api, { url: 'http://internal.example.evil.example/', credentials: { id: hosts } }), /are not for the host/);
  });

  it("uses nobody else's credentials", async () => {
    const id = await hosted('127.0.0.1', { 'X-Key': 'mine' });
    const stranger = await withKey(server, await signUp(server), SCOPES);
    failed(await get(stranger, id), new RegExp(`Unknown credentials #${id}`));
    failed(await get(api, 'nonsense'), /Unknown credentials #nonsense/);
    failed(await run(api, { url: `${provider.url}/`, credentials: { id, provider: 'acme' } }), /type\/provider mismatch/);
    failed(await run(api, { url: `${provider.url}/`, credentials: { id, type: 'api_key' } }), /type\/provider mismatch/);
    const key = await stored(api, 'acme', { type: 'api_key', title: 'k', api_key: 'sk-1' });
    failed(await get(api, key), /are not for the host/);
  });

  it("sends an account's token to its provider's API alone", async () => {
    const { credentials_id } = await connect(api, 'acme');
    assert.match((await get(api, credentials_id)).json.response[0].authorization, /^Bearer at-\d+-of-a-provider$/);
    failed(await run(api, { url: elsewhere.url, credentials: { id: credentials_id } }), /are not for the host/);
  });
});

describe('renewal', () => {
  let id;
  before(async () => { id = (await connect(api, 'acme', { scopes: ['read'] })).credentials_id; });

  it('comes when a token has less than 300 seconds left, not before', async () => {
    await expire(id, 3250);
    await get(api, id);
    assert.equal(refreshes().length, 0);
    await expire(id, 100);
    const before = provider.serial, answer = await get(api, id);
    assert.equal(refreshes().length, 1);
    assert.equal(answer.json.response[0].authorization, `Bearer at-${before + 1}-of-a-provider`);
    assert.deepEqual(refreshes()[0].form, { grant_type: 'refresh_token', refresh_token: `rt-${before}-of-a-provider`, client_id: 'client of gatehouse', client_secret: 'a secret & its = signs' });
    await get(api, id);
    assert.equal(refreshes().length, 1);
  });

  it('keeps the refresh token where the provider gives no new one', async () => {
    const last = provider.serial;
    provider.token = (form, request, response) => sendJson(response, { access_token: `kept-${++provider.serial}`, expires_in: 3600 });
    await expire(id);
    assert.equal((await get(api, id)).status, 200);
    await expire(id);
    assert.equal((await get(api, id)).status, 200);
    assert.deepEqual(refreshes().map((call) => call.form.refresh_token), [`rt-${last}-of-a-provider`, `rt-${last}-of-a-provider`]);
  });

  it('happens once for a hundred that need it at the same time', async () => {
    provider.token = (form, request, response) => setTimeout(() => sendJson(response, provider.tokens()), 300);
    await expire(id);
    const answers = await Promise.all(Array.from({ length: 100 }, () => get(api, id)));
    assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
    assert.equal(refreshes().length, 1);
    assert.deepEqual([...new Set(answers.map((a) => a.json.response[0].authorization))], [`Bearer at-${provider.serial}-of-a-provider`]);
  });

  it('that fails for a moment changes nothing, and a token that still works is used', async () => {
    await expire(id, 3400);
    provider.token = (form, request, response) => response.writeHead(503).end();
    assert.equal((await get(api, id)).status, 200);
    await expire(id, 400);
    await awake(id);
    failed(await get(api, id), /could not be renewed: Acme answered 503/);
    await awake(id);
    provider.token = (form, request, response) => sendJson(response, { error: 'invalid_client' }, 401);
    failed(await get(api, id), /could not be renewed: Acme answered invalid_client/);
    assert.equal(await state(id), 'ok');
    await awake(id);
    provider.token = (form, request, response) => sendJson(response, provider.tokens());
    assert.equal((await get(api, id)).status, 200);
  });

  it('that failed is left for a while, for longer each time, by whoever asks', async () => {
    provider.token = (form, request, response) => response.writeHead(503).end();
    await expire(id);
    for (const seconds of [5, 10, 20, 40, 80, 160, 300, 300]) {
      const from = refreshes().length;
      for (let i = 0; i < 3; i++)
        failed(await get(api, id), /could not be renewed: Acme answered 503/);
      assert.equal(refreshes().length, from + 1);
      const [row] = await server.sql(`SELECT refresh_after, refresh_until FROM credentials WHERE id = '${id}'`);
      const left = Number(row.refresh_after) - Date.now();
      assert.ok(left > seconds * 1000 - 5000 && left <= seconds * 1000, `${left} ms of ${seconds} s`);
      assert.equal(Number(row.refresh_until), 0);
      failed(await get(api, id), new RegExp(`asked again in (${Math.ceil(left / 1000)}|${Math.ceil(left / 1000) - 1}) seconds`));
      await awake(id);
    }
    await server.sql(`UPDATE credentials SET refresh_after = ${Date.now() + 3600_000} WHERE id = '${id}'`); // by a clock that was set back since
    provider.token = (form, request, response) => sendJson(response, provider.tokens());
    assert.equal((await get(api, id)).status, 200);
    const [row] = await server.sql(`SELECT refresh_failures, refresh_after, refresh_problem FROM credentials WHERE id = '${id}'`);
    assert.deepEqual([Number(row.refresh_failures), Number(row.refresh_after), row.refresh_problem], [0, 0, null]);
  });

  it('whose answer has no lifetime keeps the one that there was', async () => {
    const { credentials_id } = await connect(api, 'acme');
    await person.send('PATCH', `/api/integrations/acme/credentials/${credentials_id}`, { json: { title: 'renamed' } });
    provider.token = (form, request, response) => sendJson(response, provider.tokens({ expires_in: undefined }));
    for (let i = 0; i < 2; i++) {
      await expire(credentials_id);
      assert.equal((await get(api, credentials_id)).status, 200);
    }
    const [row] = await server.sql(`SELECT expires_at FROM credentials WHERE id = '${credentials_id}'`);
    const left = Number(row.expires_at) - Date.now();
    assert.ok(left > 3590_000 && left < 3605_000, `${left} ms`);
    assert.equal(refreshes().length, 2);
  });

  it('whose answer has unreadable scopes keeps its tokens, and the scopes that there were', async () => {
    const { credentials_id } = await connect(api, 'acme', { scopes: ['read'] });
    provider.token = (form, request, response) => sendJson(response, provider.tokens({ scope: { odd: true } }));
    await expire(credentials_id);
    assert.equal((await get(api, credentials_id)).status, 200);
    const last = `rt-${provider.serial}-of-a-provider`;
    await expire(credentials_id);
    assert.equal((await get(api, credentials_id)).status, 200);
    assert.equal(refreshes().at(-1).form.refresh_token, last);
    assert.deepEqual((await person.get(`/api/integrations/acme/credentials/${credentials_id}`)).json.scopes, ['read']);
  });

  it('that the provider refuses marks the credential, until it is connected anew', async () => {
    await expire(id);
    provider.token = (form, request, response) => sendJson(response, { error: 'invalid_grant', error_description: 'revoked' }, 400);
    failed(await get(api, id), /must be connected anew/);
    assert.equal(await state(id), 'reconnect_needed');
    failed(await get(api, id), /must be connected anew/);
    assert.equal(refreshes().length, 1);
    provider.token = (form, request, response) => sendJson(response, provider.tokens());
    const { state_token } = (await person.get('/api/integrations/acme/login', { query: { credential_id: id } })).json;
    assert.equal((await person.post('/api/integrations/acme/callback', { json: { code: 'c', state_token } })).status, 200);
    assert.equal(await state(id), 'ok');
    assert.equal((await get(api, id)).status, 200);
  });

  it('of an account without a refresh token means connecting anew', async () => {
    provider.token = (form, request, response) => sendJson(response, { access_token: 'short', expires_in: 60 });
    const { credentials_id } = await connect(api, 'acme');
    assert.equal((await get(api, credentials_id)).status, 200);
    await expire(credentials_id, 31);
    assert.equal((await get(api, credentials_id)).status, 200, 'its token has not ended');
    assert.equal(await state(credentials_id), 'ok');
    await expire(credentials_id, 31);
    failed(await get(api, credentials_id), /must be connected anew/);
    assert.equal(await state(credentials_id), 'reconnect_needed');
    assert.equal(refreshes().length, 0);
  });

  it('of tokens that live for a minute comes when half of it is over, and not with each use', async () => {
    provider.token = (form, request, response) => sendJson(response, provider.tokens({ expires_in: 60 }));
    const { credentials_id } = await connect(api, 'acme');
    assert.equal((await get(api, credentials_id)).status, 200);
    assert.equal(refreshes().length, 0);
    await expire(credentials_id, 31);
    assert.equal((await get(api, credentials_id)).status, 200);
    assert.equal((await get(api, credentials_id)).status, 200);
    assert.equal(refreshes().length, 1);
  });

  it('tells nobody the token that a provider says back', async () => {
    const { credentials_id } = await connect(api, 'acme'), token = `rt-${provider.serial}-of-a-provider`;
    server.canary.add(token, 'refresh token of a provider');
    provider.token = (form, request, response) => sendJson(response, { error: 'invalid_client', error_description: `unknown: ${form.refresh_token}` }, 401);
    await expire(credentials_id);
    const answer = await get(api, credentials_id);
    failed(answer, /could not be renewed: Acme answered 401/);
    assert.ok(!answer.text.includes(token));
  });

  it('whose node died is taken up by others when its time is over', async () => {
    await expire(id);
    await server.sql(`UPDATE credentials SET refresh_until = ${Date.now() + 1500} WHERE id = '${id}'`);
    const from = Date.now();
    assert.equal((await get(api, id)).status, 200);
    assert.ok(Date.now() - from > 1000);
    assert.equal(refreshes().length, 1);
  });

  it('by another node is waited for, however large the tokens are', async () => {
    provider.token = (form, request, response) => sendJson(response, provider.tokens({ access_token: 'a'.repeat(8000), refresh_token: 'r'.repeat(8000) }));
    const { credentials_id } = await connect(api, 'acme');
    await expire(credentials_id);
    await server.sql(`UPDATE credentials SET refresh_until = ${Date.now() + 1500} WHERE id = '${credentials_id}'`);
    const answer = await get(api, credentials_id);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(refreshes().length, 1);
  });
});

describe('deleting', () => {
  const remove = async (id) => (await person.send('DELETE', `/api/integrations/acme/credentials/${id}`)).json;
  const account = async () => (await connect(api, 'acme')).credentials_id;

  it("revokes an account's tokens at the provider", async () => {
    const id = await account(), n = provider.serial;
    assert.deepEqual(await remove(id), { deleted: true, revoked: true });
    const told = provider.to('/revoke').map((call) => [call.form.token, call.form.token_type_hint]);
    assert.deepEqual(told, [[`rt-${n}-of-a-provider`, 'refresh_token'], [`at-${n}-of-a-provider`, 'access_token']]);
    const other = await account(), answer = await api.delete(`/integrations/acme/credentials/${other}`);
    assert.deepEqual(answer.json, { deleted: true, credentials_id: other });
    assert.equal(provider.to('/revoke').length, 4);
  });

  it('goes on without a provider that does not answer well', async () => {
    provider.revoke = (form, request, response) => response.writeHead(500).end();
    const id = await account();
    assert.deepEqual(await remove(id), { deleted: true, revoked: false });
    delete provider.revoke;
    assert.equal((await api.delete(`/integrations/acme/credentials/${id}`)).status, 404);
  });

  it('of what is no account revokes nothing', async () => {
    const id = await stored(api, 'acme', { type: 'api_key', title: 'k', api_key: 'sk-1' });
    assert.deepEqual(await remove(id), { deleted: true, revoked: null });
    assert.equal(provider.to('/revoke').length, 0);
  });
});

describe('two nodes', { skip: engine === 'sqlite' && 'several nodes want a server' }, () => {
  it('renew a credential once', async () => {
    const { credentials_id } = await connect(api, 'acme'), other = await server.node();
    await other.up();
    try {
      const there = { post: (path, json) => other.browser().post(`/external-api/v1${path}`, { json, headers: api.headers }) };
      provider.calls = [];
      provider.token = (form, request, response) => setTimeout(() => sendJson(response, provider.tokens()), 500);
      await expire(credentials_id);
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => get(i % 2 ? api : there, credentials_id)));
      assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
      assert.equal(refreshes().length, 1);
      // the other node's clock is a minute ahead: the same as a reservation that ends a minute earlier
      await expire(credentials_id);
      const here = get(api, credentials_id);
      while (refreshes().length < 2)
        await new Promise((resolve) => setTimeout(resolve, 20));
      await server.sql(`UPDATE credentials SET refresh_until = refresh_until - 60000 WHERE id = '${credentials_id}'`);
      assert.equal((await get(there, credentials_id)).status, 200);
      assert.equal((await here).status, 200);
      assert.equal(refreshes().length, 2);
    } finally {
      await other.close();
    }
  });
});
