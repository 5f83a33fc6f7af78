// What people type, at its edges.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidField } from '../lib/expect.mjs';
import { textOf } from '../lib/html.mjs';
import { grant, me } from '../lib/oauth.mjs';
import { signUp, someone } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.close());

describe('a password', () => {
  for (const [what, password] of [['129 letters', 'a1'.repeat(64) + 'b'], ['129 horses', '\u{1F40E}'.repeat(129)], ['ten thousand letters', 'x'.repeat(10_000)]])
    it(`of ${what} is told its limit in characters`, async () => {
      const answer = await server.browser().post('/api/auth/signup', { json: someone({ password }) });
      invalidField(answer, 'password');
      assert.match(answer.json.detail[0].msg, /at most 128 characters/);
      const browser = server.browser(), page = await browser.page('/signup');
      const shown = await browser.submit(page, /sign ?up|create/i, { ...someone(), password, password_confirm: password });
      assert.equal(shown.status, 400);
      assert.match(textOf(shown.text), /at most 128 characters/);
    });

  for (const [what, password] of [['128 horses', '\u{1F40E}'.repeat(128)], ['8 horses', '\u{1F40E}'.repeat(8)], ['spaces at both ends', '  between the ends  '], ['a combining accent', 'cafe\u0301 au lait']])
    it(`of ${what} is taken, and compared as it was typed`, async () => {
      const who = someone({ password });
      await signUp(server, who);
      assert.equal((await server.browser().post('/api/auth/login', { json: who })).status, 200);
      for (const other of [password.trim(), password.normalize('NFC')].filter((p) => p !== password))
        assert.equal((await server.browser().post('/api/auth/login', { json: { ...who, password: other } })).status, 401);
    });

  it('of 7 horses is too short', async () => {
    invalidField(await server.browser().post('/api/auth/signup', { json: someone({ password: '\u{1F40E}'.repeat(7) }) }), 'password');
  });
});

describe('sixty-four members', () => {
  const members = (n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i % 2 ? { deep: [[[[{}]]]] } : null]));

  it('are read, and those that nobody knows ignored', async () => {
    const who = someone();
    const answer = await server.browser().post('/api/auth/signup', { json: { ...members(62), ...who } });
    assert.equal(answer.status, 200, answer.text);
  });

  it('and one more are refused', async () => {
    assert.equal((await server.browser().post('/api/auth/signup', { json: { ...members(63), ...someone() } })).status, 413);
  });
});

describe('an access token in the address', () => {
  it('is refused with the challenge of RFC 6750', async () => {
    const person = await signUp(server), app = await server.createApp(), t = await grant(person, app);
    for (const answer of [await person.get('/external-api/v1/me', { query: { access_token: t.access_token } }), await me(person, t.access_token, { query: { access_token: '' } })]) {
      assert.equal(answer.status, 400);
      assert.match(answer.headers['www-authenticate'], /^Bearer realm="Gatehouse", error="invalid_request", error_description="[^"]+"$/);
    }
  });
});
