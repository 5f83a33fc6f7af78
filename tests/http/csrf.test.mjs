// What a session cookie opens is opened by this site's own pages only.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { card } from '../lib/expect.mjs';
import { encodeForm } from '../lib/browser.mjs';
import { authorizeBody, authorizeQuery, pkce } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, app, owner;
before(async () => {
  server = await Server.start();
  owner = await signUp(server);
  app = await server.createApp({ owner: owner.who.email });
});
after(() => server?.close());

const consentPage = (browser) => browser.page(`/auth/authorize?${encodeForm(authorizeQuery(app, pkce()))}`);
const authorizations = async () => (await server.sql('SELECT count(*) AS n FROM authorizations'))[0].n;
const membersOf = (page, button) => {
  const form = page.forms.find((f) => f.buttons.some((b) => button.test(b.text)));
  const pressed = form.buttons.find((b) => button.test(b.text));
  return { action: form.action ?? page.path, members: [...form.fields.map((f) => [f.name, f.value]), ...(pressed.name ? [[pressed.name, pressed.value]] : [])] };
};

// The hidden field that differs between two browsers and isn't the request's own: the form's token.
async function tokenField() {
  const one = await consentPage(await signUp(server)), other = await consentPage(await signUp(server));
  const a = membersOf(one, /authorize|allow/i).members, b = Object.fromEntries(membersOf(other, /authorize|allow/i).members);
  const own = new Set(['state', 'code_challenge', 'nonce']);
  const found = a.filter(([name, value]) => value !== b[name] && !own.has(name) && value.length >= 20 && !value.includes('code_challenge'));
  assert.equal(found.length, 1, `the form's token, among ${JSON.stringify(a)}`);
  return found[0][0];
}

