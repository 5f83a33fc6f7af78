// Deleting one's account: what goes at once, what the clean-up removes, what stays, and who is refused.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, made, node, graph, withKey } from '../lib/agents.mjs';
import { makeAdmin, post } from '../lib/admin.mjs';
import { all, until } from '../lib/audit.mjs';
import { execute, run, until as untilRun } from '../lib/executions.mjs';
import { textOf } from '../lib/html.mjs';
import { multipart, png } from '../lib/images.mjs';
import { grant, introspect, me, refresh } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp, tryLogin } from '../lib/people.mjs';
import { connect, described, Provider, withProviders } from '../lib/providers.mjs';
import { offer, offered, profileOf, submitted } from '../lib/store.mjs';

const PATH = '/api/auth/user/delete';
const SCOPES = ['READ_GRAPH', 'WRITE_GRAPH', 'WRITE_LIBRARY', 'EXECUTE_GRAPH', 'MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'IDENTITY'];
let server, provider, broken, admin, app;
before(async () => {
  provider = await Provider.start();
  broken = await Provider.start();
  broken.revoke = (form, request, response) => response.writeHead(500).end();
  server = await withProviders({
    acme: { ...described(provider.url), title: 'Acme' }, broken: { ...described(broken.url), title: 'Broken Inc' },
  }, { EXTERNAL_OAUTH_CALLBACK_ORIGINS: 'http://localhost:3000' });
  admin = await makeAdmin(server);
  app = await server.createApp();
});
after(async () => {
  try {
    await server?.close();
  } finally {
    await provider?.stop();
    await broken?.stop();
  }
});

const remove = (person, password = person.who.password, options = {}) => person.post(PATH, { json: { password }, ...options });
const tables = { users: 'id', sessions: 'user_id', authorizations: 'user_id', consents: 'user_id', api_keys: 'user_id', graphs: 'user_id', library_agents: 'user_id',
  executions: 'user_id', agent_memories: 'user_id', credentials: 'user_id', schedules: 'user_id', connection_states: 'user_id', storage_used: 'user_id',
  notification_preferences: 'user_id', store_profiles: 'user_id', store_runs: 'user_id', store_reviews: 'user_id', app_credentials: 'user_id', apps: 'owner_id' };
// How many rows each table still has of somebody; those without any are left out.
async function left(id) {
  const counts = {};
  for (const [table, column] of Object.entries(tables)) {
    const n = Number((await server.sql(`SELECT COUNT(*) AS n FROM ${table} WHERE ${column} = '${id}'`))[0].n);
    if (n)
      counts[table] = n;
  }
  return counts;
}
async function cleanUp() {
  const ran = await server.run('gatehouse', ['cleanup', '--json']);
  assert.equal(ran.code, 0, ran.stderr);
  return JSON.parse(ran.stdout);
}
const count = async (table, where) => Number((await server.sql(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`))[0].n);

describe('an account with everything', () => {
  let person, id, other, api, grants, own, taken, logo, ranGraph, waiting;
  before(async () => {
    person = await signUp(server);
    id = person.user.id;
    other = await signUp(server);
    api = await withKey(server, person, SCOPES);
    grants = await grant(person, app);
    await profileOf(person, 'leaver');
    taken = await offered(person, api, admin, { slug: 'taken', name: 'Taken one' });
    await offered(person, api, admin, { slug: 'alone', name: 'Alone one' });
    const open = await made(api, calculator());
    await submitted(person, offer(open, { slug: 'open' }));
    const took = await other.post('/api/store/agents/leaver/taken/library');
    assert.ok([200, 201].includes(took.status), took.text);
    ranGraph = await made(api, calculator());
    await run(api, ranGraph, { In: 8 });
    const asks = await made(api, graph([node('ask', 'review', { name: 'Look', data: 1 })]));
    waiting = await execute(api, asks);
    await untilRun(api, asks, waiting, (r) => r.status === 'REVIEW');
    const scheduled = await person.post(`/api/graphs/${ranGraph.id}/schedules`, { json: { name: 'Hourly', cron: '0 * * * *', inputs: { In: 1 } } });
    assert.ok(scheduled.status < 300, scheduled.text);
    await connect(api, 'acme');
    await connect(api, 'broken');
    const stored = await person.post('/api/integrations/openai/credentials', { json: { type: 'api_key', title: 'Work', api_key: 'sk-of-nobody' } });
    assert.ok(stored.status < 300, stored.text);
    await person.post('/api/auth/user/preferences', { json: { email: person.who.email, preferences: { AGENT_RUN: false }, daily_limit: 2 } });
    own = await server.createApp({ owner: person.who.email });
    own.row = (await person.get('/api/oauth/apps/mine')).json[0];
    own.grants = await grant(other, own);
    await grant(other, app);
    await server.sql(`INSERT INTO app_credentials (user_id, app_id, credential_id, chosen_at) VALUES ('${other.user.id}', '${own.row.id}', 'x', 1)`);
    // more answers than the clean-up looks at at a time
    await server.sql(`INSERT INTO consents (user_id, app_id, scopes, granted_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      SELECT 'many-' || i, CASE WHEN i % 3 = 0 THEN '${app.id}' ELSE '${own.row.id}' END, 'IDENTITY', 1 FROM n`);
    const sent = await person.post(`/api/oauth/apps/${own.row.id}/logo/upload`, multipart([{ name: 'file', value: png(512), type: 'image/png', filename: 'l.png' }]));
    assert.equal(sent.status, 200, sent.text);
    logo = new URL((await person.get('/api/oauth/apps/mine')).json[0].logo_url).pathname;
    assert.equal((await other.get(logo)).status, 200);
  });

  it('is told what goes, in numbers, and what stays', async () => {
    const page = await person.page('/profile/delete'), text = textOf(page.text);
    assert.equal(page.status, 200);
    for (const part of [/API keys 1/, /Connected apps 1\b/, /Credentials 3\b/, /Own OAuth apps 1\b/, /Schedules 1\b/, /Store listings 2\b/, /Agents 5\b/, /audit trail for 365 days/i, /Within 6 hours/])
      assert.match(text, part);
    assert.match(textOf((await person.page('/profile')).text), /Delete your account/);
  });

  it('is refused with another password, which changes nothing and is on record', async () => {
    for (const password of ['not the right one', 'x'.repeat(1000)]) {
      const answer = await remove(person, password);
      assert.equal(answer.status, 422, answer.text);
      assert.match(answer.text, /This is not your password/);
    }
    assert.equal((await person.post(PATH, { json: {} })).status, 422);
    assert.equal((await person.post(PATH, { json: { password: 'x'.repeat(2000) } })).status, 422);
    assert.equal(await isSignedIn(person), true);
    await until(() => all(admin, { user: id, event: 'account.delete_refused' }), (items) => items.length > 0, 'the refusal');
  });

  it('is deleted with it, and its providers are told', async () => {
    const before = provider.to('/revoke').length;
    const answer = await remove(person);
    assert.deepEqual([answer.status, answer.json], [200, { deleted: true, not_revoked: ['Broken Inc'] }], answer.text);
    assert.ok(provider.to('/revoke').length > before, 'Acme was told');
    assert.ok(broken.to('/revoke').length > 0, 'Broken Inc was told, in vain');
    assert.match([answer.headers['set-cookie']].flat().join(), /Max-Age=0/i);
  });

  it('works nowhere any more', async () => {
    assert.equal(await isSignedIn(person), false);
    assert.equal((await tryLogin(server.browser(), person.who)).status, 401);
    assert.equal((await api.get('/me')).status, 401);
    assert.equal((await me(other, grants.access_token)).status, 401);
    assert.equal((await refresh(other, app, grants.refresh_token)).status, 400);
    assert.equal((await introspect(other, app, grants.access_token)).json.active, false);
    assert.equal((await remove(person)).status, 401, 'sent again');
  });

  it('takes its apps along, with their logos and everybody’s tokens', async () => {
    assert.equal((await me(other, own.grants.access_token)).status, 401);
    assert.equal((await refresh(other, own, own.grants.refresh_token)).status, 401);
    assert.equal((await other.get(logo)).status, 404);
    assert.equal(await count('app_logos', `app_id = '${own.row.id}'`), 0);
    assert.doesNotMatch((await other.page('/profile/connected-apps')).text, new RegExp(own.name));
  });

  it('leaves the store, but for what others took', async () => {
    const store = await withKey(server, other, ['READ_STORE', 'EXECUTE_GRAPH', 'READ_GRAPH']);
    for (const path of ['/store/agents/leaver/taken', '/store/agents/leaver/alone', '/store/creators/leaver'])
      assert.equal((await store.get(path)).status, 404, path);
    const found = await store.get('/store/agents?search_query=taken');
    assert.deepEqual(found.json.agents.map((a) => a.slug), []);
    await cleanUp();
    assert.equal((await run(store, taken.graph, { In: 8 })).status, 'COMPLETED');
    const again = await other.send('PUT', '/api/store/profile', { json: { username: 'leaver', name: 'Somebody else' } });
    assert.equal(again.status, 409, 'its name stays taken');
    assert.equal(await count('store_profiles', "username = 'leaver' AND (user_id IS NOT NULL OR name <> '' OR listings <> 0)"), 0);
    assert.equal(await count('store_versions', "name = 'Alone one'"), 0, 'what nobody took is gone');
  });

  it('leaves no row behind the clean-up, and no count', async () => {
    await cleanUp();
    assert.deepEqual(await left(id), {});
    assert.equal(await count('node_executions', `execution_id = '${waiting}'`), 0);
    assert.equal(await count('graph_versions', `graph_id = '${ranGraph.id}'`), 0);
    assert.equal(await count('storage_used', "user_id = '' OR bytes < 0"), 0);
    assert.deepEqual((await server.sql(`SELECT id FROM deleted_users WHERE id = '${id}'`)).map((r) => r.id), [id], 'it is remembered for a day');
    await server.age('deleted_users', ['deleted_at'], 86_500);
    await cleanUp();
    assert.equal(await count('deleted_users', `id = '${id}'`), 0);
  });

  it('leaves nothing of what others answered to its apps, and all that they answered to others', async () => {
    for (const table of ['consents', 'authorizations', 'app_credentials', 'imported_families'])
      assert.equal(await count(table, `app_id = '${own.row.id}'`), 0, table);
    assert.equal(await count('consents', `app_id = '${app.id}'`), 1001);
    assert.equal(await count('authorizations', `app_id = '${app.id}' AND user_id = '${other.user.id}'`), 1);
    assert.equal(await count('deleted_apps', `id = '${own.row.id}'`), 1, 'it is remembered for a day: a request of its that was under way may come after');
    await server.sql(`INSERT INTO consents (user_id, app_id, scopes, granted_at) VALUES ('late', '${own.row.id}', 'IDENTITY', 1)`);
    await server.age('deleted_apps', ['deleted_at'], 86_500);
    assert.equal((await cleanUp()).deleted_apps, 1);
    assert.equal(await count('consents', `app_id = '${own.row.id}'`), 0);
    assert.equal(await count('deleted_apps', 'deleted_at >= 0'), 0);
  });

  it('stays in the audit trail', async () => {
    const items = await until(() => all(admin, { user: id, event: 'account.deleted' }), (list) => list.length === 1, 'the event');
    assert.equal(items[0].event, 'account.deleted');
    assert.doesNotMatch(JSON.stringify(items), new RegExp(person.who.email));
  });

  it('leaves its address to a new account, which has nothing of it', async () => {
    const anew = await signUp(server, person.who);
    assert.notEqual(anew.user.id, id);
    assert.deepEqual((await anew.get('/api/api-keys')).json, []);
    assert.equal((await remove(anew)).status, 200);
  });
});

describe('deleting', () => {
  it('is refused to the last administrator, with the reason, and not to one of two', async () => {
    const answer = await remove(admin);
    assert.equal(answer.status, 409, answer.text);
    assert.match(answer.text, /last administrator/);
    const page = await admin.page('/profile/delete');
    assert.match(textOf(page.text), /last administrator/);
    assert.doesNotMatch(page.text, /name="password"/);
    const second = await makeAdmin(server);
    const [a, b] = [await makeAdmin(server), await signIn(server, second.who)];
    assert.deepEqual([(await remove(a)).status, (await remove(b)).status], [200, 200]);
    assert.equal((await remove(admin)).status, 409);
  });

  it('of two last administrators at the same instant leaves one', async () => {
    const second = await makeAdmin(server), statuses = (await Promise.all([remove(admin), remove(second)])).map((a) => a.status);
    assert.deepEqual(statuses.sort(), [200, 409]);
    if (!await isSignedIn(admin))
      admin = second;
    assert.equal(await count('users', 'is_admin'), 1);
  });

  it('is refused without a password, with the reason', async () => {
    const person = await signUp(server);
    await server.sql(`UPDATE users SET password_hash = '' WHERE id = '${person.user.id}'`);
    const answer = await remove(person, 'anything');
    assert.equal(answer.status, 409, answer.text);
    assert.match(answer.text, /has no password/);
    assert.match(textOf((await person.page('/profile/delete')).text), /has no password/);
  });

  it('limits guesses as signing in does', async () => {
    const person = await signUp(server), statuses = [];
    for (let i = 0; i < 30 && !statuses.includes(429); i++)
      statuses.push((await remove(person, `guess ${i}`)).status);
    assert.equal(statuses.at(-1), 429, statuses.join());
    assert.ok(Number((await remove(person)).headers['retry-after']) > 0);
    assert.equal(await isSignedIn(person), true);
  });

  it('happens once, however often it is sent at the same instant', async () => {
    const person = await signUp(server), answers = await Promise.all([1, 2, 3].map(() => remove(person)));
    const statuses = answers.map((a) => a.status);
    assert.equal(statuses.filter((s) => s === 200).length, 1, statuses.join());
    assert.ok(statuses.every((s) => [200, 401].includes(s)), statuses.join());
  });

  it('is for who is signed in, from this site', async () => {
    assert.equal((await server.browser().post(PATH, { json: { password: 'a password of nobody' } })).status, 401);
    const person = await signUp(server);
    assert.equal((await remove(person, undefined, { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } })).status, 403);
    assert.equal(await isSignedIn(person), true);
  });
});

describe('the page', () => {
  it('says beside the field what is wrong, and then good-bye', async () => {
    const person = await signUp(server);
    for (const [password, text] of [['', /Enter your password/], ['not mine at all', /This is not your password/]]) {
      const wrong = await post(person, '/profile/delete', { password });
      assert.equal(wrong.status, 400);
      assert.match(wrong.text, text);
      assert.doesNotMatch(wrong.text, /not mine at all/);
      assert.match(wrong.text, /aria-invalid="true"/);
    }
    const page = await person.page('/profile/delete'), csrf = /name="csrf" value="([^"]*)"/.exec(page.text)[1];
    const form = { csrf, password: person.who.password }, done = await person.post('/profile/delete', { form });
    assert.equal(done.status, 200, done.text);
    assert.match(textOf(done.text), /Your account is deleted/);
    const again = await person.post('/profile/delete', { form });
    assert.equal(again.status, 303);
    assert.match(again.headers.location, /^\/login/);
  });

  it('needs its form’s token', async () => {
    const person = await signUp(server);
    assert.equal((await person.post('/profile/delete', { form: { password: person.who.password } })).status, 403);
    assert.equal(await isSignedIn(person), true);
  });
});
