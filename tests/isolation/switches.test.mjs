// Three nodes, one database: what is switched off at one node is off at all of them as soon as that was answered, however
// warm their memories are.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { good, isDead, isSignedOut, lives, nothingHalfMade, refusedAfter } from '../lib/invariants.mjs';
import { Log, Nodes } from '../lib/nodes.mjs';
import { authorizeJson, grant, grantCode, introspect, isActive, me, pkce, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp, tryLogin } from '../lib/people.mjs';

const NODES = 3, CLIENTS = 64, ROUNDS = 3;

let nodes, everywhere;
before(async () => {
  nodes = await Nodes.start(NODES);
  everywhere = nodes.everywhere();
});
after(() => nodes?.close());
afterEach(() => nothingHalfMade(nodes.first.database));

const setApp = (owner, app, is_active) => owner.send('PATCH', `/api/oauth/apps/${app.id}/status`, { json: { is_active } });

// As an operator does it, beside the nodes.
async function disable(person) {
  const { code, stderr } = await nodes.first.run('gatehouse', ['user', 'disable', '--email', person.who.email]);
  assert.equal(code, 0, stderr);
  return { status: 0 };
}

// An app with an owner, and someone with a living grant that every node has looked at.
async function scene() {
  const owner = await signUp(nodes.first), person = await signUp(nodes.all[1]);
  const app = await nodes.first.createApp({ owner: owner.who.email });
  const t = await grant(nodes.at(2, person), app), at = nodes.everywhere(person);
  for (let n = 0; n < 2; n++) {
    await lives(at, app, t);
    for (const b of at)
      assert.equal(await isSignedIn(b), true);
  }
  return { owner, person, app, t, at };
}

// All that an app and its person do, over and over, at all nodes, while `change` happens.
async function duringAll({ person, app, t, given }, change) {
  const log = new Log(), crowd = await nodes.crowd(CLIENTS, person);
  const deeds = [
    (b, i) => log.ask('redeem', () => redeem(b, app, given[i])),
    (b) => log.ask('authorize', () => authorizeJson(b, app, pkce())),
    (b) => log.ask('refresh', () => refresh(b, app, t.refresh_token)),
    (b) => log.ask('use', () => me(b, t.access_token)),
  ];
  await Promise.all([change(log), ...crowd.map(async (b, i) => {
    for (let n = 0; n < deeds.length; n++)
      await deeds[(i + n) % deeds.length](b, i);
  })]);
  return log;
}

describe('an account that is deleted', () => {
  const remove = (person) => person.post('/api/auth/user/delete', { json: { password: person.who.password } });

  it('is dead at every node at once, and the sessions, tokens and keys of it', async () => {
    const s = await scene();
    const { plain_text_key: key } = (await s.person.post('/api/api-keys', { json: { name: 'k', permissions: ['IDENTITY'] } })).json;
    const byKey = (b) => b.get('/external-api/v1/me', { cookies: false, headers: { 'x-api-key': key } });
    for (const b of s.at)
      assert.equal((await byKey(b)).status, 200);
    assert.equal((await remove(s.person)).status, 200);
    for (const b of s.at) {
      assert.equal((await me(b, s.t.access_token)).status, 401);
      assert.equal((await byKey(b)).status, 401);
      assert.equal(await isActive(b, s.app, s.t.access_token), false);
      assert.equal(await isSignedIn(b), false);
      assert.equal((await tryLogin(b, s.person.who)).status, 401);
    }
    assert.equal((await refresh(s.at[2], s.app, s.t.refresh_token)).status, 400);
  });

  it('takes the tokens of its apps along, at every node', async () => {
    const s = await scene();
    assert.equal((await remove(s.owner)).status, 200);
    for (const b of s.at)
      assert.equal((await me(b, s.t.access_token)).status, 401);
  });
});