describe('the consent form', () => {
  let field;
  before(async () => { field = await tokenField(); });

  for (const [what, change] of [
    ['without its token', () => undefined], ['with an empty token', () => ''], ['with a made-up token', () => 'A'.repeat(43)],
    ['with a token that was cut', (t) => t.slice(0, -1)], ['with a token that was changed', (t) => (t[0] === 'A' ? 'B' : 'A') + t.slice(1)]])
    it(`${what} grants nothing`, async () => {
      const person = await signUp(server), { action, members } = membersOf(await consentPage(person), /authorize|allow/i);
      const before = await authorizations();
      const changed = members.map(([n, v]) => [n, n === field ? change(v) : v]).filter(([, v]) => v !== undefined);
      card(await person.post(action, { form: changed }), 403);
      assert.equal(await authorizations(), before);
    });

  it("with another session's token grants nothing", async () => {
    const person = await signUp(server), stranger = await signUp(server);
    const { action, members } = membersOf(await consentPage(person), /authorize|allow/i);
    const foreign = Object.fromEntries(membersOf(await consentPage(stranger), /authorize|allow/i).members)[field];
    const before = await authorizations();
    card(await person.post(action, { form: members.map(([n, v]) => [n, n === field ? foreign : v]) }), 403);
    assert.equal(await authorizations(), before);
  });

  it('replayed in another browser of the same person grants nothing', async () => {
    const person = await signUp(server), elsewhere = await signIn(server, person.who);
    const { action, members } = membersOf(await consentPage(person), /authorize|allow/i);
    const before = await authorizations();
    card(await elsewhere.post(action, { form: members }), 403);
    assert.equal(await authorizations(), before);
  });

  it('made before the person signed in anew grants nothing', async () => {
    const person = await signUp(server);
    const { action, members } = membersOf(await consentPage(person), /authorize|allow/i);
    await signIn(server, person.who, person);
    const before = await authorizations();
    card(await person.post(action, { form: members }), 403);
    assert.equal(await authorizations(), before);
  });

  it("posted from another site's page grants nothing, even with its token", async () => {
    const person = await signUp(server), { action, members } = membersOf(await consentPage(person), /authorize|allow/i);
    const before = await authorizations();
    for (const headers of [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': null, origin: 'https://evil.example' }])
      assert.equal((await person.post(action, { form: members, headers })).status, 403);
    assert.equal(await authorizations(), before);
  });

  it('works as a browser sends it that tells no origin', async () => {
    const person = await signUp(server), { action, members } = membersOf(await consentPage(person), /authorize|allow/i);
    const answer = await person.post(action, { form: members, headers: { 'sec-fetch-site': null, origin: 'null' } });
    assert.equal(answer.status, 303, answer.text);
  });

  it('is not asked by GET', async () => {
    const person = await signUp(server), { action, members } = membersOf(await consentPage(person), /authorize|allow/i);
    const before = await authorizations();
    const answer = await person.get(`${action}${action.includes('?') ? '&' : '?'}${encodeForm(members)}`);
    assert.notEqual(answer.location?.searchParams.has('code'), true);
    assert.equal(await authorizations(), before);
  });
});

describe('login, sign-up and logout forms', () => {
  for (const [path, button] of [['/login', /log ?in/i], ['/signup', /sign ?up|create/i]])
    it(`${path} without its token signs nobody in`, async () => {
      const browser = server.browser();
      const form = (await browser.page(path)).forms.find((f) => f.buttons.some((b) => button.test(b.text)));
      const own = form.fields.filter((f) => f.type !== 'hidden').map((f) => [f.name, { email: owner.who.email, password: owner.who.password }[f.type] ?? '']);
      card(await browser.post(path, { form: own }), 403);
      assert.equal(await isSignedIn(browser), false);
    });

  it("/login with another browser's token signs nobody in", async () => {
    const victim = server.browser(), thief = server.browser();
    await victim.page('/login');
    const form = await thief.page('/login');
    const fields = form.forms[0].fields.map((f) => [f.name, { email: owner.who.email, password: owner.who.password }[f.type] ?? f.value]);
    card(await victim.post('/login', { form: fields }), 403);
    assert.equal(await isSignedIn(victim), false);
  });

  it('/logout sent twice, or by nobody who is signed in, ends where it would have: there is nothing left to protect', async () => {
    const browser = await signIn(server, owner.who), form = await browser.page('/logout');
    const send = () => browser.submit(form, /log ?out|sign out/i);
    assert.equal((await send()).status, 303);
    const again = await send();
    assert.equal(again.status, 303, again.text);
    assert.equal(again.headers.location, '/');
    const stranger = await server.browser().post('/logout', { form: { next: '//evil.example/' } });
    assert.equal(stranger.status, 303, stranger.text);
    assert.equal(stranger.headers.location, '/');
    assert.equal(stranger.cookies.some((c) => c.value && /gatehouse$/.test(c.name)), false, 'nobody is signed in by it');
  });

  it("/logout with a former session's token signs nobody out of the next", async () => {
    const browser = await signIn(server, owner.who), form = await browser.page('/logout');
    await signIn(server, owner.who, browser);
    card(await browser.submit(form, /log ?out|sign out/i), 403);
    assert.equal(await isSignedIn(browser), true);
  });

  it('/logout without its token signs nobody out', async () => {
    const browser = await signIn(server, owner.who);
    card(await browser.post('/logout', { form: {} }), 403);
    assert.equal(await isSignedIn(browser), true);
  });
});

describe('JSON calls with a session cookie', () => {
  const elsewhere = [['another origin', { origin: 'https://evil.example', 'sec-fetch-site': null }], ['a cross-site fetch', { origin: null, 'sec-fetch-site': 'cross-site' }],
    ['a same-site fetch', { origin: null, 'sec-fetch-site': 'same-site' }], ['an opaque origin', { origin: 'null', 'sec-fetch-site': null }],
    ["the own origin's look-alike", { origin: 'http://localhost', 'sec-fetch-site': null }]];

  for (const [what, headers] of elsewhere) {
    it(`from ${what}: authorize is refused`, async () => {
      const person = await signUp(server), before = await authorizations();
      const answer = await person.post('/api/oauth/authorize', { json: authorizeBody(app, pkce()), headers });
      assert.equal(answer.status, 403, answer.text);
      assert.equal(await authorizations(), before);
    });

    it(`from ${what}: login, logout and status are refused`, async () => {
      const person = await signIn(server, owner.who);
      assert.equal((await person.post('/api/auth/logout', { json: {}, headers })).status, 403);
      assert.equal(await isSignedIn(person), true);
      assert.equal((await tryLogin(server.browser(), owner.who, { headers })).status, 403);
      assert.equal((await person.send('PATCH', `/api/oauth/apps/${app.id}/status`, { json: { is_active: false }, headers })).status, 403);
    });
  }

  it('as a form or as plain text, which need no preflight, are refused', async () => {
    const person = await signUp(server), before = await authorizations();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await person.post('/api/oauth/authorize', { body: JSON.stringify(authorizeBody(app, pkce())), type,
        headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } });
      assert.ok([400, 403, 415].includes(answer.status), `${type}: ${answer.status}`);
    }
    assert.equal(await authorizations(), before);
  });

  it('of a program that sends neither Origin nor Fetch metadata are its own', async () => {
    const person = await signUp(server);
    const answer = await person.post('/api/oauth/authorize', { json: authorizeBody(app, pkce()), origin: false });
    assert.equal(answer.status, 200, answer.text);
  });
});
