// What administrators see and do: apps, submissions to the store, the audit trail, health and settings.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { makeAdmin, post } from '../lib/admin.mjs';
import { calculator, made, withKey } from '../lib/agents.mjs';
import { event, own, sealed } from '../lib/audit.mjs';
import { heading, textOf } from '../lib/html.mjs';
import { grant, me } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { engine, Server } from '../lib/server.mjs';
import { offer, profileOf, submitted } from '../lib/store.mjs';

const secret = 'a-very-secret-key-of-a-language-model';
let server, admin, maker, app;
before(async () => {
  server = await Server.start({ LLM_BASE_URL: 'http://127.0.0.1:9/v1', LLM_API_KEY: secret, GATEHOUSE_WORKERS: '3' });
  server.canary.add(secret, 'key of the language model');
  admin = await makeAdmin(server);
  maker = await signUp(server);
  app = await server.createApp({ name: 'Agent <i>Planner</i>', owner: maker.who.email, scopes: ['IDENTITY', 'READ_GRAPH'] });
});
after(() => server?.close());

const unknownId = '01890000-0000-7000-8000-000000000000';
const words = async (path) => textOf((await admin.get(path)).text);

describe('apps', () => {
  const page = () => `/admin/apps/${app.id}`;

  it('are found by name, client id and owner', async () => {
    await server.createApp({ name: 'Something else' });
    for (const q of ['<i>plan', app.client_id, maker.who.email]) {
      const { text } = await admin.get('/admin/apps', { query: { q } });
      assert.ok(text.includes(page()), q);
      assert.ok(!text.includes('Something else') && !text.includes('<i>Planner'), q);
    }
    assert.match(textOf((await admin.get('/admin/apps', { query: { q: '%' } })).text), /No app fits/);
    assert.match(textOf((await admin.get(page())).text), new RegExp(`${maker.who.email}.*https://app.example/cb`));
    assert.equal((await admin.get(`/admin/apps/${unknownId}`)).status, 404);
    assert.doesNotMatch((await admin.get(page())).text, /secret_hash|agpt_secret/);
  });

  it('are disabled and enabled at once, and their makers see it', async () => {
    const { access_token: token } = await grant(await signUp(server), app);
    for (let twice = 0; twice < 2; twice++)
      assert.equal((await post(admin, page(), { action: 'disable' })).location.search, '?done=admin-app-disabled');
    assert.equal((await me(admin, token)).status, 401);
    assert.match(textOf((await admin.get('/admin/apps?state=disabled')).text), /Agent <i>Planner/);
    assert.equal((await post(admin, page(), { action: 'enable' })).status, 303);
    assert.equal((await me(admin, token)).status, 200);
    await event(() => own(maker), 'app.enabled');
    assert.equal((await own(maker)).filter((e) => e.event === 'app.disabled').length, 1);
  });

  it('may ask for what was chosen', async () => {
    const none = await post(admin, page(), { action: 'scopes' });
    assert.equal(none.status, 400);
    assert.match(textOf(none.text), /Choose at least one/);
    assert.equal((await post(admin, page(), { action: 'scopes', scope_IDENTITY: 'yes', scope_EXECUTE_GRAPH: 'yes', scope_NONSENSE: 'yes' })).status, 303);
    assert.deepEqual((await maker.get('/api/oauth/apps/mine')).json[0].scopes.sort(), ['EXECUTE_GRAPH', 'IDENTITY']);
    assert.equal((await event(() => own(maker), 'admin.app_scopes')).detail.split(' ').sort().join(), 'EXECUTE_GRAPH,IDENTITY');
    assert.equal((await post(admin, page(), { action: 'explode' })).status, 400);
    assert.equal((await post(admin, `/admin/apps/${unknownId}`, { action: 'disable' }, page())).status, 404);
  });
});

