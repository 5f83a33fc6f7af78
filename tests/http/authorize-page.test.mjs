// GET and POST /auth/authorize: the page where a person says yes or no.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeForm } from '../lib/browser.mjs';
import { back, card, page } from '../lib/expect.mjs';
import { textOf } from '../lib/html.mjs';
import { authorizeQuery, pkce, redeem } from '../lib/oauth.mjs';
import { isSignedIn, signInOnPage, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const yes = /^\s*(authorize|allow)/i, no = /deny/i;

let server, owner, app;
before(async () => {
  server = await Server.start();
  owner = await signUp(server, { email: 'maker@example.org', password: 'a maker of many apps', name: 'Mary Maker' });
  app = await server.createApp({ owner: owner.who.email, name: 'Paper <Plane> & "Co"', description: "Folds 'paper' <b>for you</b>",
    scopes: ['IDENTITY', 'READ_GRAPH', 'EXECUTE_GRAPH'] });
});
after(() => server?.close());

const path = (more = {}, proof = pkce(), of = app) => `/auth/authorize?${encodeForm(authorizeQuery(of, proof, more))}`;

describe('the authorize page', () => {
  it('shows who asks, for what, and where it leads', async () => {
    const person = await signUp(server), answer = await person.page(path()), text = textOf(answer.text);
    page(answer);
    for (const part of ['Authorize Application', app.name, app.description, 'app.example', person.who.email, 'Mary Maker', 'See who you are', 'Run your agents'])
      assert.ok(text.includes(part), `${part} is missing:\n${text}`);
    assert.ok(!answer.text.includes('<b>for you</b>'), 'what the app says of itself is escaped');
    assert.ok(!text.includes('Create agents'), 'a scope that was not asked for');
  });

  it('changes nothing by being looked at', async () => {
    const person = await signUp(server);
    await person.page(path());
    assert.equal((await server.sql(`SELECT count(*) AS n FROM authorizations WHERE user_id = '${person.user.id}'`))[0].n, 0);
  });

  it('leads on a yes to the app, with a code that works', async () => {
    const person = await signUp(server), proof = pkce();
    const answer = await person.submit(await person.page(path({ state: 'st4te' }, proof)), yes);
    assert.equal(answer.status, 303, answer.text);
    const url = back(answer, app, server.base, { state: 'st4te', error: null });
    const got = await redeem(person, app, { code: url.searchParams.get('code'), verifier: proof.verifier, redirectUri: app.redirectUri });
    assert.equal(got.status, 200, got.text);
    assert.deepEqual([...got.json.scopes].sort(), [...app.scopes].sort());
    assert.equal(answer.headers['referrer-policy'], 'no-referrer');
    assert.match(answer.headers['cache-control'], /no-store/);
  });

  it('leads on a no to the app, with access_denied', async () => {
    const person = await signUp(server);
    const answer = await person.submit(await person.page(path({ state: 'st4te' })), no);
    assert.equal(answer.status, 303);
    back(answer, app, server.base, { state: 'st4te', error: 'access_denied', code: null });
    const again = await person.page(path());
    assert.equal(again.status, 200, 'a no is not remembered as a yes');
  });

  it('sends people to sign in first, and back with everything that was asked', async () => {
    const person = server.browser(), asked = path({ state: 'é &=+%2F"<' }), first = await person.page(asked);
    assert.equal(first.status, 303);
    assert.equal(first.location.pathname, '/login');
    const answer = await signInOnPage(person, owner.who, first.headers.location);
    assert.equal(answer.headers.location, asked);
    page(await person.page(answer.headers.location));
  });

  for (const state of ['plain', 'é ü 漢字 🐎', 'a+b%20c%2Bd', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "{{x}}{{{y}}}'", 'a&error=x&code=y#z', ' ', 'x'.repeat(1000)])
    it(`returns the state ${JSON.stringify(state).slice(0, 36)} as it came, and shows it inert`, async () => {
      const person = await signUp(server), shown = await person.page(path({ state }));
      page(shown);
      assert.ok(!shown.text.includes('<script>alert') && !shown.text.includes('<img src=x'));
      const answer = await person.submit(shown, yes);
      assert.equal(answer.status, 303, answer.text);
      back(answer, app, server.base, { state });
    });

  it('offers "not you?" to those who share a browser', async () => {
    const person = await signUp(server), asked = path(), shown = await person.page(asked);
    assert.match(textOf(shown.text), /not you\?/i);
    const link = shown.forms.find((f) => f.buttons.some((b) => /not you/i.test(b.text)));
    if (link)
      await person.submit(shown, /not you/i);
    else {
      const href = /<a\b[^>]*href="([^"]*)"[^>]*>[^<]*not you/i.exec(shown.text)[1].replaceAll('&amp;', '&');
      let next = await person.follow(await person.page(href));
      if (next.forms.some((f) => f.buttons.some((b) => /log ?out|sign out/i.test(b.text))))
        next = await person.submit(next, /log ?out|sign out/i);
    }
    assert.equal(await isSignedIn(person), false);
  });
});

