// Offering agents in the store, deciding on them, running and rating them (docs/store.md).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, graph as graphOf, GRAPH_SCOPES, link, made, node, withKey } from '../lib/agents.mjs';
import { ended, execute } from '../lib/executions.mjs';
import { event, own } from '../lib/audit.mjs';
import { isDate } from '../lib/expect.mjs';
import { signIn, signUp } from '../lib/people.mjs';
import { onPostgres, Server } from '../lib/server.mjs';
import { decided, imported, offer, offered, profileOf, row, submitted } from '../lib/store.mjs';

let server, admin, author, reader, byAuthor, byReader, store;
before(async () => {
  server = await Server.start({ GATEHOUSE_STORE_RUNS_SECONDS: '1' });
  admin = await signIn(server, await server.createUser({ admin: true }));
  author = await signUp(server);
  reader = await signUp(server);
  byAuthor = await withKey(server, author);
  byReader = await withKey(server, reader, [...GRAPH_SCOPES, 'READ_STORE']);
  store = byReader;
  await profileOf(author, 'author');
});
after(() => server?.close());

const unknownId = '01890000-0000-7000-8000-000000000000';
const refused = (answer, status, detail) => assert.deepEqual([answer.status, answer.json?.detail], [status, detail], answer.text);
const invalid = (answer, field) => {
  assert.equal(answer.status, 422, answer.text);
  assert.equal(answer.json.detail[0].loc.at(-1), field, answer.text);
};
const until = async (wished) => {
  for (const end = Date.now() + 15000; ;) {
    const got = await wished();
    if (got || Date.now() > end)
      return got;
    await new Promise((done) => setTimeout(done, 50));
  }
};