describe('submissions', () => {
  let graph, byMaker;
  before(async () => {
    byMaker = await withKey(server, maker);
    await profileOf(maker, 'maker');
    graph = await made(byMaker, calculator());
  });
  const page = (id) => `/admin/submissions/${id}`;
  const seen = async (id) => /name="seen" value="(\d+)"/.exec((await admin.get(page(id))).text)[1];
  let id;

  it('wait in a list, and tell what they are', async () => {
    ({ store_listing_version_id: id } = await submitted(maker, offer(graph, { name: 'Weekly <b>digest</b>', description: 'Line one\nline two' })));
    assert.ok((await admin.get('/admin/submissions')).text.includes(page(id)));
    const { text } = await admin.get(page(id));
    assert.equal(heading(text), 'Weekly <b>digest</b>');
    assert.match(textOf(text), /maker.*Line one line two/);
    assert.ok(!(await admin.get('/admin/submissions?status=APPROVED')).text.includes(page(id)));
    assert.equal((await admin.get(page(unknownId))).status, 404);
  });

  it('are refused with a reason, which is kept while something is wrong', async () => {
    const bare = await post(admin, page(id), { seen: await seen(id), decision: 'refuse', comments: ' ' });
    assert.equal(bare.status, 400);
    assert.match(textOf(bare.text), /Say why it is refused/);
    const long = await post(admin, page(id), { seen: await seen(id), decision: 'approve', comments: 'x'.repeat(2001) });
    assert.equal(long.status, 400);
    assert.ok(long.text.includes('x'.repeat(2001)), 'what was typed is kept');
    assert.equal((await post(admin, page(id), { seen: await seen(id), decision: 'perhaps' })).status, 400);
    const when = await seen(id);
    assert.equal((await post(admin, page(id), { seen: when, decision: 'refuse', comments: 'Too <long>' })).status, 303);
    assert.match(await words(page(id)), /Refused.*Too <long>/);
    const mine = (await maker.get(`/api/store/submissions/${id}`)).json;
    assert.deepEqual([mine.status, mine.review_comments], ['REJECTED', 'Too <long>']);
    const again = await post(admin, page(id), { seen: when, decision: 'approve' }, '/admin/submissions/' + id).catch(() => null);
    assert.equal(again, null, 'the page has no form once it is decided');
  });

  it('are not decided on when they were changed, or decided elsewhere, in the meantime', async () => {
    const changed = await maker.send('PUT', `/api/store/submissions/${id}`, { json: offer(graph, { description: 'New' }) });
    assert.equal(changed.status, 200, changed.text);
    const form = { seen: '1', decision: 'approve' };
    const stale = await post(admin, page(id), form);
    assert.equal(stale.status, 409);
    assert.match(textOf(stale.text), /changed since/);
    const right = { ...form, seen: await seen(id) };
    const before = await admin.get(page(id)), csrf = /name="csrf" value="([^"]*)"/.exec(before.text)[1];
    assert.equal((await post(admin, page(id), right)).status, 303);
    const late = await admin.post(page(id), { form: { csrf, ...right, decision: 'refuse', comments: 'no' } });
    assert.equal(late.status, 409);
    assert.match(textOf(late.text), /decided on already/);
    assert.equal((await maker.get(`/api/store/submissions/${id}`)).json.status, 'APPROVED');
  });
});