describe('remembered consent', () => {
  it('passes without asking again', async () => {
    const person = await signUp(server), proof = pkce();
    await person.submit(await person.page(path()), yes);
    const answer = await person.page(path({ state: 's2' }, proof));
    assert.equal(answer.status, 303, answer.text);
    const url = back(answer, app, server.base, { state: 's2' });
    assert.equal((await redeem(person, app, { code: url.searchParams.get('code'), verifier: proof.verifier, redirectUri: app.redirectUri })).status, 200);
  });

  it('passes for less than was granted', async () => {
    const person = await signUp(server);
    await person.submit(await person.page(path()), yes);
    assert.equal((await person.page(path({ scope: 'IDENTITY' }))).status, 303);
  });

  it('asks again when the app wants it', async () => {
    const person = await signUp(server);
    await person.submit(await person.page(path()), yes);
    page(await person.page(path({ prompt: 'consent' })));
  });

  it('asks for a wider request, and says what is new', async () => {
    const person = await signUp(server);
    await person.submit(await person.page(path({ scope: 'IDENTITY' })), yes);
    const answer = await person.page(path());
    page(answer);
    const items = [...answer.text.matchAll(/<li\b[\s\S]*?<\/li>/g)].map(([li]) => textOf(li));
    const isNew = (title) => /\bnew\b/i.test(items.find((i) => i.includes(title)) ?? assert.fail(`${title} among ${items}`));
    assert.equal(isNew('See who you are'), false);
    assert.equal(isNew('Run your agents'), true);
    await person.submit(answer, yes);
    assert.equal((await person.page(path())).status, 303, 'the answers add up');
    assert.equal((await person.page(path({ scope: 'IDENTITY' }))).status, 303);
  });

  it('is of one person and of one app', async () => {
    const person = await signUp(server), other = await server.createApp({ scopes: app.scopes });
    await person.submit(await person.page(path()), yes);
    page(await person.page(path({}, pkce(), other)));
    page(await (await signUp(server)).page(path()));
  });

  it('does not outlive the granting person\'s session in somebody else\'s browser', async () => {
    const person = await signUp(server);
    await person.submit(await person.page(path()), yes);
    const answer = await server.browser().page(path());
    assert.equal(answer.location?.pathname, '/login');
  });
});

describe('prompt=none', () => {
  it('is answered by redirect when nobody is signed in', async () => {
    const answer = await server.browser().page(path({ prompt: 'none' }));
    assert.equal(answer.status, 303);
    back(answer, app, server.base, { error: 'login_required', code: null });
  });

  it('is answered by redirect when consent is missing', async () => {
    const answer = await (await signUp(server)).page(path({ prompt: 'none' }));
    back(answer, app, server.base, { error: 'consent_required', code: null });
  });

  it('passes when there is consent', async () => {
    const person = await signUp(server);
    await person.submit(await person.page(path()), yes);
    assert.ok((await person.page(path({ prompt: 'none' }))).location.searchParams.get('code'));
  });
});