describe('a profile', () => {
  it('is one’s own, under a name that nobody else has', async () => {
    const person = await signUp(server);
    refused(await person.get('/api/store/profile'), 404, 'Profile not found');
    const made = await profileOf(person, 'some-one', { description: 'Hello', avatar_url: 'https://a.example/1.png', links: ['https://a.example'] });
    assert.deepEqual(made, { username: 'some-one', name: 'Name of some-one', description: 'Hello', avatar_url: 'https://a.example/1.png', links: ['https://a.example'],
      is_featured: false, num_agents: 0, agent_runs: 0, agent_rating: 0, top_categories: [] });
    assert.deepEqual((await person.get('/api/store/profile')).json, made);
    refused(await person.send('PUT', '/api/store/profile', { json: { username: 'author', name: 'x' } }), 409, 'This username is taken');
    refused(await (await signUp(server)).send('PUT', '/api/store/profile', { json: { username: 'some-one', name: 'x' } }), 409, 'This username is taken');
    assert.equal((await profileOf(person, 'someone-else')).username, 'someone-else');
    assert.equal((await store.get('/store/creators/someone-else')).status, 404, 'only who offers something is a creator');
  });

  it('keeps the usernames that its agents were found under', async () => {
    const person = await signUp(server), api = await withKey(server, person), other = await signUp(server);
    const rename = (who, username) => who.send('PUT', '/api/store/profile', { json: { username, name: 'x' } });
    await profileOf(person, 'unused');
    await profileOf(person, 'first-name');
    assert.equal((await rename(other, 'unused')).status, 200, 'nothing was found under it');
    await offered(person, api, admin, { slug: 'linked' });
    assert.equal((await rename(person, 'second-name')).status, 200);
    assert.equal((await store.get('/store/agents/second-name/linked')).status, 200);
    for (const who of [other, await signUp(server)])
      refused(await rename(who, 'first-name'), 409, 'This username is taken');
    assert.equal((await other.get('/api/store/profile')).json.username, 'unused', 'nothing is changed');
    assert.equal((await rename(person, 'first-name')).status, 200, 'its own may be taken again');
    refused(await rename(other, 'second-name'), 409, 'This username is taken');
    const { refusals } = await imported(server, [row('x', { creator: 'second-name' })]);
    assert.deepEqual(refusals.map((r) => r.reason), ["creator: this username was another creator's"]);

    const { detail, subject } = await event(() => own(person), 'store.profile', (e) => e.subject === 'second-name');
    assert.deepEqual([subject, detail], ['second-name', 'first-name']);
    for (let i = 0; i < 18; i++)
      await server.sql(`INSERT INTO store_usernames (username, profile_id, created_at) SELECT 'kept-${i}', id, 0 FROM store_profiles WHERE username = 'first-name'`);
    refused(await rename(person, 'one-more'), 409, 'You have had as many usernames as one may have; take one of those again');
    assert.equal((await person.get('/api/store/profile')).json.username, 'first-name', 'nothing is changed');
    assert.equal((await rename(person, 'kept-3')).status, 200);
    assert.equal((await rename(person, 'second-name')).status, 200);
  });

  for (const [field, body] of [['username', { name: 'x' }], ['username', { username: 'Upper', name: 'x' }], ['username', { username: '-x', name: 'x' }], ['username', { username: 'a/b', name: 'x' }],
    ['username', { username: 'x'.repeat(61), name: 'x' }], ['username', { username: '', name: 'x' }], ['username', { username: 7, name: 'x' }], ['name', { username: 'x' }], ['name', { username: 'x', name: '  ' }],
    ['name', { username: 'x', name: 'a\u0007b' }], ['avatar_url', { username: 'x', name: 'x', avatar_url: 'javascript:alert(1)' }], ['links', { username: 'x', name: 'x', links: 'https://x' }],
    ['links', { username: 'x', name: 'x', links: ['ftp://x'] }], ['links', { username: 'x', name: 'x', links: Array(11).fill('https://x') }]])
    it(`is refused for ${JSON.stringify(body).slice(0, 60)}`, async () => invalid(await author.send('PUT', '/api/store/profile', { json: body }), field));

  it('needs a session', async () => {
    const stranger = server.browser();
    for (const [method, path] of [['GET', 'profile'], ['PUT', 'profile'], ['POST', 'submissions'], ['GET', 'submissions'], ['GET', `submissions/${unknownId}`], ['PUT', `submissions/${unknownId}`],
      ['DELETE', `submissions/${unknownId}`], ['POST', 'agents/a/b/reviews'], ['GET', 'agents/a/b/reviews'], ['POST', 'agents/a/b/library']])
      assert.equal((await stranger.send(method, `/api/store/${path}`, method === 'GET' ? {} : { json: {} })).status, 401, `${method} ${path}`);
  });
});

