// The store over the External API: lists, searches, pages (dialect: Store).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { client, withKey } from '../lib/agents.mjs';
import { isDate, neverStored } from '../lib/expect.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { imported, row } from '../lib/store.mjs';

let server, api;
const slugs = (answer) => answer.json.agents.map((a) => a.slug);
const list = async (query = {}) => {
  const answer = await api.get('/store/agents', { query });
  assert.equal(answer.status, 200, answer.text);
  return answer;
};
const search = async (search_query, more = {}) => slugs(await list({ search_query, ...more }));

before(async () => {
  server = await Server.start();
  api = await withKey(server, await signUp(server), ['READ_STORE']);
  const said = await imported(server, [
    row('video-maker', { name: 'Video maker', sub_heading: 'From a script', description: 'Turns text into moving pictures', categories: ['Creative work'], image_urls: ['https://i.example/1.png', 'https://i.example/2.png'] }),
    row('caption', { name: 'Captions', sub_heading: 'For every video', description: 'Writes what is said', categories: ['Creative work', 'Text'] }),
    row('digest', { name: 'Digest', description: 'Sums up a video, a page or a book', categories: ['Text'] }),
    row('cafe', { name: 'Café Übersicht', description: 'Øre, Straße and naïve', categories: ['Text'], creator: 'jane', creator_name: 'Jane Roe', featured: true }),
    row('tokyo', { name: '東京 weather', description: 'Tells whether it rains', creator: 'jane' }),
    row('art', { name: 'Art', description: 'A picture', creator: 'jane' }),
    row('article', { name: 'Article', description: 'Writes', creator: 'jane', video_url: 'https://v.example/1', instructions: 'Run it', recommended_schedule_cron: '0 9 * * 1', changes_summary: 'First' }),
  ]);
  assert.deepEqual(said, { dry_run: false, added: 7, updated: 0, unchanged: 0, refused: 0, refusals: [] });
});
after(() => server?.close());

