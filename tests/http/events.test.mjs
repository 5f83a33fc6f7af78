// Live progress of executions by Server-Sent Events.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, graph, GRAPH_SCOPES, link, made, node, withKey, withToken } from '../lib/agents.mjs';
import { follow } from '../lib/events.mjs';
import { ended, execute, until } from '../lib/executions.mjs';
import { signUp } from '../lib/people.mjs';
import { raw } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';

const TIMER = 'd67a9c52-5e4e-11e2-bcfd-0800200c9a71', STEP = 'f66a3543-28d3-4ab5-8945-9b336371e2ce';
const unknown = '01890000-0000-7000-8000-000000000000';

let server, person, api, theirs;
before(async () => {
  server = await Server.start({});
  person = await signUp(server);
  api = await withKey(server, person);
  theirs = await withKey(server, await signUp(server));
});
after(() => server?.close());

const events = (agent, id, headers = {}) => follow(server, `/graphs/${agent.id}/executions/${id}/events`, { ...api.headers, ...headers });

// Three seconds, a value each.
const ticking = () => graph([node('tick', TIMER, { input_message: 't', seconds: 1, repeat: 3 }), node('out', 'output', { name: 'Out' })],
  [link('tick', 'output_message', 'out', 'value')]);
const waiting = (seconds) => graph([node('wait', TIMER, { input_message: 'done', seconds })]);