describe('a submission', () => {
  it('waits, is approved, and is in the store', async () => {
    const graph = await made(byAuthor, calculator());
    const sent = await submitted(author, offer(graph, { slug: 'first', name: 'Firstling', image_urls: ['https://i.example/1.png'] }));
    isDate(sent.date_submitted, { of: Date.now() });
    assert.deepEqual([sent.status, sent.version, sent.creator, sent.slug, sent.is_live, sent.reviewed_at], ['PENDING', 1, 'author', 'first', false, null]);
    assert.deepEqual((await author.get(`/api/store/submissions/${sent.store_listing_version_id}`)).json, sent);
    assert.equal((await store.get('/store/agents/author/first')).status, 404);
    assert.ok((await admin.get('/api/admin/store/submissions')).json.submissions.some((s) => s.store_listing_version_id === sent.store_listing_version_id));

    const done = await decided(admin, sent.store_listing_version_id, true, 'Fine');
    assert.deepEqual([done.status, done.is_live, done.review_comments], ['APPROVED', true, 'Fine']);
    const found = await store.get('/store/agents', { query: { search_query: 'firstling' } });
    assert.deepEqual(found.json.agents.map((a) => [a.slug, a.agent_graph_id]), [['first', graph.id]]);
    assert.equal((await store.get('/store/creators/author')).json.num_agents, 1);
    refused(await admin.post(`/api/admin/store/submissions/${sent.store_listing_version_id}/review`, { json: { is_approved: true } }), 409, 'This submission has been decided on already');
    refused(await author.send('PUT', `/api/store/submissions/${sent.store_listing_version_id}`, { json: offer(graph) }), 409, 'This submission has been decided on already');
    refused(await byAuthor.delete(`/graphs/${graph.id}`), 409, 'This agent is in the store, or on its way there. Withdraw it first.');
  });

  it('is refused with a comment, changed, and approved', async () => {
    const graph = await made(byAuthor, calculator());
    const { store_listing_version_id: id } = await submitted(author, offer(graph, { slug: 'second' }));
    invalid(await admin.post(`/api/admin/store/submissions/${id}/review`, { json: { is_approved: false } }), 'comments');
    assert.deepEqual((await decided(admin, id, false, 'Say more')).status, 'REJECTED');
    const mine = (await author.get(`/api/store/submissions/${id}`)).json;
    assert.deepEqual([mine.status, mine.review_comments], ['REJECTED', 'Say more']);
    const changed = await author.send('PUT', `/api/store/submissions/${id}`, { json: offer(graph, { description: 'More', slug: 'ignored' }) });
    assert.deepEqual([changed.status, changed.json.status, changed.json.description, changed.json.slug], [200, 'PENDING', 'More', 'second'], changed.text);
    await decided(admin, id, true);
    assert.equal((await store.get('/store/agents/author/second')).json.description, 'More');
  });

  it('is decided on as it was seen, or not', async () => {
    const graph = await made(byAuthor, calculator());
    const seen = await submitted(author, offer(graph, { slug: 'as-seen' })), id = seen.store_listing_version_id;
    const decide = (date_submitted) => admin.post(`/api/admin/store/submissions/${id}/review`, { json: { is_approved: true, date_submitted } });
    const changed = await author.send('PUT', `/api/store/submissions/${id}`, { json: offer(graph, { description: 'Unseen' }) });
    refused(await decide(seen.date_submitted), 409, 'This submission was changed since. Look at it again.');
    refused(await decide('yesterday'), 409, 'This submission was changed since. Look at it again.');
    invalid(await decide(1), 'date_submitted');
    assert.equal((await store.get('/store/agents/author/as-seen')).status, 404);
    assert.equal((await decide(changed.json.date_submitted)).status, 200);
    assert.equal((await store.get('/store/agents/author/as-seen')).json.description, 'Unseen');
  });

  it('of a new version leaves the old one in the store until it is approved', async () => {
    const { graph } = await offered(author, byAuthor, admin, { slug: 'third', name: 'Third' });
    const next = (await byAuthor.put(`/graphs/${graph.id}`, calculator())).json;
    const { store_listing_version_id: id, version } = await submitted(author, offer(next, { slug: 'third', name: 'Third anew', changes_summary: 'Better' }));
    assert.equal(version, 2);
    refused(await author.post('/api/store/submissions', { json: offer(next, { slug: 'third' }) }), 409, 'Another version of this agent has not been decided on yet. Change that one, or withdraw it.');
    assert.equal((await store.get('/store/agents/author/third')).json.agent_name, 'Third');
    await decided(admin, id, true);
    const live = (await store.get('/store/agents/author/third')).json;
    assert.deepEqual([live.agent_name, live.versions, live.graph_versions, live.changelog[0].changes_summary], ['Third anew', ['2', '1'], ['2', '1'], 'Better']);
    // Withdrawn, it makes way for the one before, and then for nothing.
    assert.equal((await author.send('DELETE', `/api/store/submissions/${id}`)).status, 200);
    assert.equal((await store.get('/store/agents/author/third')).json.agent_name, 'Third');
    const [first] = (await author.get('/api/store/submissions')).json.submissions.filter((s) => s.slug === 'third');
    assert.equal((await author.send('DELETE', `/api/store/submissions/${first.store_listing_version_id}`)).status, 200);
    assert.equal((await store.get('/store/agents/author/third')).status, 404);
    assert.equal((await byAuthor.delete(`/graphs/${graph.id}`)).status, 200);
  });

  it('may be a draft, which nobody decides on, and be withdrawn', async () => {
    const graph = await made(byAuthor, calculator());
    const { store_listing_version_id: id, status } = await submitted(author, offer(graph, { slug: 'draft', status: 'DRAFT' }));
    assert.equal(status, 'DRAFT');
    refused(await admin.post(`/api/admin/store/submissions/${id}/review`, { json: { is_approved: true } }), 404, 'Submission not found');
    assert.equal((await author.send('DELETE', `/api/store/submissions/${id}`)).status, 200);
    refused(await author.get(`/api/store/submissions/${id}`), 404, 'Submission not found');
    await submitted(author, offer(graph, { slug: 'draft' }));
  });

  it('of somebody else is unknown, and so is their graph', async () => {
    const { id, graph } = await offered(author, byAuthor, admin, { slug: 'mine' });
    for (const who of [reader, admin])
      for (const [method, json] of [['GET'], ['PUT', offer(graph)], ['DELETE']])
        refused(await who.send(method, `/api/store/submissions/${id}`, { json }), 404, 'Submission not found');
    const other = await signUp(server);
    refused(await other.post('/api/store/submissions', { json: offer(graph) }), 404, `Graph #${graph.id} v1 not found.`);
    const own = await made(await withKey(server, other), calculator());
    refused(await other.post('/api/store/submissions', { json: offer(own) }), 409, 'Make a profile first, under which your agents appear in the store: PUT /api/store/profile');
    refused(await author.post('/api/store/submissions', { json: offer(await made(byAuthor, calculator()), { slug: 'mine' }) }), 409, 'Another agent of yours has this slug already');
    refused(await author.post('/api/store/submissions', { json: offer({ id: graph.id, version: 9 }) }), 404, `Graph #${graph.id} v9 not found.`);
    assert.deepEqual((await other.get('/api/store/submissions')).json, { submissions: [], pagination: { total_items: 0, total_pages: 0, current_page: 1, page_size: 20 } });
  });

  for (const [field, more] of [['slug', { slug: 'No Spaces' }], ['slug', { slug: undefined }], ['name', { name: '' }], ['name', { name: 'x'.repeat(101) }], ['description', { description: null }],
    ['description', { description: 'x'.repeat(5001) }], ['image_urls', { image_urls: ['data:text/html,x'] }], ['categories', { categories: [''] }], ['categories', { categories: [1] }],
    ['video_url', { video_url: 'v' }], ['recommended_schedule_cron', { recommended_schedule_cron: '61 * * * *' }], ['graph_id', { graph_id: undefined }], ['graph_version', { graph_version: 0 }],
    ['graph_version', { graph_version: '1' }], ['status', { status: 'APPROVED' }]])
    it(`is refused for ${field} ${JSON.stringify(more).slice(0, 50)}`, async () => {
      const before = (await author.get('/api/store/submissions')).json.pagination.total_items;
      invalid(await author.post('/api/store/submissions', { json: offer({ id: unknownId, version: 1 }, { slug: 'bad', ...more }) }), field);
      assert.equal((await author.get('/api/store/submissions')).json.pagination.total_items, before);
    });

  it('takes no body that is no JSON object', async () => {
    for (const body of ['', '[]', '{', '"x"'])
      assert.equal((await author.post('/api/store/submissions', { body, headers: { 'content-type': 'application/json' } })).status, 400, body);
  });
});

