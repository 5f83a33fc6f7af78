// The dialect of the External API and of graph execution, sentence by sentence: what no other test says in its own words.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, client, graph, link, made, node, withKey } from '../lib/agents.mjs';
import { run } from '../lib/executions.mjs';
import { grant, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const ALL = ['IDENTITY', 'EXECUTE_GRAPH', 'READ_GRAPH', 'WRITE_GRAPH', 'EXECUTE_BLOCK', 'READ_BLOCK', 'WRITE_LIBRARY'];
const unknown = '01890000-0000-7000-8000-000000000000';

let server, person, api, blocks;
const named = (name) => blocks.find((b) => b.name === name).id;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  api = await withKey(server, person, ALL);
  blocks = (await api.get('/blocks')).json;
});
after(() => server?.close());

const says = (answer, status, detail) => {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(answer.json, { detail });
};

describe('credentials of the External API', () => {
  const bearer = (text, more) => client(server, { authorization: `Bearer ${text}`, ...more }).get('/me');

  it('are refused in the words of the dialect', async () => {
    const app = await server.createApp({ scopes: ALL, owner: person.who.email });
    const good = await grant(person, app, { scope: 'IDENTITY' }), revoked = await grant(person, app, { scope: 'IDENTITY' });
    await revoke(server.browser(), app, revoked.access_token);
    says(await bearer(good.access_token, { 'x-api-key': 'agpt_nothing' }), 401, 'Invalid API key');
    says(await bearer(`agpt_xt_${'A'.repeat(43)}`), 401, 'Invalid token: access token not found');
    says(await bearer(revoked.access_token), 401, 'Invalid token: access token has been revoked');
    says(await client(server, {}).get('/me'), 401, 'Missing authentication. Provide API key or access token.');
    says(await client(server, { authorization: 'Basic eDp5' }).get('/me'), 401, 'Missing authentication. Provide API key or access token.');
    says(await client(server, { authorization: `Bearer ${good.access_token}` }).post('/graphs', calculator()), 403, 'Missing required permission(s): WRITE_GRAPH, WRITE_LIBRARY');
    assert.equal((await person.send('PATCH', `/api/oauth/apps/${app.id}/status`, { json: { is_active: false } })).status, 200);
    says(await bearer(good.access_token), 401, 'Client application is disabled');
  });
});

describe('the definition of a block', () => {
  const walk = (value, visit) => {
    for (const [name, member] of Object.entries(value ?? {}))
      if (member && typeof member === 'object') {
        visit(name, member);
        walk(member, visit);
      }
  };

  it('has its members, and no others', () => {
    for (const b of blocks)
      assert.deepEqual(Object.keys(b).sort(), ['categories', 'contributors', 'description', 'id', 'inputSchema', 'name', 'outputSchema', 'staticOutput', 'uiType'], b.name);
  });

  it('has schemas without references, and without lists of one alternative', () => {
    for (const b of blocks)
      for (const schema of [b.inputSchema, b.outputSchema])
        walk(schema, (name, member) => {
          assert.ok(!name.startsWith('$'), `${b.name} ${name}`);
          assert.ok(!(['allOf', 'anyOf', 'oneOf'].includes(name) && member.length === 1), `${b.name} ${name}`);
        });
  });

  it('says of each input whether it is secret, and advanced', () => {
    for (const b of blocks)
      for (const [name, field] of Object.entries(b.inputSchema.properties)) {
        assert.equal(typeof field.secret, 'boolean', `${b.name} ${name}`);
        assert.equal(typeof field.advanced, 'boolean', `${b.name} ${name}`);
        assert.ok(!(b.inputSchema.required?.includes(name) && field.advanced), `${b.name} ${name}: needed, so not hidden among the advanced`);
      }
  });

  it('lists the error of ordinary blocks, as text', () => {
    for (const b of blocks.filter(({ uiType }) => uiType === 'Standard'))
      assert.equal(b.outputSchema.properties.error?.type, 'string', b.name);
  });

  it('has categories of the list, each told in the same words everywhere', () => {
    const words = new Map();
    for (const b of blocks)
      for (const { category, description } of b.categories)
        assert.equal(words.get(category) ?? words.set(category, description).get(category), description, category);
    for (const category of words.keys())
      assert.ok(['AI', 'SOCIAL', 'TEXT', 'SEARCH', 'BASIC', 'INPUT', 'OUTPUT', 'LOGIC', 'COMMUNICATION', 'DEVELOPER_TOOLS', 'DATA', 'HARDWARE', 'AGENT', 'CRM',
        'SAFETY', 'PRODUCTIVITY', 'ISSUE_TRACKING', 'MULTIMEDIA', 'MARKETING'].includes(category), category);
  });
});

