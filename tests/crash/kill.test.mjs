// kill -9 at random instants during grants, refreshes and revocations: of one node, of all of them, and of PostgreSQL with
// all its processes. A ledger outside of the servers remembers what was acknowledged; afterwards everything in it holds, and
// nothing that was spent can be spent again (I1 to I4 of lib/invariants.mjs).
//   CRASH_ROUNDS=500, CRASH_SECONDS=300   go on for longer        CRASH_SEED=7   the same choices again
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { nothingHalfMade } from '../lib/invariants.mjs';
import { ask, Family, generator, Undecided } from '../lib/ledger.mjs';
import { Nodes, ready } from '../lib/nodes.mjs';
import { isSignedIn, signIn, signUp } from '../lib/people.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { engine } from '../lib/server.mjs';

const { CRASH_ROUNDS, CRASH_SECONDS, CRASH_SEED } = process.env;
const rounds = +(CRASH_ROUNDS ?? (CRASH_SECONDS ? Infinity : 24));
const budget = 1000 * (CRASH_SECONDS ?? (CRASH_ROUNDS ? Infinity : 45)); // ms
const seed = +(CRASH_SEED ?? Date.now() % 1_000_000);
const NODES = 2, WORKERS = 8, FAMILIES_KEPT = 24;

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

let postgres, nodes, person, app, owner, switched;
before(async () => {
  postgres = engine === 'postgres' ? await Postgres.start({ durable: true }) : null;
  nodes = await Nodes.start(NODES, {}, { database: await postgres?.createDatabase() });
  person = await signUp(nodes.first);
  owner = await signUp(nodes.first);
  app = await nodes.first.createApp();
  switched = await nodes.first.createApp({ owner: owner.who.email });
});
after(async () => {
  await nodes?.close();
  await postgres?.close();
});

// One client of one node: goes on with its families until the node goes away.
async function work(browser, families, random, going) {
  try {
    while (going()) {
      const mine = families.filter((f) => f.owner === browser);
      let family = mine[Math.floor(random() * mine.length)];
      if (!family || family.dead || family.pending || random() < 0.2) {
        family = Object.assign(new Family(), { owner: browser });
        families.push(family);
      }
      await family.step(browser, app, random());
    }
  } catch (error) {
    if (!(error instanceof Undecided))
      throw error;
  } finally {
    browser.close();
  }
}

// An app that is switched on and off: which states it may be in.
const toggle = { may: new Set([true]) };
async function flip(browser, going) {
  try {
    while (going()) {
      const [now] = toggle.may, next = !now;
      toggle.may.add(next);
      const answer = await ask(browser.send('PATCH', `/api/oauth/apps/${switched.id}/status`, { json: { is_active: next } }));
      assert.equal(answer.status, 200, answer.text);
      toggle.may = new Set([next]);
      await pause(5);
    }
  } catch (error) {
    if (!(error instanceof Undecided))
      throw error;
  } finally {
    browser.close();
  }
}

async function auditSwitch(browser) {
  const { json } = await browser.get('/api/oauth/apps/mine');
  const found = (json.apps ?? json).find((a) => a.id === switched.id);
  assert.ok(toggle.may.has(found.is_active), 'an acknowledged switch of an app is lost');
  toggle.may = new Set([found.is_active]);
}

// Ends something the hard way, and comes back when all nodes serve again.
async function crash(random) {
  const choice = Math.floor(random() * (postgres ? 4 : 2)), one = nodes.all[Math.floor(random() * NODES)];
  const victims = choice === 0 ? [one] : choice === 1 ? nodes.all : choice === 2 ? [postgres] : [postgres, one];
  await Promise.all(victims.map((v) => v.kill()));
  return async () => {
    if (victims.includes(postgres))
      await postgres.up();
    await Promise.all(victims.filter((v) => v !== postgres).map((v) => v.up()));
    await Promise.all(nodes.all.map((node) => ready(node)));
  };
}

async function round(random, kept, signedOut) {
  let going = true;
  const still = () => going, families = [];
  const leaver = await signIn(nodes.first, owner.who), cookies = new Map(leaver.cookies);
  const workers = Array.from({ length: WORKERS }, (_, i) => work(nodes.at(i % NODES, person), families, generator(random() * 2 ** 32), still));
  workers.push(flip(nodes.at(Math.floor(random() * NODES), owner), still));
  assert.equal((await leaver.post('/api/auth/logout', { json: {} })).status, 200);
  signedOut.push(cookies);
  await pause(20 + random() * 300);
  const recover = await crash(random);
  going = false;
  await Promise.all(workers);
  const undecided = families.filter((f) => f.pending).length;

  await recover();
  await nothingHalfMade(nodes.first.database);
  const at = nodes.everywhere(person);
  for (const browser of at)
    assert.equal(await isSignedIn(browser), true, 'an acknowledged session is lost');
  families.push(...kept);
  await Promise.all(families.map((f, i) => f.audit(at[i % NODES], app)));
  const looked = families.reduce((n, f) => n + Math.min(f.access.length, 10), 0);
  await auditSwitch(nodes.at(0, owner));
  for (const cookie of signedOut.slice(-5))
    assert.equal(await isSignedIn(nodes.at(0, { cookies: cookie })), false, 'an acknowledged logout is lost');
  await Promise.all(families.slice(FAMILIES_KEPT).map((f, i) => f.retire(at[i % NODES], app)));
  at.forEach((b) => b.close());
  return { families: families.filter((f) => f.given).slice(0, FAMILIES_KEPT), looked, undecided };
}

describe(`kill -9 during grants, on ${engine}`, () => {
  it('loses nothing that was acknowledged, and lets nothing be spent twice', async (t) => {
    const random = generator(seed), from = Date.now(), signedOut = [];
    let families = [], done = 0, looked = 0, undecided = 0;
    t.diagnostic(`seed ${seed}`);
    for (; done < rounds && Date.now() - from < budget; done++) {
      const result = await round(random, families, signedOut);
      families = result.families;
      looked += result.looked;
      undecided += result.undecided;
    }
    t.diagnostic(`${done} rounds, ${looked} acknowledged tokens looked at, ${undecided} requests cut off`);
    assert.ok(done >= Math.min(rounds, 5), `only ${done} rounds`);
    assert.ok(looked > 0 && undecided > 0, 'the kills met grants');
  });
});