describe('the events of an execution', () => {
  it('come as it goes on, and end with it', async () => {
    const agent = await made(api, ticking()), id = await execute(api, agent), from = Date.now(), seen = [];
    const stream = await follow(server, `/graphs/${agent.id}/executions/${id}/events`, api.headers, (e) => seen.push([Date.now() - from, e]));
    assert.equal(stream.status, 200);
    assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(stream.headers['cache-control'], 'no-store');
    assert.equal(stream.headers['transfer-encoding'], 'chunked');
    assert.equal(await stream.closed, 'end');
    const last = stream.events.at(-1);
    assert.equal(last.event, 'execution');
    assert.deepEqual(last.data, { execution_id: id, status: 'COMPLETED', output: [{ Out: 't' }, { Out: 't' }, { Out: 't' }] });
    const outputs = stream.events.filter((e) => e.event === 'node' && e.data.node_id === agent.nodes[1].id && e.data.status === 'COMPLETED');
    assert.equal(outputs.length, 3);
    assert.ok(seen[0][0] < 2500 && seen.at(-1)[0] > 2500, 'all at once'); // the first before the last value was there
    for (const e of stream.events)
      assert.match(e.id, /^\d+-\d+$/);
  });

  it('of one that has ended are told at once, and in full', async () => {
    const agent = await made(api, graph([node('each', STEP, { items: Array.from({ length: 120 }, (_, i) => i) }), node('out', 'output', { name: 'Out' })],
      [link('each', 'item', 'out', 'value')]));
    const id = await execute(api, agent);
    await ended(api, agent, id);
    const stream = await events(agent, id);
    await stream.closed;
    const nodes = stream.events.filter((e) => e.event === 'node');
    assert.equal(new Set(nodes.map((e) => e.data.node_execution_id)).size, 121);
    assert.equal(stream.events.at(-1).data.output.length, 120);
    assert.equal(stream.rest(), '');

    // From an event on, those behind it.
    const at = stream.events[100];
    const again = await events(agent, id, { 'last-event-id': at.id });
    await again.closed;
    assert.deepEqual(again.events, stream.events.slice(101));
  });

  it('begin at the beginning when the place makes no sense', async () => {
    const agent = await made(api, calculator()), id = await execute(api, agent, { In: 1 });
    await ended(api, agent, id);
    for (const place of ['x', '-', '1-', '-1', '1-2-3', '99999999999999999999-1', ''])
      await (async () => {
        const stream = await events(agent, id, { 'last-event-id': place });
        await stream.closed;
        assert.ok(stream.events.length >= 4, place);
      })();
  });

  it('tell of a review and of a stop', async () => {
    const agent = await made(api, graph([node('ask', 'review', { name: 'Look', data: 1 })])), id = await execute(api, agent);
    await until(api, agent, id, (r) => r.status === 'REVIEW');
    const stream = await events(agent, id);
    setTimeout(() => api.post(`/graphs/${agent.id}/executions/${id}/stop`), 500);
    assert.equal(await stream.closed, 'end');
    const waits = stream.events.find((e) => e.event === 'node' && e.data.status === 'REVIEW');
    assert.ok(Number.isInteger(waits.data.node_execution_id));
    assert.deepEqual(stream.events.filter((e) => e.event === 'execution').map((e) => e.data.status), ['REVIEW', 'TERMINATED']);
    assert.equal(stream.events.at(-2).data.status, 'TERMINATED');
  });

  it('are nobody else\'s', async () => {
    const agent = await made(api, calculator()), id = await execute(api, agent, { In: 1 }), path = `/graphs/${agent.id}/executions/${id}/events`;
    assert.deepEqual((await theirs.get(path)).json, { detail: `Graph #${agent.id} not found.` });
    assert.deepEqual((await api.get(`/graphs/${agent.id}/executions/${unknown}/events`)).json, { detail: `Graph execution #${unknown} not found.` });
    const narrow = await withToken(server, person, GRAPH_SCOPES.filter((s) => s !== 'READ_GRAPH'));
    assert.equal((await narrow.get(path)).status, 403);
    assert.equal((await server.browser().get(`/external-api/v1${path}`)).status, 401);
    assert.equal((await api.send('HEAD', path)).status, 200);
  });

  it('end when the credential does', async () => {
    const mine = await withKey(server, person), agent = await made(mine, waiting(60)), id = await execute(mine, agent);
    const stream = await follow(server, `/graphs/${agent.id}/executions/${id}/events`, mine.headers), from = Date.now();
    const { json } = await person.get('/api/api-keys');
    const key = (json.items ?? json)[0];
    assert.equal((await person.send('DELETE', `/api/api-keys/${key.id}`)).status, 200);
    assert.equal(await stream.closed, 'end');
    assert.ok(Date.now() - from < 14_000);
    await api.post(`/graphs/${agent.id}/executions/${id}/stop`);
  });

  it('leave nothing behind when the client goes', async () => {
    const agent = await made(api, waiting(60)), id = await execute(api, agent);
    for (let i = 0; i < 20; i++) {
      const stream = await events(agent, id);
      stream.close();
      await stream.closed;
    }
    await api.post(`/graphs/${agent.id}/executions/${id}/stop`);
    assert.equal((await ended(api, agent, id)).status, 'TERMINATED');
  });

  it('come without chunks to a client of HTTP/1.0', async () => {
    const agent = await made(api, ticking()), id = await execute(api, agent);
    const [[name, value]] = Object.entries(api.headers);
    const { text } = await raw(server, `GET /external-api/v1/graphs/${agent.id}/executions/${id}/events HTTP/1.0\r\n${name}: ${value}\r\n\r\n`, { quiet: 5000 });
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.doesNotMatch(text, /transfer-encoding|content-length/i);
    assert.match(text, /connection: close/i);
    assert.match(text, /\n\nevent: execution\n[^]*"COMPLETED"[^]*\n\n$/);
  });

  it('end when the server does', async () => {
    const agent = await made(api, waiting(60)), id = await execute(api, agent), stream = await events(agent, id), from = Date.now();
    await server.stop();
    assert.notEqual(await stream.closed, 'cut');
    assert.ok(Date.now() - from < 5000);
    await server.up();
    await api.post(`/graphs/${agent.id}/executions/${id}/stop`);
    assert.equal((await ended(api, agent, id)).status, 'TERMINATED');
  });
});
