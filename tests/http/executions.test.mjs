// Executions of agents over the External API (dialect: Graph execution, Results).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { BLOCKS, calculator, graph, GRAPH_SCOPES, link, made, node, withKey, withToken } from '../lib/agents.mjs';
import { ended, execute, results, run, until } from '../lib/executions.mjs';
import { neverStored } from '../lib/expect.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const STEP = 'f66a3543-28d3-4ab5-8945-9b336371e2ce', TIMER = 'd67a9c52-5e4e-11e2-bcfd-0800200c9a71';
const SAME = '6dbbc4b3-ca6c-42b6-b508-da52d23e13f2', LIST_ITEM = '262ca24c-1025-43cf-a578-534e23234e97';
const unknown = '01890000-0000-7000-8000-000000000000';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let server, person, byKey, byToken, theirs;
before(async () => {
  server = await Server.start({ GATEHOUSE_EXECUTION_STEPS: '5000', GATEHOUSE_EXECUTION_LEASE_SECONDS: '2' });
  person = await signUp(server);
  byKey = await withKey(server, person);
  byToken = await withToken(server, person);
  theirs = await withKey(server, await signUp(server));
});
after(() => server?.close());

const refused = (answer, status, detail) => {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(answer.json, { detail });
};

// Waits for a person, and adds one to what they approve.
const asking = (more = {}) => graph(
  [node('in', 'input', { name: 'In' }), node('ask', 'review', { name: 'Look', ...more }), node('yes', 'output', { name: 'Yes' }),
    node('no', 'output', { name: 'No' }), node('why', 'output', { name: 'Why' })],
  [link('in', 'result', 'ask', 'data'), link('ask', 'approved_data', 'yes', 'value'), link('ask', 'rejected_data', 'no', 'value'),
    link('ask', 'review_message', 'why', 'value')]);

// A loop without an end.
const endless = () => graph([node('in', 'input', { name: 'In', value: 0 }), node('sum', 'calculator', { operation: 'Add', b: 1 })],
  [link('in', 'result', 'sum', 'a'), link('sum', 'result', 'sum', 'a')]);

// Waits for so many seconds.
const slow = (seconds) => graph([node('wait', TIMER, { input_message: 'done', seconds }), node('out', 'output', { name: 'Out' })],
  [link('wait', 'output_message', 'out', 'value')]);

for (const [how, api] of [['a key', () => byKey], ['a token', () => byToken]])
  describe(`with ${how}`, () => {
    it('runs the agent that the Platform exported', async () => {
      const agent = await made(api(), JSON.parse(readFileSync(new URL('../lib/calculator-agent.json', import.meta.url))));
      const got = await run(api(), agent, { Input: 8 });
      assert.equal(got.status, 'COMPLETED');
      assert.deepEqual(got.output, [{ Output: 42 }]);
    });

    it('answers at once with an id, and tells what each node got and gave', async () => {
      const agent = await made(api(), calculator()), id = await execute(api(), agent, { In: 8, other: 'unknown' });
      assert.match(id, uuid);
      const got = await ended(api(), agent, id);
      assert.deepEqual(Object.keys(got), ['execution_id', 'status', 'nodes', 'output']);
      assert.equal(got.execution_id, id);
      assert.deepEqual(got.output, [{ Out: 42 }]);
      const [input, sum, output] = agent.nodes.map((n) => got.nodes.find((r) => r.node_id === n.id));
      assert.deepEqual(input, { node_id: agent.nodes[0].id, input: 8, output: { result: [8] } });
      assert.deepEqual(sum.output, { result: [42] });
      assert.deepEqual([sum.input.a, sum.input.b, sum.input.operation], [8, 34, 'Add']);
      assert.equal(output.input, 42);
      assert.equal(got.nodes.length, 3);
    });
  });

