// Graphs over the External API: made, read, changed, deleted (dialect: Graphs).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BLOCKS, calculator, client, graph, GRAPH_SCOPES, link, made, node, withKey, withToken } from '../lib/agents.mjs';
import { isDate, neverStored } from '../lib/expect.mjs';
import { signUp } from '../lib/people.mjs';
import { raw as exchange } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';

let server, person, stranger, byKey, byToken, theirs;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  stranger = await signUp(server);
  byKey = await withKey(server, person);
  byToken = await withToken(server, person);
  theirs = await withKey(server, stranger);
});
after(() => server?.close());

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const unknownId = '01890000-0000-7000-8000-000000000000';
const MEMBERS = ['created_at', 'credentials_input_schema', 'description', 'forked_from_id', 'forked_from_version', 'has_external_trigger',
  'has_human_in_the_loop', 'has_sensitive_action', 'id', 'input_schema', 'instructions', 'is_active', 'links', 'name', 'nodes', 'output_schema',
  'recommended_schedule_cron', 'sub_graphs', 'trigger_setup_info', 'user_id', 'version'];

function notFound(answer, id) {
  assert.equal(answer.status, 404, answer.text);
  assert.deepEqual(answer.json, { detail: `Graph #${id} not found.` });
}

function refused(answer, detail) {
  assert.equal(answer.status, 400, answer.text);
  assert.deepEqual(answer.json, { detail });
}

function invalid(answer, field, type) {
  assert.equal(answer.status, 422, answer.text);
  const [first] = answer.json.detail;
  assert.equal(first.loc.join('.'), `body.${field}`, answer.text);
  assert.ok(first.loc.every((part) => typeof part === 'number' || !/^\d+$|\./.test(part)), answer.text);
  if (type)
    assert.equal(first.type, type);
}

// As the Platform exports one: with what it computed, and what only it knows.
function exported() {
  const ids = { in: '6762da5d-0000-4836-a431-6dcd7d36a54a', out: '65429c9e-0000-4032-a421-6899c394fa74', sum: 'bf4a15ff-0000-4032-a21b-5880224af690' };
  const base = calculator({ id: '858e2226-0000-4d19-a832-3be4a134d155', version: 2, is_active: true, instructions: null, recommended_schedule_cron: null,
    forked_from_id: null, forked_from_version: null, user_id: '', created_at: '2026-04-13T03:45:11.241Z', sub_graphs: [],
    input_schema: { type: 'object', properties: {}, required: ['lies'] }, output_schema: {}, has_external_trigger: true, has_human_in_the_loop: true,
    has_sensitive_action: false, trigger_setup_info: null, credentials_input_schema: { type: 'object', properties: {}, required: [] } });
  for (const each of base.links)
    Object.assign(each, { source_id: ids[each.source_id], sink_id: ids[each.sink_id], is_static: each.source_id === 'in' });
  for (const each of base.nodes)
    Object.assign(each, { id: ids[each.id], metadata: { position: { x: -188.2244873046875, y: 95 } }, graph_id: base.id, graph_version: 2, webhook_id: null,
      input_links: base.links.filter(l => l.sink_id === ids[each.id]), output_links: base.links.filter(l => l.source_id === ids[each.id]) });
  return base;
}

