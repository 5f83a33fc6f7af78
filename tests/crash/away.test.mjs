// PostgreSQL goes away under running nodes: they say "later", and serve again when it is back, without being restarted. And
// the wire breaks at the worst instant: just before a COMMIT, and just after it, when the node cannot know which it was.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { isDead, lives, nothingHalfMade } from '../lib/invariants.mjs';
import { authorizeJson, grant, grantCode, introspect, isActive, me, pkce, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { ready } from '../lib/nodes.mjs';
import { Proxy } from '../lib/proxy.mjs';
import { engine, Server } from '../lib/server.mjs';

const TRUST = 1_000; // ms: how old a confirmation of the database may be for a node's memory to count
const RESOLVE = 3_000; // ms: how long a node asks what became of a COMMIT
const RETURN = 500; // ms: how long after its return a database may be taken to be away still
const LAG = 2_000; // ms: of a busy machine
const TRIES = 12; // of each break

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
const only = engine === 'postgres' ? {} : { skip: 'about a database on the other end of a wire' };

let postgres, database, proxy, server, person, app;

const later = (answer) => {
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
};

// One server, and its database on the other end of a wire that can be held, cut and opened again.
function behindAWire() {
  before(async () => {
    postgres = await Postgres.start({ durable: true });
    database = await postgres.createDatabase();
    proxy = await Proxy.start(postgres.port);
    server = await Server.start({ DATABASE_URL: database.through(proxy.port) }, { database });
    person = await signUp(server);
    app = await server.createApp();
    await grant(person, app);
  });
  after(async () => {
    await server?.close();
    await proxy?.close();
    await postgres?.close();
  });
  beforeEach(() => ready(server));
}

describe('a database that goes away', only, () => {
  behindAWire();

  async function everythingIsLater({ t, given, one }) {
    later(await redeem(person, app, given));
    later(await refresh(person, app, t.refresh_token));
    later(await revoke(person, app, t.refresh_token));
    later(await introspect(person, app, t.access_token));
    later(await me(person, t.access_token));
    later(await authorizeJson(person, app, pkce()));
    later(await tryLogin(server.browser(), person.who));
    later(await server.browser().post('/api/auth/signup', { json: someone() }));
    later(await one.post('/api/auth/logout', { json: {} }));
    assert.equal((await person.get('/readyz')).status, 503);
    assert.ok((await person.get('/auth/authorize')).status >= 400);
    for (const path of ['/healthz', '/metrics', '/.well-known/oauth-authorization-server'])
      assert.equal((await person.get(path)).status, 200, `${path} needs no database`);
  }

  for (const [how, leave, back] of [
    ['is stopped', () => postgres.stop(), () => postgres.up()],
    ['is killed', () => postgres.kill(), () => postgres.up()],
    ['cannot be reached', () => proxy.refuse(), () => proxy.accept()],
  ])
    it(`and ${how}: everything is "later", and goes on when it is back`, async () => {
      const t = await grant(person, app), given = await grantCode(person, app), cookies = new Map(person.cookies);
      const one = await signIn(server, person.who);
      await leave();
      try {
        await pause(TRUST + 200);
        await everythingIsLater({ t, given, one });
      } finally {
        await back();
      }
      await ready(server);
      assert.deepEqual(person.cookies, cookies, 'a sign-in was forgotten because the database was away');
      assert.equal(await isSignedIn(person), true);
      await lives([person], app, t);
      assert.equal((await redeem(person, app, given)).status, 200, 'a refused code was spent');
      assert.equal((await refresh(person, app, t.refresh_token)).status, 200);
      await nothingHalfMade(database);
    });

  it('and comes back during requests: each is answered, and none twice', async () => {
    const families = await Promise.all(Array.from({ length: 16 }, () => grant(person, app)));
    let going = true;
    const work = families.map(async (t) => {
      const browser = server.browser();
      while (going) {
        const answer = await refresh(browser, app, t.refresh_token);
        assert.ok([200, 503].includes(answer.status), answer.text);
        if (answer.status === 200)
          Object.assign(t, answer.json);
        else
          await pause(20);
      }
    });
    await pause(100);
    for (let n = 0; n < 3; n++) {
      await postgres.stop();
      await pause(50);
      await postgres.up();
      await ready(server);
      await pause(100);
    }
    going = false;
    await Promise.all(work);
    for (const t of families)
      await lives([person], app, t);
    await nothingHalfMade(database);
  });

  it('and is cut off for a while: when it is back, nobody is told "later" any more', async () => {
    const t = await grant(person, app), crowd = Array.from({ length: 24 }, () => server.browser());
    const answers = [];
    let going = true;
    const work = crowd.map(async (b) => {
      while (going) {
        const answer = await refresh(b, app, t.refresh_token);
        answers.push({ status: answer.status, at: performance.now() });
        await pause(5);
      }
    });
    proxy.refuse();
    await pause(2_000);
    proxy.accept();
    const back = performance.now();
    await pause(RETURN + 2 * LAG);
    going = false;
    await Promise.all(work);
    assert.ok(answers.some((a) => a.status === 503));
    const lasts = answers.filter((a) => a.status === 503).at(-1).at - back;
    assert.ok(lasts < RETURN + LAG, `refused ${lasts} ms after the return`);
    assert.ok(answers.filter((a) => a.at > back + RETURN + LAG).length > 0);
  });

  it('and neither answers nor closes: what is remembered counts for a second at most', async () => {
    const t = await grant(person, app);
    for (let n = 0; n < 3; n++)
      await lives([person], app, t);
    proxy.hold();
    try {
      await database.sql("UPDATE authorizations SET revoked_at = 1 WHERE id = (SELECT max(id) FROM authorizations)");
      await pause(TRUST + 200);
      const answer = await Promise.race([introspect(person, app, t.access_token), pause(3_000)]);
      assert.notEqual(answer?.status === 200 && answer.json.active, true, 'a node that hears nothing trusts its memory');
    } finally {
      proxy.release();
    }
    await ready(server);
    await isDead([person], app, t);
  });
});

describe('a wire that breaks at COMMIT', only, () => {
  behindAWire();

  const count = async (table) => (await server.sql(`SELECT count(*) AS n FROM ${table}`))[0].n;
  // The audit trail writes the browser's name into the transaction of its request.
  const broken = async (when, browser, question, options) => {
    const met = proxy.met;
    browser.name = `breaks the wire ${met} times and once more`;
    proxy.breakAt(when, browser.name, options);
    const answer = await question(browser);
    assert.equal(proxy.met, met + 1, 'the wire was to break');
    return answer;
  };

  for (const when of ['after', 'before'])
    describe(`just ${when} it`, () => {
      it('a code gives its tokens, once', async () => {
        for (let n = 0; n < TRIES; n++) {
          const given = await grantCode(person, app), rows = await count('access_tokens');
          const answer = await broken(when, person, (b) => redeem(b, app, given));
          assert.equal(answer.status, 200, answer.text);
          assert.equal(await count('access_tokens'), rows + 1);
          await lives([person], app, answer.json);
          assert.equal((await redeem(person, app, given)).status, 400);
        }
        await nothingHalfMade(database);
      });

      it('a refresh token has one successor', async () => {
        for (let n = 0; n < TRIES; n++) {
          const t = await grant(person, app), rows = await count('refresh_tokens');
          const answer = await broken(when, person, (b) => refresh(b, app, t.refresh_token));
          assert.equal(answer.status, 200, answer.text);
          assert.equal(await count('refresh_tokens'), rows + 1);
          await lives([person], app, answer.json);
          assert.equal((await refresh(person, app, t.refresh_token)).json.refresh_token, answer.json.refresh_token);
        }
        await nothingHalfMade(database);
      });

      it('a revocation, a sign-in, a sign-out and an account are made as they were answered', async () => {
        const t = await grant(person, app);
        assert.equal((await broken(when, person, (b) => revoke(b, app, t.refresh_token))).status, 200);
        await isDead([person], app, t);
        const who = someone(), browser = server.browser(), made = await broken(when, browser, (b) => b.post('/api/auth/signup', { json: who }));
        assert.equal(made.status, 200, made.text);
        assert.equal(await isSignedIn(browser), true);
        const again = server.browser(), login = await broken(when, again, (b) => tryLogin(b, who));
        assert.equal(login.status, 200, login.text);
        assert.equal(await isSignedIn(again), true);
        const cookies = new Map(again.cookies), out = await broken(when, again, (b) => b.post('/api/auth/logout', { json: {} }));
        assert.equal(out.status, 200, out.text);
        again.cookies = cookies;
        assert.equal(await isSignedIn(again), false);
      });

      it('and cannot be looked up: "later", and either all or nothing of it', async () => {
        const given = await grantCode(person, app), t = await grant(person, app);
        for (const question of [(b) => redeem(b, app, given), (b) => refresh(b, app, t.refresh_token)]) {
          const began = performance.now();
          later(await broken(when, person, question, { thenRefuse: true }));
          assert.ok(performance.now() - began < RESOLVE + LAG, `"later" took ${performance.now() - began} ms`);
          proxy.accept();
          await ready(server);
        }
        await nothingHalfMade(database);
        const again = await refresh(person, app, t.refresh_token);
        assert.equal(again.status, 200, again.text);
        assert.equal(await isActive(person, app, t.access_token), true);
        const answer = await redeem(person, app, given);
        assert.equal(answer.status, when === 'after' ? 400 : 200, answer.text);
      });
    });
});
