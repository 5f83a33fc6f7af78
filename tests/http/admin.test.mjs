// The pages under /admin: who gets there, and what administrators do with accounts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { event, own } from '../lib/audit.mjs';
import { elevate, makeAdmin } from '../lib/admin.mjs';
import { forms, heading, textOf } from '../lib/html.mjs';
import { isSignedIn, signIn, signUp, tryLogin } from '../lib/people.mjs';
import { onPostgres, Server } from '../lib/server.mjs';

let server, admin, person;
before(async () => {
  server = await Server.start({}, { ownClock: true });
  admin = await makeAdmin(server);
  person = await signUp(server);
});
after(() => server?.close());

const pages = ['/admin', '/admin/people', '/admin/apps', '/admin/submissions', '/admin/audit', '/admin/audit.csv', '/admin/health', '/admin/settings'];
const token = async (browser, id) =>
  forms((await browser.page(`/admin/people/${id}`)).text)[0].fields.find((f) => f.name === 'csrf').value;
const act = async (browser, id, action) =>
  browser.post(`/admin/people/${id}`, { form: { csrf: await token(browser, id), action } });
const row = async (id) => (await server.sql(`SELECT is_admin, is_active FROM users WHERE id = '${id}'`)).map((r) => [Number(r.is_admin), Number(r.is_active)])[0];

describe('who gets to /admin', () => {
  it('is nobody who is not signed in', async () => {
    for (const path of pages) {
      const answer = await server.browser().get(path);
      assert.equal(answer.status, 303, path);
      assert.equal(answer.location.pathname, '/login');
      assert.equal(answer.location.searchParams.get('next'), path);
    }
  });

  it('is nobody who is no administrator, with or without the password', async () => {
    for (const path of [...pages, '/admin/confirm', `/admin/people/${person.user.id}`]) {
      const answer = await person.get(path);
      assert.equal(answer.status, 403, path);
      assert.doesNotMatch(answer.text, new RegExp(admin.who.email));
    }
    assert.equal((await person.post('/admin/confirm', { form: { password: person.who.password } })).status, 403);
    assert.doesNotMatch((await person.get('/profile')).text, /href="\/admin"/);
  });

  it('is an administrator, once the password was entered again', async () => {
    const fresh = await signIn(server, admin.who);
    assert.match((await fresh.get('/profile')).text, /href="\/admin"/);
    const sent = await fresh.get('/admin/people?q=nora&state=');
    assert.equal(sent.status, 303);
    assert.equal(sent.location.pathname, '/admin/confirm');
    const page = await fresh.follow(sent);
    assert.equal(heading(page.text), 'Enter your password again');
    const wrong = await fresh.submit(page, /continue/i, { password: 'not the right one' });
    assert.equal(wrong.status, 400);
    assert.match(textOf(wrong.text), /This is not your password/);
    assert.equal((await fresh.get('/admin/people')).status, 303, 'a wrong one opens nothing');
    assert.equal((await fresh.submit(page, /continue/i, { password: '' })).status, 400);
    const before = new Map(fresh.cookies);
    const done = await fresh.submit(wrong, /continue/i, { password: admin.who.password });
    assert.equal(done.status, 303, done.text);
    assert.equal(done.location.pathname + done.location.search, '/admin/people?q=nora&state=');
    assert.equal((await fresh.follow(done)).status, 200);
    await event(() => own(fresh), 'session.confirmed');
    await event(() => own(fresh), 'session.confirm_failed');
    // a new session, and the one before it is over
    const old = server.browser();
    for (const [name, value] of before)
      old.cookies.set(name, value);
    assert.ok(!await isSignedIn(old));
  });

  it('leads to no other place', async () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example/']) {
      const fresh = await signIn(server, admin.who);
      const page = await fresh.page(`/admin/confirm?next=${encodeURIComponent(next)}`);
      const done = await fresh.submit(page, /continue/i, { password: admin.who.password });
      assert.equal(done.location.pathname, '/admin', next);
      assert.equal(done.location.origin, server.base);
    }
  });

  it('lasts for fifteen minutes, and no other session of the same person has it', async () => {
    const fresh = await signIn(server, admin.who), other = await signIn(server, admin.who);
    await elevate(fresh);
    assert.equal((await other.get('/admin')).status, 303);
    const page = await fresh.page(`/admin/people/${person.user.id}`);
    server.clock.advance(16 * 60_000);
    const late = await fresh.submit(page, /disable/i);
    assert.equal(late.status, 303);
    assert.equal(late.location.pathname, '/admin/confirm');
    assert.deepEqual(await row(person.user.id), [0, 1], 'nothing was done');
    const back = await fresh.submit(await fresh.follow(late), /continue/i, { password: admin.who.password });
    assert.equal((await fresh.follow(back)).status, 200, 'it leads to the page with the form');
    await elevate(admin);
  });

  it('is throttled as signing in is', async () => {
    const other = await makeAdmin(server, { elevated: false });
    other.cookies.delete('gatehouse_device');
    const page = await other.page('/admin/confirm');
    let last;
    for (let i = 0; i < 12 && last?.status !== 429; i++)
      last = await other.submit(page, /continue/i, { password: `guess ${i}` });
    assert.equal(last.status, 429);
    assert.ok(Number(last.headers['retry-after']) > 0);
    assert.match(textOf(last.text), /Too many attempts/);
    assert.equal((await other.submit(page, /continue/i, { password: other.who.password })).status, 429);
  });
});