for (const [how, api] of [['a key', () => byKey], ['a token', () => byToken]])
  describe(`with ${how}`, () => {
    it('makes a graph with ids of its own, and finds it again', async () => {
      const sent = exported(), answer = await api().post('/graphs', sent);
      assert.equal(answer.status, 201, answer.text);
      neverStored(answer);
      const got = answer.json;
      assert.deepEqual(Object.keys(got).sort(), MEMBERS);
      assert.match(got.id, uuid);
      assert.notEqual(got.id, sent.id);
      assert.deepEqual([got.name, got.description, got.version, got.is_active, got.user_id], ['A graph', 'For tests', 2, true, person.user.id]);
      assert.deepEqual([got.has_external_trigger, got.has_human_in_the_loop, got.has_sensitive_action, got.trigger_setup_info], [false, false, false, null]);
      isDate(got.created_at, { of: Date.now() });
      assert.deepEqual(got.sub_graphs, []);

      const old = new Set([sent, ...sent.nodes, ...sent.links].map(each => each.id));
      for (const each of [...got.nodes, ...got.links]) {
        assert.match(each.id, uuid);
        assert.ok(!old.has(each.id));
      }
      const [input, sum, output] = got.nodes;
      assert.deepEqual(got.nodes.map(n => n.block_id), [BLOCKS.input, BLOCKS.calculator, BLOCKS.output]);
      assert.deepEqual(got.links.map(({ id, ...rest }) => rest), [
        { source_id: input.id, sink_id: sum.id, source_name: 'result', sink_name: 'a', is_static: true },
        { source_id: sum.id, sink_id: output.id, source_name: 'result', sink_name: 'value', is_static: false }]);
      assert.deepEqual([sum.input_links, sum.output_links, input.input_links], [[got.links[0]], [got.links[1]], []]);
      assert.deepEqual(sum.input_default, { operation: 'Add', b: 34 });
      assert.deepEqual(sum.metadata, { position: { x: -188.2244873046875, y: 95 } });
      assert.deepEqual([sum.graph_id, sum.graph_version, sum.webhook_id], [got.id, 2, null]);
      assert.deepEqual(got.input_schema, { type: 'object', properties: { In: { secret: false, advanced: false, title: 'In' } }, required: ['In'] });
      assert.deepEqual(got.output_schema, { type: 'object', properties: { Out: { secret: false, advanced: false, title: 'Out' } }, required: ['Out'] });
      assert.deepEqual(got.credentials_input_schema, { type: 'object', properties: {}, required: [] });

      const again = await api().get(`/graphs/${got.id}`);
      assert.equal(again.status, 200, again.text);
      neverStored(again);
      assert.equal(again.text, answer.text);
      assert.equal((await api().get(`/graphs/${got.id}`, { query: { version: 2 } })).text, answer.text);
      const [{ n }] = await server.sql(`SELECT COUNT(*) AS n FROM library_agents WHERE graph_id = '${got.id}' AND user_id = '${person.user.id}' AND graph_version = 2`);
      assert.equal(Number(n), 1);
    });

    it('stores versions, of which one is active', async () => {
      const first = await made(api(), calculator()), path = `/graphs/${first.id}`;
      const second = await api().put(path, calculator({ name: 'Second' }));
      assert.equal(second.status, 200, second.text);
      assert.deepEqual([second.json.id, second.json.version, second.json.is_active, second.json.name], [first.id, 2, true, 'Second']);
      assert.ok(second.json.nodes.every(n => n.graph_version === 2 && !first.nodes.some(f => f.id === n.id)));
      const third = await api().put(path, calculator({ id: first.id, version: 9, name: 'Third', is_active: false }));
      assert.deepEqual([third.status, third.json.version, third.json.is_active], [200, 3, false], third.text);

      assert.equal((await api().get(path)).json.name, 'Second');
      assert.deepEqual((await api().get(path, { query: { version: 1 } })).json, { ...first, is_active: false });
      assert.equal((await api().get(path, { query: { version: 3 } })).text, third.text);
      notFound(await api().get(path, { query: { version: 4 } }), first.id);

      const versions = await api().get(`${path}/versions`);
      assert.deepEqual(versions.json.versions.map(v => [v.version, v.name, v.is_active]), [[3, 'Third', false], [2, 'Second', true], [1, 'A graph', false]]);
      assert.deepEqual(versions.json.pagination, { total_items: 3, total_pages: 1, current_page: 1, page_size: 20 });
      const page = await api().get(`${path}/versions`, { query: { page: 2, page_size: 2 } });
      assert.deepEqual(page.json.versions.map(v => v.version), [1]);
      const [{ graph_version }] = await server.sql(`SELECT graph_version FROM library_agents WHERE graph_id = '${first.id}'`);
      assert.equal(Number(graph_version), 2);
    });

    it('deletes a graph with all of its versions', async () => {
      const { id } = await made(api(), calculator());
      await api().put(`/graphs/${id}`, calculator());
      const answer = await api().delete(`/graphs/${id}`);
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(answer.json, { version_counts: 2 });
      notFound(await api().get(`/graphs/${id}`), id);
      notFound(await api().get(`/graphs/${id}/versions`), id);
      notFound(await api().put(`/graphs/${id}`, calculator()), id);
      notFound(await api().delete(`/graphs/${id}`), id);
      assert.ok(!(await api().get('/graphs')).text.includes(id));
      assert.deepEqual(await server.sql(`SELECT id FROM library_agents WHERE graph_id = '${id}'`), []);
    });
  });

