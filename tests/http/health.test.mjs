import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BLOCKS, calculator, graph, GRAPH_SCOPES, made, node, withKey } from '../lib/agents.mjs';
import { run } from '../lib/executions.mjs';
import { grant, introspect, me } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { engine, Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.close());

const metrics = async () => (await server.browser().get('/metrics')).text;
// The sum of a family's samples whose labels match.
const sum = (text, family, labels = /./) => text.split('\n').filter((l) => l.startsWith(family) && !l.startsWith('#') && (labels.test(l))).reduce((n, l) => n + +l.split(' ').at(-1), 0);

describe('health', () => {
  it('/healthz says that the process is alive', async () => {
    assert.equal((await server.browser().get('/healthz')).status, 200);
  });

  it('/health says it as the Platform does', async () => {
    const answer = await server.browser().get('/health');
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, { status: 'healthy' });
  });

  it('/readyz says that the database answers', async () => {
    assert.equal((await server.browser().get('/readyz')).status, 200);
  });

  it('answers HEAD without a body', async () => {
    for (const path of ['/healthz', '/health', '/readyz', '/login', '/metrics']) {
      const answer = await server.browser().send('HEAD', path);
      assert.equal(answer.status, 200, path);
      assert.equal(answer.text, '');
    }
  });
});

describe('/metrics', () => {
  it('is Prometheus text that a scraper can read', async () => {
    const answer = await server.browser().get('/metrics');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/);
    const typed = new Set();
    for (const line of answer.text.split('\n').filter(Boolean)) {
      const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
      if (type) {
        assert.ok(!typed.has(type[1]), `${type[1]} is typed twice`);
        typed.add(type[1]);
      } else if (!line.startsWith('# HELP '))
        assert.match(line, /^[a-z_:][\w:]*(\{([a-z_]\w*="(\\.|[^"\\])*",?)*\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/i, line);
    }
    assert.ok(typed.size >= 6, [...typed].join(' '));
  });

  it('is there below the External API too', async () => {
    const answer = await server.browser().get('/external-api/metrics');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/);
    assert.match(answer.text, /^gatehouse_connections \d/m);
  });

  it('counts agents at work', async () => {
    const api = await withKey(server, await signUp(server), [...GRAPH_SCOPES, 'EXECUTE_BLOCK']), before = await metrics();
    const good = await made(api, calculator()), bad = await made(api, graph([node('get', '262ca24c-1025-43cf-a578-534e23234e97', { list: [], index: 5 })]));
    await run(api, good, { In: 1 });
    await run(api, bad);
    await api.post(`/blocks/${BLOCKS.calculator}/execute`, { operation: 'Add', a: 1, b: 2 });
    const after = await metrics(), more = (name, labels) => sum(after, `gatehouse_${name}`, labels) - sum(before, `gatehouse_${name}`, labels);
    assert.equal(more('executions_total', /completed/), 2);
    assert.equal(more('node_runs_total', /completed/), 3);
    assert.equal(more('node_runs_total', /failed/), 1);
    assert.equal(more('block_runs_total', /completed/), 4);
    assert.equal(more('block_runs_total', /failed/), 1);
    assert.equal(more('block_duration_seconds_count'), 5);
    assert.equal(sum(after, 'gatehouse_executions_running'), 0);
    assert.ok(after.includes('\ngatehouse_agent_threads_busy '));
    assert.ok(after.includes('\ngatehouse_outbound_calls_total{answer="none"} '));
  });

  it('shows that idleness commits nothing', async () => {
    const idle = await Server.start(), told = async () => (await idle.browser().get('/metrics')).text;
    try {
      const looks = (text) => sum(text, 'gatehouse_engine_looks_total'), commits = (text) => sum(text, 'gatehouse_commits_total');
      let before, after = await told();
      for (let tries = 0; tries < 5 && (!before || commits(after) !== commits(before)); tries++) { // it may still start
        before = after;
        while (looks(after) < looks(before) + 3) {
          await new Promise((done) => setTimeout(done, 50));
          after = await told();
        }
      }
      assert.equal(commits(after), commits(before));
      assert.equal(sum(after, 'gatehouse_executions_waiting'), 0);
    } finally {
      await idle.close();
    }
  });

  it('tells what is kept in memory, where rows are kept', async () => {
    const person = await signUp(server), t = await grant(person, await server.createApp());
    const before = await metrics();
    assert.equal(before.includes('gatehouse_row_cache'), engine === 'postgres');
    if (engine !== 'postgres')
      return;
    for (let i = 0; i < 5; i++)
      await me(person, t.access_token);
    const after = await metrics(), more = (name) => sum(after, `gatehouse_row_cache_${name}`) - sum(before, `gatehouse_row_cache_${name}`);
    assert.ok(more('misses_total') >= 1, 'the first look asks for the row');
    assert.ok(more('hits_total') >= 3, 'those after it do not');
    assert.ok(more('rows') >= 1 && more('bytes') > 0);
  });

  it('counts requests, tokens, commits and failures', async () => {
    const person = await signUp(server), app = await server.createApp();
    const before = await metrics();
    const t = await grant(person, app);
    for (let i = 0; i < 3; i++)
      await me(person, t.access_token);
    await me(person, 'rubbish');
    await introspect(person, { ...app, client_secret: 'wrong' }, t.access_token);
    const after = await metrics();
    const more = (family, labels) => sum(after, family, labels) - sum(before, family, labels);
    const names = [...new Set([...after.matchAll(/^# TYPE (\S+)/gm)].map((m) => m[1]))];
    const find = (pattern) => names.find((n) => pattern.test(n)) ?? assert.fail(`no ${pattern} among ${names}`);
    assert.equal(more(find(/requests/), /\/external-api\/v1\/me".*2|2.*\/external-api\/v1\/me"/), 3);
    assert.ok(more(find(/token.*issued|issued/), /access/) >= 1);
    assert.ok(more(find(/commits?(_total)?$/)) >= 2);
    assert.ok(more(find(/errors|failures/), /TOKEN_UNKNOWN|token_unknown/) >= 1);
    assert.ok(more(find(/errors|failures/), /INVALID_CLIENT|invalid_client/i) >= 1);
    find(/duration|latency/);
    find(/queue/);
  });
});
