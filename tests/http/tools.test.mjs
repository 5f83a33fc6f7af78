// What language models call to find agents of the store and to run them (dialect: Tools): every type of answer, in the order of
// its decisions.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, graph, link, made, node, withKey, withToken } from '../lib/agents.mjs';
import { ended } from '../lib/executions.mjs';
import { signUp } from '../lib/people.mjs';
import { engine, Server } from '../lib/server.mjs';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SCOPES = ['USE_TOOLS', 'READ_GRAPH', 'EXECUTE_GRAPH', 'MANAGE_INTEGRATIONS'];
const AUTHENTICATED = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc';

let server, author, person, key, token, adder, greeter, fixed, caller;
before(async () => {
  server = await Server.start({ GATEHOUSE_SCHEDULES_PER_PERSON: '3' });
  const maker = await signUp(server);
  author = await withKey(server, maker);
  person = await signUp(server);
  key = await withKey(server, person, SCOPES);
  token = await withToken(server, person, SCOPES);
  adder = await made(author, calculator());
  greeter = await made(author, graph([node('in', 'input', { name: 'Who', value: 'world' }), node('out', 'output', { name: 'Out' })], [link('in', 'result', 'out', 'value')]));
  fixed = await made(author, graph([node('seven', 'store', { input: 7 }), node('out', 'output', { name: 'Out' })], [link('seven', 'output', 'out', 'value')]));
  await offer(1, adder, 'Adder of numbers');
  await offer(2, greeter, 'Greeter');
  await offer(3, fixed, "Seven's heaven");
  caller = await made(author, graph([node('url', 'input', { name: 'url', value: 'https://api.example.com/' }),
    node('call', AUTHENTICATED, { method: 'GET', credentials: { provider: 'http', type: 'host_scoped' } }), node('out', 'output', { name: 'Out' })],
  [link('url', 'result', 'call', 'url'), link('call', 'response', 'out', 'value')]));
  await offer(12, caller, 'Caller');
  for (let i = 4; i < 12; i++)
    await offer(i, fixed, `Numbers ${i}`);
});
after(() => server?.close());

// Puts an agent into the store, as the approval of a version does.
async function offer(id, { id: graphId, version }, name) {
  const words = name.toLowerCase().replace(/'/g, '').split(' '), slug = words.join('-'), now = Date.now();
  const tokens = words.flatMap((w) => ['a', 'b', 'd'].map((letter) => letter + w)).join(' '), text = (s) => `'${s.replaceAll("'", "''")}'`;
  const bytes = engine === 'sqlite' ? `X'${Buffer.from(name).toString('hex')}'` : `'\\x${Buffer.from(name).toString('hex')}'`;
  if (id === 1)
    await server.sql(`INSERT INTO store_profiles (id, user_id, username, name, description, avatar_url, links, is_featured, listings, runs, ratings, stars, rating, top_categories, created_at, updated_at)
      VALUES (1, NULL, 'ada', 'Ada', '', NULL, '[]', FALSE, 1, 0, 0, 0, 0, '[]', ${now}, ${now})`);
  await server.sql(`INSERT INTO store_versions (id, listing_id, number, graph_id, graph_version, status, name, sub_heading, description, instructions, image_urls, image, video_url, output_demo_url, categories, changes_summary, recommended_schedule_cron, created_at, submitted_at, reviewed_at, reviewer_id, review_comments, withdrawn_at, source)
    VALUES ('version-${id}', ${id}, 1, '${graphId}', ${version}, 'APPROVED', ${text(name)}, '', 'For tests', NULL, '[]', '', '', '', '[]', NULL, NULL, ${now}, ${now}, ${now}, NULL, NULL, 0, '')`);
  await server.sql(`INSERT INTO store_listings (id, profile_id, slug, graph_id, version_id, newest, name_key, is_live, is_featured, runs, ratings, stars, rating, created_at, updated_at)
    VALUES (${id}, 1, '${slug}', '${graphId}', 'version-${id}', 1, ${bytes}, TRUE, FALSE, ${100 - id}, 2, 9, 4500000, ${now}, ${now})`);
  await server.sql(engine === 'sqlite' ? `INSERT INTO store_words (rowid, words) VALUES (${id}, '${tokens}')`
    : `INSERT INTO store_words (id, words) VALUES (${id}, array_to_tsvector(string_to_array('${tokens}', ' ')))`);
}

async function call(api, path, body, type) {
  const answer = await api.post(`/tools/${path}`, body);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.type, type, answer.text);
  assert.deepEqual(Object.keys(answer.json).slice(0, 3), ['type', 'message', 'session_id']);
  assert.match(answer.json.session_id, uuid);
  return answer.json;
}
const find = (query, type, api = key) => call(api, 'find-agent', { query }, type);
const run = (body, type, api = key) => call(api, 'run-agent', body, type);
const library = async () => (await server.sql(`SELECT id, graph_id FROM library_agents WHERE user_id = '${person.user.id}'`)).map((r) => ({ ...r }));