describe('GET /graphs', () => {
  it('lists the newest first, a page at a time, without their nodes', async () => {
    const own = await withKey(server, await signUp(server)), names = ['one', 'two', 'three', 'four', 'five'];
    assert.deepEqual((await own.get('/graphs')).json, { graphs: [], pagination: { total_items: 0, total_pages: 0, current_page: 1, page_size: 20 } });
    for (const name of names)
      await made(own, calculator({ name }));
    const all = (await own.get('/graphs')).json;
    assert.deepEqual(all.graphs.map(g => g.name), [...names].reverse());
    assert.deepEqual(Object.keys(all.graphs[0]).sort(), MEMBERS.filter(m => !['nodes', 'links', 'sub_graphs'].includes(m) && !m.endsWith('_schema')));
    const page = (await own.get('/graphs', { query: { page: 2, page_size: 2 } })).json;
    assert.deepEqual(page.graphs.map(g => g.name), ['three', 'two']);
    assert.deepEqual(page.pagination, { total_items: 5, total_pages: 3, current_page: 2, page_size: 2 });
    assert.deepEqual((await own.get('/graphs', { query: { page: 9 } })).json.graphs, []);
  });

  for (const [query, detail] of [[{ page: 0 }, 'Page must be greater than 0'], [{ page: -1 }, 'Page must be greater than 0'], [{ page: 'x' }, 'unable to parse string as an integer'],
    [{ page: '' }, 'unable to parse string as an integer'], [{ page_size: 0 }, 'Page size must be greater than 0'], [{ page_size: 101 }, 'Page size must be at most 100'],
    [{ page: '99999999999999999999' }, 'unable to parse string as an integer'], [{ page: 4294967295 }, 'Page must be at most 2147483647']])
    it(`refuses ${JSON.stringify(query)}`, async () => {
      const answer = await byKey.get('/graphs', { query });
      assert.equal(answer.status, 422, answer.text);
      assert.ok(answer.text.includes(detail), answer.text);
    });

  it('refuses a version that is no number', async () => {
    const { id } = await made(byKey, calculator());
    for (const version of ['0', '-1', 'x', '1.5', '99999999999'])
      assert.equal((await byKey.get(`/graphs/${id}`, { query: { version } })).status, 422);
  });
});

describe('other people’s graphs', () => {
  it('are unknown, in every way', async () => {
    const { id } = await made(theirs, calculator());
    notFound(await byKey.get(`/graphs/${id}`), id);
    notFound(await byKey.get(`/graphs/${id}`, { query: { version: 1 } }), id);
    notFound(await byKey.get(`/graphs/${id}/versions`), id);
    notFound(await byKey.put(`/graphs/${id}`, calculator()), id);
    notFound(await byKey.delete(`/graphs/${id}`), id);
    assert.ok(!(await byKey.get('/graphs', { query: { page_size: 100 } })).text.includes(id));
    assert.equal((await theirs.get(`/graphs/${id}`)).status, 200);
  });

  it('are told no differently from none', async () => {
    for (const id of [unknownId, 'x', 'é'])
      notFound(await byKey.get(`/graphs/${encodeURIComponent(id)}`), id);
  });
});

describe('scopes', () => {
  const calls = [['POST', '/graphs', ['WRITE_GRAPH', 'WRITE_LIBRARY']], ['GET', '/graphs', ['READ_GRAPH']], ['GET', `/graphs/${unknownId}`, ['READ_GRAPH']],
    ['GET', `/graphs/${unknownId}/versions`, ['READ_GRAPH']], ['PUT', `/graphs/${unknownId}`, ['WRITE_GRAPH', 'WRITE_LIBRARY']],
    ['DELETE', `/graphs/${unknownId}`, ['WRITE_GRAPH', 'WRITE_LIBRARY']]];
  for (const [method, path, needed] of calls)
    it(`${method} ${path.replace(unknownId, '{graph_id}')} needs ${needed.join(' and ')}`, async () => {
      const body = ['POST', 'PUT'].includes(method) ? { json: calculator() } : {};
      for (const missing of needed) {
        const others = GRAPH_SCOPES.filter(s => s !== missing);
        for (const api of [await withKey(server, person, others), await withToken(server, person, others)]) {
          const answer = await api.send(method, path, body);
          assert.equal(answer.status, 403, answer.text);
          assert.deepEqual(answer.json, { detail: `Missing required permission(s): ${missing}` });
        }
      }
      const answer = await client(server, {}).send(method, path, body);
      assert.equal(answer.status, 401);
      assert.deepEqual(answer.json, { detail: 'Missing authentication. Provide API key or access token.' });
      assert.ok(answer.headers['www-authenticate']);
      assert.equal((await client(server, { 'x-api-key': 'agpt_wrong' }).send(method, path, body)).status, 401);
    });
});

