import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { neverStored, page, refused } from '../lib/expect.mjs';
import { isSignedIn, sessionCookie, signIn, signInOnPage, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

let server, who;
before(async () => {
  server = await Server.start();
  who = (await signUp(server)).who;
});
after(() => server?.close());

describe('signing in', () => {
  it('answers with the person and sets a session', async () => {
    const browser = server.browser(), answer = await tryLogin(browser, who);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.email, who.email);
    neverStored(answer);
    assert.equal(await isSignedIn(browser), true);
  });

  it('looks the same for an unknown account and for a wrong password', async () => {
    const unknown = await tryLogin(server.browser(), someone());
    const wrong = await tryLogin(server.browser(), { ...who, password: 'not the right one' });
    refused(unknown, 401, 'access_denied');
    const shape = ({ status, text, headers }) => ({ status, text, headers: Object.keys(headers).sort() });
    assert.deepEqual(shape(unknown), shape(wrong));
  });

  it('looks the same on the page', async () => {
    const unknown = await signInOnPage(server.browser(), { email: who.email, password: 'not the right one' });
    const wrong = await signInOnPage(server.browser(), { email: 'x'.repeat(who.email.length - 12) + '@example.org', password: 'not the right one' });
    page(unknown, 401);
    const plain = (a) => a.text.replace(/value="[^"]*"/g, '');
    assert.equal(plain(unknown), plain(wrong));
    assert.ok(!unknown.text.includes('not the right one'), 'the password is never shown again');
  });

  it('takes the same time for both', async () => {
    const time = async (email) => {
      const from = performance.now();
      await tryLogin(server.browser(), { email, password: 'not the right one' });
      return performance.now() - from;
    };
    const known = [], unknown = [];
    const people = [];
    for (let i = 0; i < 5; i++)
      people.push((await signUp(server)).who);
    for (let i = 0; i < 5; i++) {
      known.push(await time(people[i].email));
      unknown.push(await time(someone().email));
    }
    const ratio = median(known) / median(unknown);
    assert.ok(ratio > 0.5 && ratio < 2, `known ${median(known)} ms, unknown ${median(unknown)} ms`);
  });

  it('of a disabled person looks as a wrong password does', async () => {
    const browser = await signUp(server);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${browser.user.id}'`);
    assert.equal(await isSignedIn(browser), false, 'the session ends at once');
    const answer = await tryLogin(server.browser(), browser.who);
    refused(answer, 401, 'access_denied');
    assert.equal(answer.text, (await tryLogin(server.browser(), someone())).text);
  });

  for (const [what, json] of [['no e-mail', { password: 'x' }], ['no password', { email: 'a@example.org' }],
    ['a password that is a list', { email: 'a@example.org', password: ['a'] }]])
    it(`with ${what} is refused`, async () => {
      assert.equal((await server.browser().post('/api/auth/login', { json })).status, 422);
    });

  it('with an enormous password is refused before it costs anything', async () => {
    const answer = await tryLogin(server.browser(), { ...who, password: 'p'.repeat(50_000) });
    assert.ok([401, 422].includes(answer.status));
  });
});

describe('the session cookie', () => {
  it('is HttpOnly, SameSite=Lax, for the whole site and no other host', async () => {
    const browser = await signIn(server, who), { name } = await sessionCookie(browser);
    const { cookies } = await tryLogin(server.browser(), who);
    const { attributes } = cookies.find((c) => c.name === name);
    assert.ok(attributes.includes('httponly'));
    assert.ok(attributes.includes('samesite=lax'));
    assert.ok(attributes.includes('path=/'));
    assert.ok(!attributes.includes('secure'), 'this server is on http');
    assert.ok(!attributes.some((a) => a.startsWith('domain')));
  });

  it('is Secure and __Host- when the public address is https', async () => {
    const other = await Server.start({}, { publicUrl: 'https://auth.example.org' });
    try {
      const { cookies } = await other.browser().post('/api/auth/signup', { json: someone() });
      assert.ok(cookies.length > 0);
      for (const { name, attributes } of cookies) {
        assert.match(name, /^__Host-/);
        assert.ok(attributes.includes('secure') && attributes.includes('httponly') && attributes.includes('path=/'), name);
        assert.ok(!attributes.some((a) => a.startsWith('domain')));
      }
    } finally {
      await other.close();
    }
  });

  it('is new at each login, and the one before it is dead', async () => {
    const browser = await signIn(server, who), first = await sessionCookie(browser);
    await signIn(server, who, browser);
    const second = await sessionCookie(browser);
    assert.notEqual(first.value, second.value);
    const thief = server.browser();
    thief.cookies.set(first.name, first.value);
    assert.equal(await isSignedIn(thief), false);
  });

  it('that someone planted is never adopted', async () => {
    const mine = await signIn(server, who), { name, value } = await sessionCookie(mine);
    for (const planted of [value.slice(0, -1) + (value.endsWith('A') ? 'B' : 'A'), 'A'.repeat(value.length), 'x']) {
      const browser = server.browser();
      browser.cookies.set(name, planted);
      await signIn(server, who, browser);
      assert.notEqual(browser.cookies.get(name), planted);
    }
  });

  it('is refused in every other shape', async () => {
    const mine = await signIn(server, who), { name, value } = await sessionCookie(mine);
    for (const other of [value.slice(0, -1), value.slice(1), value + 'A', value.toUpperCase(), `"${value}"`, '', 'x'.repeat(4000), `${value}; ${name}=${value}`]) {
      const browser = server.browser();
      browser.cookies.set(name, other);
      assert.equal(await isSignedIn(browser), false, 'a changed cookie signs nobody in');
    }
  });

  it('ends when idle for too long', async () => {
    const browser = await signIn(server, who);
    await server.age('sessions', ['seen_at'], 400 * 86400, `user_id = '${browser.user.id}'`);
    assert.equal(await isSignedIn(browser), false);
  });

  it('ends at its absolute end, however busy', async () => {
    const browser = await signIn(server, who);
    await server.age('sessions', ['expires_at'], 400 * 86400, `user_id = '${browser.user.id}'`);
    assert.equal(await isSignedIn(browser), false);
  });
});