describe('a block run by itself', () => {
  it('fails in the words of the dialect', async () => {
    const id = named('CalculatorBlock'), tell = (problem) => `raised by CalculatorBlock with message: Unable to execute block with invalid input data: ${problem}. block_id: ${id}`;
    says(await api.post(`/blocks/${unknown}/execute`, {}), 404, `Block #${unknown} not found.`);
    says(await api.post(`/blocks/${id}/execute`, { operation: 'Add', a: 1 }), 400, tell('b: Field required'));
    says(await api.post(`/blocks/${id}/execute`, { operation: 'Add', a: 1, b: null }), 400, tell('b: Field required'));
    const item = named('GetListItemBlock'), answer = await api.post(`/blocks/${item}/execute`, { list: [1], index: 7 });
    assert.equal(answer.status, 400);
    assert.match(answer.json.detail, new RegExp(`^raised by GetListItemBlock with message: .+\\. block_id: ${item}$`));
  });
});

describe('a graph', () => {
  it('has the members of the dialect', async () => {
    const got = await made(api, calculator());
    for (const name of ['id', 'version', 'is_active', 'name', 'description', 'instructions', 'recommended_schedule_cron', 'forked_from_id', 'forked_from_version', 'nodes',
      'links', 'sub_graphs', 'input_schema', 'output_schema', 'has_external_trigger', 'has_human_in_the_loop', 'has_sensitive_action', 'trigger_setup_info', 'user_id',
      'created_at', 'credentials_input_schema'])
      assert.ok(name in got, name);
    assert.deepEqual([got.version, got.is_active, got.user_id], [1, true, person.user.id]);
    for (const name of ['id', 'block_id', 'input_default', 'metadata', 'input_links', 'output_links', 'graph_id', 'graph_version', 'webhook_id', 'webhook'])
      assert.ok(name in got.nodes[0], name);
    assert.deepEqual(Object.keys(got.links[0]).sort(), ['id', 'is_static', 'sink_id', 'sink_name', 'source_id', 'source_name']);
    assert.deepEqual(got.links.map((l) => l.is_static), [true, false]);
    assert.deepEqual(got.input_schema, { type: 'object', properties: { In: { title: 'In', secret: false, advanced: false } }, required: ['In'] });
  });

  it('is refused in the words of the dialect', async () => {
    const post = (nodes, links = []) => api.post('/graphs', graph(nodes, links));
    const sum = node('a', 'calculator', { operation: 'Add', a: 1, b: 1 }), out = node('o', 'output', { name: 'o' });
    const at = (problem) => `Graph validation failed: 1 issues on 1 nodes\n  b:\n    name: ${problem}`;
    says(await post([node('a', unknown)]), 400, `Invalid block ${unknown} for node #a`);
    says(await post([sum], [link('a', 'result', 'q', 'a')]), 400, 'Link (a, result) <-> (q, a), q is invalid node id, available nodes: a');
    says(await post([sum, out], [link('a', 'nope', 'o', 'value')]), 400, 'Link (a, nope) <-> (o, value), `nope` invalid, Allowed fields: result, error');
    says(await post([node('b', 'output')]), 400, at('This field is required'));
    says(await post([node('b', 'input')]), 400, at('This field is required'));
    for (const name of ['credentials', 'my_credentials'])
      says(await post([node('b', 'input', { name })]), 400, at(`'${name}' is a reserved input name: 'credentials' and \`*_credentials\` are reserved`));
  });

  it('is not run when it cannot, and the same words say why', async () => {
    const { id } = await made(api, graph([node('a', 'calculator', { operation: 'Add', b: 1 }), node('b', 'calculator', { operation: 'Add' })]));
    const [a, b] = (await api.get(`/graphs/${id}`)).json.nodes.map((n) => n.id);
    says(await api.post(`/graphs/${id}/execute/1`, {}), 400,
      `Graph validation failed: 3 issues on 2 nodes\n  ${a}:\n    a: This field is required\n  ${b}:\n    a: This field is required\n    b: This field is required`);
    const notes = await made(api, graph([node('n', 'note', { text: 'Nothing begins here' })]));
    says(await api.post(`/graphs/${notes.id}/execute/1`, {}), 400,
      'No starting nodes found for the graph, make sure an AgentInput or blocks with no inbound links are present as starting nodes.');
    says(await api.post(`/graphs/${id}/execute/7`, {}), 404, `Graph #${id} not found.`);
    says(await api.get(`/graphs/${id}/executions/${unknown}/results`), 404, `Graph execution #${unknown} not found.`);
  });
});

