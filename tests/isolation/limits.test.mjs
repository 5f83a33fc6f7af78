// Nodes of one installation count their callers together, within what docs/limits.md states; and each alone while it must.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addApiKey } from '../lib/api-keys.mjs';
import { Nodes, ready } from '../lib/nodes.mjs';
import { signUp } from '../lib/people.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { Proxy } from '../lib/proxy.mjs';
import { engine } from '../lib/server.mjs';

// By the hour: next to nothing comes back while a test runs.
const N = 600, GRAIN = 4; // requests; of which a 128th part may not have been told
const TOLD = 400; // ms: what was let through by then was told, 200 of them on a quiet machine
const TRUSTED = 1_200; // ms: older than that, what a node remembers of the database is not believed
const PATIENCE = 10_000; // ms
const settings = { GATEHOUSE_RATE_LIMIT_KEY: `${N}/hour`, GATEHOUSE_RATE_LIMIT_ADDRESS: `${N}/hour` };
const only = engine === 'postgres' ? {} : { skip: 'about several nodes, which want a server' };

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const times = (n, ask) => Promise.all(Array.from({ length: n }, (_, i) => ask(i)));
const left = (answer) => Number(answer.headers['ratelimit-remaining']);
const ask = (browser, key) => browser.get('/external-api/v1/me', key ? { headers: { 'x-api-key': key.text } } : {});

// Asks until no more than so many are left; each question is one of them itself. Returns how many are.
async function drops(question, bound) {
  const end = Date.now() + PATIENCE;
  for (let asked = 1; ; asked++) {
    const answer = await question();
    if (left(answer) <= bound - asked)
      return left(answer) + asked;
    assert.ok(Date.now() < end, `${left(answer)} are left after ${asked} questions, not ${bound - asked}`);
    await pause(100);
  }
}

// The most that one node let through within so many milliseconds.
function most(instants, ms) {
  const sorted = [...instants].sort((a, b) => a - b);
  return Math.max(0, ...sorted.map((from, i) => sorted.slice(i).filter((t) => t <= from + ms).length));
}

const LISTENERS = `pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'gatehouse listener %'`;

// Until so many nodes hear one another: what a connection says after LISTEN was answered begins with SELECT.
async function hearing(database, count) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const all = await database.sql(`SELECT query FROM ${LISTENERS}`);
    if (all.length === count && all.every((one) => one.query.startsWith('SELECT 1')))
      break;
    assert.ok(Date.now() < end, 'a node does not come to listen');
    await pause(50);
  }
  await pause(TOLD);
}

describe('three nodes', only, () => {
  let nodes, person;
  before(async () => {
    nodes = await Nodes.start(3, settings);
    person = await signUp(nodes.first);
    await hearing(nodes.first, 3);
  });
  after(() => nodes?.close());

  it('know what a caller asked of one of them', async () => {
    const key = await addApiKey(nodes.first, person.user.id), [here, ...others] = nodes.everywhere();
    await times(100, () => ask(here, key));
    for (const other of others)
      await drops(() => ask(other, key), N - 100 + GRAIN);
    await times(100, () => ask(others[0], key));
    await drops(() => ask(here, key), N - 200 + GRAIN);
  });

  it('let through what one would, but for what they could not know yet, when a caller asks all of them all the time', async () => {
    const key = await addApiKey(nodes.first, person.user.id), crowd = await nodes.crowd(24), through = nodes.all.map(() => []);
    await Promise.all(crowd.map(async (browser, i) => {
      for (let round = 0; round < 50; round++) {
        const answer = await ask(browser, key);
        assert.ok([200, 429].includes(answer.status), answer.text);
        if (answer.status === 200)
          through[i % nodes.all.length].push(performance.now());
        await pause(100);
      }
    }));
    const all = through.flat().length, error = (nodes.all.length - 1) * (GRAIN + Math.max(...through.map((t) => most(t, TOLD))));
    assert.ok(error < N / 2, `the load of this test is too high: ${error}`);
    assert.ok(all >= N && all <= N + error, `${all} were let through, not ${N} to ${N + error}`);
    for (const browser of nodes.everywhere())
      assert.equal((await ask(browser, key)).status, 429);
  });

  it('count apart those who share nothing', async () => {
    const keys = await times(3, async () => addApiKey(nodes.first, (await signUp(nodes.first)).user.id));
    await times(300, (i) => ask(nodes.at(i % 3), keys[i % 3]));
    await pause(2 * TOLD);
    for (const [i, key] of keys.entries())
      assert.ok(left(await ask(nodes.at((i + 1) % 3), key)) >= N - 101);
  });
});