describe('an app that its owner switches off', () => {
  it('is off at every node at once, and works again when it is switched on', async () => {
    const s = await scene();
    for (let n = 0; n < ROUNDS; n++) {
      const given = await grantCode(s.at[n % NODES], s.app);
      assert.equal((await setApp(s.owner, s.app, false)).status, 200);
      await isDead(s.at, s.app, { ...given, access_token: s.t.access_token });
      for (const b of s.at)
        assert.notEqual((await authorizeJson(b, s.app, pkce())).status, 200);
      assert.equal((await setApp(s.owner, s.app, true)).status, 200);
      await lives(s.at, s.app, s.t);
    }
  });

  it('while people authorize and it exchanges: nothing that began afterwards succeeds', async () => {
    const s = await scene();
    for (let n = 0; n < ROUNDS; n++) {
      const given = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => grantCode(s.at[i % NODES], s.app)));
      const log = await duringAll({ ...s, given }, async (l) => {
        await new Promise((resume) => setTimeout(resume, 10 + 15 * n));
        await l.ask('switch off', () => setApp(s.owner, s.app, false));
      });
      assert.equal(log.answers('switch off')[0].status, 200);
      refusedAfter(log, 'switch off');
      for (const answer of good(log.answers('redeem')).slice(0, 5))
        await isDead(s.at, s.app, { access_token: answer.json.access_token });
      await isDead(s.at, s.app, { access_token: s.t.access_token });
      await setApp(s.owner, s.app, true);
      s.t = await grant(s.at[0], s.app);
    }
  });
});

describe('a person', () => {
  it('who is switched off is a stranger at every node at once', async () => {
    const s = await scene(), given = await grantCode(s.at[0], s.app);
    await disable(s.person);
    await isSignedOut(s.at);
    await isDead(s.at, s.app, { ...s.t, ...given });
    for (const b of everywhere)
      assert.notEqual((await tryLogin(b, s.person.who)).status, 200);
  });

  it('whom somebody switches off in the database itself is a stranger at every node within a second', async () => {
    const s = await scene();
    await nodes.first.database.sql(`UPDATE users SET is_active = FALSE WHERE id = '${s.person.user.id}'`);
    await new Promise((resume) => setTimeout(resume, 1_000));
    await isSignedOut(s.at);
    await isDead(s.at, s.app, s.t);
  });

  it('who is switched off while apps ask: nothing that began afterwards succeeds', async () => {
    const s = await scene(), given = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => grantCode(s.at[i % NODES], s.app)));
    const log = await duringAll({ ...s, given }, async (l) => {
      await new Promise((resume) => setTimeout(resume, 20));
      await l.ask('switch off', () => disable(s.person));
    });
    refusedAfter(log, 'switch off');
    await isDead(s.at, s.app, s.t);
  });

  it('who signs out at one node is signed out at all, and nobody else is', async () => {
    const s = await scene();
    for (let n = 0; n < ROUNDS; n++) {
      const here = await signIn(nodes.all[n % NODES], s.person.who), there = nodes.everywhere(here);
      for (const b of there)
        assert.equal(await isSignedIn(b), true);
      const log = new Log();
      await Promise.all([log.ask('sign out', () => here.post('/api/auth/logout', { json: {} })),
        ...there.map(async (b) => {
          for (let i = 0; i < 12; i++)
            await log.ask('use', () => b.get('/api/oauth/apps/mine'));
        })]);
      assert.equal(log.answers('sign out')[0].status, 200);
      refusedAfter(log, 'sign out');
      await isSignedOut(there);
      for (const b of s.at)
        assert.equal(await isSignedIn(b), true, 'another session of the same person');
    }
  });
});

describe('a token', () => {
  it('that is revoked at one node is dead at all at once', async () => {
    const s = await scene();
    for (let n = 0; n < ROUNDS * NODES; n++) {
      const t = await grant(s.at[(n + 1) % NODES], s.app);
      await lives(s.at, s.app, t);
      assert.equal((await revoke(s.at[n % NODES], s.app, t.refresh_token)).status, 200);
      await isDead(s.at, s.app, t);
    }
  });

  it('of access that is revoked alone leaves the rest of its family alive', async () => {
    const s = await scene();
    assert.equal((await revoke(s.at[1], s.app, s.t.access_token)).status, 200);
    for (const b of s.at) {
      assert.equal((await me(b, s.t.access_token)).status, 401);
      assert.equal((await introspect(b, s.app, s.t.access_token)).json.active, false);
      assert.equal(await isActive(b, s.app, s.t.refresh_token), true);
    }
  });
});