describe('an execution', () => {
  it('takes no input at all, or an empty body', async () => {
    const agent = await made(byKey, graph([node('in', 'input', { name: 'In', value: 5 }), node('out', 'output', { name: 'Out' })], [link('in', 'result', 'out', 'value')]));
    assert.deepEqual((await run(byKey, agent)).output, [{ Out: 5 }]);
    assert.deepEqual((await run(byKey, agent, {})).output, [{ Out: 5 }]);
    assert.deepEqual((await run(byKey, agent, { In: [1, { a: null }] })).output, [{ Out: [1, { a: null }] }]);
  });

  it('runs a node once for each value', async () => {
    const agent = await made(byKey, graph(
      [node('in', 'input', { name: 'In' }), node('each', STEP), node('sum', 'calculator', { operation: 'Multiply', b: 2 }), node('out', 'output', { name: 'Out' })],
      [link('in', 'result', 'each', 'items'), link('each', 'item', 'sum', 'a'), link('sum', 'result', 'out', 'value')]));
    assert.deepEqual((await run(byKey, agent, { In: [1, 2, 3] })).output, [{ Out: 2 }, { Out: 4 }, { Out: 6 }]);
  });

  it('takes null for what has arrived', async () => {
    const agent = await made(byKey, graph(
      [node('in', 'input', { name: 'In' }), node('each', STEP), node('keep', 'store'), node('same', SAME, { value: 1, yes_value: 'one' }), node('out', 'output', { name: 'Out' }), node('if', 'output', { name: 'If' })],
      [link('in', 'result', 'each', 'items'), link('each', 'item', 'keep', 'input'), link('keep', 'output', 'out', 'value'), link('keep', 'output', 'same', 'input'), link('same', 'result', 'if', 'value')]));
    assert.deepEqual((await run(byKey, agent, { In: [1, null, 2] })).output, [{ Out: 1 }, { Out: null }, { Out: 2 }, { If: true }, { If: false }, { If: false }]);
  });

  it('goes on when a node fails, and passes on why', async () => {
    const agent = await made(byKey, graph(
      [node('get', LIST_ITEM, { list: [1], index: 5 }), node('why', 'output', { name: 'Why' }), node('other', 'store', { input: 1 }), node('out', 'output', { name: 'Out' })],
      [link('get', 'error', 'why', 'value'), link('other', 'output', 'out', 'value')]));
    const got = await run(byKey, agent);
    assert.equal(got.status, 'COMPLETED');
    const outputs = Object.assign({}, ...got.output);
    assert.equal(outputs.Out, 1);
    assert.match(outputs.Why, /Index out of range/);
    assert.match(got.nodes.find((n) => n.node_id === agent.nodes[0].id).output.error[0], /Index out of range/);
  });

  it('runs agents within it', async () => {
    const inner = await made(byKey, calculator());
    const agent = await made(byKey, graph(
      [node('in', 'input', { name: 'x' }), node('agent', 'agent', { user_id: '', graph_id: inner.id, graph_version: inner.version, inputs: {},
        input_schema: inner.input_schema, output_schema: inner.output_schema }), node('out', 'output', { name: 'y' })],
      [link('in', 'result', 'agent', 'In'), link('agent', 'Out', 'out', 'value')]));
    const got = await run(byKey, agent, { x: 1 });
    assert.deepEqual(got.output, [{ y: 35 }]);
    assert.equal(got.nodes.length, 3); // those of the agent within it are its own
  });

  it('passes on what an agent within it gives as it comes', async () => {
    const inner = await made(byKey, graph(
      [node('soon', 'output', { name: 'Soon', value: 1 }), node('wait', TIMER, { input_message: 2, seconds: 60 }), node('late', 'output', { name: 'Late' })],
      [link('wait', 'output_message', 'late', 'value')]));
    const agent = await made(byKey, graph(
      [node('agent', 'agent', { user_id: '', graph_id: inner.id, graph_version: inner.version, inputs: {}, input_schema: inner.input_schema, output_schema: inner.output_schema }),
        node('out', 'output', { name: 'Out' })],
      [link('agent', 'Soon', 'out', 'value')]));
    const id = await execute(byKey, agent), out = agent.nodes[1].id;
    const got = await until(byKey, agent, id, (r) => r.nodes.some((n) => n.node_id === out));
    assert.equal(got.status, 'RUNNING');
    assert.equal(got.nodes.find((n) => n.node_id === out).input, 1);
    await byKey.post(`/graphs/${agent.id}/executions/${id}/stop`);
  });

  it('that never ends meets its limit and is FAILED', async () => {
    const agent = await made(byKey, endless()), got = await run(byKey, agent);
    assert.equal(got.status, 'FAILED');
    assert.equal(got.output, null);
    assert.equal(got.nodes.length, 1000);
  });

  it('is RUNNING while a block waits, and its output null', async () => {
    const agent = await made(byKey, slow(2)), id = await execute(byKey, agent);
    const got = await until(byKey, agent, id, (r) => r.status === 'RUNNING' && r.nodes.length > 0);
    assert.equal(got.output, null);
    assert.deepEqual((await ended(byKey, agent, id)).output, [{ Out: 'done' }]);
  });

  it('begins another beside it', async () => {
    const agent = await made(byKey, slow(1)), from = Date.now();
    const ids = await Promise.all(Array.from({ length: 4 }, () => execute(byKey, agent)));
    for (const id of ids)
      assert.equal((await ended(byKey, agent, id)).status, 'COMPLETED');
    assert.ok(Date.now() - from < 3500, 'one after the other');
  });
});

