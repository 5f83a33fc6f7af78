// What apps were told, remembered outside of the servers: after a crash all that was acknowledged holds, and of what was
// under way either all or nothing happened.
import assert from 'node:assert/strict';
import { grantCode, isActive, redeem, refresh, revoke } from './oauth.mjs';

// The server went away in the middle, or said "later": what was asked may have happened or not.
export class Undecided extends Error {}

export async function ask(promise) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    if (error instanceof assert.AssertionError && error.actual !== 503)
      throw error;
    throw new Undecided(error.message);
  }
  if (answer.status === 503) {
    assert.match(answer.headers['retry-after'] ?? '', /^\d+$/, answer.text);
    throw new Undecided(answer.text);
  }
  return answer;
}

// mulberry32: small, and the same everywhere
export function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// One authorization as its app knows it: what was acknowledged, and what was under way.
export class Family {
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

  // The next thing that its app does; chance, from 0 to 1, decides which.
  async step(browser, app, chance) {
    if (!this.given)
      this.given = await this.attempt('authorize', grantCode(browser, app));
    else if (!this.refresh) {
      const answer = await this.attempt('redeem', redeem(browser, app, this.given));
      assert.equal(answer.status, 200, answer.text);
      this.take(answer.json);
    } else if (chance < 0.1) {
      assert.equal((await this.attempt('end', revoke(browser, app, this.refresh))).status, 200);
      this.dead = true;
    } else if (chance < 0.2) {
      assert.equal((await this.attempt('end', redeem(browser, app, this.given))).status, 400, 'the code is spent');
      this.dead = true;
    } else {
      const answer = await this.attempt('refresh', refresh(browser, app, this.refresh));
      assert.equal(answer.status, 200, answer.text);
      this.take(answer.json);
    }
  }

  // What must hold of it now.
  async audit(browser, app) {
    if (!this.given)
      return;
    if (!this.refresh)
      await this.auditCode(browser, app);
    else if (this.dead) {
      assert.deepEqual(await this.states(browser, app), new Set([false]), 'what was ended lives again');
      assert.equal((await refresh(browser, app, this.refresh)).status, 400);
      assert.equal((await redeem(browser, app, this.given)).status, 400);
    } else if (this.pending === 'end') {
      const all = await this.states(browser, app);
      assert.equal(all.size, 1, 'half of a family was ended');
      this.dead = !all.has(true);
    } else
      await this.auditTokens(browser, app);
    this.pending = null;
  }

  async states(browser, app) {
    const looked = this.access.length <= 10 ? this.access : [...this.access.slice(0, 2), ...this.access.slice(-8)];
    return new Set(await Promise.all(looked.map((t) => isActive(browser, app, t))));
  }

  async auditCode(browser, app) {
    const answer = await redeem(browser, app, this.given);
    if (this.dead)
      assert.equal(answer.status, 400, 'a spent code gives tokens');
    else if (this.pending !== 'redeem')
      assert.equal(answer.status, 200, `an acknowledged code is lost: ${answer.text}`);
    else if (answer.status !== 200)
      assert.match(answer.text, /already used/, answer.text);
    if (answer.status === 200)
      this.take(answer.json);
    else
      this.dead = true;
  }

  // Whether or not a refresh was under way: asking again is answered, and by nothing that was answered before.
  async auditTokens(browser, app) {
    assert.deepEqual(await this.states(browser, app), new Set([true]), 'an acknowledged token is lost');
    const before = this.refresh, answer = await refresh(browser, app, before);
    assert.equal(answer.status, 200, `the holder of a live refresh token is locked out: ${answer.text}`);
    assert.ok(!this.access.includes(answer.json.access_token) && !this.spent.includes(answer.json.refresh_token));
    const again = await refresh(browser, app, before);
    assert.equal(again.json.refresh_token, answer.json.refresh_token, 'two successors of one token');
    this.take(answer.json);
  }

  // What was spent long ago stays spent: presenting it ends the family.
  async retire(browser, app) {
    if (!this.refresh || this.dead)
      return;
    const old = this.spent.length > 1 ? refresh(browser, app, this.spent[0]) : redeem(browser, app, this.given);
    assert.equal((await old).status, 400, 'spent twice');
    assert.equal((await refresh(browser, app, this.refresh)).status, 400, 'the family outlives the reuse');
    this.dead = true;
  }
}
