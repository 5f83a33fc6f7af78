// `gatehouse store import`: listings and agents from files (docs/store.md).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { calculator, GRAPH_SCOPES, withKey } from '../lib/agents.mjs';
import { ended, execute } from '../lib/executions.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { imported, row } from '../lib/store.mjs';

let server, api, person;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  api = await withKey(server, person, [...GRAPH_SCOPES, 'READ_STORE']);
});
after(() => server?.close());

const counts = ({ added, updated, unchanged, refused }) => [added, updated, unchanged, refused];
const show = (path) => api.get(`/store/agents/${path}`);
const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
const csv = (...rows) => rows.map((r) => r.map(cell).join(',')).join('\n');
const graph = JSON.stringify(calculator());

describe('a file of JSON', () => {
  it('may come again: what is the same stays, what has changed is updated', async () => {
    const rows = [row('one'), row('two')];
    assert.deepEqual(counts(await imported(server, rows)), [2, 0, 0, 0]);
    const before = (await show('maker/one')).json;
    assert.deepEqual(counts(await imported(server, rows)), [0, 0, 2, 0]);
    assert.deepEqual((await show('maker/one')).json, before);
    rows[0].description = 'Changed';
    assert.deepEqual(counts(await imported(server, rows)), [0, 1, 1, 0]);
    const changed = (await show('maker/one')).json;
    assert.deepEqual([changed.description, changed.graph_id, changed.graph_versions], ['Changed', before.graph_id, ['1']]);
    rows[0].graph = calculator({ name: 'Another' });
    assert.deepEqual(counts(await imported(server, rows)), [0, 1, 1, 0]);
    assert.deepEqual((await show('maker/one')).json.graph_versions, ['2']);
    rows.push(row('one', { version: 2, name: 'The second' }));
    assert.deepEqual(counts(await imported(server, rows)), [1, 0, 2, 0]);
    const second = (await show('maker/one')).json;
    assert.deepEqual([second.agent_name, second.graph_id, second.versions], ['The second', before.graph_id, ['2', '1']]);
    assert.equal((await api.get('/store/creators/maker')).json.num_agents, 2);
  });

  it('may be one object after another', async () => {
    const text = [row('lines-one'), row('lines-two')].map((r) => JSON.stringify(r)).join('\n');
    assert.deepEqual(counts(await imported(server, null, { text })), [2, 0, 0, 0]);
  });

  it('brings agents that run for whoever takes them', async () => {
    await imported(server, [row('runs')]);
    const taken = (await person.post('/api/store/agents/maker/runs/library')).json, graph = { id: taken.graph_id, version: taken.graph_version };
    assert.deepEqual((await ended(api, graph, await execute(api, graph, { In: 8 }))).output, [{ Out: 42 }]);
  });

  it('brings agents of people who are here', async () => {
    const who = await signUp(server), own = (await (await withKey(server, who)).post('/graphs', calculator())).json;
    const said = await imported(server, [row('owned', { creator: 'owner', owner: who.who.email.toUpperCase(), graph: undefined, graph_id: own.id, graph_version: 1 }),
      row('other', { creator: 'owner', owner: person.who.email }), row('foreign', { creator: 'maker', graph: undefined, graph_id: own.id, graph_version: 1 }),
      row('second-name', { creator: 'owner-two', owner: who.who.email })]);
    assert.deepEqual(counts(said), [1, 0, 0, 3]);
    assert.deepEqual(said.refusals.map((r) => r.reason), ['owner: the creator belongs to somebody else', 'graph_id: the creator has no graph with this id and version',
      'owner: this person has a profile under another username']);
    assert.equal((await show('owner/owned')).json.graph_id, own.id);
    assert.equal((await who.get('/api/store/profile')).json.username, 'owner');
  });
});