describe('the audit trail', () => {
  it('is found by person, app, kind and day', async () => {
    const one = await signUp(server);
    await event(() => own(one), 'account.sign_up');
    const today = new Date().toISOString().slice(0, 10);
    for (const query of [{ person: one.who.email }, { person: one.user.id, event: 'account.sign_up' }, { person: one.user.id, from: today, to: today }]) {
      const answer = await admin.get('/admin/audit', { query });
      assert.equal(answer.status, 200, answer.text);
      assert.match(textOf(answer.text), /Made an account/);
      assert.ok(!textOf(answer.text.split('<ul class="items events">')[1]).includes(maker.who.email), JSON.stringify(query));
    }
    for (const query of [{ person: one.user.id, to: '2020-01-01' }, { person: 'nobody@example.org' }, { person: one.user.id, event: 'app.disabled' }])
      assert.match(textOf((await admin.get('/admin/audit', { query })).text), /Nothing/, JSON.stringify(query));
    assert.match(textOf((await admin.get('/admin/audit', { query: { app: app.client_id } })).text), /App: Agent <i>Planner/);
    for (const query of [{ from: '31.1.2026' }, { to: 'x' }, { event: 'nonsense' }]) {
      const answer = await admin.get('/admin/audit', { query });
      assert.equal(answer.status, 400, JSON.stringify(query));
      assert.match(answer.text, /role="alert"/);
      for (const value of Object.values(query).filter((v) => v !== 'nonsense'))
        assert.ok(answer.text.includes(`value="${value}"`), 'what was typed is kept');
    }
  });

  it('comes in pages, and as a table that no spreadsheet takes for formulas', async () => {
    const one = await signUp(server);
    const agents = ['=HYPERLINK("http://evil.example")', '+1', '-1', '@SUM(A1)', 'plain, "quoted"'];
    for (const agent of agents)
      assert.equal((await one.post('/api/auth/user/name', { json: { name: 'x' }, headers: { 'user-agent': agent } })).status, 200);
    for (let i = 0; i < 52; i++)
      await one.post('/api/auth/user/name', { json: { name: `n${i}` } });
    await event(() => own(one), 'account.profile', (e) => e.user_agent === agents.at(-1)).catch(() => {});
    await sealed(server);
    const first = await admin.get('/admin/audit', { query: { person: one.user.id } });
    const next = /href="([^"]*cursor=[^"]*)"/.exec(first.text)[1].replaceAll('&amp;', '&');
    assert.match(next, /person=/, 'the next page asks for the same');
    assert.match(textOf((await admin.get(next)).text), /Made an account/);
    const csv = await admin.get('/admin/audit.csv', { query: { person: one.user.id, event: 'account.profile' } });
    assert.equal(csv.status, 200);
    assert.match(csv.headers['content-type'], /^text\/csv/);
    assert.match(csv.headers['content-disposition'], /attachment/);
    assert.match(csv.headers['cache-control'], /no-store/);
    const lines = csv.text.trimEnd().split('\r\n');
    assert.equal(lines.length, 1 + agents.length + 52);
    assert.match(lines[0], /^at,event,/);
    for (const agent of agents.slice(0, 4))
      assert.ok(csv.text.includes(`"'${agent.replaceAll('"', '""')}"`), agent);
    assert.ok(csv.text.includes('"plain, ""quoted"""'));
    assert.equal(lines.filter((line) => /(^|,)"?[=+@-]/.test(line.replace(/"(?:[^"]|"")*"/g, (cell) => cell.slice(0, 2)))).length, 0);
    assert.ok(lines.slice(1).every((line) => line.includes(one.user.id)));
    assert.equal((await admin.get('/admin/audit.csv?from=x')).status, 400);
    assert.equal((await maker.get('/admin/audit.csv')).status, 403);
    assert.match(await words('/admin/audit?event=admin.audit_exported'), /exported|Nothing/);
  });
});

describe('health', () => {
  it('tells nodes, versions, what waits and the last clean-up', async () => {
    assert.match(await words('/admin/health'), /None has ended yet/);
    const done = await server.run('gatehouse', ['cleanup']);
    assert.equal(done.code, 0, done.stderr);
    const text = await words('/admin/health');
    assert.match(text, /Node \d+ This one Version \d+\.\d+\.\d+, started/);
    assert.match(text, engine === 'postgres' ? /Database PostgreSQL \d+/ : /Database SQLite 3\.\d+/);
    for (const part of ['libuv', 'libcurl', 'libsodium', 'jansson'])
      assert.match(text, new RegExp(`${part} \\S*\\d+\\.\\d+`));
    assert.match(text, /Executions queued 0/);
    assert.match(text, /Last ended just now ; \d+ rows/);
    assert.match(text, /Commits since it started \d+/);
  });
});

describe('settings', () => {
  it('are shown with where they come from, but for secrets', async () => {
    const { text } = await admin.get('/admin/settings'), shown = textOf(text);
    for (const word of [secret, server.database.password].filter(Boolean))
      assert.ok(!text.includes(word), 'a secret is shown');
    assert.match(shown, /LLM_API_KEY Environment set, not shown/);
    assert.match(shown, /LLM_BASE_URL Environment http:\/\/127\.0\.0\.1:9\/v1/);
    assert.match(shown, /GATEHOUSE_WORKERS Environment 3/);
    assert.match(shown, /GATEHOUSE_DRAIN_SECONDS 0/);
    assert.match(shown, /ENCRYPTION_KEY none/);
    if (engine === 'postgres')
      assert.match(shown, /DATABASE_URL Environment postgres(ql)?:\/\//);
  });
});