describe('administrators', () => {
  it('are the only ones who decide', async () => {
    for (const [method, path] of [['GET', 'submissions'], ['POST', `submissions/${unknownId}/review`], ['PUT', 'agents/author/first/featured'], ['PUT', 'creators/author/featured']]) {
      const options = method === 'GET' ? {} : { json: { is_approved: true, is_featured: true } };
      refused(await author.send(method, `/api/admin/store/${path}`, options), 403, 'Admin access required');
      assert.equal((await server.browser().send(method, `/api/admin/store/${path}`, options)).status, 401);
    }
  });

  it('list by status, page by page', async () => {
    const page = (await admin.get('/api/admin/store/submissions?status=APPROVED&page_size=1')).json;
    assert.equal(page.submissions.length, 1);
    assert.ok(page.pagination.total_items > 1);
    assert.equal((await admin.get('/api/admin/store/submissions?status=DRAFT')).status, 422);
    assert.equal((await admin.get('/api/admin/store/submissions?page=0')).status, 422);
    refused(await admin.post(`/api/admin/store/submissions/${unknownId}/review`, { json: { is_approved: true } }), 404, 'Submission not found');
    invalid(await admin.post(`/api/admin/store/submissions/${unknownId}/review`, { json: {} }), 'is_approved');
  });

  it('feature agents and creators', async () => {
    const featured = async () => (await store.get('/store/agents?featured=true')).json.agents.map((a) => a.slug);
    const creators = async () => (await store.get('/store/creators?featured=true')).json.creators.map((c) => c.username);
    for (const [is_featured, wanted, who] of [[true, ['first'], ['author']], [false, [], []]]) {
      assert.deepEqual((await admin.send('PUT', '/api/admin/store/agents/author/first/featured', { json: { is_featured } })).json, { is_featured });
      assert.deepEqual(await featured(), wanted);
      assert.deepEqual((await admin.send('PUT', '/api/admin/store/creators/author/featured', { json: { is_featured } })).json, { is_featured });
      assert.deepEqual(await creators(), who);
    }
    assert.equal((await admin.send('PUT', '/api/admin/store/agents/author/none/featured', { json: { is_featured: true } })).status, 404);
    invalid(await admin.send('PUT', '/api/admin/store/agents/author/first/featured', { json: { is_featured: 1 } }), 'is_featured');
  });

  it('are recorded', async () => {
    const rows = await server.sql('SELECT COUNT(*) AS n FROM store_versions WHERE reviewer_id IS NOT NULL');
    assert.ok(Number(rows[0].n) > 0);
  });
});