describe('an execution', () => {
  const outcome = async (nodes, links, inputs) => run(api, await made(api, graph(nodes, links)), inputs);
  const input = (value) => node('in', 'input', { name: 'In', value }), out = node('out', 'output', { name: 'Out' });

  it('begins with what nothing leads to, and with every input; notes are passed over, unknown inputs too', async () => {
    const got = await outcome([input(), node('alone', 'store', { input: 'x' }), node('n', 'note', { text: 'y' }), out, node('two', 'output', { name: 'Two' })],
      [link('in', 'result', 'out', 'value'), link('alone', 'output', 'two', 'value')], { In: 1, Nobody: 2 });
    assert.equal(got.status, 'COMPLETED');
    assert.deepEqual([...got.output].sort((a, b) => ('Two' in a) - ('Two' in b)), [{ Out: 1 }, { Two: 'x' }]);
    assert.equal(got.nodes.length, 4);
  });

  it('lists its outputs by name, one member each, of what the node got and not of what it made of that', async () => {
    const got = await outcome([input(), node('each', named('StepThroughItemsBlock')), node('a', 'output', { name: 'A', format: '<{{A}}>' }), node('b', 'output', { name: 'B' })],
      [link('in', 'result', 'each', 'items'), link('each', 'item', 'a', 'value'), link('each', 'item', 'b', 'value')], { In: [1, 2] });
    assert.deepEqual([...got.output].sort((x, y) => ('B' in x) - ('B' in y)), [{ A: 1 }, { A: 2 }, { B: 1 }, { B: 2 }]);
    assert.ok(got.output.findLastIndex((o) => 'A' in o) - got.output.findIndex((o) => 'A' in o) === 1, 'grouped by name');
    assert.ok(got.nodes.some((n) => n.output.output?.[0] === '<1>'), 'the node itself tells the text');
  });

  it('folds dynamic pins into lists, dictionaries and objects, and takes them apart', async () => {
    const list = await outcome([input('a'), node('join', named('CombineTextsBlock'), { delimiter: '-' }), out],
      [link('in', 'result', 'join', 'input_$_2'), link('join', 'output', 'out', 'value')]);
    assert.deepEqual(list.output, [{ Out: '--a' }], 'gaps are empty texts');
    const dictionary = await outcome([input(5), node('make', named('CreateDictionaryBlock'), { values: { kept: 1 } }), out],
      [link('in', 'result', 'make', 'values_#_new'), link('make', 'dictionary', 'out', 'value')]);
    assert.deepEqual(dictionary.output, [{ Out: { kept: 1, new: 5 } }]);
    const object = await outcome([input(5), node('make', named('CreateDictionaryBlock')), out],
      [link('in', 'result', 'make', 'values_@_attribute'), link('make', 'dictionary_@_attribute', 'out', 'value')]);
    assert.deepEqual(object.output, [{ Out: 5 }]);
    const chained = await outcome([input([{ a: ['x', 'y'] }]), out], [link('in', 'result_$_0_#_a_$_1', 'out', 'value')]);
    assert.deepEqual(chained.output, [{ Out: 'y' }]);
    const nothing = await outcome([input([1]), out], [link('in', 'result_$_9', 'out', 'value')]);
    assert.deepEqual([nothing.status, nothing.output], ['COMPLETED', []], 'what is not found is not delivered');
  });

  // Into a pin of this type of a block that shows what it got.
  const converted = async (value, block, pin, more, source) =>
    (await outcome([input(value), node('b', named(block), more), out], [link('in', 'result', 'b', pin), link('b', source, 'out', 'value')])).output[0]?.Out;

  for (const [value, got] of [[{ a: 1 }, '{"a": 1}'], [[1, 'x'], '[1, "x"]'], [5, '5'], [true, 'true'], [1.5, '1.5']])
    it(`converts ${JSON.stringify(value)} to text`, async () =>
      assert.equal((await converted(value, 'TextReplaceBlock', 'text', { old: 'never', new: '' }, 'output')).replaceAll(' ', ''), got.replaceAll(' ', '')));

  for (const [value, got] of [['[3, 4]', [4, 3]], ['x', ['x']], [7, [7]]])
    it(`converts ${JSON.stringify(value)} to a list`, async () => assert.deepEqual(await converted(value, 'ReverseListOrderBlock', 'input_list', {}, 'reversed_list'), got));

  for (const [value, got] of [['{"k": 1}', { k: 1 }], ['[1]', { value: [1] }], [['a', 'b'], { 0: 'a', 1: 'b' }], [5, { value: 5 }], ['text', { value: 'text' }]])
    it(`converts ${JSON.stringify(value)} to a dictionary`, async () => assert.deepEqual(await converted(value, 'CreateDictionaryBlock', 'values', {}, 'dictionary'), got));

  for (const [value, got] of [['12.5', 12.5], [[1, 2, 3], 3], [{ a: 1 }, 1], ['nothing', 0], ['', 0]])
    it(`converts ${JSON.stringify(value)} to a number`, async () => assert.equal(await converted(value, 'CalculatorBlock', 'a', { operation: 'Add', b: 0 }, 'result'), got));

  for (const [value, got] of [['TRUE', 'a-b'], ['1', 'a-b'], ['yes', 'a-b '], [[], 'a-b '], [[0], 'a-b'], [0, 'a-b ']])
    it(`converts ${JSON.stringify(value)} to a truth value`, async () => {
      const texts = await converted(value, 'TextSplitBlock', 'strip', { text: 'a-b ', delimiter: '|' }, 'texts');
      assert.deepEqual(texts, [got]);
    });

  it('completes although nodes failed; the failure is an output and goes down its links, siblings go on', async () => {
    const got = await outcome([input([1]), node('item', named('GetListItemBlock'), { index: 9 }), out, node('sibling', 'output', { name: 'Sibling' })],
      [link('in', 'result', 'item', 'list'), link('item', 'error', 'out', 'value'), link('in', 'result', 'sibling', 'value')]);
    assert.equal(got.status, 'COMPLETED');
    assert.deepEqual(got.output.find((o) => 'Sibling' in o), { Sibling: [1] });
    assert.match(got.output.find((o) => 'Out' in o).Out, /./);
    assert.deepEqual(Object.keys(got.nodes.find((n) => n.output.error).output), ['error']);
  });

  it('pairs values of several pins in their order', async () => {
    const got = await outcome([input([1, 2]), node('ten', 'input', { name: 'Ten', value: [10, 20] }), node('a', named('StepThroughItemsBlock')), node('b', named('StepThroughItemsBlock')),
      node('sum', 'calculator', { operation: 'Add' }), out],
    [link('in', 'result', 'a', 'items'), link('ten', 'result', 'b', 'items'), link('a', 'item', 'sum', 'a'), link('b', 'item', 'sum', 'b'), link('sum', 'result', 'out', 'value')]);
    assert.deepEqual(got.output, [{ Out: 11 }, { Out: 22 }]);
  });

  it('fills static pins from what came, whichever came first', async () => {
    const got = await outcome([input([1, 2, 3]), node('ten', 'input', { name: 'Ten', value: 10 }), node('a', named('StepThroughItemsBlock')), node('sum', 'calculator', { operation: 'Add' }), out],
      [link('in', 'result', 'a', 'items'), link('a', 'item', 'sum', 'a'), link('ten', 'result', 'sum', 'b'), link('sum', 'result', 'out', 'value')]);
    assert.deepEqual(got.output, [{ Out: 11 }, { Out: 12 }, { Out: 13 }]);
  });
});
