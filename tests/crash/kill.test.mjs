// kill -9 at random instants during grants. A ledger outside of the server remembers what was acknowledged; after each
// restart everything in it holds, and nothing that was spent can be spent again (I1 to I4 of the security rules).
//   CRASH_ROUNDS=500, CRASH_SECONDS=300   go on for longer        CRASH_SEED=7   the same choices again
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { grantCode, isActive, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const { CRASH_ROUNDS, CRASH_SECONDS, CRASH_SEED } = process.env;
const rounds = +(CRASH_ROUNDS ?? (CRASH_SECONDS ? Infinity : 24));
const budget = 1000 * (CRASH_SECONDS ?? (CRASH_ROUNDS ? Infinity : 32)); // ms
const seed = +(CRASH_SEED ?? Date.now() % 1_000_000);
const WORKERS = 8, FAMILIES_KEPT = 24;

// mulberry32: small, and the same everywhere
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Killed extends Error {}

// An answer, or Killed when the server went away in the middle.
async function ask(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof assert.AssertionError)
      throw error;
    throw new Killed(error.message);
  }
}

// One authorization as its app knows it: what was acknowledged, and what was under way.
class Family {
  access = [];    // acknowledged
  refresh = null; // the newest acknowledged
  spent = [];     // refresh tokens that were exchanged, acknowledged
  given = null;   // the code
  dead = false;   // its end was acknowledged
  pending = null; // sent, not answered

  async attempt(what, promise) {
    this.pending = what;
    const answer = await ask(promise);
    this.pending = null;
    return answer;
  }

  take(tokens) {
    this.access.push(tokens.access_token);
    if (this.refresh)
      this.spent.push(this.refresh);
    this.refresh = tokens.refresh_token;
  }
}

async function step(family, browser, app, chance) {
  if (!family.given)
    family.given = await family.attempt('authorize', grantCode(browser, app));
  else if (!family.refresh) {
    const answer = await family.attempt('redeem', redeem(browser, app, family.given));
    assert.equal(answer.status, 200, answer.text);
    family.take(answer.json);
  } else if (chance < 0.1) {
    assert.equal((await family.attempt('end', revoke(browser, app, family.refresh))).status, 200);
    family.dead = true;
  } else if (chance < 0.2) {
    assert.equal((await family.attempt('end', redeem(browser, app, family.given))).status, 400, 'the code is spent');
    family.dead = true;
  } else {
    const answer = await family.attempt('refresh', refresh(browser, app, family.refresh));
    assert.equal(answer.status, 200, answer.text);
    family.take(answer.json);
  }
}

async function work(server, person, app, families, random, going) {
  const browser = server.browser();
  browser.cookies = new Map(person.cookies);
  try {
    while (going()) {
      const mine = families.filter((f) => f.owner === browser);
      let family = mine[Math.floor(random() * mine.length)];
      if (!family || family.dead || random() < 0.2) {
        family = Object.assign(new Family(), { owner: browser });
        families.push(family);
      }
      await step(family, browser, app, random());
    }
  } catch (error) {
    if (!(error instanceof Killed))
      throw error;
  } finally {
    browser.close();
  }
}

// What must hold of one family after the restart.
async function audit(family, browser, app) {
  const looked = family.access.length <= 10 ? family.access : [...family.access.slice(0, 2), ...family.access.slice(-8)];
  const active = () => Promise.all(looked.map((t) => isActive(browser, app, t)));
  if (!family.given)
    return;
  if (!family.refresh) {
    const answer = await redeem(browser, app, family.given);
    if (family.dead)
      assert.equal(answer.status, 400, 'a spent code gives tokens');
    else if (family.pending !== 'redeem')
      assert.equal(answer.status, 200, `an acknowledged code is lost: ${answer.text}`);
    else if (answer.status !== 200)
      assert.match(answer.text, /already used/, answer.text);
    if (answer.status === 200)
      family.take(answer.json);
    else
      family.dead = true;
  } else if (family.dead) {
    assert.deepEqual(new Set(await active()), new Set([false]), 'what was ended lives again');
    assert.equal((await refresh(browser, app, family.refresh)).status, 400);
    assert.equal((await redeem(browser, app, family.given)).status, 400);
  } else if (family.pending === 'end') {
    const all = new Set(await active());
    assert.equal(all.size, 1, 'half of a family was ended');
    family.dead = !all.has(true);
  } else {
    assert.deepEqual(new Set(await active()), new Set([true]), 'an acknowledged token is lost');
    // Whether or not a refresh was under way: asking again is answered, and by nothing that was answered before.
    const before = family.refresh, answer = await refresh(browser, app, before);
    assert.equal(answer.status, 200, `the holder of a live refresh token is locked out: ${answer.text}`);
    assert.ok(!family.access.includes(answer.json.access_token) && !family.spent.includes(answer.json.refresh_token));
    const again = await refresh(browser, app, before);
    assert.equal(again.json.refresh_token, answer.json.refresh_token, 'two successors of one token');
    family.take(answer.json);
  }
  family.pending = null;
}