describe('sub-graphs', () => {
  const agent = (id, graph_id, more = {}) => node(id, 'agent', { graph_id, graph_version: 1, input_schema: { type: 'object', properties: { In: {} } },
    output_schema: { type: 'object', properties: { Out: {} } }, ...more });
  const caller = (graph_id, more = {}, version = {}) => graph(
    [node('in', 'input', { name: 'Q', value: 8 }), agent('run', graph_id, version), node('out', 'output', { name: 'A' })],
    [link('in', 'result', 'run', 'In'), link('run', 'Out', 'out', 'value')], more);

  it('come along, under new ids that the nodes that run them know', async () => {
    const sub = calculator({ id: 'the-sub', version: 1, name: 'Sub' });
    const got = await made(byKey, caller('the-sub', { sub_graphs: [sub] })), [inner] = got.sub_graphs, run = got.nodes[1];
    assert.match(inner.id, uuid);
    assert.notEqual(inner.id, got.id);
    assert.deepEqual([inner.name, inner.version, inner.is_active, inner.nodes.length], ['Sub', 1, true, 3]);
    assert.deepEqual(inner.input_schema.required, ['In']);
    assert.ok(!('user_id' in inner));
    assert.deepEqual([run.input_default.graph_id, run.input_default.user_id, run.input_default.inputs], [inner.id, person.user.id, {}]);
    assert.deepEqual((await byKey.get(`/graphs/${got.id}`)).json, got);
    assert.equal((await byKey.get(`/graphs/${inner.id}`)).json.name, 'Sub');
    assert.ok(!(await byKey.get('/graphs', { query: { page_size: 100 } })).json.graphs.some(g => g.id === inner.id));
    assert.deepEqual(await server.sql(`SELECT id FROM library_agents WHERE graph_id = '${inner.id}'`), []);
    notFound(await theirs.get(`/graphs/${inner.id}`), inner.id);

    for (const answer of [await byKey.put(`/graphs/${inner.id}`, calculator()), await byKey.delete(`/graphs/${inner.id}`)])
      assert.equal(answer.status, 400, answer.text);
    const next = await byKey.put(`/graphs/${got.id}`, { ...got });
    assert.equal(next.status, 200, next.text);
    assert.notEqual(next.json.sub_graphs[0].id, inner.id);
    assert.equal(next.json.nodes[1].input_default.graph_id, next.json.sub_graphs[0].id);
    assert.equal((await byKey.get(`/graphs/${got.id}`, { query: { version: 1 } })).json.sub_graphs[0].id, inner.id);

    assert.equal((await byKey.delete(`/graphs/${got.id}`)).status, 200);
    notFound(await byKey.get(`/graphs/${inner.id}`), inner.id);
  });

  it('may run one another, and the graph itself', async () => {
    const got = await made(byKey, caller('b', { id: 'a', sub_graphs: [caller('c', { id: 'b' }), caller('a', { id: 'c' })] }));
    const [b, c] = got.sub_graphs;
    assert.deepEqual([got, b, c].map(g => g.nodes[1].input_default.graph_id), [b.id, c.id, got.id]);
  });

  it('may be graphs of one’s own that are there', async () => {
    const other = await made(byKey, calculator());
    assert.equal((await made(byKey, caller(other.id))).nodes[1].input_default.graph_id, other.id);
    const foreign = await made(theirs, calculator());
    for (const [id, version] of [[foreign.id, 1], [unknownId, 1], [other.id, 2], [other.id, -1], [other.id, 0]])
      refused(await byKey.post('/graphs', caller(id, {}, { graph_version: version })),
        `Graph validation failed: 1 issues on 1 nodes\n  run:\n    graph_id: Graph #${id} v${version} not found.`);
  });

  it('are told by their place when they are wrong', async () => {
    invalid(await byKey.post('/graphs', calculator({ sub_graphs: [calculator(), { name: 'x' }] })), 'sub_graphs.1.description', 'missing');
    invalid(await byKey.post('/graphs', calculator({ sub_graphs: [graph([{ id: 'x' }])] })), 'sub_graphs.0.nodes.0.block_id', 'missing');
    invalid(await byKey.post('/graphs', calculator({ id: 'x', sub_graphs: [calculator({ id: 'x' })] })), 'sub_graphs.0.id');
    invalid(await byKey.post('/graphs', calculator({ sub_graphs: [5] })), 'sub_graphs.0');
    invalid(await byKey.post('/graphs', calculator({ sub_graphs: Array.from({ length: 51 }, () => calculator()) })), 'sub_graphs', 'too_long');
    refused(await byKey.post('/graphs', calculator({ sub_graphs: [graph([node('n', 'nonsense')])] })), 'Invalid block nonsense for node #n');
  });
});

