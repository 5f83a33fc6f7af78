// How much one person may have: executions under way, and bytes in storage.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { graph, link, made, node, withKey } from '../lib/agents.mjs';
import { event, own } from '../lib/audit.mjs';
import { execute, until } from '../lib/executions.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const times = (n, ask) => Promise.all(Array.from({ length: n }, (_, i) => ask(i)));
const count = (answers, status) => answers.filter((a) => a.status === status).length;
const first = async (server, text) => Number(Object.values((await server.sql(text))[0])[0]);

// Waits for a person, for as long as nobody answers.
const waiting = graph(
  [node('in', 'input', { name: 'In' }), node('ask', 'review', { name: 'Look' }), node('out', 'output', { name: 'Out' })],
  [link('in', 'result', 'ask', 'data'), link('ask', 'approved_data', 'out', 'value')]);

describe('executions under way', () => {
  const MOST = 5;
  let server, person, api, agent;
  before(async () => {
    server = await Server.start({ GATEHOUSE_EXECUTIONS_UNDER_WAY: `${MOST}`, GATEHOUSE_THREADS: '4' });
    person = await signUp(server);
    api = await withKey(server, person);
    agent = await made(api, waiting);
  });
  after(() => server?.close());

  const start = (by = api, of = agent) => by.post(`/graphs/${of.id}/execute/1`, { node_input: { In: 1 } });
  const underWay = () => first(server, `SELECT COUNT(*) AS n FROM executions WHERE user_id = '${person.user.id}' AND status IN ('QUEUED', 'RUNNING', 'REVIEW')`);
  let running;

  it('are never more than the limit, however many are asked for at once', async () => {
    const apis = await times(20, () => ({ ...api, post: api.post }));
    const answers = await times(40, (i) => start(apis[i % 20]));
    assert.equal(count(answers, 200), MOST);
    assert.equal(count(answers, 429), 40 - MOST);
    assert.equal(await underWay(), MOST);
    const refused = answers.find((a) => a.status === 429);
    assert.match(refused.json.detail, /As many of your executions are under way as may be/);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    running = answers.filter((a) => a.status === 200).map((a) => a.json.id);
  });

  it('are each person\'s own', async () => {
    const other = await withKey(server, await signUp(server));
    assert.equal((await start(other, await made(other, waiting))).status, 200);
  });

  it('are counted right after the server was killed', async () => {
    await Promise.all(running.map((id) => until(api, agent, id, (r) => r.status === 'REVIEW')));
    await server.kill();
    await server.up();
    assert.equal((await start()).status, 429);
    assert.equal(await underWay(), MOST);
  });

  it('make room for others when they end', async () => {
    const stopped = await api.post(`/graphs/${agent.id}/executions/${running[0]}/stop`);
    assert.equal(stopped.status, 200, stopped.text);
    const answers = await times(10, () => start());
    assert.equal(count(answers, 200), 1);
    assert.equal(await underWay(), MOST);
  });
});

describe('what a person keeps', () => {
  const MOST = 1 << 20;
  let server, person, api, agent;
  before(async () => {
    server = await Server.start({ GATEHOUSE_STORED_MEGABYTES: '1' });
    person = await signUp(server);
    api = await withKey(server, person);
  });
  after(() => server?.close());

  const counted = () => first(server, `SELECT bytes FROM storage_used WHERE user_id = '${person.user.id}'`);
  // All of it is ASCII: a character is a byte.
  const kept = async () => await first(server, `SELECT COALESCE(SUM(length(v.summary) + length(v.body)), 0) AS n FROM graph_versions v JOIN graphs g ON g.id = v.graph_id WHERE g.user_id = '${person.user.id}'`) +
    await first(server, `SELECT COALESCE(SUM(length(inputs) + length(COALESCE(outputs, '')) + node_bytes), 0) AS n FROM executions WHERE user_id = '${person.user.id}'`);
  const big = (size) => graph([node('in', 'input', { name: 'In', value: 'x'.repeat(size) }), node('out', 'output', { name: 'Out' })], [link('in', 'result', 'out', 'value')]);

  it('is counted with each agent and each execution, inputs and outputs with it', async () => {
    agent = await made(api, big(1000));
    assert.equal(await counted(), await kept());
    const before = await counted(), id = await execute(api, agent, { In: 'y'.repeat(20_000) });
    await until(api, agent, id, (r) => r.status === 'COMPLETED');
    assert.ok(await counted() > before + 60_000, 'what was sent, what the nodes got and gave, and what came out');
    assert.equal(await counted(), await kept());
  });

  it('is never more than the limit, however much is sent at once, and the rest is refused as a whole', async () => {
    const before = await counted();
    await made(api, big(100_000));
    const one = await counted() - before, fit = Math.floor((MOST - before) / one) - 1;
    assert.ok(one > 100_000 && one < 250_000, `${one}`);
    const answers = await times(30, () => api.post('/graphs', big(100_000)));
    assert.equal(count(answers, 201), fit);
    assert.equal(count(answers, 413), 30 - fit);
    const all = await counted();
    assert.ok(all <= MOST && all > MOST - one, `${all}`);
    assert.equal(all, await kept());
    assert.match(answers.find((a) => a.status === 413).json.detail, /You keep as much as you may/);
    const refused = await api.post(`/graphs/${agent.id}/execute/1`, { node_input: { In: 'z'.repeat(250_000) } });
    assert.equal(refused.status, 413, refused.text);
    assert.equal((await api.send('PUT', `/graphs/${agent.id}`, { json: big(400_000) })).status, 413);
    assert.equal(await counted(), all);
    assert.equal((await made(await withKey(server, await signUp(server)), big(100_000))).version, 1, 'others have room');
    assert.equal((await event(() => own(person), 'quota.refused')).reason, 'STORAGE_FULL');
  });

  it('is right after the server was killed while much was written', async () => {
    const writes = times(20, () => api.post(`/graphs/${agent.id}/execute/1`, { node_input: { In: 'k'.repeat(500) } }).catch(() => null));
    await new Promise((done) => setTimeout(done, 30));
    await server.kill();
    await writes;
    assert.equal(await counted(), await kept());
    await server.up();
  });

  it('shrinks when agents were deleted and clean-up has removed them', async () => {
    const all = await api.get('/graphs?page_size=100'), before = await counted();
    for (const { id } of all.json.graphs ?? all.json)
      if (id !== agent.id)
        assert.equal((await api.delete(`/graphs/${id}`)).status, 200);
    const cleaned = await server.run('gatehouse', ['cleanup']);
    assert.equal(cleaned.code, 0, cleaned.stderr);
    assert.ok(await counted() < before - 600_000);
    assert.equal(await counted(), await kept());
    assert.equal((await api.post('/graphs', big(100_000))).status, 201);
  });
});
