// kill -9 at random instants while agents run, of one node or of all. What was acknowledged comes to its end, with the right
// outputs; a block that acts on the world does so at most once, and one of which nobody knows whether it did has failed.
//   CRASH_ROUNDS=100, CRASH_SECONDS=300   go on for longer        CRASH_SEED=7   the same choices again
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { client, graph, link, made, node, withKey } from '../lib/agents.mjs';
import { ended } from '../lib/executions.mjs';
import { ask, generator, Undecided } from '../lib/ledger.mjs';
import { Nodes, ready } from '../lib/nodes.mjs';
import { signUp } from '../lib/people.mjs';
import { engine } from '../lib/server.mjs';
import { StandIn, sendJson } from '../lib/stand-in.mjs';

const { CRASH_ROUNDS, CRASH_SECONDS, CRASH_SEED } = process.env;
const rounds = +(CRASH_ROUNDS ?? (CRASH_SECONDS ? Infinity : 6));
const budget = 1000 * (CRASH_SECONDS ?? (CRASH_ROUNDS ? Infinity : 60)); // ms
const seed = +(CRASH_SEED ?? Date.now() % 1_000_000);
const NODES = 2, WORKERS = 4, CALLS = 3;
const REQUEST = '6595ae1f-b924-42cb-9a41-551a0611c4b4', STEP = 'f66a3543-28d3-4ab5-8945-9b336371e2ce', FILL = 'db7d8f02-2f44-4c55-ab7a-eae0941f0c30';

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

let nodes, web, headers, agent, acted;
before(async () => {
  acted = new Map(); // what was called, and how often
  web = await StandIn.start(async (request, response) => {
    acted.set(request.url, (acted.get(request.url) ?? 0) + 1);
    await pause(30);
    sendJson(response, request.url);
  });
  nodes = await Nodes.start(NODES, { GATEHOUSE_EXECUTION_LEASE_SECONDS: '2', GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.0/8' });
  const api = await withKey(nodes.first, await signUp(nodes.first));
  headers = api.headers;
  // Adds up on the one side, and calls for each of three items on the other.
  agent = await made(api, graph(
    [node('in', 'input', { name: 'n' }), node('a', 'calculator', { operation: 'Add', b: 1 }), node('b', 'calculator', { operation: 'Multiply', b: 2 }),
      node('sum', 'output', { name: 'sum' }), node('each', STEP, { items: Array.from({ length: CALLS }, (_, i) => i) }),
      node('url', FILL, { values: {}, format: `${web.url}/{{ n }}/{{ i }}` }), node('call', REQUEST, { method: 'POST', body: {} }),
      node('called', 'output', { name: 'called' }), node('failed', 'output', { name: 'failed' })],
    [link('in', 'result', 'a', 'a'), link('a', 'result', 'b', 'a'), link('b', 'result', 'sum', 'value'), link('in', 'result', 'url', 'values_#_n'),
      link('each', 'item', 'url', 'values_#_i'), link('url', 'output', 'call', 'url'), link('call', 'response', 'called', 'value'), link('call', 'error', 'failed', 'value')]));
});
after(async () => {
  await nodes?.close();
  await web?.stop();
});

let serial = 0;
async function work(api, begun, going) {
  try {
    while (going()) {
      const n = ++serial, answer = await ask(api.post(`/graphs/${agent.id}/execute/${agent.version}`, { node_input: { n } }));
      assert.equal(answer.status, 200, answer.text);
      begun.push({ n, id: answer.json.id });
    }
  } catch (error) {
    if (!(error instanceof Undecided))
      throw error;
  }
}

function audit(n, got, counts) {
  assert.equal(got.status, 'COMPLETED');
  const of = (name) => got.output.filter((o) => name in o).map((o) => o[name]);
  assert.deepEqual(of('sum'), [(n + 1) * 2]);
  const called = of('called'), failed = of('failed');
  assert.equal(called.length + failed.length, CALLS, JSON.stringify(got.output));
  for (let i = 0; i < CALLS; i++)
    assert.ok((acted.get(`/${n}/${i}`) ?? 0) <= 1, `${n}/${i} was called ${acted.get(`/${n}/${i}`)} times`);
  for (const url of called)
    assert.equal(acted.get(url), 1);
  for (const why of failed)
    assert.match(why, /not known/);
  counts.called += called.length;
  counts.failed += failed.length;
}

describe(`kill -9 while agents run, on ${engine}`, () => {
  it('loses no execution, and repeats nothing that may have acted', async (t) => {
    const random = generator(seed), from = Date.now(), counts = { called: 0, failed: 0, executions: 0 };
    t.diagnostic(`seed ${seed}`);
    let done = 0;
    for (; done < rounds && Date.now() - from < budget; done++) {
      let going = true;
      const begun = [], workers = Array.from({ length: WORKERS }, (_, i) => work(client(nodes.all[i % NODES], headers), begun, () => going && begun.length < 40));
      await pause(50 + random() * 300);
      const victims = random() < 0.5 ? nodes.all : [nodes.all[Math.floor(random() * NODES)]];
      await Promise.all(victims.map((v) => v.kill()));
      going = false;
      await Promise.all(workers);
      await Promise.all(victims.map((v) => v.up()));
      await Promise.all(nodes.all.map((n) => ready(n)));
      const api = client(nodes.first, headers);
      for (const { n, id } of begun)
        audit(n, await ended(api, agent, id, 30_000), counts);
      counts.executions += begun.length;
    }
    t.diagnostic(`${done} rounds, ${counts.executions} executions, ${counts.called} calls made, ${counts.failed} unknown`);
    assert.ok(counts.executions > 20 && counts.failed > 0, 'the kills met executions');
  });
});
