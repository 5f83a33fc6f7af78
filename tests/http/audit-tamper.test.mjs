// The sealed audit trail under the hands of somebody who has the database: whatever is changed shows, and where. And what is no
// tampering: events whose time is over go, and the rest still holds.
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import { own, page, sealed, until, verify } from '../lib/audit.mjs';
import { earlier, eventsOf, keep, otherKey, overwrite, putBack, reseal, segments, serverKey, withEvents } from '../lib/audit-chain.mjs';
import { signUp } from '../lib/people.mjs';
import { Server, engine } from '../lib/server.mjs';

const SEGMENTS = 5, MANY = 2100; // more than go into a block

// A server that has ended, with several sealed segments of several events each.
async function ended(settings) {
  const server = await Server.start(settings);
  for (let i = 0; i < SEGMENTS; i++) {
    await Promise.all([signUp(server), signUp(server)]);
    await sealed(server);
  }
  await server.stop();
  return server;
}

describe('a sealed trail that somebody changes', () => {
  let server, list, head, events;
  before(async () => {
    server = await ended();
    list = await segments(server);
    await keep(server);
    ({ head, events } = await verify(server));
  });
  afterEach(() => putBack(server));
  after(() => server?.close());

  async function shows(where, ...args) {
    const seen = await verify(server, ...args);
    assert.equal(seen.code, 1, seen.stderr);
    assert.equal(seen.intact, false);
    assert.match(seen.stderr, where);
  }

  it('is intact as long as nobody does', async () => {
    assert.ok(list.length >= SEGMENTS);
    const seen = await verify(server, '--expect', head);
    assert.deepEqual([seen.code, seen.intact, seen.faults, seen.stderr], [0, true, 0, '']);
    assert.equal(seen.events, list.reduce((n, s) => n + s.count, 0));
    assert.equal(seen.unsealed, 0);
    await reseal(server, list, serverKey(server));
    assert.equal((await verify(server)).head, head, 'the description is what the program does');
  });

  it('shows an event that was changed, in each of its bytes', async () => {
    for (const at of [0, 5, 11, 20, list[1].events.length - 1]) {
      const changed = Buffer.from(list[1].events);
      changed[at] ^= 1;
      await overwrite(server, 2, { ...list[1], events: changed });
      await shows(/segment 2 was changed/);
    }
  });

  it('shows an event that was taken out, put in, moved or doubled', async () => {
    const own = eventsOf(list[2]), other = eventsOf(list[3]);
    for (const changed of [own.slice(1), own.slice(0, -1), [...own, other[0]], [own[1], own[0], ...own.slice(2)], [own[0], ...own]]) {
      await overwrite(server, 3, withEvents(list[2], changed));
      await shows(/segment 3 was changed/);
    }
  });

  it('shows a segment that tells of another time, number or sealing', async () => {
    for (const change of [{ first: list[1].first - 1n }, { last: list[1].last + 1n }, { count: list[1].count + 1 }, { sealedAt: list[1].sealedAt - 1 }]) {
      await overwrite(server, 2, { ...list[1], ...change });
      await shows(/segment 2 was changed/);
    }
  });

  it('shows segments that were taken out', async () => {
    await server.sql('DELETE FROM audit_segments WHERE seq = 2');
    await shows(/segment 2 is missing/);
    await server.sql('DELETE FROM audit_segments WHERE seq IN (1, 3)');
    await shows(/segments 1 to 3 are missing/);
  });

  it('shows segments that changed places, or moved to the end', async () => {
    await server.sql('UPDATE audit_segments SET seq = 1000 WHERE seq = 2');
    await shows(/segment 2 is missing[^]*segment 1000/);
    await server.sql('UPDATE audit_segments SET seq = 2 WHERE seq = 3');
    await server.sql('UPDATE audit_segments SET seq = 3 WHERE seq = 1000');
    await shows(/segment 2 was changed, or stands in another's place[^]*segment 3 was changed/);
  });

  it('shows a segment that was put in at the end', async () => {
    await server.sql(`INSERT INTO audit_segments SELECT ${list.length + 1}, first_id, last_id, count, sealed_at, events, hash, mac, key_id
      FROM audit_segments WHERE seq = ${list.length}`);
    await shows(new RegExp(`segment ${list.length + 1} was changed[^]*segment ${list.length + 1} is not the one that was sealed last`));
  });

  it('shows a segment that was put in before the first, where the chain does not reach', async () => {
    await server.sql(`INSERT INTO audit_segments (seq, first_id, last_id, count, sealed_at, events, hash, mac, key_id)
      SELECT 0, first_id, last_id, count, sealed_at, events, hash, mac, key_id FROM audit_segments WHERE seq = 1`);
    await shows(/1 segments were put in before the first one that was sealed/);
  });

  it('shows an end that was cut off, also with the head', async () => {
    const n = list.length;
    await server.sql(`DELETE FROM audit_segments WHERE seq = ${n}`);
    await shows(new RegExp(`the end is missing: segment ${n} was sealed last, and ${n - 1} is the newest`));
    await server.sql(`UPDATE audit_marks SET seq = ${n - 1}, hash = (SELECT hash FROM audit_segments WHERE seq = ${n - 1}) WHERE name = 'head'`);
    await shows(/the head was changed/);
    await server.sql("DELETE FROM audit_marks WHERE name = 'head'");
    await shows(new RegExp(`the head is missing: it would name segment ${n - 1}`));
  });

  it('shows a whole trail that was made anew by somebody without the key', async () => {
    const forged = list.map((s, i) => i === 1 ? withEvents(s, eventsOf(s).slice(1)) : s), key = otherKey();
    forged[1].first = eventsOf(forged[1]).map((e) => e.readBigUInt64BE(2)).reduce((a, b) => a < b ? a : b);
    await reseal(server, forged, key);
    await shows(/segment 1 was sealed with another key/);
    await server.sql('UPDATE audit_segments SET key_id = (SELECT key_id FROM kept_audit_segments WHERE seq = 1)');
    await server.sql('UPDATE audit_marks SET key_id = (SELECT key_id FROM kept_audit_segments WHERE seq = 1)');
    await shows(/segment 1 was not sealed by this server[^]*the head was changed/);
  });

  it('shows a trail that was put back to an earlier time, or emptied, to whoever kept its head', async () => {
    await reseal(server, list.slice(0, 3), serverKey(server));
    await server.sql('DELETE FROM audit_segments WHERE seq > 3');
    assert.equal((await verify(server)).code, 0, 'as good as a backup of that time');
    await shows(new RegExp(`segment ${list.length} is not the one that was expected`), '--expect', head);
    await server.sql('DELETE FROM audit_segments; DELETE FROM audit_marks');
    await shows(/is not the one that was expected/, '--expect', head);
  });

  it('still tells each their own, whatever stands before and behind, indexed or not', async () => {
    await server.up();
    const browser = await signUp(server);
    await sealed(server);
    const mine = await own(browser);
    assert.ok(mine.length);
    const last = Number((await server.sql('SELECT MAX(seq) AS n FROM audit_segments'))[0].n);
    await server.sql(`INSERT INTO audit_segments (seq, first_id, last_id, count, sealed_at, events, hash, mac, key_id)
      WITH RECURSIVE n (i) AS (SELECT ${last + 1} UNION ALL SELECT i + 1 FROM n WHERE i < ${last + MANY})
      SELECT i, first_id, last_id, count, sealed_at, events, hash, mac, key_id FROM n, audit_segments WHERE seq = 1`);
    assert.deepEqual(await own(browser), mine);
    await signUp(server);
    await sealed(server);
    await until(async () => Number((await server.sql('SELECT COUNT(*) AS n FROM audit_blocks'))[0].n), (n) => n > 0, 'no block was made');
    assert.deepEqual(await own(browser), mine);
    const pages = await page(browser, { limit: 200 });
    assert.equal(pages.items.length, mine.length, 'found at once');
    await server.stop();
  });

  it('is told of by the server, which goes on behind the gap without hiding it', async () => {
    await server.sql(`DELETE FROM audit_segments WHERE seq = ${list.length}`);
    await server.up();
    await signUp(server);
    await sealed(server);
    await server.stop();
    assert.match(server.output, /the audit trail was changed: its newest segment is not the one that was sealed last/);
    await shows(new RegExp(`segment ${list.length} is missing`));
    assert.ok(events > 0);
  });
});

describe('a trail whose time is over', () => {
  let server, list, head;
  before(async () => {
    server = await ended({ AUDIT_RETENTION_DAYS: '30' });
    list = await segments(server);
    ({ head } = await verify(server));
    await keep(server);
  });
  afterEach(async () => {
    await server.stop();
    await putBack(server);
  });
  after(() => server?.close());

  const clean = async (env, ...args) => {
    const done = await server.run('gatehouse', ['cleanup', '--json', ...args], { env });
    assert.equal(done.code, 0, done.stderr);
    return { ...JSON.parse(done.stdout), stderr: done.stderr };
  };
  const age = (days) => reseal(server, list.map((s, i) => earlier(s, days[i] ?? 0)), serverKey(server));
  const eventsIn = (some) => some.reduce((n, s) => n + s.count, 0);

  it('goes, oldest first, and the rest holds', async () => {
    await age([40, 35, 31, 29, 40]);
    const before = await verify(server);
    assert.deepEqual([before.intact, before.removed], [true, 0], before.stderr);
    assert.equal((await clean()).audit_segments, 3, 'what came after one that stays, stays');
    const seen = await verify(server);
    assert.deepEqual([seen.code, seen.intact, seen.segments, seen.removed], [0, true, list.length - 3, eventsIn(list.slice(0, 3))], seen.stderr);
    assert.equal(seen.head, before.head);
    const [{ gone: none, kept }] = await server.sql(`SELECT (SELECT COUNT(*) FROM audit_recent WHERE segment <= 3) AS gone,
      (SELECT COUNT(*) FROM audit_recent WHERE segment > 3) AS kept`);
    assert.deepEqual([Number(none), Number(kept)], [0, list.length - 3]);
    assert.equal((await clean()).audit_segments, 0);
    await server.up();
    await signUp(server);
    await sealed(server);
    assert.equal((await verify(server, '--expect', before.head)).code, 0, 'and grows');
    const gone = await verify(server, '--expect', `2:${head.split(':')[1]}`);
    assert.deepEqual([gone.code, gone.expected_is_gone], [0, true]);
    await server.sql('DELETE FROM audit_segments WHERE seq = 4');
    assert.match((await verify(server)).stderr, /segment 4 is missing/);
  });

  it('shows an anchor that somebody made or moved, and removes no more behind it', async () => {
    await age([40, 40]);
    assert.equal((await clean()).audit_segments, 2);
    await server.sql(`DELETE FROM audit_segments WHERE seq = 3`);
    await server.sql(`UPDATE audit_marks SET seq = 3, hash = (SELECT hash FROM kept_audit_segments WHERE seq = 3) WHERE name = 'anchor'`);
    assert.match((await verify(server)).stderr, /the anchor was changed/);
    await server.sql(`UPDATE audit_marks SET key_id = ${engine === 'postgres' ? "'\\x0102030405060708'" : "x'0102030405060708'"} WHERE name = 'anchor'`);
    assert.match((await verify(server)).stderr, /anchor: segment 3 was sealed with another key/);
    const again = await clean({ AUDIT_RETENTION_DAYS: '1' });
    assert.match(again.stderr, /nothing more of the audit trail is removed: its anchor bears another key/);
    assert.equal((await verify(server)).code, 1);
  });

  it('goes on after the server’s key was replaced, once the old one has vouched for what is gone', async () => {
    await age([40, 35, 29, 28]);
    assert.equal((await clean()).audit_segments, 2);
    const path = server.env.GATEHOUSE_KEY_FILE, old = `${path}.old`, short = { AUDIT_RETENTION_DAYS: '27' };
    renameSync(path, old);
    writeFileSync(path, `${otherKey().toString('hex')}\n`, { mode: 0o600 });
    try {
      const stays = await clean(short);
      assert.deepEqual([stays.audit_segments, /its anchor bears another key.*gatehouse cleanup --old-key/.test(stays.stderr)], [0, true], stays.stderr);
      const wrong = await server.run('gatehouse', ['cleanup', '--old-key', '/nowhere/key']);
      assert.deepEqual([wrong.code, /The key file \/nowhere\/key is not there/.test(wrong.stderr)], [1, true], wrong.stderr);
      assert.equal((await clean({}, '--old-key', old)).audit_segments, 0, 'nothing is old enough, and the anchor is the new key’s');
      assert.equal((await clean(short)).audit_segments, 2, 'so the server goes on by itself');
      const seen = await verify(server, '--old-key', old);
      assert.deepEqual([seen.code, seen.intact, seen.removed], [0, true, eventsIn(list.slice(0, 4))], seen.stderr);
    } finally {
      renameSync(old, path);
    }
  });

  it('stays where it was changed, as evidence', async () => {
    await age([40, 40, 40, 40, 40]);
    await overwrite(server, 2, { ...earlier(list[1], 50), last: earlier(list[1], 40).last });
    assert.equal((await clean()).audit_segments, 1);
    assert.match((await verify(server)).stderr, /segment 2 was changed/);
    await server.sql('DELETE FROM audit_segments WHERE seq = 2');
    assert.equal((await clean()).audit_segments, 0);
    assert.match((await verify(server)).stderr, /segment 2 is missing/);
  });

  it('may go as a whole, and begins again behind it', async () => {
    await age(list.map(() => 31));
    assert.equal((await clean()).audit_segments, list.length);
    const empty = await verify(server), from = server.output.length;
    assert.deepEqual([empty.code, empty.segments, empty.removed], [0, 0, eventsIn(list)], empty.stderr);
    await server.up();
    await signUp(server);
    await sealed(server);
    await server.stop();
    assert.doesNotMatch(server.output.slice(from), /the audit trail was changed/);
    const seen = await verify(server);
    assert.deepEqual([seen.code, seen.intact], [0, true], seen.stderr);
    assert.equal((await segments(server))[0].seq, list.length + 1);
  });

  it('stays for ever if the setting says so, and where a command has not the key', async () => {
    await age(list.map(() => 700));
    assert.equal((await clean({ AUDIT_RETENTION_DAYS: '0' })).audit_segments, 0);
    const without = await clean({ GATEHOUSE_KEY_FILE: '/nowhere/key' });
    assert.equal(without.audit_segments, 0);
    assert.match(without.stderr, /the key file \/nowhere\/key is not there: the audit trail is left to the server/);
  });
});

describe('several nodes', { skip: engine === 'sqlite' && 'a database in a file has one' }, () => {
  it('seal together: each event once, in one chain', async () => {
    const first = await Server.start(), nodes = [first];
    try {
      for (let i = 0; i < 2; i++)
        nodes.push(await (await first.node()).up());
      for (let round = 0; round < 3; round++)
        await Promise.all(nodes.flatMap((n) => [signUp(n), signUp(n), signUp(n)]));
      await nodes.pop().close();
      await sealed(first);
      const seen = await verify(first);
      assert.deepEqual([seen.code, seen.intact, seen.unsealed], [0, true, 0], seen.stderr);
      const lines = (await first.run('gatehouse', ['audit', 'export'])).stdout.trim().split('\n').map((l) => JSON.parse(l));
      assert.equal(lines.filter((l) => l.event === 'account.sign_up').length, 27);
      assert.equal(new Set(lines.map((l) => l.id)).size, lines.length);
    } finally {
      for (const n of nodes.reverse())
        await n.close();
    }
  });
});