describe('what is computed', () => {
  it('tells of inputs what their authors say', async () => {
    const got = await made(byKey, graph([
      node('1', 'input', { name: 'plain' }),
      node('2', 'input', { name: 'full', value: 5, title: 'Full', description: 'All of it', advanced: true, secret: true }),
      node('3', 'input', { name: 'advanced but empty', value: null, advanced: true, title: '', description: '' }),
      node('4', 'toggle', { name: 'on' }),
      node('5', 'dropdown', { name: 'pick', options: ['a', 'b'] }),
      node('6', 'dropdown', { name: 'old', placeholder_values: ['c'] }),
      node('7', 'output', { name: 'result', description: 'What comes out' }),
    ]));
    const { properties, required } = got.input_schema;
    assert.deepEqual(Object.keys(properties), ['plain', 'full', 'advanced but empty', 'on', 'pick', 'old']);
    assert.deepEqual(required, ['plain', 'advanced but empty', 'pick', 'old']);
    assert.deepEqual(properties.full, { secret: true, advanced: true, title: 'Full', description: 'All of it', default: 5 });
    assert.deepEqual(properties['advanced but empty'], { secret: false, advanced: false, title: 'advanced but empty' });
    assert.deepEqual([properties.on.type, properties.on.default], ['boolean', false]);
    assert.deepEqual([properties.pick.enum, properties.old.enum], [['a', 'b'], ['c']]);
    assert.deepEqual(got.output_schema, { type: 'object', properties: { result: { secret: false, advanced: false, title: 'result', description: 'What comes out' } }, required: ['result'] });
  });

  it('tells when a person has to approve', async () => {
    assert.equal((await made(byKey, graph([node('r', 'review', { data: 1, name: 'x' })]))).has_human_in_the_loop, true);
  });

  it('makes links from static outputs static, and gives ids where there are none', async () => {
    const { id: _, ...bare } = link('s', 'output', 'c', 'a');
    const got = await made(byKey, graph([node('s', 'store', { input: 1 }), node('c', 'calculator'), { block_id: BLOCKS.store }], [bare]));
    assert.equal(got.links[0].is_static, true);
    assert.deepEqual(got.nodes[2].input_default, {});
    assert.deepEqual(got.nodes[2].metadata, {});
    for (const each of [...got.nodes, ...got.links])
      assert.match(each.id, uuid);
  });
});