describe('two nodes', only, () => {
  let postgres, database, proxy, nodes;
  before(async () => {
    postgres = await Postgres.start();
    database = await postgres.createDatabase();
    proxy = await Proxy.start(postgres.port);
    nodes = await Nodes.start(2, { ...settings, GATEHOUSE_DATABASE_CONNECTIONS: '2', DATABASE_URL: database.through(proxy.port) }, { database });
    await hearing(database, 2);
  });
  after(async () => {
    await nodes?.close();
    await proxy?.close();
    await postgres?.close();
  });

  const quickly = async (browser, status, key) => {
    const from = Date.now(), answer = await ask(browser, key);
    assert.equal(answer.status, status, answer.text);
    assert.ok(Date.now() - from < 2_000, 'it waited');
    return answer;
  };

  async function countTogether(here, there) {
    const then = left(await ask(there));
    await times(50, () => ask(here));
    await drops(() => ask(there), then - 50 + GRAIN);
  }

  it('count alone while they cannot hear one another, at once, and together as soon as they can', async (t) => {
    const [here, there] = nodes.all.map((n) => n.browser({ address: '127.78.0.1' }));
    await countTogether(here, there);
    await Promise.all(nodes.all.map((n) => ready(n)));
    proxy.refusing = true; // connections that stand go on
    t.after(() => proxy.accept());
    await database.sql(`SELECT pg_terminate_backend(pid) FROM ${LISTENERS}`);
    await hearing(database, 0);
    const before = [left(await ask(here)), left(await ask(there))];
    for (let i = 0; i < 100; i++)
      await quickly(here, 401);
    assert.ok(left(await ask(here)) <= before[0] - 100);
    assert.equal(left(await ask(there)), before[1] - 1);
    proxy.accept();
    await hearing(database, 2);
    assert.ok(left(await ask(there)) >= before[1] - 2 - GRAIN, 'what was counted in the meantime is not told later, when it is old');
    await countTogether(here, there);
  });

  it('hold nothing up while the database is gone, and count together when it is back', async (t) => {
    const [here, there] = nodes.all.map((n) => n.browser({ address: '127.78.0.2' }));
    await countTogether(here, there);
    const key = await addApiKey(nodes.first, (await signUp(nodes.first)).user.id);
    proxy.refuse();
    t.after(() => proxy.accept());
    await pause(TRUSTED);
    for (let i = 0; i < 20; i++)
      await quickly([here, there][i % 2], 503, key);
    proxy.accept();
    await Promise.all(nodes.all.map((n) => ready(n)));
    await hearing(database, 2);
    await countTogether(here, there);
  });

  // Each NOTIFY takes a number of a transaction.
  it('write nothing while nobody asks', async () => {
    const next = async () => Number((await database.sql('SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS n'))[0].n);
    const key = await addApiKey(nodes.first, (await signUp(nodes.first)).user.id), busy = await next(), quiet = [];
    await times(20, (i) => ask(nodes.at(i % 2), key));
    await pause(2 * TOLD);
    assert.ok(await next() > busy);
    await pause(2_000); // for what is stored each second
    for (let i = 0; i < 8; i++) {
      const from = await next();
      await pause(1_000);
      quiet.push(await next() - from);
    }
    assert.ok(quiet.filter((n) => n === 0).length >= 4, `transactions in eight seconds: ${quiet}`);
  });
});