// Another transaction, which has changed something and takes its time to commit: a test on PostgreSQL, where there can be two.
async function meanwhile(statements, act) {
  const others = server.sql(`BEGIN; ${statements}; SELECT pg_sleep(1.5); COMMIT`);
  assert.ok(await until(async () => Number((await server.sql(`SELECT COUNT(*) AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event = 'PgSleep'`))[0].n) === 1));
  const answer = await act();
  await others;
  return answer;
}

describe('two at the same time', onPostgres, () => {
  it('cannot change what is being approved', async () => {
    const graph = await made(byAuthor, calculator());
    const { store_listing_version_id: id } = await submitted(author, offer(graph, { slug: 'seen', description: 'As it was seen' }));
    const answer = await meanwhile(`UPDATE store_versions SET status = 'APPROVED' WHERE id = '${id}'`,
      () => author.send('PUT', `/api/store/submissions/${id}`, { json: offer(graph, { description: 'Unseen' }) }));
    refused(answer, 409, 'This submission has been decided on already');
    assert.deepEqual(await server.sql(`SELECT status, description FROM store_versions WHERE id = '${id}'`), [{ status: 'APPROVED', description: 'As it was seen' }]);
  });

  it('count what they count, also while a creator is summed up', async () => {
    const person = await signUp(server), api = await withKey(server, person);
    await profileOf(person, 'summed');
    for (const slug of ['sum-one', 'sum-two'])
      await offered(person, api, admin, { slug });
    const featured = await meanwhile(`UPDATE store_listings SET runs = runs + 2 WHERE slug = 'sum-one';
      UPDATE store_profiles SET runs = runs + 2 WHERE username = 'summed'`,
    () => admin.send('PUT', '/api/admin/store/agents/summed/sum-two/featured', { json: { is_featured: true } }));
    assert.equal(featured.status, 200, featured.text);
    const [{ summed, told }] = await server.sql(`SELECT CAST(SUM(l.runs) AS BIGINT) AS summed, MAX(c.runs) AS told
      FROM store_listings l JOIN store_profiles c ON c.id = l.profile_id WHERE c.username = 'summed' AND l.is_live`);
    assert.equal(told, summed);
  });
});