// What was spent long ago stays spent: presenting it ends the family.
async function retire(family, browser, app) {
  if (!family.refresh || family.dead)
    return;
  const old = family.spent.length > 1 ? refresh(browser, app, family.spent[0]) : redeem(browser, app, family.given);
  assert.equal((await old).status, 400, 'spent twice');
  assert.equal((await refresh(browser, app, family.refresh)).status, 400, 'the family outlives the reuse');
  family.dead = true;
}

async function nothingHalfMade(server) {
  assert.deepEqual(await server.database.faults(), []);
  const none = async (what, text) => assert.deepEqual(await server.sql(text), [], what);
  await none('a code was spent, and gave nothing', 'SELECT id FROM codes WHERE spent_at <> 0 AND authorization_id NOT IN (SELECT authorization_id FROM access_tokens)');
  await none('a code without its authorization', 'SELECT id FROM codes WHERE authorization_id NOT IN (SELECT id FROM authorizations)');
  await none('a token was spent without a successor', `SELECT id FROM refresh_tokens WHERE spent_at <> 0
    AND NOT (successor_id IN (SELECT id FROM refresh_tokens) AND successor_access_id IN (SELECT id FROM access_tokens))`);
  await none('tokens of a code that was not spent', 'SELECT id FROM access_tokens WHERE authorization_id IN (SELECT authorization_id FROM codes WHERE spent_at = 0)');
}

describe('kill -9 during grants', () => {
  let server, person, app, owner;
  before(async () => {
    server = await Server.start();
    person = await signUp(server);
    owner = (await signUp(server)).who;
    app = await server.createApp();
  });
  after(() => server?.close());

  it('loses nothing that was acknowledged, and lets nothing be spent twice', async (t) => {
    const random = generator(seed), from = Date.now(), signedOut = [];
    let families = [], done = 0, grants = 0, undecided = 0;
    t.diagnostic(`seed ${seed}`);
    for (; done < rounds && Date.now() - from < budget; done++) {
      let going = true;
      const leaver = await signIn(server, owner), cookies = new Map(leaver.cookies);
      const kept = families;
      families = [];
      const workers = Array.from({ length: WORKERS }, () => work(server, person, app, families, generator(random() * 2 ** 32), () => going));
      await leaver.post('/api/auth/logout', { json: {} });
      signedOut.push(cookies);
      await new Promise((resume) => setTimeout(resume, 20 + random() * 300));
      await server.kill();
      going = false;
      await Promise.all(workers);
      undecided += families.filter((f) => f.pending).length;

      await server.up();
      await nothingHalfMade(server);
      const browser = server.browser();
      browser.cookies = new Map(person.cookies);
      assert.equal(await isSignedIn(browser), true, 'an acknowledged session is lost');
      families.push(...kept);
      await Promise.all(families.map((f) => audit(f, browser, app)));
      grants += families.reduce((n, f) => n + Math.min(f.access.length, 10), 0);
      for (const cookie of signedOut.slice(-5)) {
        browser.cookies = new Map(cookie);
        assert.equal(await isSignedIn(browser), false, 'an acknowledged logout is lost');
      }
      await Promise.all(families.slice(FAMILIES_KEPT).map((f) => retire(f, browser, app)));
      families = families.filter((f) => f.given).slice(0, FAMILIES_KEPT);
      browser.close();
    }
    t.diagnostic(`${done} rounds, ${grants} acknowledged tokens looked at, ${undecided} requests cut off`);
    assert.ok(done >= Math.min(rounds, 5), `only ${done} rounds`);
    assert.ok(grants > 0 && undecided > 0, 'the kills met grants');
  });
});