describe('what cannot be a graph', () => {
  const c = (id, more) => node(id, 'calculator', more), s = id => node(id, 'store', { input: 1 });
  for (const [what, document, detail] of [
    ['an unknown block', graph([node('a', unknownId)]), `Invalid block ${unknownId} for node #a`],
    ['a link to no node', graph([s('s'), c('a')], [link('s', 'output', 'b', 'a')]), 'Link (s, output) <-> (b, a), b is invalid node id, available nodes: s, a'],
    ['a link from no output', graph([s('s'), c('a')], [link('s', 'value', 'a', 'a')]), 'Link (s, value) <-> (a, a), `value` invalid, Allowed fields: output, error'],
    ['a link to no input', graph([s('s'), c('a')], [link('s', 'output', 'a', 'z')]), 'Link (s, output) <-> (a, z), `z` invalid, Allowed fields: operation, a, b, round_result'],
    ['a cycle that nothing starts', graph([s('s'), c('a')], [link('a', 'result', 'a', 'a'), link('s', 'output', 'a', 'b')]),
      'Graph validation failed: 1 issues on 1 nodes\n  a:\n    a: This input can never arrive: its links come from a cycle that nothing starts'],
    ['no start', graph([c('a')], [link('a', 'result', 'a', 'a')]),
      'No starting nodes found for the graph, make sure an AgentInput or blocks with no inbound links are present as starting nodes.\n  a:\n    a: This input can never arrive: its links come from a cycle that nothing starts'],
    ['a link that never fits', graph([c('a'), c('b')], [link('a', 'result', 'b', 'operation')]),
      'Graph validation failed: 1 issues on 1 nodes\n  b:\n    operation: Incompatible types: `result` of node #a is a number or null, which never becomes what `operation` takes'],
    ['inputs and outputs without names', graph([node('i', 'input'), node('o', 'output', {})]),
      'Graph validation failed: 2 issues on 2 nodes\n  i:\n    name: This field is required\n  o:\n    name: This field is required'],
    ['an agent without its graph', graph([node('g', 'agent')]),
      'Graph validation failed: 4 issues on 1 nodes\n  g:\n    graph_id: This field is required\n    graph_version: This field is required\n    input_schema: This field is required\n    output_schema: This field is required'],
    ['a reserved name', graph([node('i', 'input', { name: 'github_credentials' })]),
      "Graph validation failed: 1 issues on 1 nodes\n  i:\n    name: 'github_credentials' is a reserved input name: 'credentials' and `*_credentials` are reserved"],
    ['a name that is no text', graph([node('i', 'input', { name: 5 })]),
      'Graph validation failed: 1 issues on 1 nodes\n  i:\n    name: Input should be a valid string'],
  ])
    it(`is refused: ${what}`, async () => {
      for (const api of [byKey, byToken])
        refused(await api.post('/graphs', document), detail);
      const { id } = await made(byKey, calculator());
      refused(await byKey.put(`/graphs/${id}`, document), detail);
      assert.equal((await byKey.get(`/graphs/${id}/versions`)).json.pagination.total_items, 1);
    });

  for (const [field, type, document] of [
    ['name', 'missing', { description: '' }], ['description', 'missing', { name: '' }], ['name', 'string_type', { name: 5, description: '' }],
    ['name', 'string_type', { name: null, description: '' }], ['name', 'string_too_long', { name: 'x'.repeat(501), description: '' }],
    ['description', 'string_too_long', { name: '', description: 'x'.repeat(20001) }], ['instructions', 'string_type', calculator({ instructions: [] })],
    ['version', 'int_type', calculator({ version: '1' })], ['version', 'greater_than_equal', calculator({ version: 0 })], ['version', 'less_than_equal', calculator({ version: 2 ** 31 })],
    ['is_active', 'bool_parsing', calculator({ is_active: 'yes' })], ['forked_from_version', 'int_type', calculator({ forked_from_version: {} })],
    ['id', 'string_too_long', calculator({ id: 'x'.repeat(37) })], ['nodes', 'list_type', calculator({ nodes: {} })], ['nodes.0', 'dict_type', calculator({ nodes: [null] })],
    ['nodes.1.id', 'value_error', graph([s('a'), s('a')])], ['nodes.0.block_id', 'missing', graph([{ id: 'a' }])], ['nodes.0.block_id', 'string_type', graph([{ block_id: 5 }])],
    ['nodes.0.input_default', 'dict_type', graph([node('a', 'store', [])])], ['nodes.0.input_default', 'dict_type', graph([node('a', 'agent', 5)])],
    ['links', 'list_type', calculator({ links: 'x' })], ['links.0.source_id', 'missing', graph([], [{}])], ['links.0.sink_name', 'string_type', graph([s('a')], [link('a', 'output', 'a', 7)])],
    ['links.0.is_static', 'bool_parsing', graph([s('a')], [link('a', 'output', 'a', 'data', { is_static: 'x' })])], ['sub_graphs', 'list_type', calculator({ sub_graphs: {} })],
  ])
    it(`is refused by its member: ${field} ${type}`, async () => invalid(await byKey.post('/graphs', document), field, type));

  it('changes nothing when it is refused', async () => {
    const count = async () => (await server.sql('SELECT (SELECT COUNT(*) FROM graphs) + (SELECT COUNT(*) FROM graph_versions) + (SELECT COUNT(*) FROM library_agents) AS n'))[0].n;
    const before = await count();
    await byKey.post('/graphs', graph([node('a', unknownId)]));
    await byKey.post('/graphs', {});
    assert.equal(await count(), before);
  });

  it('is another graph than the path names', async () => {
    const { id } = await made(byKey, calculator());
    refused(await byKey.put(`/graphs/${id}`, calculator({ id: unknownId })), 'Graph ID does not match ID in URI');
  });
});