for (const [how, api] of [['a key', () => key], ['a token', () => token]])
  describe(`find-agent, with ${how}`, () => {
    it('finds by words: at most five', async () => {
      const got = await find('numbers', 'agents_found', api());
      assert.deepEqual(Object.keys(got), ['type', 'message', 'session_id', 'title', 'agents', 'count', 'name']);
      assert.equal(got.title, "Found 5 agents for 'numbers'");
      assert.deepEqual([got.count, got.agents.length, got.name], [5, 5, 'agents_found']);
      const [first] = got.agents;
      assert.deepEqual(first, { id: 'ada/adder-of-numbers', name: 'Adder of numbers', description: 'For tests', source: 'marketplace', in_library: false,
        creator: 'ada', category: 'general', rating: 4.5, runs: 99, is_featured: false, status: null, can_access_graph: null, has_external_trigger: null,
        new_output: null, graph_id: null, graph_version: null, match_score: null, input_schema: null, output_schema: null, inputs: null, graph: null, trigger_info: null });
      assert.notEqual((await find('numbers', 'agents_found', api())).session_id, got.session_id);
    });

    it('finds one by its name', async () => {
      const got = await find(' Ada/Greeter ', 'agents_found', api());
      assert.equal(got.title, "Found 1 agent for 'Ada/Greeter'");
      assert.deepEqual(got.agents.map((a) => a.id), ['ada/greeter']);
    });

    it('searches for what looks like a name and is none', async () => {
      assert.deepEqual((await find('nobody/greeter', 'no_results', api())).name, 'no_results');
    });

    it('says that nothing was found, and what to try', async () => {
      const got = await find('qwertz', 'no_results', api());
      assert.deepEqual(Object.keys(got), ['type', 'message', 'session_id', 'suggestions', 'name']);
      assert.deepEqual(got.suggestions, ['Try more general terms', 'Browse categories in the marketplace', 'Check spelling']);
    });

    it('asks for words', async () => {
      for (const query of ['', '   '])
        assert.equal((await find(query, 'error', api())).message, 'Please provide a search query');
    });

    it('takes whatever people type', async () => {
      for (const query of ['"', "'; DROP TABLE users; --", '* OR (', '/', '//', 'a/', '/a', '%', '\\', '\u202e', 'ü'.repeat(3000), 'NEAR(a b)'])
        assert.equal((await find(query, 'no_results', api())).suggestions.length, 3);
    });
  });