describe('GET /store/agents', () => {
  it('shows what the Platform shows of an agent', async () => {
    const answer = await list({ search_query: 'video maker' });
    neverStored(answer);
    assert.deepEqual(Object.keys(answer.json), ['agents', 'pagination']);
    const [{ agent_graph_id, ...agent }] = answer.json.agents;
    assert.match(agent_graph_id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(agent, { slug: 'video-maker', agent_name: 'Video maker', agent_image: 'https://i.example/1.png', creator: 'maker', creator_avatar: '',
      sub_heading: 'From a script', description: 'Turns text into moving pictures', runs: 0, rating: 0 });
    assert.deepEqual(answer.json.pagination, { total_items: 1, total_pages: 1, current_page: 1, page_size: 20 });
  });

  it('is the same the second time, from memory', async () => {
    const first = await list({ search_query: 'video' }), second = await list({ search_query: 'Video' });
    assert.equal(second.text, first.text);
  });

  it('puts names before headings, and headings before the rest', async () => {
    assert.deepEqual(await search('video'), ['video-maker', 'caption', 'digest']);
    assert.deepEqual((await list({ search_query: 'video', page: 2, page_size: 1 })).json.agents.map((a) => a.slug), ['caption']);
    assert.deepEqual((await list({ search_query: 'video', page: 2, page_size: 2 })).json.agents.map((a) => a.slug), ['digest']);
  });

  for (const [query, found] of [['VIDEO Script', ['video-maker']], ['script video pictures', ['video-maker']], ['video book', ['digest']], ['video nothing', []],
    ['cafe', ['cafe']], ['CAFÉ', ['cafe']], ['cafe\u0301', ['cafe']], ['ubersicht', ['cafe']], ['strasse', ['cafe']], ['ore naive', ['cafe']],
    ['東', ['tokyo']], ['東京', ['tokyo']], ['京', ['tokyo']], ['art', ['art']], ['arti', ['article']], ['ar', []], ['vid', ['video-maker', 'caption', 'digest']],
    ['creative', ['caption', 'video-maker']], ['ｖｉｄｅｏ　ｍａｋｅｒ', ['video-maker']]])
    it(`finds [${found}] by ${JSON.stringify(query)}`, async () => assert.deepEqual(await search(query), found));

  for (const query of ['"', '""', '*', 'video*', '^video', 'video OR digest', 'NOT video', '(video', 'video)', 'video AND', '{words}: video', 'words:video', '-video', 'NEAR(video maker)',
    "'video'", "'; DROP TABLE users; --", 'video & !maker', 'video <-> maker', 'video:*', 'video:A', '\\video', 'video\\', '\u202evideo', '🚀', '🚀 video', 'a'.repeat(200), '%', '_', 'd', 'dvideo', 'lf', 'l_f',
    'עברית', 'العربية', '\u200b', '\ufeff', '½', 'İ', 'ﬁ'])
    it(`takes ${JSON.stringify(query).slice(0, 40)} for words`, async () => {
      const answer = await list({ search_query: query });
      assert.ok(answer.json.pagination.total_items <= 3, answer.text);
    });

  it('finds nothing by signs alone, and everything by nothing', async () => {
    assert.deepEqual(await search('!?*"'), []);
    assert.equal((await list({ search_query: '  ' })).json.pagination.total_items, 7);
  });

  it('refuses searches that are too long', async () => {
    for (const search_query of ['x'.repeat(201), Array.from({ length: 40 }, (_, i) => `w${i}`).join(' ')])
      assert.equal((await api.get('/store/agents', { query: { search_query } })).status, 422);
    assert.ok([400, 422].includes((await api.get('/store/agents?search_query=a%00b')).status));
    assert.equal((await api.get('/store/agents?search_query=%ff')).status, 400);
    assert.ok([400, 414, 422].includes((await api.get('/store/agents', { query: { search_query: 'word '.repeat(1500) } })).status));
  });

  it('filters', async () => {
    assert.deepEqual(slugs(await list({ creator: 'jane', sorted_by: 'name' })), ['art', 'article', 'cafe', 'tokyo']);
    assert.deepEqual(slugs(await list({ creator: 'JANE', search_query: 'writes' })), ['article']);
    assert.deepEqual(slugs(await list({ creator: 'nobody' })), []);
    assert.deepEqual(slugs(await list({ category: 'text', sorted_by: 'name' })), ['cafe', 'caption', 'digest']);
    assert.deepEqual(slugs(await list({ category: 'Creative work', search_query: 'video' })), ['video-maker', 'caption']);
    assert.deepEqual(slugs(await list({ category: 'creative' })), []);
    assert.deepEqual(slugs(await list({ category: '***' })), []);
    assert.deepEqual(slugs(await list({ featured: true })), ['cafe']);
    assert.equal((await list({ featured: false })).json.pagination.total_items, 7);
    assert.deepEqual(slugs(await list({ featured: true, creator: 'maker' })), []);
  });

  it('sorts', async () => {
    assert.deepEqual(slugs(await list({ sorted_by: 'name' })), ['art', 'article', 'cafe', 'caption', 'digest', 'video-maker', 'tokyo']);
    assert.deepEqual(slugs(await list({ sorted_by: 'name', search_query: 'video' })), ['caption', 'digest', 'video-maker']);
    for (const sorted_by of ['rating', 'runs', 'updated_at'])
      assert.equal((await list({ sorted_by })).json.agents.length, 7);
    const { status, json } = await api.get('/store/agents', { query: { sorted_by: 'slug' } });
    assert.deepEqual([status, json.detail[0].loc], [422, ['query', 'sorted_by']]);
  });

  it('counts pages, and has nothing behind the last', async () => {
    const sorted_by = 'name', page = (page, page_size) => list({ sorted_by, page, page_size });
    const all = slugs(await page(1, 100)), gathered = [];
    for (let i = 1; i <= 4; i++)
      gathered.push(...slugs(await page(i, 2)));
    assert.deepEqual(gathered, all);
    assert.deepEqual((await page(4, 2)).json.pagination, { total_items: 7, total_pages: 4, current_page: 4, page_size: 2 });
    for (const far of [5, 1000000, 2147483647])
      assert.deepEqual((await page(far, 2)).json, { agents: [], pagination: { total_items: 7, total_pages: 4, current_page: far, page_size: 2 } });
    assert.deepEqual((await list({ search_query: 'video', page: 99 })).json, { agents: [], pagination: { total_items: 3, total_pages: 1, current_page: 99, page_size: 20 } });
  });

  for (const [query, detail] of [[{ page: 0 }, 'Page must be greater than 0'], [{ page: -1 }, 'Page must be greater than 0'], [{ page_size: 0 }, 'Page size must be greater than 0'],
    [{ page_size: -20 }, 'Page size must be greater than 0'], [{ page_size: 101 }, 'Page size must be at most 100'], [{ page: 2147483648 }, 'Page must be at most 2147483647'],
    [{ page: 4294967297 }, 'Page must be at most 2147483647'], [{ page_size: 4294967297 }, 'Page size must be at most 100']])
    it(`refuses ${JSON.stringify(query)}`, async () => {
      for (const path of ['/store/agents', '/store/creators']) {
        const answer = await api.get(path, { query });
        assert.deepEqual([answer.status, answer.json], [422, { detail }], answer.text);
      }
    });

  it('refuses what is no number', async () => {
    for (const page of ['x', '1.5', '', '1e3', '99999999999999999999'])
      assert.equal((await api.get('/store/agents', { query: { page } })).status, 422, page);
  });
});

describe('GET /store/agents/{username}/{agent_name}', () => {
  it('shows all of it, in whatever case it is asked for', async () => {
    const answer = await api.get('/store/agents/Jane/ARTICLE');
    assert.equal(answer.status, 200, answer.text);
    const { store_listing_version_id: id, graph_id, last_updated, changelog, active_version_id, ...rest } = answer.json;
    assert.deepEqual([active_version_id, changelog[0].version, changelog[0].changes_summary, changelog.length], [id, '1', 'First', 1]);
    isDate(last_updated, { of: Date.now() });
    assert.match(graph_id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, { slug: 'article', agent_name: 'Article', agent_video: 'https://v.example/1', agent_output_demo: '', agent_image: [], creator: 'jane', creator_avatar: '',
      sub_heading: '', description: 'Writes', instructions: 'Run it', categories: [], runs: 0, rating: 0, versions: ['1'], graph_versions: ['1'],
      recommended_schedule_cron: '0 9 * * 1', has_approved_version: true });
  });

  it('does not know others', async () => {
    for (const [path, name] of [['jane/nothing', 'jane/nothing'], ['nobody/article', 'nobody/article'], ["x'--/%22", "x'--/\""]]) {
      const answer = await api.get(`/store/agents/${path}`);
      assert.deepEqual([answer.status, answer.json], [404, { detail: `Agent ${name} not found` }], answer.text);
    }
  });
});

describe('GET /store/creators', () => {
  const names = (answer) => answer.json.creators.map((c) => c.username);

  it('lists, searches and sorts them', async () => {
    const all = await api.get('/store/creators');
    assert.deepEqual(names(all), ['maker', 'jane']);
    assert.deepEqual(all.json.pagination, { total_items: 2, total_pages: 1, current_page: 1, page_size: 20 });
    assert.deepEqual(all.json.creators[1], { username: 'jane', name: 'Jane Roe', description: '', avatar_url: null, links: [], is_featured: false, num_agents: 4, agent_runs: 0,
      agent_rating: 0, top_categories: ['Text'] });
    assert.deepEqual(all.json.creators[0].top_categories, ['Creative work', 'Text']);
    assert.deepEqual(names(await api.get('/store/creators', { query: { search_query: 'ROE' } })), ['jane']);
    assert.deepEqual(names(await api.get('/store/creators', { query: { search_query: 'video' } })), []);
    assert.deepEqual(names(await api.get('/store/creators', { query: { sorted_by: 'num_agents' } })), ['jane', 'maker']);
    assert.deepEqual(names(await api.get('/store/creators', { query: { featured: true } })), []);
    assert.deepEqual(names(await api.get('/store/creators', { query: { page: 2 } })), []);
    assert.equal((await api.get('/store/creators', { query: { sorted_by: 'name' } })).status, 422);
  });

  it('shows one', async () => {
    const answer = await api.get('/store/creators/JANE');
    assert.deepEqual([answer.status, answer.json.name, answer.json.num_agents], [200, 'Jane Roe', 4]);
    const unknown = await api.get('/store/creators/nobody');
    assert.deepEqual([unknown.status, unknown.json], [404, { detail: 'Creator nobody not found' }]);
  });
});

it('asks for READ_STORE', async () => {
  const other = await withKey(server, await signUp(server), ['READ_GRAPH']);
  for (const path of ['/store/agents', '/store/agents/jane/article', '/store/creators', '/store/creators/jane']) {
    assert.equal((await other.get(path)).status, 403, path);
    assert.equal((await client(server, {}).get(path)).status, 401, path);
  }
});
