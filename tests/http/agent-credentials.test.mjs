// Credentials of agents: in their nodes, checked before anything runs, the runner's own alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { graph, GRAPH_SCOPES, link, made, node, withKey } from '../lib/agents.mjs';
import { ended } from '../lib/executions.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { sendJson, StandIn } from '../lib/stand-in.mjs';

const SEND = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc';
const SCOPES = [...GRAPH_SCOPES, 'MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'DELETE_INTEGRATIONS'];

let server, web, ada, grace, mine, key, theirs;
const stored = async (api, provider, body) => {
  const answer = await api.post(`/integrations/${provider}/credentials`, { title: 'a title', ...body });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
};
const forHost = (api, value) => stored(api, 'http', { type: 'host_scoped', host: '127.0.0.1', headers: { 'X-Key': value } });

before(async () => {
  web = await StandIn.start((request, response) => sendJson(response, { key: request.headers['x-key'] ?? null }));
  server = await Server.start({ GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.1' });
  ada = await withKey(server, await signUp(server), SCOPES);
  grace = await withKey(server, await signUp(server), SCOPES);
  mine = await forHost(ada, 'of ada');
  key = await stored(ada, 'github', { type: 'api_key', api_key: 'a key of ada at github' });
  theirs = await forHost(grace, 'of grace');
});
after(async () => {
  await server?.close();
  await web?.stop();
});

// url → call → Out. undefined: no credentials are named
const caller = (credentials, more = {}) => graph(
  [node('call', SEND, { url: web.url, method: 'GET', ...(credentials !== undefined && { credentials }) }, more), node('out', 'output', { name: 'Out' })],
  [link('call', 'response', 'out', 'value')]);
const callOf = (agent) => agent.nodes.find((n) => n.block_id === SEND).id;
const execute = (api, agent) => api.post(`/graphs/${agent.id}/execute/${agent.version}`, { node_input: {} });

async function refused(credentials, words, api = ada) {
  const agent = await made(api, caller(credentials)), answer = await execute(api, agent);
  assert.deepEqual([answer.status, answer.json.detail], [400, `Graph validation failed: 1 issues on 1 nodes\n  ${callOf(agent)}:\n    credentials: ${words}`]);
}

async function gives(agent, output, api = ada) {
  const answer = await execute(api, agent);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual((await ended(api, agent, answer.json.id)).output, output);
}

describe('credentials in the nodes of an agent', () => {
  it('are those that it runs with', async () => {
    await gives(await made(ada, caller({ id: mine, provider: 'http', type: 'host_scoped', title: 'mine' })), [{ Out: { key: 'of ada' } }]);
    await gives(await made(ada, caller({ id: mine })), [{ Out: { key: 'of ada' } }]);
  });

  it('may be picked by the block', async () => {
    await gives(await made(ada, caller({})), [{ Out: { key: 'of ada' } }]);
    await gives(await made(grace, caller({ provider: 'http' })), [{ Out: { key: 'of grace' } }], grace);
  });

  it('are required', async () => {
    await refused(undefined, 'These credentials are required');
    await refused(null, 'These credentials are required');
  });

  it('are known, and the runner’s own', async () => {
    const none = '00000000-0000-7000-8000-000000000000';
    await refused({ id: none }, `Unknown credentials #${none}`);
    await refused({ id: theirs }, `Unknown credentials #${theirs}`);
    await refused({ id: mine }, `Unknown credentials #${mine}`, grace);
    await refused({ id: 'x'.repeat(500) }, `Unknown credentials #${'x'.repeat(100)}`);
  });

  it('are of the kind and the provider that the node says', async () => {
    const mismatch = 'Invalid credentials: type/provider mismatch';
    await refused({ id: mine, provider: 'github' }, mismatch);
    await refused({ id: mine, type: 'api_key' }, mismatch);
    await refused({ id: key, provider: 'http', type: 'host_scoped' }, mismatch);
    for (const value of [{ id: 7 }, [mine], mine, 7])
      await refused(value, mismatch);
  });

  it('are checked anew each time', async () => {
    const id = await forHost(ada, 'soon gone'), agent = await made(ada, caller({ id }));
    await gives(agent, [{ Out: { key: 'soon gone' } }]);
    assert.equal((await ada.delete(`/integrations/http/credentials/${id}`)).status, 200);
    assert.match((await execute(ada, agent)).json.detail, new RegExp(`Unknown credentials #${id}`));
  });

  it('are checked together with what else is wrong, in each node', async () => {
    const agent = await made(ada, graph([node('a', SEND, { credentials: { id: theirs } }), node('b', SEND, { url: web.url })]));
    const { detail } = (await execute(ada, agent)).json;
    assert.match(detail, /^Graph validation failed: 3 issues on 2 nodes\n/);
    assert.match(detail, /\n {4}url: This field is required\n {4}credentials: Unknown credentials #/);
    assert.match(detail, /\n {4}credentials: These credentials are required/);
  });

  it('are checked in a large agent, and before a schedule', async () => {
    const nodes = Array.from({ length: 1200 }, (_, i) => node(`n${i}`, 'store', { input: i }));
    const large = await made(ada, graph([...nodes, node('call', SEND, { url: web.url, credentials: { id: theirs } })]));
    assert.match((await execute(ada, large)).json.detail, new RegExp(`credentials: Unknown credentials #${theirs}`));
    const answer = await ada.post(`/graphs/${large.id}/schedules`, { name: 'daily', cron: '0 0 * * *' });
    assert.deepEqual([answer.status, /Unknown credentials #/.test(answer.json.detail)], [400, true], answer.text);
  });

  it('come by a link, and then show when it runs', async () => {
    const agent = await made(ada, graph(
      [node('in', 'input', { name: 'Which', value: { id: theirs } }), node('call', SEND, { url: web.url, method: 'GET' }), node('out', 'output', { name: 'Out' })],
      [link('in', 'result', 'call', 'credentials'), link('call', 'response', 'out', 'value')]));
    assert.deepEqual(agent.credentials_input_schema, { type: 'object', properties: {}, required: [] });
    const from = web.requests.length;
    await gives(agent, []);
    assert.equal(web.requests.length, from);
  });

  it('may be lacking where the node says so: the others run', async () => {
    const agent = await made(ada, graph(
      [node('call', SEND, { url: web.url }, { metadata: { credentials_optional: true } }), node('seven', 'store', { input: 7 }), node('out', 'output', { name: 'Out' })],
      [link('seven', 'output', 'out', 'value')]));
    await gives(agent, [{ Out: 7 }]);
    assert.deepEqual(agent.credentials_input_schema.required, []);
  });
});

describe('credentials_input_schema', () => {
  it('tells which kinds the nodes take', async () => {
    const { credentials_input_schema: schema } = await made(ada, caller({ id: mine }));
    assert.deepEqual([schema.type, Object.keys(schema.properties), schema.required], ['object', ['http_host_scoped_credentials'], ['http_host_scoped_credentials']]);
    const { type, credentials_provider, credentials_types } = schema.properties.http_host_scoped_credentials;
    assert.deepEqual([type, credentials_provider, credentials_types], ['object', ['http'], ['host_scoped']]);
    assert.ok(!JSON.stringify(schema).includes(mine));
  });
});

describe('credentials that a schedule was given', () => {
  const name = 'http_host_scoped_credentials';
  const schedule = (api, agent, credentials) =>
    api.post(`/graphs/${agent.id}/schedules`, { name: 'Rarely', cron: '0 0 29 2 *', timezone: 'UTC', ...(credentials && { credentials }) });
  // The schedule, once its due time has run or was skipped.
  const fired = async (api, id) => {
    await server.sql(`UPDATE schedules SET next_run = ${Date.now()} WHERE id = '${id}'`);
    for (const end = Date.now() + 8000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
      const { json } = await api.get(`/schedules/${id}`);
      if (json.last_execution_id || json.last_skip)
        return json;
    }
    throw new Error('it did not come');
  };

  it('are those that it runs with, in place of the nodes’ own', async () => {
    const other = await forHost(ada, 'another of ada'), given = { [name]: { id: other, provider: 'http', type: 'host_scoped' } };
    for (const agent of [await made(ada, caller({ id: mine })), await made(ada, caller())]) {
      const { json: one, status } = await schedule(ada, agent, given);
      assert.equal(status, 200, JSON.stringify(one));
      assert.deepEqual(one.input_credentials, given);
      const { last_execution_id } = await fired(ada, one.id);
      assert.deepEqual((await ended(ada, agent, last_execution_id)).output, [{ Out: { key: 'another of ada' } }]);
    }
  });

  it('are the person’s own, and for an input that there is', async () => {
    const agent = await made(ada, caller({ id: mine }));
    const wrong = async (credentials, words) => {
      const answer = await schedule(ada, agent, credentials);
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.json.detail, words);
    };
    await wrong({ [name]: { id: theirs } }, new RegExp(`credentials: Unknown credentials #${theirs}`));
    await wrong({ [name]: { id: key, provider: 'http' } }, /type\/provider mismatch/);
    await wrong({ [name]: { id: mine, type: 'api_key' } }, /type\/provider mismatch/);
    await wrong({ [name]: 'mine' }, /type\/provider mismatch/);
    const answer = await schedule(ada, agent, { github_credentials: { id: key } });
    assert.equal(answer.status, 422, answer.text);
    assert.deepEqual([answer.json.detail[0].loc, answer.json.detail[0].msg], [['body', 'credentials'], 'The agent takes no credentials github_credentials']);
    assert.match((await schedule(ada, await made(ada, caller()))).json.detail, /credentials: These credentials are required/);
  });

  it('are looked at again when it is due', async () => {
    const soonGone = await forHost(ada, 'soon gone'), agent = await made(ada, caller({ id: mine }));
    const { json: one } = await schedule(ada, agent, { [name]: { id: soonGone } });
    assert.equal((await ada.delete(`/integrations/http/credentials/${soonGone}`)).status, 200);
    const { last_skip, next_run_time, last_execution_id } = await fired(ada, one.id);
    assert.deepEqual([last_skip.reason, last_execution_id], ['The credentials that it runs with do not exist any more', null]);
    assert.ok(next_run_time);
    // Nor may it become somebody else's.
    const { json: two } = await schedule(ada, agent, { [name]: { id: mine } });
    await server.sql(`UPDATE schedules SET credentials = '{"${name}":{"id":"${theirs}"}}' WHERE id = '${two.id}'`);
    assert.equal((await fired(ada, two.id)).last_skip.reason, 'The credentials that it runs with do not exist any more');
  });
});
