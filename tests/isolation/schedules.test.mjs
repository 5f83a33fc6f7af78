// Several nodes look after the same schedules: each due time runs once, whoever finds it first.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, client, made, withKey } from '../lib/agents.mjs';
import { ended } from '../lib/executions.mjs';
import { Nodes } from '../lib/nodes.mjs';
import { signUp } from '../lib/people.mjs';

const COUNT = 120, ROUNDS = 3;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

let nodes, api, agent;
before(async () => {
  nodes = await Nodes.start(2, { GATEHOUSE_SCHEDULES_PER_PERSON: '1000', GATEHOUSE_RATE_LIMIT_KEY: 'off', GATEHOUSE_RATE_LIMIT_USER: 'off', GATEHOUSE_EXECUTION_LEASE_SECONDS: '5' });
  const { headers } = await withKey(nodes.first, await signUp(nodes.first));
  api = client(nodes.first, headers);
  agent = await made(api, calculator());
  const one = async (i) => {
    const answer = await client(nodes.all[i % 2], headers).post(`/graphs/${agent.id}/schedules`, { name: `${i}`, cron: '0 0 29 2 *', timezone: 'UTC', inputs: { In: i } });
    assert.equal(answer.status, 200, answer.text);
  };
  for (let i = 0; i < COUNT; i++)
    await one(i);
});
after(() => nodes?.close());

const count = async (sql) => Number((await nodes.first.sql(sql))[0].n);

describe('two nodes', () => {
  it('run each schedule once when many are due at the same instant', async (t) => {
    for (let round = 1; round <= ROUNDS; round++) {
      const now = Date.now() + 300; // ahead: both nodes wait for it
      await nodes.first.sql(`UPDATE schedules SET next_run = ${now}`);
      for (const end = Date.now() + 30_000; await count(`SELECT COUNT(*) AS n FROM schedules WHERE next_run = ${now}`) > 0; await pause(50))
        assert.ok(Date.now() < end, 'all are worked off');
      assert.equal(await count('SELECT COUNT(*) AS n FROM executions'), round * COUNT);
      assert.equal(await count(`SELECT COUNT(*) AS n FROM schedules s JOIN executions e ON e.id = s.last_execution_id WHERE s.last_run_at >= ${now}`), COUNT);
      assert.equal(await count('SELECT COUNT(DISTINCT last_execution_id) AS n FROM schedules'), COUNT);
    }
    t.diagnostic(`${ROUNDS * COUNT} runs`);
    for (const { last_execution_id, input_data } of (await api.get('/schedules')).json)
      assert.deepEqual((await ended(api, agent, last_execution_id, 60_000)).output, [{ Out: input_data.In + 34 }]);
  });

  it('run none that is paused or cancelled at the same instant', async () => {
    const all = (await api.get('/schedules')).json.slice(0, 20), before = await count('SELECT COUNT(*) AS n FROM executions');
    const now = Date.now() + 200, ids = all.map((s) => `'${s.id}'`).join(', ');
    await nodes.first.sql(`UPDATE schedules SET next_run = ${now} WHERE id IN (${ids})`);
    await pause(150);
    await Promise.all(all.map((s, i) => i % 2 ? api.delete(`/schedules/${s.id}`) : api.post(`/schedules/${s.id}/pause`)));
    await pause(1500);
    const ran = await count('SELECT COUNT(*) AS n FROM executions') - before;
    assert.equal(await count(`SELECT COUNT(*) AS n FROM schedules WHERE id IN (${ids}) AND NOT is_paused`), 0);
    assert.ok(ran <= 20);
    await nodes.first.sql(`UPDATE schedules SET last_skip = last_skip`);
    await pause(1500);
    assert.equal(await count('SELECT COUNT(*) AS n FROM executions') - before, ran, 'and none later');
  });
});