describe('a bad request', () => {
  const told = async (more, error) => {
    const answer = await (await signUp(server)).page(path({ state: 'kept', ...more }));
    if (answer.location)
      back(answer, app, server.base, { error, state: 'kept', code: null });
    else
      card(answer);
    return answer;
  };
  // The app's mistake: nothing that the person could try again.
  const noRetry = (answer) => assert.doesNotMatch(textOf(answer.text.replace(/[\s\S]*<main\b/i, '<main')), /try again|retry/i);

  for (const name of ['client_id', 'redirect_uri'])
    it(`without ${name} is a card, never a redirect`, async () => {
      const answer = await (await signUp(server)).page(path({ [name]: undefined }));
      card(answer);
      assert.match(answer.text, new RegExp(name));
      noRetry(answer);
    });

  it('of an unknown app is a card, signed in or not', async () => {
    for (const who of [await signUp(server), server.browser()]) {
      const answer = await who.page(path({ client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA' }));
      card(answer, answer.status);
      assert.ok([400, 404].includes(answer.status));
      noRetry(answer);
    }
  });

  it('of a disabled app is a card', async () => {
    const other = await server.createApp();
    await server.sql(`UPDATE apps SET is_active = FALSE WHERE client_id = '${other.client_id}'`);
    const answer = await (await signUp(server)).page(path({}, pkce(), other));
    card(answer, answer.status);
    noRetry(answer);
  });

  it('with an unregistered redirect URI is a card', async () => {
    const answer = await (await signUp(server)).page(path({ redirect_uri: 'https://evil.example/cb' }));
    card(answer);
    noRetry(answer);
    assert.ok(!answer.text.includes('https://evil.example/cb"'), 'and has no link there');
  });

  it('that lacks a challenge grants nothing', async () => told({ code_challenge: undefined }, 'invalid_request'));
  it('with an empty challenge grants nothing', async () => told({ code_challenge: '' }, 'invalid_request'));
  it('with the plain method grants nothing', async () => told({ code_challenge_method: 'plain' }, 'invalid_request'));
  it('with another response type grants nothing', async () => told({ response_type: 'token' }, 'unsupported_response_type'));
  it('with an unknown scope grants nothing', async () => told({ scope: 'IDENTITY FLY' }, 'invalid_scope'));
  it('with a scope beyond the app\'s grants nothing', async () => told({ scope: 'DELETE_INTEGRATIONS' }, 'invalid_scope'));
  it('without scope grants nothing', async () => told({ scope: undefined }, 'invalid_scope'));

  for (const name of ['client_id', 'redirect_uri', 'scope', 'state', 'code_challenge', 'response_type'])
    it(`with ${name} given twice is refused`, async () => {
      const pairs = Object.entries(authorizeQuery(app, pkce()));
      const answer = await (await signUp(server)).page(`/auth/authorize?${encodeForm([...pairs, pairs.find(([n]) => n === name)])}`);
      if (answer.location)
        back(answer, app, server.base, { error: 'invalid_request', code: null });
      else
        card(answer);
    });

  it('with parameters that nobody knows is taken (RFC 6749 §3.1)', async () => {
    page(await (await signUp(server)).page(path({ resource: 'x', nonce: 'y', display: 'page', ui_locales: 'de' })));
  });

  it('with broken percent-encoding is a card', async () => {
    const answer = await (await signUp(server)).page(`${path()}&x=%C3%28`);
    assert.ok(answer.status === 200 || answer.status === 400);
    assert.equal((await (await signUp(server)).page('/auth/authorize?client_id=%zz')).status, 400);
  });

  it('that is a form whose request was changed underway is judged anew', async () => {
    const person = await signUp(server), shown = await person.page(path());
    const form = shown.forms.find((f) => f.buttons.some((b) => yes.test(b.text))), pressed = form.buttons.find((b) => yes.test(b.text));
    const change = { redirect_uri: 'https://evil.example/cb', scope: 'DELETE_INTEGRATIONS', client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA' };
    for (const [name, value] of Object.entries(change)) {
      const action = new URL(form.action ?? shown.path, server.base);
      if (action.searchParams.has(name))
        action.searchParams.set(name, value);
      const members = form.fields.map((f) => [f.name, f.name === name ? value : f.value]);
      if (pressed.name)
        members.push([pressed.name, pressed.value]);
      const answer = await person.post(action.pathname + action.search, { form: members });
      assert.notEqual(answer.location?.searchParams.has('code'), true, `${name} was changed`);
      assert.notEqual(answer.location?.origin, 'https://evil.example');
    }
  });
});