describe('people', () => {
  it('are found by address, name and id, and by what they are', async () => {
    const who = await signUp(server, { email: 'Zoe.100%_real@example.org', password: 'a long walk at noon', name: 'Zoë <b>Ångström</b>' });
    for (const q of ['zoe.100', 'ZOE.100%_', 'ngstr', who.user.id, '100%_real']) {
      const answer = await admin.get('/admin/people', { query: { q } });
      assert.equal(answer.status, 200);
      assert.ok(answer.text.includes(`/admin/people/${who.user.id}`), q);
      assert.ok(!answer.text.includes(`/admin/people/${person.user.id}`), q);
      assert.ok(!answer.text.includes('<b>Ångström'), 'markup is inert');
    }
    for (const q of ['100%%real', 'nobody-has-this', "' OR 1=1 --"])
      assert.match(textOf((await admin.get('/admin/people', { query: { q } })).text), /Nobody fits/, q);
    const admins = await admin.get('/admin/people', { query: { state: 'admin' } });
    assert.ok(admins.text.includes(admin.user.id) && !admins.text.includes(person.user.id));
  });

  it('come in pages, each once', async () => {
    const rows = Array.from({ length: 52 }, (_, i) =>
      `('00000000-0000-4000-8000-0000000000${String(i).padStart(2, '0')}', 'crowd${i}@example.net', 'not-set', '', FALSE, TRUE, 1, 1)`);
    await server.sql(`INSERT INTO users (id, email, timezone, password_hash, is_admin, is_active, created_at, updated_at) VALUES ${rows.join(', ')}`);
    const seen = [];
    for (let path = '/admin/people?q=example.net'; path;) {
      const { text } = await admin.get(path);
      seen.push(...[...text.matchAll(/crowd\d+@example\.net/g)].map(([m]) => m));
      path = /href="([^"]*before=[^"]*)"/.exec(text)?.[1].replaceAll('&amp;', '&');
    }
    assert.equal(seen.length, 52);
    assert.equal(new Set(seen).size, 52);
  });

  it('are unknown by another id', async () => {
    for (const id of ['00000000-0000-4000-8000-00000000ffff', 'x', '..', '%00'])
      assert.ok([404, 400].includes((await admin.get(`/admin/people/${id}`)).status), id);
    assert.equal((await act(admin, person.user.id, 'explode')).status, 400);
    assert.equal((await admin.post(`/admin/people/${person.user.id}`, { form: { action: 'disable' } })).status, 403, 'without its token');
    assert.equal((await admin.post(`/admin/people/${person.user.id}`, { form: { action: 'disable' }, headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
    assert.deepEqual(await row(person.user.id), [0, 1]);
  });

  it('are disabled and enabled, at once and however often it is asked for', async () => {
    const one = await signUp(server), id = one.user.id;
    assert.equal((await act(admin, id, 'disable')).status, 303);
    assert.ok(!await isSignedIn(one));
    assert.equal((await tryLogin(server.browser(), one.who)).status, 401);
    assert.match(textOf((await admin.get(`/admin/people/${id}`)).text), /Disabled/);
    assert.equal((await act(admin, id, 'disable')).status, 303);
    assert.equal((await act(admin, id, 'enable')).status, 303);
    assert.equal((await act(admin, id, 'enable')).status, 303);
    const again = await signIn(server, one.who);
    const items = await own(again);
    await event(() => own(again), 'admin.user_enabled');
    assert.equal(items.filter((e) => e.event === 'admin.user_disabled').length, 1, 'what changes nothing is not on record');
    assert.equal(items.find((e) => e.event === 'admin.user_disabled').ip, null, 'where the administrator sat is not theirs to know');
  });

  it('lose their sessions', async () => {
    const one = await signUp(server), two = await signIn(server, one.who);
    assert.equal((await act(admin, one.user.id, 'end-sessions')).status, 303);
    assert.ok(!await isSignedIn(one) && !await isSignedIn(two));
    assert.match(textOf((await admin.get(`/admin/people/${one.user.id}`)).text), /Signed in nowhere/);
    await signIn(server, one.who);
  });

  it('become administrators, and are so no longer', async () => {
    const one = await signUp(server);
    assert.equal((await act(admin, one.user.id, 'make-admin')).status, 303);
    await elevate(one);
    assert.equal((await one.get('/admin')).status, 200);
    assert.equal((await act(admin, one.user.id, 'take-admin')).status, 303);
    assert.equal((await one.get('/admin')).status, 403);
    assert.ok(await isSignedIn(one));
  });

  it('never lose their last administrator', async () => {
    await server.sql(`UPDATE users SET is_admin = FALSE WHERE id <> '${admin.user.id}'`);
    const two = await signUp(server);
    await act(admin, two.user.id, 'make-admin');
    await act(admin, two.user.id, 'disable'); // one who may not sign in does not count
    for (const action of ['take-admin', 'disable']) {
      const answer = await act(admin, admin.user.id, action);
      assert.equal(answer.status, 409, action);
      assert.match(textOf(answer.text), /last administrator/);
      assert.deepEqual(await row(admin.user.id), [1, 1]);
    }
    await act(admin, two.user.id, 'enable');
    const other = await signIn(server, two.who);
    await elevate(other);
    // each takes the other away at the same moment
    for (let round = 0; round < 3; round++) {
      const tokens = await Promise.all([admin, other].map((browser) => token(browser, admin.user.id)));
      await Promise.all([[admin, other], [other, admin]].map(([browser, of], i) =>
        browser.post(`/admin/people/${of.user.id}`, { form: { csrf: tokens[i], action: 'take-admin' } })));
      const left = [await row(admin.user.id), await row(other.user.id)];
      assert.equal(left.filter(([isAdmin]) => isAdmin).length, 1, JSON.stringify(left));
      await server.sql(`UPDATE users SET is_admin = TRUE WHERE id IN ('${admin.user.id}', '${other.user.id}')`);
      await elevate(admin);
      await elevate(other);
    }
  });
});

describe('several nodes', onPostgres, () => {
  it('hold a disabled account at once', async () => {
    const node = await server.node();
    await node.up();
    try {
      const one = await signUp(server);
      const elsewhere = node.browser();
      for (const [name, value] of one.cookies)
        elsewhere.cookies.set(name, value);
      assert.ok(await isSignedIn(elsewhere));
      assert.equal((await act(admin, one.user.id, 'disable')).status, 303);
      assert.ok(!await isSignedIn(elsewhere));
    } finally {
      await node.close();
    }
  });
});
