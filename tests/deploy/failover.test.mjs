// The primary's machine is gone, and its synchronous standby takes over: the nodes find it by themselves, by the list of
// addresses in DATABASE_URL, and everything that was acknowledged is there.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { nothingHalfMade } from '../lib/invariants.mjs';
import { Family, generator, Undecided } from '../lib/ledger.mjs';
import { Nodes, ready } from '../lib/nodes.mjs';
import { isSignedIn, signIn, signUp } from '../lib/people.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { onPostgres } from '../lib/server.mjs';

const WORKERS = 8, GRANTS = 24, LIMIT_MS = 10_000;
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

describe('a failover to a synchronous standby', onPostgres, () => {
  let primary, standby, nodes, database;
  before(async () => {
    primary = await Postgres.start();
    database = await primary.createDatabase();
    standby = await primary.standby();
    const url = database.url.replace(`127.0.0.1:${primary.port}`, `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`);
    nodes = await Nodes.start(2, { DATABASE_URL: url }, { database });
  });
  after(async () => {
    await nodes?.close();
    await standby?.close();
    await primary?.close();
  });

  it('loses nothing that was acknowledged, and needs no restart of a node', async () => {
    const person = await signUp(nodes.first), app = await nodes.first.createApp(), families = [], pids = nodes.all.map((n) => n.pid);
    const leaver = await signIn(nodes.first, person.who), left = new Map(leaver.cookies);
    let going = true;
    const work = async (index) => {
      const browser = nodes.at(index % 2, person), random = generator(index + 1);
      try {
        for (let family; going;) {
          if (!family || family.dead)
            families.push(family = new Family());
          await family.step(browser, app, random());
        }
      } catch (error) {
        if (!(error instanceof Undecided))
          throw error;
      }
    };
    const workers = Array.from({ length: WORKERS }, (_, i) => work(i));
    const grants = () => families.reduce((n, f) => n + f.access.length, 0);
    for (const end = Date.now() + LIMIT_MS; grants() < GRANTS; await pause(10))
      assert.ok(Date.now() < end, `${grants()} grants in ${LIMIT_MS} ms`);
    assert.equal((await leaver.post('/api/auth/logout', { json: {} })).status, 200);
    await primary.kill();
    await standby.promote();
    going = false;
    await Promise.all(workers);
    Object.assign(database, { port: standby.port, administration: standby.administration, url: database.through(standby.port) });

    await Promise.all(nodes.all.map((node) => ready(node)));
    assert.deepEqual(nodes.all.map((n) => n.pid), pids);
    for (const [i, family] of families.entries())
      await family.audit(nodes.at(i % 2, person), app);
    for (const family of families.slice(0, WORKERS))
      await family.retire(nodes.at(0, person), app);
    const old = nodes.at(1);
    old.cookies = left;
    assert.equal(await isSignedIn(old), false, 'an acknowledged sign-out is lost');
    assert.equal(await isSignedIn(nodes.at(1, person)), true);
    await nothingHalfMade(database);
    assert.equal((await signIn(nodes.all[1], person.who)).user.id, person.user.id);
  });
});