describe('rows that can’t be taken over', () => {
  it('are told with line and reason, and the others come', async () => {
    const text = ['[', ...[
      row('good-one'), 7, row('Bad Slug'), row('no-name', { name: '' }), row('no-agent', { graph: undefined }), row('bad-graph', { graph: { name: 'x', description: 'y', nodes: [{ id: 'a', block_id: 'none' }], links: [] } }),
      row('cron', { recommended_schedule_cron: 'x' }), row('version', { version: 0 }), row('featured', { featured: 'maybe' }), row('nobody', { owner: 'nobody@example.org' }), row('text', { graph: '{' }),
      row('creator', { creator: 'Not Good' }), row('good-two')].map((r, i) => (i ? ',' : '') + JSON.stringify(r)), ']'].join('\n');
    const said = await imported(server, null, { text });
    assert.deepEqual(counts(said), [2, 0, 0, 11]);
    assert.deepEqual(said.refusals.map((r) => r.line), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    assert.deepEqual(said.refusals.map((r) => r.row), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual(said.refusals.map((r) => r.reason.split(':')[0]), ['it is no object', 'slug', 'name', 'graph', 'graph', 'recommended_schedule_cron', 'version', 'featured', 'owner', 'graph', 'creator']);
    for (const slug of ['bad-graph', 'no-agent', 'nobody'])
      assert.equal((await show(`maker/${slug}`)).status, 404);
    const [{ n }] = await server.sql("SELECT COUNT(*) AS n FROM store_listings WHERE slug IN ('bad-graph', 'nobody', 'text')");
    assert.equal(Number(n), 0, 'nothing is left behind');
  });

  it('leave no creator behind', async () => {
    await imported(server, [row('x', { creator: 'ghost', graph: { name: 'x', description: 'y', nodes: [{ id: 'a', block_id: 'none' }] } })]);
    assert.equal((await server.sql("SELECT id FROM store_profiles WHERE username = 'ghost'")).length, 0);
  });

  it('end a file of JSON where it is no JSON', async () => {
    const said = await imported(server, null, { text: `[${JSON.stringify(row('before'))},\n{"creator": }\n]` });
    assert.deepEqual([counts(said), said.refusals[0].line], [[1, 0, 0, 1], 2]);
  });
});

describe('a file of CSV', () => {
  const header = ['creator', 'creator_name', 'slug', 'name', 'description', 'categories', 'image_urls', 'featured', 'version', 'graph'];

  it('comes with its columns in any order, quotes and lines within', async () => {
    const text = '\ufeff' + csv(header, ['csv', 'C. S. V.', 'one', 'First, "quoted"', 'Two\nlines', 'Text; Tools ;', 'https://i.example/1 https://i.example/2', 'true', '3', graph], ['csv', '', 'two', 'Second', 'x', '', '', '', '', graph]);
    assert.deepEqual(counts(await imported(server, null, { name: 'a.csv', text })), [2, 0, 0, 0]);
    const got = (await show('csv/one')).json;
    assert.deepEqual([got.agent_name, got.description, got.categories, got.agent_image, got.versions], ['First, "quoted"', 'Two\nlines', ['Text', 'Tools'], ['https://i.example/1', 'https://i.example/2'], ['3']]);
    assert.deepEqual(counts(await imported(server, null, { name: 'a.csv', text })), [0, 0, 2, 0]);
  });

  it('tells rows with too many cells by their lines', async () => {
    const text = `${csv(['creator', 'slug'], ['a', 'b', 'c'])}\n\n${'x,'.repeat(100)}x\n${csv(['d', 'e'])}\n`;
    const said = await imported(server, null, { name: 'b.csv', text });
    assert.deepEqual(said.refusals.map((r) => [r.line, r.row]), [[2, 1], [4, 2], [5, 3]]);
  });

  it('is refused as a whole when it is no text', async () => {
    for (const [name, bytes] of [['c.csv', Buffer.from([0xff, 0xfe, 0x61])], ['empty.csv', Buffer.alloc(0)]]) {
      const file = join(server.folder, name);
      writeFileSync(file, bytes);
      const done = await server.run('gatehouse', ['store', 'import', file]);
      assert.equal(done.code, 1, done.stderr);
      assert.match(done.stderr, /not UTF-8|first line/);
    }
  });
});

describe('gatehouse store import', () => {
  it('changes nothing in a dry run', async () => {
    const rows = [row('dry-one'), row('Dry')];
    const said = await imported(server, rows, { args: ['--dry-run'] });
    assert.deepEqual([said.dry_run, counts(said)], [true, [1, 0, 0, 1]]);
    assert.equal((await show('maker/dry-one')).status, 404);
    assert.deepEqual(counts(await imported(server, rows)), [1, 0, 0, 1]);
  });

  it('prints a report', async () => {
    const file = join(server.folder, 'report.json');
    writeFileSync(file, JSON.stringify([row('report'), row('Bad')]));
    const done = await server.run('gatehouse', ['store', 'import', file]);
    assert.equal(done.code, 3, done.stderr);
    assert.match(done.stdout, /added +1\nupdated +0\nunchanged +0\nrefused +1\n/);
    assert.match(done.stderr, /report\.json:1: row 2 is left out: slug: /);
    assert.doesNotMatch(done.stderr, /\u001b/, 'no bar where there is no terminal');
  });

  it('says how it is used', async () => {
    assert.equal((await server.run('gatehouse', ['store', 'import'])).code, 2);
    assert.equal((await server.run('gatehouse', ['store', 'import', '/nowhere.json'])).code, 1);
    assert.match((await server.run('gatehouse', ['store', 'import', '--help'])).stdout, /docs\/store\.md/);
  });

  it('takes more than a batch', async () => {
    const rows = Array.from({ length: 250 }, (_, i) => row(`many-${i}`, { creator: `many-${i % 3}` }));
    assert.deepEqual(counts(await imported(server, rows)), [250, 0, 0, 0]);
    assert.equal((await api.get('/store/agents', { query: { creator: 'many-1' } })).json.pagination.total_items, 83);
  });
});