describe('run-agent', () => {
  it('1: wants a creator and a name', async () => {
    assert.equal((await run({ username_agent_slug: 'adder' }, 'error')).message,
      "Please provide either a username_agent_slug (format 'username/agent-name') or a library_agent_id");
  });

  it('2: says that there is no such agent', async () => {
    assert.equal((await run({ username_agent_slug: 'ada/nothing' }, 'error')).message, "Agent 'ada/nothing' not found");
    assert.equal((await run({ username_agent_slug: '/' }, 'error')).message, "Agent '/' not found");
  });

  it('4: tells inputs that the agent does not know, before anything that is lacking', async () => {
    const got = await run({ username_agent_slug: 'ada/adder-of-numbers', inputs: { in: 1, x: 2 } }, 'input_validation_error');
    assert.deepEqual(Object.keys(got), ['type', 'message', 'session_id', 'unrecognized_fields', 'inputs', 'graph_id', 'graph_version']);
    assert.deepEqual(got.unrecognized_fields, ['in', 'x']);
    assert.deepEqual(got.inputs.required, ['In']);
    assert.deepEqual([got.graph_id, got.graph_version], [adder.id, 1]);
  });

  it('5: tells which credentials are lacking, and runs it once they are there', async () => {
    const call = caller.nodes.find((n) => n.block_id === AUTHENTICATED), name = `${call.id}_credentials`;
    const known = { id: name, title: 'SendAuthenticatedWebRequestBlock', provider: 'http' };
    const got = await run({ username_agent_slug: 'ada/caller' }, 'setup_requirements');
    assert.deepEqual(Object.keys(got), ['type', 'message', 'session_id', 'setup_info', 'graph_id', 'graph_version']);
    assert.deepEqual(got.setup_info, {
      agent_id: caller.id, agent_name: 'Caller',
      requirements: { credentials: [{ ...known, type: 'host_scoped' }],
        inputs: [{ name: 'url', type: null, title: 'url', description: '', required: false, default: 'https://api.example.com/' }], execution_modes: ['manual', 'scheduled'] },
      user_readiness: { has_all_credentials: false, ready_to_run: false,
        missing_credentials: { [name]: { ...known, provider_name: 'http', type: 'host_scoped', types: ['host_scoped'], scopes: [], discriminator: null } } } });
    assert.equal((await run({ username_agent_slug: 'ada/caller', inputs: { x: 1 } }, 'input_validation_error')).unrecognized_fields[0], 'x');
    const made = await key.post('/integrations/http/credentials', { type: 'host_scoped', title: 'API', host: 'api.example.com', headers: { Authorization: 'Bearer abc-123-def-456' } });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual((await run({ username_agent_slug: 'ada/caller' }, 'agent_details')).agent.credentials, [{ ...known, type: 'host_scoped' }]);
  });

  it('6: tells of its inputs where none are given', async () => {
    for (const slug of ['ada/adder-of-numbers', 'ada/greeter', 'Ada/Greeter']) {
      const got = await run({ username_agent_slug: slug, cron: 'not looked at yet' }, 'agent_details');
      assert.deepEqual(Object.keys(got), ['type', 'message', 'session_id', 'agent', 'user_authenticated', 'graph_id', 'graph_version']);
      assert.deepEqual(Object.keys(got.agent), ['id', 'name', 'description', 'in_library', 'inputs', 'credentials', 'execution_options', 'trigger_info']);
      assert.equal(got.user_authenticated, true);
      assert.equal(got.agent.in_library, false);
      assert.deepEqual(got.agent.execution_options, { manual: true, scheduled: true, webhook: false });
      assert.deepEqual(got.agent.credentials, []);
    }
  });

  it('7: tells which inputs are lacking', async () => {
    for (const inputs of [{}, { In: null }]) {
      const got = await run({ username_agent_slug: 'ada/adder-of-numbers', inputs, use_defaults: true }, 'agent_details');
      assert.equal(got.message, "Agent 'Adder of numbers' is missing required inputs: In. Please provide these values to run the agent.");
    }
  });

  it('8: wants both a name and a line to schedule it, and says what is wrong with them', async () => {
    const refused = async (more, message) => assert.equal((await run({ username_agent_slug: 'ada/greeter', use_defaults: true, ...more }, 'error')).message, message);
    await refused({ cron: '0 0 * * *' }, 'schedule_name is required for scheduled execution');
    await refused({ schedule_name: 'daily' }, 'cron expression is required for scheduled execution');
    await refused({ schedule_name: 'daily', cron: '0 24 * * *' }, 'Invalid cron expression: hour: 24 is not 0 to 23');
    await refused({ schedule_name: 'daily', cron: '0 0 * * *', timezone: 'Moon' }, 'timezone must be a name of the IANA time zone database, such as Europe/Paris');
    await refused({ schedule_name: 'a'.repeat(201), cron: '0 0 * * *' }, 'schedule_name must have at most 200 characters, without control characters');
    assert.deepEqual((await key.get('/schedules')).json, []);
    assert.deepEqual(await library(), [], 'nothing was done so far');
  });

  it('8: schedules it', async () => {
    const got = await run({ username_agent_slug: 'ada/greeter', inputs: { Who: 'Ada' }, schedule_name: 'daily', cron: '30 8 * * *', timezone: 'Asia/Tokyo' }, 'execution_started');
    assert.deepEqual([got.status, got.graph_id, got.graph_name], ['SCHEDULED', greeter.id, 'Greeter']);
    const [one] = (await key.get('/schedules')).json;
    assert.equal(one.id, got.execution_id);
    assert.deepEqual([one.name, one.cron, one.timezone, one.input_data, one.graph_version], ['daily', '30 8 * * *', 'Asia/Tokyo', { Who: 'Ada' }, 1]);
    assert.match(one.next_run_time, /T08:30:00\+09:00$/);
    assert.deepEqual(await library(), [{ id: got.library_agent_id, graph_id: greeter.id }]);
    // It runs as the person's own.
    await server.sql(`UPDATE schedules SET next_run = ${Date.now()} WHERE id = '${one.id}'`);
    let now;
    for (const end = Date.now() + 8000; !now?.last_execution_id && Date.now() < end; await new Promise((done) => setTimeout(done, 50)))
      now = (await key.get(`/schedules/${one.id}`)).json;
    assert.deepEqual((await ended(key, greeter, now.last_execution_id)).output, [{ Out: 'Ada' }]);
    assert.equal((await key.delete(`/schedules/${one.id}`)).status, 200);
  });

  it('9: adds it to the library and runs it', async () => {
    const got = await run({ username_agent_slug: 'ada/adder-of-numbers', inputs: { In: 8 } }, 'execution_started', token);
    assert.deepEqual(Object.keys(got), ['type', 'message', 'session_id', 'execution_id', 'graph_id', 'graph_name', 'library_agent_id', 'library_agent_link', 'status', 'saved_preset_id']);
    assert.deepEqual([got.status, got.graph_id, got.graph_name], ['QUEUED', adder.id, 'Adder of numbers']);
    assert.equal(got.library_agent_link, `/library/agents/${got.library_agent_id}`);
    assert.deepEqual((await ended(key, adder, got.execution_id)).output, [{ Out: 42 }]);
    assert.ok((await library()).some((r) => r.id === got.library_agent_id && r.graph_id === adder.id));
    const again = await run({ username_agent_slug: 'ada/adder-of-numbers', inputs: { In: 1 } }, 'execution_started');
    assert.equal(again.library_agent_id, got.library_agent_id);
    assert.equal((await run({ username_agent_slug: 'ada/adder-of-numbers' }, 'agent_details')).agent.in_library, true);
  });

  it('9: takes its defaults, or has nothing to ask', async () => {
    const greeted = await run({ username_agent_slug: 'ada/greeter', use_defaults: true }, 'execution_started');
    assert.deepEqual((await ended(key, greeter, greeted.execution_id)).output, [{ Out: 'world' }]);
    const seven = await run({ username_agent_slug: 'ada/sevens-heaven' }, 'execution_started');
    assert.deepEqual((await ended(key, fixed, seven.execution_id)).output, [{ Out: 7 }]);
  });

  it('says when there are as many schedules as may be', async () => {
    const wish = { username_agent_slug: 'ada/sevens-heaven', schedule_name: 'rarely', cron: '0 0 29 2 *' };
    for (let i = 0; i < 3; i++)
      await run(wish, 'execution_started');
    assert.match((await run(wish, 'error')).message, /^There are too many schedules/);
    assert.equal((await key.get('/schedules')).json.length, 3);
  });

  it('does not run what vanished', async () => {
    await server.sql(`UPDATE store_listings SET is_live = FALSE WHERE id = 4`);
    assert.equal((await run({ username_agent_slug: 'ada/numbers-4' }, 'error')).message, "Agent 'ada/numbers-4' not found");
  });
});