describe('signing out', () => {
  it('ends the session on the server', async () => {
    const browser = await signIn(server, who), { name, value } = await sessionCookie(browser);
    const answer = await browser.post('/api/auth/logout', { json: {} });
    assert.equal(answer.status, 200, answer.text);
    const thief = server.browser();
    thief.cookies.set(name, value);
    assert.equal(await isSignedIn(thief), false);
    assert.ok(answer.cookies.some((c) => c.name === name && c.attributes.includes('max-age=0')), 'the cookie is taken back');
  });

  it('leaves the other sessions alone', async () => {
    const here = await signIn(server, who), there = await signIn(server, who);
    await here.post('/api/auth/logout', { json: {} });
    assert.equal(await isSignedIn(there), true);
  });

  it('on the page is a form, never a link that anyone could plant', async () => {
    const browser = await signIn(server, who);
    const form = await browser.page('/logout');
    assert.equal(await isSignedIn(browser), true, 'GET changes nothing');
    page(form);
    const answer = await browser.submit(form, /log ?out|sign out/i);
    assert.equal(answer.status, 303);
    assert.equal(await isSignedIn(browser), false);
  });
});

describe('the login page', () => {
  it('signs in and leads on by 303', async () => {
    const browser = server.browser();
    page(await browser.page('/login'));
    const answer = await signInOnPage(browser, who);
    assert.equal(answer.status, 303, answer.text);
    assert.equal(answer.location.origin, server.base);
    assert.equal(await isSignedIn(browser), true);
  });

  it('leads back to where the person was going', async () => {
    const next = '/auth/authorize?client_id=a%26b&scope=IDENTITY%20READ_GRAPH&state=%C3%A9';
    const answer = await signInOnPage(server.browser(), who, `/login?next=${encodeURIComponent(next)}`);
    assert.equal(answer.headers.location, next);
  });

  it('hands the way on to sign-up', async () => {
    const next = '/auth/authorize?client_id=a%26b';
    const browser = server.browser(), form = await browser.page(`/login?next=${encodeURIComponent(next)}`);
    const link = /href="(\/signup[^"]*)"/.exec(form.text)?.[1].replaceAll('&amp;', '&');
    assert.equal(new URL(link, server.base).searchParams.get('next'), next);
    const answer = await browser.submit(await browser.page(link), /sign ?up|create/i, someone());
    assert.equal(answer.headers.location, next);
  });

  it('sends those who are signed in on their way', async () => {
    const browser = await signIn(server, who);
    const answer = await browser.get('/login?next=%2Flogout');
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, '/logout');
  });

  for (const next of ['//evil.example', '/\\evil.example', '\\\\evil.example', 'https:evil.example', 'https://evil.example/', '%2f%2fevil.example',
    '/%2fevil.example', '/%5cevil.example', 'javascript:alert(1)', '/\t/evil.example', '/\n/evil.example', '\t//evil.example', ' //evil.example', '///evil.example',
    '/..//evil.example', '/.//evil.example', 'evil.example', '@evil.example', '', '/a\r\nSet-Cookie: x=y', '/' + 'a'.repeat(9000)])
    it(`stays here with next=${JSON.stringify(next).slice(0, 40)}`, async () => {
      const path = `/login?next=${encodeURIComponent(next)}`;
      const form = await server.browser().page(path);
      if (form.status !== 200) {
        assert.ok([400, 414].includes(form.status), `status ${form.status}`);
        return;
      }
      const signedIn = await signIn(server, who), straight = await signedIn.get(path);
      const answer = await signInOnPage(server.browser(), who, path);
      for (const a of [answer, straight]) {
        assert.equal(a.status, 303, a.text);
        // a browser takes "\" for "/" and drops tabs and line ends: read it as one would
        assert.equal(new URL(a.headers.location, server.base).origin, server.base);
        assert.doesNotMatch(a.headers.location, /^[/\\]{2}|^\/[^?]*(?:\/\/|%2f|%5c)/i);
        assert.ok(!a.cookies.some((c) => c.name === 'x'));
      }
    });
});