describe('stopping', () => {
  const stop = (api, agent, id) => api.post(`/graphs/${agent.id}/executions/${id}/stop`);

  it('ends what runs', async () => {
    const agent = await made(byKey, slow(60)), id = await execute(byKey, agent);
    await until(byKey, agent, id, (r) => r.status === 'RUNNING' && r.nodes.length > 0);
    const answer = await stop(byKey, agent, id);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.id, id);
    const got = await ended(byKey, agent, id, 5000);
    assert.equal(got.status, 'TERMINATED');
    assert.equal(got.output, null);
    const rows = await server.sql(`SELECT status FROM node_executions WHERE execution_id = '${id}'`);
    assert.deepEqual(rows.map((r) => r.status), ['TERMINATED']);
  });

  it('of what has ended changes nothing, and says so', async () => {
    const agent = await made(byKey, calculator()), id = await execute(byKey, agent, { In: 1 });
    await ended(byKey, agent, id);
    const answer = await stop(byKey, agent, id);
    assert.deepEqual([answer.status, answer.json], [200, { id, status: 'COMPLETED' }]);
    assert.deepEqual((await results(byKey, agent, id)).output, [{ Out: 35 }]);
  });

  it('ends at once what waits for a person', async () => {
    const agent = await made(byKey, asking()), id = await execute(byKey, agent, { In: 1 });
    await until(byKey, agent, id, (r) => r.status === 'REVIEW');
    const answer = await stop(byKey, agent, id);
    assert.deepEqual([answer.status, answer.json], [200, { id, status: 'TERMINATED' }]);
    assert.equal((await results(byKey, agent, id)).status, 'TERMINATED');
  });

  it('of another person\'s execution is 404, and it goes on', async () => {
    const agent = await made(byKey, slow(1)), id = await execute(byKey, agent);
    refused(await stop(theirs, agent, id), 404, `Graph #${agent.id} not found.`);
    assert.equal((await ended(byKey, agent, id)).status, 'COMPLETED');
  });
});

describe('a review', () => {
  const review = (api, agent, id, number, json) => api.post(`/graphs/${agent.id}/executions/${id}/review/${number}`, json);
  const waiting = async (more) => {
    const agent = await made(byKey, asking(more)), id = await execute(byKey, agent, { In: { n: 1 } });
    const got = await until(byKey, agent, id, (r) => r.status === 'REVIEW');
    assert.equal(got.output, null);
    const [row] = await server.sql(`SELECT number FROM node_executions WHERE execution_id = '${id}' AND status = 'REVIEW'`);
    return { agent, id, number: Number(row.number) };
  };

  it('that approves lets the data through', async () => {
    const { agent, id, number } = await waiting(), answer = await review(byKey, agent, id, number, { approved: true });
    assert.equal(answer.status, 200, answer.text);
    neverStored(answer);
    const got = await ended(byKey, agent, id);
    assert.deepEqual([got.status, got.output], ['COMPLETED', [{ Yes: { n: 1 } }]]);
  });

  it('may change the data, and say why', async () => {
    const { agent, id, number } = await waiting();
    await review(byKey, agent, id, number, { approved: false, data: [2], message: 'no' });
    assert.deepEqual((await ended(byKey, agent, id)).output, [{ No: [2] }, { Why: 'no' }]);
  });

  it('may not change what is not editable', async () => {
    const { agent, id, number } = await waiting({ editable: false });
    assert.equal((await review(byKey, agent, id, number, { approved: true, data: 5 })).status, 422);
    assert.equal((await review(byKey, agent, id, number, { approved: true })).status, 200);
    assert.deepEqual((await ended(byKey, agent, id)).output, [{ Yes: { n: 1 } }]);
  });

  it('counts once', async () => {
    const { agent, id, number } = await waiting();
    const answers = await Promise.all(Array.from({ length: 5 }, () => review(byKey, agent, id, number, { approved: true })));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 404, 404, 404, 404]);
    assert.deepEqual((await ended(byKey, agent, id)).output, [{ Yes: { n: 1 } }]);
  });

  it('that is malformed, or of nothing, is refused', async () => {
    const { agent, id, number } = await waiting();
    for (const json of [{}, { approved: 'yes' }, { approved: true, message: 5 }])
      assert.equal((await review(byKey, agent, id, number, json)).status, 422);
    for (const other of [0, 1, number + 50, 'x', '99999999999999999999'])
      assert.equal((await review(byKey, agent, id, other, { approved: true })).status, 404);
    assert.equal((await review(theirs, agent, id, number, { approved: true })).status, 404);
    assert.equal((await results(byKey, agent, id)).status, 'REVIEW');
  });
});