describe('the tools', () => {
  it('take USE_TOOLS', async () => {
    const reader = await withKey(server, person, ['READ_GRAPH']);
    for (const [path, body] of [['find-agent', { query: 'x' }], ['run-agent', { username_agent_slug: 'ada/greeter' }]]) {
      const answer = await reader.post(`/tools/${path}`, body);
      assert.equal(answer.status, 403, answer.text);
      assert.deepEqual(answer.json, { detail: 'Missing required permission(s): USE_TOOLS' });
      assert.equal((await server.browser().post(`/external-api/v1/tools/${path}`, { json: body })).status, 401);
    }
  });

  it('refuse what is no such request', async () => {
    for (const [path, body, field] of [['find-agent', {}, 'query'], ['find-agent', { query: 7 }, 'query'], ['run-agent', {}, 'username_agent_slug'],
      ['run-agent', { username_agent_slug: 'ada/greeter', inputs: [1] }, 'inputs'], ['run-agent', { username_agent_slug: 'ada/greeter', use_defaults: 'maybe' }, 'use_defaults'],
      ['run-agent', { username_agent_slug: 'ada/greeter', cron: 5 }, 'cron']]) {
      const answer = await key.post(`/tools/${path}`, body);
      assert.equal(answer.status, 422, answer.text);
      assert.deepEqual(answer.json.detail[0].loc.slice(0, 2), ['body', field]);
    }
  });
});
