// The authorization request at its edges: what counts as absent, what no page may answer, what must come back whole.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeForm } from '../lib/browser.mjs';
import { back, card, invalidField, page } from '../lib/expect.mjs';
import { authorizeBody, authorizeQuery, pkce } from '../lib/oauth.mjs';
import { signIn, signInOnPage, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const yes = /^\s*authorize/i;

let server, app;
before(async () => {
  server = await Server.start();
  app = await server.createApp({ scopes: ['IDENTITY', 'READ_GRAPH'] });
});
after(() => server?.close());

const path = (more = {}, of = app) => `/auth/authorize?${encodeForm(authorizeQuery(of, pkce(), more))}`;
const ask = async (json) => (await signUp(server)).post('/api/oauth/authorize', { json });

describe('prompt=none', () => {
  const faults = { 'an unknown scope': [{ scope: 'FLY' }, 'invalid_scope'], "a scope beyond the app's": [{ scope: 'DELETE_INTEGRATIONS' }, 'invalid_scope'],
    'no scope': [{ scope: undefined }, 'invalid_request'], 'no challenge': [{ code_challenge: undefined }, 'invalid_request'],
    'another response type': [{ response_type: 'token' }, 'unsupported_response_type'], 'another prompt beside it': [{ prompt: 'none consent' }, 'invalid_request'],
    'another prompt before it': [{ prompt: 'login none' }, 'invalid_request'] };
  for (const [what, [more, error]] of Object.entries(faults))
    it(`with ${what} is told to the app, never shown`, async () => {
      for (const who of [server.browser(), await signUp(server)])
        back(await who.page(path({ prompt: 'none', state: 's', ...more })), app, server.base, { error, state: 's', code: null });
    });

  it('to an app that must ask each time needs a person, granted or not', async () => {
    const any = await server.createApp({ isPublic: true, redirectUris: ['com.example.any:/cb'], scopes: ['IDENTITY'] });
    const person = await signUp(server);
    back(await person.page(path({ prompt: 'none' }, any)), any, server.base, { error: 'consent_required', code: null });
    await person.submit(await person.page(path({}, any)), yes);
    back(await person.page(path({ prompt: 'none' }, any)), any, server.base, { error: 'interaction_required', code: null });
  });

  it('shows a card all the same where the redirect URI is not known to be the app\'s', async () => {
    card(await (await signUp(server)).page(path({ prompt: 'none', redirect_uri: 'https://evil.example/' })));
  });
});

describe('prompt=login', () => {
  const login = (shown, browser, who) => browser.submit(shown, /log ?in/i, { email: who.email, password: who.password });

  for (const prompt of ['login', 'select_account', 'login consent', 'consent login'])
    it(`has a person sign in again who is signed in, and then goes on: ${prompt}`, async () => {
      const person = await signUp(server), state = 's é&=+';
      await person.submit(await person.page(path()), yes); // granted before: nothing else would be asked
      const sent = await person.page(path({ prompt, state, scope: 'IDENTITY' }));
      assert.equal(sent.status, 303);
      assert.equal(sent.location.pathname, '/login');
      const shown = await person.page(sent.headers.location);
      page(shown);
      assert.ok(shown.text.includes(person.who.email), 'who must sign in is named');
      assert.doesNotMatch(shown.text, /href="\/signup/);
      const wrong = await login(shown, person, { ...person.who, password: 'not this one' });
      page(wrong, 401);
      const old = new Map(person.cookies);
      const on = await login(shown, person, person.who);
      assert.equal(on.status, 303, on.text);
      assert.notDeepEqual(person.cookies, old, 'a new session');
      let answer = await person.page(on.headers.location);
      if (prompt.includes('consent')) {
        page(answer);
        answer = await person.submit(answer, yes);
      }
      const url = back(answer, app, server.base, { state });
      assert.ok(url.searchParams.get('code'));
    });

  it('asks nobody twice who was not signed in', async () => {
    const who = (await signUp(server)).who, browser = server.browser();
    const sent = await browser.page(path({ prompt: 'login' }));
    const on = await login(await browser.page(sent.headers.location), browser, who);
    page(await browser.page(on.headers.location));
  });

  it('gives no code while the person has not signed in, however often the app asks', async () => {
    const person = await signUp(server);
    await person.submit(await person.page(path()), yes);
    for (let i = 0; i < 3; i++)
      assert.equal((await person.page(path({ prompt: 'login' }))).location.pathname, '/login');
  });

  it('where there is no page is told to the app', async () => {
    const person = await signUp(server);
    back(await person.post('/api/oauth/authorize', { json: authorizeBody(app, pkce(), { prompt: 'login', state: 's' }) }), app, server.base, { error: 'login_required', state: 's', code: null });
  });

  for (const prompt of ['x', 'Login', 'create', 'login x', 'consent,login', 'consent  login'])
    it(`is not what an unknown value means: ${prompt}`, async () => {
      for (const who of [server.browser(), await signUp(server)])
        back(await who.page(path({ prompt, state: 's' })), app, server.base, { error: 'invalid_request', state: 's', code: null });
    });
});

describe('a parameter without a value counts as absent (RFC 6749 §3.1)', () => {
  for (const name of ['response_type', 'code_challenge_method', 'prompt'])
    it(name, async () => {
      const person = await signUp(server), shown = await person.page(path({ [name]: '' }));
      page(shown);
      assert.ok(back(await person.submit(shown, yes), app, server.base, {}).searchParams.get('code'));
    });

  it('state: the same whether somebody is asked or not', async () => {
    const person = await signUp(server), asked = path({ state: '' });
    const one = back(await person.submit(await person.page(asked), yes), app, server.base, {});
    const two = back(await person.page(asked), app, server.base, {});
    assert.equal(one.searchParams.has('state'), false);
    assert.equal(two.searchParams.has('state'), false);
  });
});

describe('a state', () => {
  for (const state of ['a\nb', 'a\r\nb', '\r'])
    it(`with a line end, which a form would not send back as it came, gets into no page: ${JSON.stringify(state)}`, async () => {
      const person = await signUp(server);
      assert.equal((await person.page(path({ state }))).status, 400);
      const answer = await person.post('/api/oauth/authorize', { json: authorizeBody(app, pkce(), { state }) });
      back(answer, app, server.base, { state });
    });

  for (const state of ['+', '%', '%2B+%20 ', '"\'<>&;', 'é\u{1F40E}漢', '=&=', '\\', 'a\tb', '\u0001\u001b\u007f', 'a'.repeat(2048)])
    it(`comes back byte for byte: ${state.slice(0, 20)}`, async () => {
      const person = await signUp(server), shown = await person.page(path({ state }));
      page(shown);
      back(await person.submit(shown, yes), app, server.base, { state });
      back(await person.page(path({ state })), app, server.base, { state });
      back(await person.page(path({ state, scope: 'IDENTITY', response_type: 'x' })), app, server.base, { state, error: 'unsupported_response_type' });
      back(await person.post('/api/oauth/authorize', { json: authorizeBody(app, pkce(), { state }) }), app, server.base, { state });
    });
});

describe('the JSON door', () => {
  for (const field of ['redirect_uri', 'state', 'code_challenge'])
    it(`tells of a missing ${field} before it looks for the app`, async () => {
      invalidField(await ask(authorizeBody(app, pkce(), { client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA', [field]: undefined })), field);
    });

  it('tells of missing scopes before it looks for the app', async () => {
    const body = authorizeBody(app, pkce(), { redirect_uri: 'https://evil.example/' });
    delete body.scopes;
    invalidField(await ask(body), 'scopes');
  });

  for (const scopes of [['IDENTITY READ_GRAPH'], ['IDENTITY', 'READ_GRAPH '], [' ']])
    it(`takes each item of scopes for one name: ${JSON.stringify(scopes)}`, async () => {
      const answer = await ask({ ...authorizeBody(app, pkce(), { state: 's' }), scopes });
      assert.equal(answer.status, 200, answer.text);
      const url = back(answer, app, server.base, { error: 'invalid_scope', state: 's', code: null });
      assert.match(url.searchParams.get('error_description'), /^Invalid scope: '.* .*|^Invalid scope: ' '/);
    });

  for (const scopes of ['IDENTITY', { a: 1 }, 5, [1], [null], [['IDENTITY']], null])
    it(`refuses scopes that are no list of names: ${JSON.stringify(scopes)}`, async () => {
      invalidField(await ask({ ...authorizeBody(app, pkce()), scopes }), 'scopes');
    });
});

describe('an app that may not use codes', () => {
  it('is told so, and nobody is asked', async () => {
    const other = await server.createApp(), person = await signUp(server);
    await server.sql(`UPDATE apps SET grant_types = 'refresh_token' WHERE client_id = '${other.client_id}'`);
    back(await person.page(path({ state: 's' }, other)), other, server.base, { error: 'unauthorized_client', state: 's', code: null });
    back(await person.post('/api/oauth/authorize', { json: authorizeBody(other, pkce(), { state: 's' }) }), other, server.base, { error: 'unauthorized_client', state: 's' });
  });
});

describe('a request that meets nobody who is signed in', () => {
  it('comes back whole after signing in, also a long one', async () => {
    const who = (await signUp(server)).who;
    for (const state of ['x'.repeat(2048), 'é'.repeat(400), '/'.repeat(1300)]) {
      const person = server.browser(), asked = path({ state }), first = await person.page(asked);
      assert.equal(first.status, 303);
      assert.equal((await signInOnPage(person, who, first.headers.location)).headers.location, asked);
    }
  });

  it('is refused at once when it is too long to come back to, never forgotten', async () => {
    for (const state of ['é'.repeat(1000), '\u{1F40E}'.repeat(500)]) {
      const answer = await server.browser().page(path({ state }));
      card(answer);
      assert.match(answer.text, /too long/);
    }
  });

  it('and is the form of a page that outlived its session leads back to the question', async () => {
    const person = await signUp(server), shown = await person.page(path({ state: 'é &+"', prompt: 'consent' }));
    const elsewhere = Object.assign(server.browser(), { cookies: new Map(person.cookies) });
    assert.equal((await elsewhere.post('/api/auth/logout', { json: {} })).status, 200);
    const answer = await person.submit(shown, yes);
    assert.equal(answer.status, 303);
    assert.equal(answer.location.pathname, '/login');
    const next = (await signInOnPage(person, person.who, answer.headers.location)).headers.location;
    assert.doesNotMatch(next, /csrf|decision/);
    const again = await person.page(next);
    page(again);
    back(await person.submit(again, yes), app, server.base, { state: 'é &+"' });
  });
});

describe('between the page and the answer', () => {
  it('an app that was disabled gets nothing', async () => {
    const other = await server.createApp(), person = await signUp(server), shown = await person.page(path({}, other));
    await server.sql(`UPDATE apps SET is_active = FALSE WHERE client_id = '${other.client_id}'`);
    card(await person.submit(shown, yes));
    card(await person.submit(shown, /deny/i));
  });

  it('a person who was replaced by another in a second tab grants nothing', async () => {
    const person = await signUp(server), other = (await signUp(server)).who, shown = await person.page(path());
    await signIn(server, other, person);
    card(await person.submit(shown, yes), 403);
    assert.equal((await server.sql(`SELECT count(*) AS n FROM consents c JOIN users u ON u.id = c.user_id WHERE u.email = '${other.email}'`))[0].n, 0);
  });

  it('a decision that is neither yes nor no is refused', async () => {
    const person = await signUp(server), shown = await person.page(path());
    for (const decision of ['', 'maybe', 'ALLOW', 'allow '])
      card(await person.post('/auth/authorize', { form: [...shown.forms[0].fields.map((f) => [f.name, f.value]), ['decision', decision]] }));
  });
});