describe('an agent of the store', () => {
  it('runs for who takes it, counts its runs, and is rated by those who ran it', async () => {
    const { graph, id } = await offered(author, byAuthor, admin, { slug: 'runner', name: 'Runner' });
    const at = '/api/store/agents/author/runner', score = (who, score, comments) => who.post(`${at}/reviews`, { json: { score, comments } });
    assert.equal((await byReader.post(`/graphs/${graph.id}/execute/1`, { node_input: { In: 8 } })).status, 404);
    refused(await score(reader, 5), 403, 'Only who has run an agent may rate it');
    refused(await reader.get(`${at}/reviews`), 404, 'You have not rated this agent');

    const taken = await reader.post(`${at}/library`);
    assert.equal(taken.status, 200, taken.text);
    assert.deepEqual([taken.json.graph_id, taken.json.graph_version], [graph.id, 1]);
    assert.deepEqual((await reader.post(`${at}/library`)).json, taken.json);
    assert.equal((await byReader.get(`/graphs/${graph.id}`)).status, 404, 'the graph itself stays its author’s');
    for (let i = 0; i < 3; i++) {
      const run = await ended(byReader, graph, await execute(byReader, graph, { In: i }));
      assert.deepEqual([run.status, run.output], ['COMPLETED', [{ Out: i + 34 }]]);
    }
    // The author's own run is settled before the reader's fourth, and does not count.
    await ended(byAuthor, graph, await execute(byAuthor, graph, { In: 1 }));
    await ended(byReader, graph, await execute(byReader, graph, { In: 4 }));
    assert.ok(await until(async () => (await store.get('/store/agents/author/runner')).json.runs === 4));
    const creator = (await store.get('/store/creators/author')).json.agent_runs;
    assert.equal(creator, 4);

    refused(await score(author, 5), 403, 'Nobody rates an agent of their own');
    for (const bad of [0, 6, 1.5, '5', null])
      invalid(await score(reader, bad), 'score');
    invalid(await score(reader, 4, 'x'.repeat(2001)), 'comments');
    const mine = await score(reader, 2, 'Meh');
    assert.deepEqual([mine.status, mine.json.score, mine.json.comments], [200, 2, 'Meh'], mine.text);
    assert.equal((await store.get('/store/agents/author/runner')).json.rating, 2);
    assert.equal((await score(reader, 5)).json.score, 5);
    assert.equal((await reader.get(`${at}/reviews`)).json.score, 5);
    const other = await signUp(server), byOther = await withKey(server, other);
    await other.post(`${at}/library`);
    await ended(byOther, graph, await execute(byOther, graph, { In: 1 }));
    assert.equal((await score(other, 4)).status, 200);
    assert.equal((await store.get('/store/agents/author/runner')).json.rating, 4.5);
    assert.equal((await store.get('/store/creators/author')).json.agent_rating, 4.5);
    assert.equal((await store.get('/store/agents?sorted_by=rating')).json.agents[0].slug, 'runner');
    assert.ok(await until(async () => (await store.get('/store/agents?sorted_by=runs')).json.agents[0].runs === 5));

    // Withdrawn and deleted, it stays with who has it, and comes to nobody else.
    assert.equal((await author.send('DELETE', `/api/store/submissions/${id}`)).status, 200);
    assert.equal((await byAuthor.delete(`/graphs/${graph.id}`)).status, 200);
    assert.equal((await ended(byReader, graph, await execute(byReader, graph, { In: 8 }))).status, 'COMPLETED');
    assert.equal((await (await signUp(server)).post(`${at}/library`)).status, 404);
    assert.equal((await store.get('/store/creators/author')).json.agent_rating, 0);
    refused(await score(reader, 1), 404, 'Agent author/runner not found');
  });

  it('runs its author’s agents within it', async () => {
    const inner = await made(byAuthor, calculator());
    const outer = calculator();
    outer.nodes.push({ id: 'sub', block_id: 'e189baac-8c20-45a1-94a7-55177ea42565', input_default: { graph_id: inner.id, graph_version: 1, user_id: '', input_schema: inner.input_schema,
      output_schema: inner.output_schema, inputs: {} } });
    outer.links = [{ id: 'a', source_id: 'in', source_name: 'result', sink_id: 'sub', sink_name: 'In' }, { id: 'b', source_id: 'sub', source_name: 'Out', sink_id: 'sum', sink_name: 'a' },
      { id: 'c', source_id: 'sum', source_name: 'result', sink_id: 'out', sink_name: 'value' }];
    const { graph } = await offered(author, byAuthor, admin, { slug: 'outer' }, outer);
    await reader.post('/api/store/agents/author/outer/library');
    const run = await ended(byReader, graph, await execute(byReader, graph, { In: 8 }));
    assert.deepEqual([run.status, run.output], ['COMPLETED', [{ Out: 76 }]], JSON.stringify(run));
  });

  it('counts no run that did not come to its end', async () => {
    const waits = graphOf([node('in', 'input', { name: 'In' }), node('ask', 'review', { name: 'Well?' })], [link('in', 'result', 'ask', 'data')]);
    const { graph } = await offered(author, byAuthor, admin, { slug: 'waits' }, waits);
    await reader.post('/api/store/agents/author/waits/library');
    const id = await execute(byReader, graph, { In: 1 });
    assert.ok(await until(async () => (await byReader.get(`/graphs/${graph.id}/executions/${id}/results`)).json.status === 'REVIEW'));
    assert.equal((await byReader.post(`/graphs/${graph.id}/executions/${id}/stop`)).json.status, 'TERMINATED');
    assert.deepEqual(await server.sql(`SELECT 1 AS n FROM store_runs WHERE listing_id IN (SELECT id FROM store_listings WHERE slug = 'waits')`), []);
    refused(await reader.post('/api/store/agents/author/waits/reviews', { json: { score: 5, comments: '' } }), 403, 'Only who has run an agent may rate it');
  });

  it('counts every run once, however many run it at once', async () => {
    const { graph } = await offered(author, byAuthor, admin, { slug: 'busy' });
    const people = await Promise.all([1, 2, 3].map(async () => { const p = await signUp(server); await p.post('/api/store/agents/author/busy/library'); return withKey(server, p); }));
    await Promise.all(Array.from({ length: 30 }, (_, i) => execute(people[i % 3], graph, { In: i })));
    assert.ok(await until(async () => (await store.get('/store/agents/author/busy')).json.runs >= 30));
    await new Promise((done) => setTimeout(done, 1500));
    assert.equal((await store.get('/store/agents/author/busy')).json.runs, 30);
  });

  it('has the right rating, however many rate it at once', async () => {
    const { graph } = await offered(author, byAuthor, admin, { slug: 'rated' });
    const people = await Promise.all(Array.from({ length: 6 }, () => signUp(server)));
    for (const person of people) {
      await person.post('/api/store/agents/author/rated/library');
      const api = await withKey(server, person);
      await ended(api, graph, await execute(api, graph, { In: 1 }));
    }
    const answers = await Promise.all([...people, ...people].map((p, i) => p.post('/api/store/agents/author/rated/reviews', { json: { score: 1 + i % 5 } })));
    assert.ok(answers.every((a) => a.status === 200), answers.map((a) => a.text).join());
    const scores = await Promise.all(people.map(async (p) => (await p.get('/api/store/agents/author/rated/reviews')).json.score));
    assert.equal((await store.get('/store/agents/author/rated')).json.rating, scores.reduce((a, b) => a + b) / 6);
  });
});