describe('hostile bodies', () => {
  const raw = (body, type = 'application/json') => byKey.send('POST', '/graphs', { body, type });
  const wrap = text => `{"name":"","description":"","x":${text}}`;
  for (const [what, body, status] of [
    ['no JSON', '{', 422], ['nothing', '', 422], ['two values', '{} {}', 422], ['a list', '[]', 422], ['a text', '"x"', 422], ['null', 'null', 422], ['NaN', wrap('NaN'), 422],
    ['infinity', wrap('1e999'), 422], ['an integer beyond 64 bits', wrap('99999999999999999999'), 422], ['a name twice', '{"name":"","name":""}', 422],
    ['NUL in a text', wrap('"\\u0000"'), 422], ['half a surrogate', wrap('"\\ud800"'), 422], ['invalid UTF-8', Buffer.from([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')]), 422],
    ['a deep list', wrap('['.repeat(100000) + ']'.repeat(100000)), 422], ['a deep object', wrap('{"a":'.repeat(5000) + '1' + '}'.repeat(5000)), 422],
    ['many empty lists', wrap(`[${'[],'.repeat(1_300_000)}[]]`), 413], ['many numbers', wrap(`[${'1,'.repeat(2_000_000)}1]`), 413],
  ])
    it(`are refused: ${what}`, async () => {
      const answer = await raw(body);
      assert.equal(answer.status, status, answer.text.slice(0, 500));
      assert.ok(answer.json.detail.length > 0);
    });

  it('of 4 MiB are read, and no longer ones', async () => {
    const full = calculator({ x: '' });
    full.x = 'x'.repeat(4 * 1024 * 1024 - JSON.stringify(full).length);
    assert.equal((await byKey.post('/graphs', full)).status, 201);
    const { status } = await exchange(server, `POST /external-api/v1/graphs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${4 * 1024 * 1024 + 1}\r\n\r\n{`);
    assert.equal(status, 413);
  });

  it('are refused: not JSON by their type', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      assert.equal((await raw('a=b', type)).status, 415);
  });

  it('take no more memory or time than they may', async () => {
    const nodes = Array.from({ length: 11000 }, (_, i) => node(`n${i}`, 'store', { input: i }));
    const links = Array.from({ length: 10999 }, (_, i) => link(`n${i}`, 'output', `n${i + 1}`, 'input'));
    const answer = await byKey.post('/graphs', graph(nodes, links));
    assert.equal(answer.status, 413, answer.text.slice(0, 300));
    assert.match(answer.json.detail, /too large/);
    const large = await byKey.post('/graphs', graph(nodes.slice(0, 7000), links.slice(0, 6999)));
    assert.equal(large.status, 201, large.text.slice(0, 300));
    const again = await byKey.get(`/graphs/${large.json.id}`);
    assert.equal(again.text, large.text);
  });
});

describe('at the same time', () => {
  it('changes of one graph each become a version, or are told to come again', async () => {
    const { id } = await made(byKey, calculator());
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => byKey.put(`/graphs/${id}`, calculator({ name: `change ${i}` }))));
    const good = answers.filter(a => a.status === 200), late = answers.filter(a => a.status === 409);
    assert.equal(good.length + late.length, answers.length);
    assert.ok(good.length >= 1);
    assert.deepEqual(good.map(a => a.json.version).sort((a, b) => a - b), good.map((_, i) => i + 2));
    assert.equal((await byKey.get(`/graphs/${id}/versions`)).json.pagination.total_items, good.length + 1);
  });
});