describe('what is not there', () => {
  it('cannot be run', async () => {
    const agent = await made(byKey, calculator());
    refused(await byKey.post(`/graphs/${unknown}/execute/1`), 404, `Graph #${unknown} not found.`);
    refused(await byKey.post(`/graphs/${agent.id}/execute/7`), 404, `Graph #${agent.id} not found.`);
    refused(await theirs.post(`/graphs/${agent.id}/execute/1`), 404, `Graph #${agent.id} not found.`);
    for (const version of ['0', 'x', '-1', '99999999999'])
      assert.equal((await byKey.post(`/graphs/${agent.id}/execute/${version}`)).status, 422);
  });

  it('has no results', async () => {
    const agent = await made(byKey, calculator()), other = await made(byKey, calculator()), id = await execute(byKey, agent, { In: 1 });
    const path = (g, e) => `/graphs/${g}/executions/${e}/results`;
    refused(await byKey.get(path(agent.id, unknown)), 404, `Graph execution #${unknown} not found.`);
    refused(await byKey.get(path(unknown, id)), 404, `Graph #${unknown} not found.`);
    refused(await byKey.get(path(other.id, id)), 404, `Graph execution #${id} not found.`);
    refused(await theirs.get(path(agent.id, id)), 404, `Graph #${agent.id} not found.`);
  });
});

describe('a graph that cannot run', () => {
  it('is refused with what is missing, node by node', async () => {
    const agent = await made(byKey, graph([node('sum', 'calculator', { operation: 'Add', a: 1 })])), [sum] = agent.nodes;
    refused(await byKey.post(`/graphs/${agent.id}/execute/1`), 400,
      `Graph validation failed: 1 issues on 1 nodes\n  ${sum.id}:\n    b: This field is required`);
  });
});

describe('bad input', () => {
  it('is refused', async () => {
    const agent = await made(byKey, calculator()), path = `/graphs/${agent.id}/execute/1`;
    const body = (text, type = 'application/json') => byKey.send('POST', path, { body: text, headers: { 'content-type': type } });
    for (const node_input of [null, 5, 'x', []])
      assert.equal((await byKey.post(path, { node_input })).status, 422);
    for (const text of ['{', '[]', '5', '{"node_input":{"In":NaN}}', '{"node_input":{"In":1e999}}', '{"node_input":{"In":123456789012345678901}}',
      `{"node_input":{"In":${'['.repeat(500)}${']'.repeat(500)}}}`, '{"node_input":{"In":"\\ud800"}}'])
      assert.ok([400, 422].includes((await body(text)).status), text.slice(0, 60));
    assert.equal((await body('node_input=1', 'application/x-www-form-urlencoded')).status, 415);
    assert.equal((await body(JSON.stringify({ node_input: { In: 'x'.repeat(300_000) } }))).status, 413);
  });

  it('that fits no block fails the node alone', async () => {
    const agent = await made(byKey, calculator()), got = await run(byKey, agent, { In: 'not a number' });
    assert.equal(got.status, 'COMPLETED');
  });
});

describe('scopes', () => {
  it('are asked for', async () => {
    const agent = await made(byKey, calculator()), id = await execute(byKey, agent, { In: 1 });
    for (const [api, scope] of [[await withKey(server, person, GRAPH_SCOPES.filter((s) => s !== 'EXECUTE_GRAPH')), 'EXECUTE_GRAPH'],
      [await withToken(server, person, GRAPH_SCOPES.filter((s) => s !== 'READ_GRAPH')), 'READ_GRAPH']]) {
      const calls = scope === 'READ_GRAPH' ? [['GET', 'results']] : [['POST', 'stop'], ['POST', 'review/1']];
      for (const [method, what] of calls)
        refused(await api.send(method, `/graphs/${agent.id}/executions/${id}/${what}`), 403, `Missing required permission(s): ${scope}`);
    }
    const reader = await withKey(server, person, ['READ_GRAPH']);
    refused(await reader.post(`/graphs/${agent.id}/execute/1`), 403, 'Missing required permission(s): EXECUTE_GRAPH');
    refused(await server.browser().get(`/external-api/v1/graphs/${agent.id}/executions/${id}/results`), 401,
      'Missing authentication. Provide API key or access token.');
  });
});
