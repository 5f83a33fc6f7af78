// Who did what, with which app or key, from where and when: one event for each act, through the real door.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BLOCKS, GRAPH_SCOPES, calculator, graph, link, made, node, withKey } from '../lib/agents.mjs';
import { all, event, own, page, sealed, until } from '../lib/audit.mjs';
import { authorizeJson, grant, grantCode, me, pkce, redeem, refresh, revoke, token } from '../lib/oauth.mjs';
import { signIn, signInOnPage, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

describe('the audit trail', () => {
  let server, admin;
  before(async () => {
    server = await Server.start({ GATEHOUSE_TRUSTED_PROXIES: '127.0.0.0/8' });
    admin = await signIn(server, await server.createUser({ admin: true }));
  });
  after(() => server?.close());

  const person = () => signUp(server);
  const seen = (browser) => () => own(browser);
  const nothingRefused = (e) => e.outcome === 'done';

  it('tells of signing up, in and out, with address, User-Agent and request id', async () => {
    const who = someone(), browser = server.browser({ address: '127.9.9.9' });
    const answer = await browser.post('/api/auth/signup', { json: who, headers: { 'user-agent': `Test/1 ${'x'.repeat(300)}` } });
    assert.equal(answer.status, 200, answer.text);
    const up = await event(seen(browser), 'account.sign_up'), session = await event(seen(browser), 'session.sign_in');
    assert.equal(up.user_id, answer.json.id);
    assert.equal(up.by, 'person');
    assert.equal(up.ip, '127.9.9.9');
    assert.match(up.user_agent, /^Test\/1 x+$/);
    assert.equal(up.user_agent.length, 120, 'shortened');
    assert.equal(up.request_id, answer.headers['x-request-id']);
    assert.ok(Math.abs(Date.parse(up.at) - Date.now()) < 60_000);
    assert.equal(up.actor_id, null);
    assert.ok(session.session_id);
    assert.equal((await browser.post('/api/auth/logout', { json: {} })).status, 200);
    const again = await signIn(server, who);
    const out = await event(seen(again), 'session.sign_out');
    assert.equal(out.session_id, session.session_id);
  });

  it('tells of the session that a new sign-in ends', async () => {
    const browser = await person();
    const first = await event(seen(browser), 'session.sign_in');
    await signIn(server, browser.who, browser);
    assert.equal((await event(seen(browser), 'session.ended')).session_id, first.session_id);
  });

  it('takes the address that trusted proxies tell of', async () => {
    const browser = await person();
    await tryLogin(server.browser(), browser.who, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    assert.ok((await event(seen(browser), 'session.sign_in', (e) => e.ip === '203.0.113.9')));
  });

  it('tells the person of wrong passwords, and of nobody what was typed', async () => {
    const browser = await person(), typed = 'my-secret-typed-wrongly@example.org';
    for (const on of [tryLogin, signInOnPage])
      await on(server.browser({ address: '127.8.8.8' }), { ...browser.who, password: 'not the one at all' });
    const wrong = await event(seen(browser), 'session.sign_in_failed', (e) => e.count === 2 || e.count === 1);
    assert.equal(wrong.outcome, 'refused');
    assert.equal(wrong.reason, 'WRONG_PASSWORD');
    assert.equal(wrong.by, 'nobody');
    assert.equal(wrong.ip, '127.8.8.8');
    await until(seen(browser), (list) => list.filter((e) => e.event === 'session.sign_in_failed').reduce((n, e) => n + e.count, 0) === 2, 'both are counted');
    await tryLogin(server.browser({ address: '127.8.8.7' }), { email: typed, password: 'whatever it was' });
    const nobody = await event(() => all(admin, { event: 'session.sign_in_failed' }), 'session.sign_in_failed', (e) => e.ip === '127.8.8.7');
    assert.equal(nobody.user_id, null);
    assert.equal(nobody.detail, 'nobody who may sign in');
    assert.ok(!JSON.stringify(await all(admin)).includes('my-secret-typed'));
  });

  it('tells of too many guesses, and of an address that is taken', async () => {
    const browser = await person(), stranger = server.browser();
    for (let i = 0; i < 12; i++)
      await tryLogin(stranger, { ...browser.who, password: `guess number ${i}` });
    assert.ok(await event(seen(browser), 'session.sign_in_throttled'));
    await server.browser().post('/api/auth/signup', { json: { ...browser.who, password: 'another long password' } });
    const taken = await event(seen(browser), 'account.sign_up_refused');
    assert.equal(taken.reason, 'EMAIL_TAKEN');
  });

  it('tells of a consent, a code, its exchange, a refresh and a revocation, each with the app', async () => {
    const browser = await person(), app = await server.createApp({ name: 'Ledger' });
    const tokens = await grant(browser, app);
    const next = await refresh(server.browser({ address: '127.7.7.7' }), app, tokens.refresh_token);
    assert.equal(next.status, 200);
    await revoke(browser, app, next.json.access_token);
    await revoke(browser, app, next.json.refresh_token);
    await until(seen(browser), (list) => list.filter((e) => e.event === 'grant.revoked').length === 2, 'both revocations');
    const list = (await own(browser)).reverse().filter((e) => e.app_id === app.id);
    assert.deepEqual(list.map((e) => e.event),
      ['consent.granted', 'grant.authorization', 'grant.code', 'grant.refresh', 'grant.revoked', 'grant.revoked']);
    assert.ok(list.every(nothingRefused));
    assert.ok(list.every((e) => e.app.client_id === app.client_id && e.app.name === 'Ledger'));
    assert.deepEqual(list.map((e) => e.by), ['person', 'person', 'app', 'app', 'app', 'app']);
    assert.equal(list[0].detail, 'IDENTITY READ_GRAPH');
    assert.equal(list[3].ip, '127.7.7.7');
    assert.equal(new Set(list.slice(2).map((e) => e.authorization_id)).size, 1, 'one family');
  });

  it('tells of refused consent, bad grants, spent codes and tokens, and wrong secrets', async () => {
    const browser = await person(), app = await server.createApp({ scopes: ['IDENTITY'] });
    const proof = pkce(), form = await browser.page(`/auth/authorize?${new URLSearchParams({ response_type: 'code', client_id: app.client_id,
      redirect_uri: app.redirectUri, scope: 'IDENTITY', state: 'x', code_challenge: proof.challenge, code_challenge_method: 'S256' })}`);
    await browser.submit(form, /deny|cancel|no/i);
    assert.equal((await event(seen(browser), 'consent.refused')).app.name, app.name);

    const code = await grantCode(browser, app);
    assert.equal((await redeem(browser, app, { ...code, verifier: pkce().verifier })).status, 400);
    const bad = await event(seen(browser), 'grant.refused');
    assert.equal(bad.reason, 'CODE_VERIFIER');
    assert.equal(bad.outcome, 'refused');
    assert.equal((await redeem(browser, app, code)).status, 200);
    assert.equal((await redeem(browser, app, code)).status, 400);
    assert.ok(await event(seen(browser), 'grant.code_reused'));

    const tokens = await grant(browser, app), turned = await refresh(browser, app, tokens.refresh_token);
    await refresh(browser, app, turned.json.refresh_token);
    assert.equal((await refresh(browser, app, tokens.refresh_token)).status, 400);
    assert.ok(await event(seen(browser), 'grant.refresh_reused'));
    assert.equal((await refresh(browser, app, 'agpt_rt_unknown')).status, 400);
    assert.equal((await token(browser, { ...app, client_secret: 'agpt_secret_wrong' }, { grant_type: 'refresh_token', refresh_token: 'x' })).status, 401);
    const client = await event(() => all(admin, { app: app.client_id }), 'client.refused');
    assert.equal(client.reason, 'INVALID_CLIENT');
    assert.ok(await event(() => all(admin, { app: app.client_id }), 'grant.refused', (e) => e.reason === 'REFRESH_UNKNOWN' && e.user_id === null));
  });

  it('tells of calls by known callers that were refused: scopes, dead tokens, administrators\' doors', async () => {
    const browser = await person(), app = await server.createApp({ scopes: ['READ_GRAPH'] });
    const tokens = await grant(browser, app);
    assert.equal((await me(browser, tokens.access_token)).status, 403);
    const scope = await event(seen(browser), 'access.refused');
    assert.equal(scope.reason, 'MISSING_SCOPE');
    assert.equal(scope.detail, '/external-api/v1/me');
    assert.equal(scope.app.client_id, app.client_id);
    await revoke(browser, app, tokens.access_token);
    assert.equal((await me(browser, tokens.access_token)).status, 401);
    assert.ok(await event(seen(browser), 'access.refused', (e) => e.reason === 'TOKEN_REVOKED'));
    assert.equal((await browser.get('/api/admin/audit')).status, 403);
    assert.ok(await event(seen(browser), 'access.refused', (e) => e.reason === 'NOT_ADMINISTRATOR'));
  });

  it('tells of every change of an API key, and of what is done with one', async () => {
    const browser = await person();
    const made = (await browser.post('/api/api-keys', { json: { name: 'Night', permissions: ['IDENTITY', 'WRITE_GRAPH', 'WRITE_LIBRARY', 'READ_GRAPH', 'EXECUTE_BLOCK'] } })).json;
    const id = made.api_key.id, key = { headers: { 'x-api-key': made.plain_text_key }, cookies: false, origin: false };
    server.canary.add(made.plain_text_key, 'API key');
    const graph = await browser.post('/external-api/v1/graphs', { ...key, json: calculator() });
    await browser.send('PUT', `/api/api-keys/${id}/permissions`, { json: { permissions: ['IDENTITY'] } });
    await browser.send('PATCH', `/api/api-keys/${id}`, { json: { name: 'Day' } });
    await browser.post(`/api/api-keys/${id}/suspend`, { json: {} });
    await browser.post(`/api/api-keys/${id}/activate`, { json: {} });
    await browser.send('DELETE', `/api/api-keys/${id}`);
    const list = (await own(browser)).reverse().filter((e) => e.event.startsWith('key.'));
    assert.deepEqual(list.map((e) => e.event),
      ['key.created', 'key.permissions', 'key.described', 'key.suspended', 'key.activated', 'key.revoked']);
    assert.ok(list.every((e) => e.api_key.id === id && e.api_key.name === 'Day' && e.api_key.head === made.api_key.head && e.by === 'person'));
    assert.equal(list[1].detail, 'IDENTITY');
    assert.equal(graph.status, 201, graph.text);
    const stored = await event(seen(browser), 'graph.created');
    assert.equal(stored.subject, graph.json.id);
    assert.equal(stored.by, 'api_key');
    assert.equal(stored.api_key.id, id);
    const deleted = (await browser.post('/api/api-keys', { json: { name: 'b', permissions: ['WRITE_GRAPH', 'WRITE_LIBRARY'] } })).json.plain_text_key;
    server.canary.add(deleted, 'API key');
    await browser.send('DELETE', `/external-api/v1/graphs/${graph.json.id}`, { headers: { 'x-api-key': deleted }, cookies: false, origin: false });
    assert.equal((await event(seen(browser), 'graph.deleted')).subject, graph.json.id);
  });

  it('tells whose key it was that is suspended, revoked, or of somebody who was disabled', async () => {
    const browser = await person(), made = (await browser.post('/api/api-keys', { json: { name: 'Old', permissions: ['IDENTITY'] } })).json;
    const text = made.plain_text_key, id = made.api_key.id;
    server.canary.add(text, 'API key');
    const call = (key) => server.browser().get('/external-api/v1/me', { headers: { 'x-api-key': key }, cookies: false, origin: false });
    const refused = (n) => until(() => own(browser, { event: 'access.refused' }), (list) => list.reduce((sum, e) => sum + e.count, 0) === n, `${n} refusals`);
    assert.equal((await call(text)).status, 200);
    await browser.post(`/api/api-keys/${id}/suspend`, { json: {} });
    assert.equal((await call(text)).status, 401);
    const [first] = await refused(1);
    assert.deepEqual([first.api_key.id, first.reason, first.by, first.detail], [id, 'API_KEY', 'nobody', '/external-api/v1/me']);
    await browser.send('DELETE', `/api/api-keys/${id}`);
    assert.equal((await call(text)).status, 401);
    await refused(2);
    const head = text.slice(0, 8), tail = text.slice(-8); // what anybody may have seen of it is not the key
    assert.equal((await call(`${head}${'x'.repeat(text.length - 16)}${tail}`)).status, 401);
    const other = await person(), second = (await other.post('/api/api-keys', { json: { name: 'b', permissions: ['IDENTITY'] } })).json.plain_text_key;
    server.canary.add(second, 'API key');
    assert.equal((await server.run('gatehouse', ['user', 'disable', '--email', other.who.email])).code, 0);
    assert.equal((await call(second)).status, 401);
    assert.ok(await event(() => all(admin, { person: other.who.email }), 'access.refused', (e) => e.reason === 'API_KEY'));
    await refused(2);
  });

  it('tells of runs: started, stopped, reviewed, and of blocks by themselves', async () => {
    const browser = await person(), api = await withKey(server, browser, [...GRAPH_SCOPES, 'EXECUTE_BLOCK']);
    const agent = await made(api, graph([node('in', 'input', { name: 'In' }), node('ask', 'review', { name: 'Look' })], [link('in', 'result', 'ask', 'data')]));
    const start = async () => (await api.post(`/graphs/${agent.id}/execute/1`, { node_input: { In: 1 } })).json.id;
    const id = await start();
    const started = await event(seen(browser), 'execution.started');
    assert.deepEqual([started.subject, started.by], [id, 'api_key']);
    const waits = () => server.sql(`SELECT number FROM node_executions WHERE execution_id = '${id}' AND status = 'REVIEW'`);
    const [row] = await until(waits, (rows) => rows.length === 1, 'no review');
    assert.equal((await api.post(`/graphs/${agent.id}/executions/${id}/review/${row.number}`, { approved: true })).status, 200);
    assert.equal((await event(seen(browser), 'execution.reviewed')).subject, id);
    const other = await start();
    assert.equal((await api.post(`/graphs/${agent.id}/executions/${other}/stop`)).status, 200);
    assert.equal((await event(seen(browser), 'execution.stopped')).subject, other);
    assert.equal((await api.post(`/blocks/${BLOCKS.calculator}/execute`, { operation: 'Add', a: 1, b: 2 })).status, 200);
    const ran = await event(seen(browser), 'block.executed');
    assert.deepEqual([ran.subject, ran.by, ran.outcome], [BLOCKS.calculator, 'api_key', 'done']);
  });

  it('tells of runs that a schedule started', async () => {
    const browser = await person(), api = await withKey(server, browser), agent = await made(api, calculator());
    const schedule = await api.post(`/graphs/${agent.id}/schedules`, { name: 'Often', cron: '0 0 1 1 *', timezone: 'UTC', inputs: { In: 1 } });
    assert.equal(schedule.status, 200, schedule.text);
    await server.sql(`UPDATE schedules SET next_run = ${Date.now() - 1000} WHERE id = '${schedule.json.id}'`);
    const started = await event(seen(browser), 'execution.started');
    assert.deepEqual([started.by, started.user_id, started.ip], ['server', browser.user.id, null]);
    assert.equal((await event(seen(browser), 'schedule.created')).subject, schedule.json.id);
  });

  it('tells of what operators do at the command line', async () => {
    const who = await server.createUser({ name: 'Eve' });
    for (const what of ['disable', 'enable'])
      assert.equal((await server.run('gatehouse', ['user', what, '--email', who.email])).code, 0);
    const made = await server.run('gatehouse', ['user', 'set-password', '--email', who.email, '--generate-password', '--json']);
    server.canary.add(JSON.parse(made.stdout).password, 'password');
    for (const what of [['cleanup'], ['audit', 'export']])
      assert.equal((await server.run('gatehouse', what)).code, 0);
    const of = (await all(admin, { person: who.email })).reverse();
    assert.deepEqual(of.map((e) => e.event), ['admin.user_created', 'admin.user_disabled', 'admin.user_enabled', 'admin.user_password']);
    assert.ok(of.every((e) => e.by === 'command' && e.email === who.email && e.ip === null));
    assert.match(of[1].user_agent, /^gatehouse user disable \(user \d+\)$/);
    for (const name of ['admin.cleanup', 'admin.audit_exported', 'app.registered'])
      assert.ok(await event(() => all(admin, { event: name }), name));
    const browser = await signIn(server, { ...who, password: JSON.parse(made.stdout).password });
    const mine = (await own(browser)).find((e) => e.event === 'admin.user_disabled');
    assert.equal(mine.user_agent, null, 'where the operator sat is not the person\'s to know');
  });

  it('shows people their own only', async () => {
    const one = await person(), other = await person();
    await sealed(server);
    for (const browser of [one, other])
      assert.ok((await own(browser)).every((e) => e.user_id === browser.user.id));
    assert.ok((await own(one, { person: other.user.id })).every((e) => e.user_id === one.user.id));
    assert.equal((await server.browser().get('/api/audit')).status, 401);
    for (const path of ['/api/admin/audit', '/api/admin/audit/export'])
      assert.equal((await one.get(path)).status, 403);
  });

  it('gives pages that neither repeat nor leave out, sealed or not', async () => {
    const browser = await person(), app = await server.createApp();
    let { refresh_token } = await grant(browser, app);
    for (let i = 0; i < 40; i++)
      ({ refresh_token } = (await refresh(browser, app, refresh_token)).json);
    const ids = [];
    let cursor;
    for (let pages = 0; pages < 40; pages++) {
      const { items, next } = await page(browser, { limit: 3, cursor });
      ids.push(...items.map((e) => e.id));
      if (next === null)
        break;
      cursor = next;
    }
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, (await own(browser)).length);
    assert.equal((await own(browser, { event: 'grant.refresh' })).length, 40);
    await sealed(server);
    assert.equal((await own(browser, { event: 'grant.refresh' })).length, 40);
    assert.deepEqual((await own(browser)).map((e) => e.id), ids, 'newest first');
  });

  it('finds what is not indexed yet, and indexes it', async () => {
    const browser = await person();
    await sealed(server);
    const before = await own(browser);
    assert.ok(before.length > 0);
    await server.sql('DELETE FROM audit_recent; DELETE FROM audit_blocks');
    assert.deepEqual(await own(browser), before);
    await person();
    await until(async () => Number((await server.sql('SELECT (SELECT COUNT(*) FROM audit_segments) - (SELECT COUNT(*) FROM audit_recent) AS n'))[0].n),
      (n) => n === 0, 'not indexed');
    assert.deepEqual(await own(browser), before);
  });

  it('holds time ranges, and refuses what it cannot read, naming the parameter', async () => {
    const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
    assert.deepEqual(await all(admin, { until: iso(Date.now() - 3600_000) }), []);
    assert.deepEqual(await all(admin, { since: iso(Date.now() + 3600_000) }), []);
    assert.ok((await all(admin, { since: iso(Date.now() - 3600_000), until: iso(Date.now() + 3600_000) })).length > 50);
    for (const [name, value] of [['limit', '0'], ['limit', '201'], ['limit', 'x'], ['event', 'no.such'], ['since', 'yesterday'], ['until', '2026-13-01T00:00:00Z'],
      ['cursor', 'x'], ['cursor', '1.'], ['cursor', '99999999999999999999.1']]) {
      const answer = await admin.get(`/api/admin/audit?${name}=${value}`);
      assert.equal(answer.status, 400, `${name}=${value}: ${answer.text}`);
      assert.match(answer.json.detail, new RegExp(`^${name} must be`));
    }
    assert.deepEqual(await all(admin, { person: 'nobody@example.org' }), []);
    assert.ok((await all(admin, { until: '2100-01-01T00:00:00Z' })).length > 50);
    assert.deepEqual(await all(admin, { since: '2100-01-01T00:00:00Z' }), []);
  });

  it('is exported as JSON lines, by command and by API alike', async () => {
    await sealed(server);
    const said = await server.run('gatehouse', ['audit', 'export']);
    const lines = said.stdout.trim().split('\n').map((l) => JSON.parse(l));
    assert.ok(lines.length > 100);
    assert.deepEqual(lines.map((l) => l.segment), lines.map((l) => l.segment).sort((a, b) => a - b));
    const answer = await admin.get('/api/admin/audit/export');
    assert.match(answer.headers['content-type'], /^application\/jsonl/);
    const got = answer.text.trim().split('\n');
    assert.deepEqual(got.slice(0, lines.length), said.stdout.trim().split('\n'));
    const later = await admin.get(`/api/admin/audit/export?since=${new Date(Date.now() + 3600_000).toISOString().replace(/\.\d+Z/, 'Z')}`);
    assert.equal(later.text, '');
    assert.ok(await event(() => all(admin, { event: 'admin.audit_exported' }), 'admin.audit_exported', (e) => e.user_id === admin.user.id));
    assert.ok(await event(() => all(admin, { event: 'admin.audit_read' }), 'admin.audit_read'));
  });

  it('keeps a flood of refusals within bounds, and counts what it drops', async () => {
    const browser = await person(), app = await server.createApp({ scopes: ['READ_GRAPH'] });
    const tokens = await grant(browser, app);
    await Promise.all(Array.from({ length: 500 }, () => me(browser, tokens.access_token)));
    await until(() => own(browser, { event: 'access.refused' }), (list) => list.reduce((n, e) => n + e.count, 0) === 500, 'all are counted');
    assert.ok((await own(browser, { event: 'access.refused' })).length < 60, 'folded');
    const addresses = Array.from({ length: 600 }, (_, i) => `198.51.${i >> 8}.${i & 255}`);
    await Promise.all(addresses.map((ip) => me(browser, tokens.access_token, { headers: { 'x-forwarded-for': ip } })));
    const sum = (list) => list.reduce((n, e) => n + e.count, 0);
    const kept = async () => {
      const list = [];
      for (let cursor; ;) {
        const { items, next } = await page(admin, { event: 'access.refused', person: browser.user.id, limit: 200, cursor }, '/api/admin/audit');
        list.push(...items);
        if (next === null)
          return list;
        cursor = next;
      }
    };
    await until(async () => sum(await kept()) + sum(await all(admin, { event: 'audit.dropped' })), (n) => n >= 1100, 'none is lost');
    assert.ok(sum(await all(admin, { event: 'audit.dropped' })) > 100);
  });

  // The last: nobody is signed in after it.
  it('tells of revoke-all', async () => {
    assert.equal((await server.run('gatehouse', ['revoke-all', '--yes', '--api-keys'])).code, 0);
    const again = server.browser();
    await signIn(server, admin.who, again);
    const of = await event(() => all(again, { event: 'admin.all_revoked' }), 'admin.all_revoked');
    assert.deepEqual([of.by, of.detail], ['command', 'API keys as well']);
  });
});
