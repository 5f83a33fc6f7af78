// Three nodes, one database: 64 clients ask at the same instant for what only one may have.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { invalidGrant } from '../lib/expect.mjs';
import { good, isDead, lives, nothingHalfMade, redeemedOnce, refusedAfter, rotatedOnce } from '../lib/invariants.mjs';
import { Log, Nodes } from '../lib/nodes.mjs';
import { authorizeJson, grant, grantCode, introspect, me, pkce, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';

const NODES = 3, CLIENTS = 64, ROUNDS = 4;

let nodes, person, app, crowd, everywhere;
before(async () => {
  nodes = await Nodes.start(NODES);
  person = await signUp(nodes.first);
  app = await nodes.first.createApp();
  await Promise.all(nodes.everywhere(person).map((b) => grant(b, app))); // each node knows the secret by now
  crowd = await nodes.crowd(CLIENTS, person);
  everywhere = nodes.everywhere(person);
});
after(() => nodes?.close());
afterEach(() => nothingHalfMade(nodes.first.database));

const rounds = (n, body) => async (t) => {
  for (let round = 0; round < n; round++)
    await body(t, round);
};

describe('64 clients of three nodes', () => {
  it('redeem one code: one gets tokens, and the others\' tries kill them', rounds(ROUNDS, async () => {
    const given = await grantCode(everywhere[1], app);
    const all = await Promise.all(crowd.map((b, i) => redeem(b, app, given, { dialect: i % 2 ? 'json' : 'form' })));
    redeemedOnce(all);
    assert.equal(good(all).length, 1);
    for (const answer of all.filter((a) => a.status !== 200))
      invalidGrant(answer, /already used/);
    await isDead(everywhere, app, { ...good(all)[0].json, ...given });
  }));

  it('redeem 64 codes: each its own', rounds(2, async () => {
    const given = await Promise.all(crowd.map((b) => grantCode(b, app)));
    const all = await Promise.all(crowd.map((_, i) => redeem(crowd[(i + 1) % CLIENTS], app, given[i])));
    for (const answer of all)
      assert.equal(answer.status, 200, answer.text);
    assert.equal(new Set(all.flatMap((a) => [a.json.access_token, a.json.refresh_token])).size, 2 * CLIENTS, 'a token was given twice');
    await lives(everywhere, app, all[7].json);
  }));

  it('rotate one token: all get the one successor, which every node knows', rounds(ROUNDS, async () => {
    const first = await grant(everywhere[2], app);
    const all = await Promise.all(crowd.map((b) => refresh(b, app, first.refresh_token)));
    rotatedOnce(all);
    assert.equal(good(all).length, CLIENTS, all.find((a) => a.status !== 200)?.text);
    await lives(everywhere, app, good(all)[0].json);
    assert.equal((await refresh(everywhere[0], app, good(all)[0].json.refresh_token)).status, 200);
  }));

  it('replay a token whose successor was used elsewhere: none succeeds, and the family is dead', rounds(ROUNDS, async () => {
    const first = await grant(everywhere[0], app);
    const second = (await refresh(everywhere[1], app, first.refresh_token)).json;
    const third = (await refresh(everywhere[2], app, second.refresh_token)).json;
    await lives(everywhere, app, third);
    for (const answer of await Promise.all(crowd.map((b) => refresh(b, app, first.refresh_token))))
      invalidGrant(answer);
    await isDead(everywhere, app, third);
  }));

  it('hand a family on while an old token is replayed: at most one line of descent, or none', rounds(ROUNDS, async () => {
    const first = await grant(everywhere[0], app);
    const second = (await refresh(everywhere[1], app, first.refresh_token)).json;
    const all = await Promise.all(crowd.map((b, i) => refresh(b, app, i % 2 ? first.refresh_token : second.refresh_token)));
    rotatedOnce(all.filter((_, i) => i % 2 === 0));
    for (const answer of good(all.filter((_, i) => i % 2)))
      assert.equal(answer.json.refresh_token, second.refresh_token, 'a replay was given something new');
  }));

  it('refresh while one revokes: nothing survives the revocation, at any node', rounds(ROUNDS, async (t, round) => {
    const first = await grant(everywhere[0], app), log = new Log();
    await lives(everywhere, app, first); // whatever remembers rows remembers these
    await Promise.all(crowd.map(async (b, i) => {
      if (i === 0) {
        await new Promise((resume) => setTimeout(resume, 4 * round));
        return log.ask('revoke', () => revoke(b, app, first.refresh_token));
      }
      let mine = first.refresh_token;
      for (let n = 0; n < 4; n++) {
        const answer = await log.ask('refresh', () => refresh(b, app, mine));
        await log.ask('look', () => introspect(b, app, first.access_token));
        await log.ask('use', () => me(b, first.access_token));
        if (answer.status === 200 && i % 8 === 0)
          mine = answer.json.refresh_token;
      }
    }));
    assert.equal(log.answers('revoke')[0].status, 200);
    refusedAfter(log, 'revoke');
    for (const answer of good(log.answers('refresh')))
      await isDead([everywhere[round % NODES]], app, answer.json);
    await isDead(everywhere, app, first);
  }));

  it('authorize at once: the remembered consent is one row', async () => {
    const newcomer = await signUp(nodes.first), theirs = await nodes.crowd(CLIENTS, newcomer);
    const all = await Promise.all(theirs.map((b) => authorizeJson(b, app, pkce())));
    assert.equal(good(all).length, CLIENTS, all.find((a) => a.status !== 200)?.text);
    const [{ n }] = await nodes.first.sql(`SELECT count(*) AS n FROM consents WHERE user_id = '${newcomer.user.id}'`);
    assert.ok(n <= 1, `${n} consents`);
  });
});
