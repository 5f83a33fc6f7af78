// Several nodes share the executions of one installation; nobody's work holds up everybody else's.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, client, graph, link, made, node, withKey } from '../lib/agents.mjs';
import { ended, execute, results, until } from '../lib/executions.mjs';
import { Nodes } from '../lib/nodes.mjs';
import { signUp } from '../lib/people.mjs';
import { StandIn, sendJson } from '../lib/stand-in.mjs';

const TIMER = 'd67a9c52-5e4e-11e2-bcfd-0800200c9a71', REQUEST = '6595ae1f-b924-42cb-9a41-551a0611c4b4';
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

let nodes, web, person, other, apis, theirs, gate;
before(async () => {
  web = await StandIn.start(async (request, response) => {
    const wait = new URL(request.url, 'http://x').searchParams.get('ms');
    await (wait === 'gate' ? gate : pause(Number(wait)));
    sendJson(response, { ok: true });
  });
  nodes = await Nodes.start(2, { GATEHOUSE_EXECUTIONS: '4', GATEHOUSE_EXECUTIONS_PER_PERSON: '4', GATEHOUSE_EXECUTION_LEASE_SECONDS: '2',
    GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.0/8' });
  person = await signUp(nodes.first);
  other = await signUp(nodes.first);
  const { headers } = await withKey(nodes.first, person);
  apis = nodes.all.map((n) => client(n, headers));
  theirs = await withKey(nodes.first, other);
});
after(async () => {
  await nodes?.close();
  await web?.stop();
});

const calling = (ms) => graph([node('call', REQUEST, { url: `${web.url}/?ms=${ms}`, method: 'GET' }), node('out', 'output', { name: 'Out' })],
  [link('call', 'response', 'out', 'value')]);
const waiting = (seconds) => graph([node('wait', TIMER, { input_message: 'done', seconds }), node('out', 'output', { name: 'Out' })],
  [link('wait', 'output_message', 'out', 'value')]);

describe('two nodes', () => {
  // Two people may have as many at work as both nodes together, and none ends before both nodes have some.
  it('share the work', async () => {
    const ids = [], owners = new Set(), end = Date.now() + 20_000, before = web.requests.length;
    let open;
    gate = new Promise((done) => { open = done; });
    for (const api of [apis[0], theirs]) {
      const agent = await made(api, calling('gate'));
      for (let i = 0; i < 8; i++)
        ids.push([api, agent, await execute(api, agent)]);
    }
    while (owners.size < 2 && Date.now() < end) {
      for (const { owner } of await nodes.first.sql(`SELECT owner FROM executions WHERE status = 'RUNNING'`))
        owners.add(owner);
      await pause(50);
    }
    open();
    for (const [api, agent, id] of ids)
      assert.deepEqual((await ended(api, agent, id)).output, [{ Out: { ok: true } }]);
    assert.equal(owners.size, 2);
    assert.equal(web.requests.length - before, 16, 'each was called once');
  });

  it('stop what the other one runs', async () => {
    const agent = await made(apis[0], waiting(60)), ids = [];
    for (let i = 0; i < 4; i++)
      ids.push(await execute(apis[0], agent));
    for (const id of ids)
      await until(apis[0], agent, id, (r) => r.status === 'RUNNING');
    for (const id of ids)
      assert.equal((await apis[1].post(`/graphs/${agent.id}/executions/${id}/stop`)).status, 200);
    for (const id of ids)
      assert.equal((await ended(apis[0], agent, id, 8000)).status, 'TERMINATED');
  });
});

describe('one person', () => {
  it('does not starve another, however much they queued', async () => {
    const agent = await made(apis[0], calling(500)), small = await made(theirs, calculator());
    const ids = await Promise.all(Array.from({ length: 60 }, () => execute(apis[0], agent)));
    for (let i = 0; i < 3; i++)
      assert.deepEqual((await ended(theirs, small, await execute(theirs, small, { In: i }))).output, [{ Out: 34 + i }]);
    const left = await nodes.first.sql(`SELECT id FROM executions WHERE status = 'QUEUED'`);
    assert.ok(left.length > 0, 'none of the other person’s waited still');
    for (const id of ids)
      await ended(apis[0], agent, id, 30_000);
  });

  it('has no more at work than they may', async () => {
    const agent = await made(apis[0], calling(100));
    const ids = await Promise.all(Array.from({ length: 30 }, (_, i) => execute(apis[i % 2], agent)));
    let most = 0;
    while ((await results(apis[0], agent, ids.at(-1))).status !== 'COMPLETED') {
      const running = await nodes.first.sql(`SELECT id FROM executions WHERE status = 'RUNNING' AND user_id = '${person.user.id}'`);
      most = Math.max(most, running.length);
    }
    for (const id of ids)
      await ended(apis[0], agent, id, 30_000);
    assert.ok(most >= 1 && most <= 8, `${most} at a time`); // nodes that claim at the same instant may each take as many
  });
});

describe('a node that dies', () => {
  it('leaves its executions to the other, which goes on with them', async () => {
    const agent = await made(apis[0], graph(
      [node('in', 'input', { name: 'In' }), node('sum', 'calculator', { operation: 'Add', b: 1 }), node('wait', TIMER, { seconds: 2 }), node('out', 'output', { name: 'Out' })],
      [link('in', 'result', 'sum', 'a'), link('sum', 'result', 'wait', 'input_message'), link('wait', 'output_message', 'out', 'value')]));
    const ids = [];
    for (let i = 0; i < 6; i++)
      ids.push(await execute(apis[0], agent, { In: i }));
    await until(apis[0], agent, ids[0], (r) => r.status === 'RUNNING');
    await pause(1200);
    await nodes.all[1].kill();
    for (const [i, id] of ids.entries())
      assert.deepEqual((await ended(apis[0], agent, id, 20_000)).output, [{ Out: i + 1 }]);
    await nodes.all[1].up();
  });

  it('that ends well gives them back at once', async () => {
    const agent = await made(apis[0], waiting(1)), ids = [];
    for (let i = 0; i < 8; i++)
      ids.push(await execute(apis[0], agent));
    await pause(300);
    await nodes.all[1].stop();
    for (const id of ids)
      assert.deepEqual((await ended(apis[0], agent, id, 20_000)).output, [{ Out: 'done' }]);
    await nodes.all[1].up();
  });
});
