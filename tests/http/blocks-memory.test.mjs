// What agents keep for later runs: PersistInformationBlock and RetrieveInformationBlock.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { graph, GRAPH_SCOPES, link, made, node, withKey } from '../lib/agents.mjs';
import { run } from '../lib/executions.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const PERSIST = '1d055e55-a2b9-4547-8311-907d05b0304d', RETRIEVE = 'd8710fc9-6e29-481e-a7d5-165eb16f8471';

let server, api, theirs;
before(async () => {
  server = await Server.start();
  api = await withKey(server, await signUp(server), [...GRAPH_SCOPES, 'EXECUTE_BLOCK']);
  theirs = await withKey(server, await signUp(server));
});
after(() => server?.close());

// Keeps `value` if it is given one; tells what was kept before.
const agent = (as, scope) => made(as, graph(
  [node('in', 'input', { name: 'value' }), node('get', RETRIEVE, { key: 'k', scope, default_value: 'none' }), node('set', PERSIST, { key: 'k', scope }),
    node('was', 'output', { name: 'was' }), node('now', 'output', { name: 'now' })],
  [link('in', 'result', 'set', 'value'), link('get', 'value', 'was', 'value'), link('set', 'value', 'now', 'value')]));
const was = (got) => got.output.find((o) => 'was' in o).was;

describe('what an agent keeps', () => {
  it('is there in its next run, and nobody else\'s', async () => {
    const mine = await agent(api, 'within_agent'), other = await agent(api, 'within_agent'), foreign = await agent(theirs, 'within_agent');
    assert.equal(was(await run(api, mine)), 'none');
    assert.deepEqual((await run(api, mine, { value: { a: [1, null] } })).output.find((o) => 'now' in o), { now: { a: [1, null] } });
    assert.deepEqual(was(await run(api, mine)), { a: [1, null] });
    await run(api, mine, { value: 2 });
    assert.equal(was(await run(api, mine)), 2);
    assert.equal(was(await run(api, other)), 'none');
    assert.equal(was(await run(theirs, foreign)), 'none');
  });

  it('for all of a person\'s agents is theirs alone', async () => {
    const mine = await agent(api, 'across_agents'), other = await agent(api, 'across_agents'), foreign = await agent(theirs, 'across_agents');
    await run(api, mine, { value: 'shared' });
    assert.equal(was(await run(api, other)), 'shared');
    assert.equal(was(await run(theirs, foreign)), 'none');
  });

  it('has its bounds', async () => {
    const [{ n }] = await server.sql('SELECT COUNT(*) AS n FROM agent_memories');
    const answer = await api.post(`/blocks/${PERSIST}/execute`, { key: 'k', value: 1 });
    assert.equal(answer.status, 400);
    assert.match(answer.json.detail, /only within a graph/);
    const long = await made(api, graph([node('set', PERSIST, { key: 'x'.repeat(2000), value: 1 }), node('why', 'output', { name: 'why' })], [link('set', 'error', 'why', 'value')]));
    assert.match((await run(api, long)).output[0].why, /The key is longer than/);
    assert.equal((await server.sql('SELECT COUNT(*) AS n FROM agent_memories'))[0].n, n);
  });
});
