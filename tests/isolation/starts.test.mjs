// Nodes that start together on nothing, and what must exist once in an installation.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { lives } from '../lib/invariants.mjs';
import { Nodes } from '../lib/nodes.mjs';
import { grant, grantCode, redeem, refresh } from '../lib/oauth.mjs';
import { signUp, someone } from '../lib/people.mjs';
import { engine } from '../lib/server.mjs';

const NODES = 4;

describe('four nodes that start together on an empty database', () => {
  let nodes;
  before(async () => { nodes = await Nodes.start(NODES, {}, { empty: true }); });
  after(() => nodes?.close());

  it('migrate it once', async () => {
    const rows = await nodes.first.sql('SELECT version FROM schema_migrations ORDER BY version');
    assert.ok(rows.length > 0);
    assert.deepEqual(rows.map((r) => r.version), rows.map((_, i) => i + 1));
  });

  it('have each their own number', async () => {
    const rows = await nodes.first.sql('SELECT node, owner FROM nodes');
    assert.equal(rows.length, NODES);
    assert.equal(new Set(rows.map((r) => r.owner)).size, NODES);
  });

  it('use one key: a successor is the same wherever the token is presented', async () => {
    const person = await signUp(nodes.first), app = await nodes.first.createApp(), at = nodes.everywhere(person);
    const t = await grant(at[0], app), answers = [];
    for (const b of at)
      answers.push((await refresh(b, app, t.refresh_token)).json);
    assert.equal(new Set(answers.map((a) => a.refresh_token)).size, 1);
    await lives(at, app, answers[0]);
  });

  it('make one account of an address that all are asked for', async () => {
    for (let n = 0; n < 3; n++) {
      const who = someone(), crowd = await nodes.crowd(8);
      const all = await Promise.all(crowd.map((b) => b.post('/api/auth/signup', { json: who })));
      assert.equal(all.filter((a) => a.status === 200).length, 1, all.map((a) => a.status).join(' '));
      for (const answer of all)
        assert.ok([200, 409].includes(answer.status), answer.text);
      const [{ n: rows }] = await nodes.first.sql(`SELECT count(*) AS n FROM users WHERE email = '${who.email}'`);
      assert.equal(rows, 1);
    }
  });

  it('go on when one of them stops, and take it back', async () => {
    const person = await signUp(nodes.first), app = await nodes.first.createApp(), at = nodes.everywhere(person);
    const given = await grantCode(at[3], app);
    await nodes.all[3].stop();
    const answer = await redeem(at[1], app, given);
    assert.equal(answer.status, 200, answer.text);
    await nodes.all[3].up();
    await lives(nodes.everywhere(person), app, answer.json);
  });
});

describe('the tools', () => {
  it('clean up beside each other: each dead row is removed by one of them, and none is left', async () => {
    const nodes = await Nodes.start(2), DEAD = 3_000;
    try {
      await nodes.first.sql(`INSERT INTO access_tokens (id, hash, authorization_id, scopes, expires_at, revoked_at)
        SELECT n, CAST('x' AS ${engine === 'postgres' ? 'BYTEA' : 'BLOB'}), 1, '', 1, 0 FROM
        (WITH RECURSIVE all_n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM all_n WHERE n < ${DEAD}) SELECT n FROM all_n) AS numbers`);
      const rounds = [];
      while (!rounds.some((r) => r.complete)) {
        const ran = await Promise.all(nodes.all.concat(nodes.all).map((n) => n.run('gatehouse', ['cleanup', '--json'])));
        for (const { code, stderr, stdout } of ran) {
          assert.equal(code, 0, stderr);
          rounds.push(JSON.parse(stdout));
        }
      }
      assert.equal(rounds.reduce((sum, r) => sum + r.access_tokens, 0), DEAD);
      assert.deepEqual(await nodes.first.sql('SELECT id FROM access_tokens LIMIT 1'), []);
    } finally {
      await nodes.close();
    }
  });

  it('start on an empty database beside each other and beside a node', async () => {
    const nodes = await Nodes.start(1);
    try {
      const users = await Promise.all(Array.from({ length: 4 }, () => nodes.first.createUser()));
      assert.equal(new Set(users.map((u) => u.id)).size, 4);
    } finally {
      await nodes.close();
    }
  });
});
