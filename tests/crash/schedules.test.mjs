// kill -9 at random instants while schedules are due, of one node or of all: each due time has one execution, never two, and
// none is lost.
//   CRASH_ROUNDS=100   go on for longer        CRASH_SEED=7   the same choices again
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, client, made, withKey } from '../lib/agents.mjs';
import { generator } from '../lib/ledger.mjs';
import { Nodes, ready } from '../lib/nodes.mjs';
import { signUp } from '../lib/people.mjs';
import { engine } from '../lib/server.mjs';

const rounds = +(process.env.CRASH_ROUNDS ?? 6), seed = +(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const NODES = 2, COUNT = 150;
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

let nodes, agent;
before(async () => {
  nodes = await Nodes.start(NODES, { GATEHOUSE_SCHEDULES_PER_PERSON: '1000', GATEHOUSE_EXECUTIONS_UNDER_WAY: '10000', GATEHOUSE_EXECUTION_LEASE_SECONDS: '2' });
  const api = await withKey(nodes.first, await signUp(nodes.first));
  agent = await made(api, calculator());
  for (let i = 0; i < COUNT; i++) {
    const answer = await client(nodes.first, api.headers).post(`/graphs/${agent.id}/schedules`, { name: `${i}`, cron: '0 0 29 2 *', timezone: 'UTC', inputs: { In: i } });
    assert.equal(answer.status, 200, answer.text);
  }
});
after(() => nodes?.close());

const count = async (sql) => Number((await nodes.first.sql(sql))[0].n);
const left = (due) => count(`SELECT COUNT(*) AS n FROM schedules WHERE next_run = ${due}`);

describe(`kill -9 while schedules are due, on ${engine}`, () => {
  it('loses no due time, and runs none twice', async (t) => {
    const random = generator(seed);
    let cut = 0;
    t.diagnostic(`seed ${seed}`);
    for (let round = 1; round <= rounds; round++) {
      const due = Date.now() + 100, victims = random() < 0.6 ? nodes.all : [nodes.all[Math.floor(random() * NODES)]];
      await nodes.first.sql(`UPDATE schedules SET next_run = ${due}`);
      for (const end = Date.now() + 5000; Date.now() < end && await left(due) === COUNT;)
        await pause(1);
      await pause(random() * 20);
      await Promise.all(victims.map((v) => v.kill()));
      const remaining = await left(due);
      cut += remaining > 0 && remaining < COUNT ? 1 : 0;
      await Promise.all(victims.map((v) => v.up()));
      await Promise.all(nodes.all.map((n) => ready(n)));
      for (const end = Date.now() + 20_000; await left(due) > 0; await pause(50))
        assert.ok(Date.now() < end, `${await left(due)} were never worked off`);
      assert.equal(await count('SELECT COUNT(*) AS n FROM executions'), round * COUNT);
      assert.equal(await count(`SELECT COUNT(*) AS n FROM schedules s JOIN executions e ON e.id = s.last_execution_id WHERE s.last_run_at >= ${due}`), COUNT);
    }
    t.diagnostic(`${rounds * COUNT} due times; ${cut} kills met them half worked off`);
    for (const end = Date.now() + 60_000; await count(`SELECT COUNT(*) AS n FROM executions WHERE status = 'COMPLETED'`) < rounds * COUNT; await pause(200))
      assert.ok(Date.now() < end, 'all come to their end');
  });
});
