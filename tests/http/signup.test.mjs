import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { card, invalidField, neverStored, page, refused } from '../lib/expect.mjs';
import { isSignedIn, signIn, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const signup = (server, json, options) => server.browser().post('/api/auth/signup', { json, ...options });

describe('sign-up', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  it('answers with the person and signs them in', async () => {
    const who = someone({ name: 'Ada Lovelace' });
    const browser = await signUp(server, who);
    assert.match(browser.user.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(browser.user.email, who.email);
    assert.equal(browser.user.name, 'Ada Lovelace');
    assert.equal(await isSignedIn(browser), true);
    assert.ok(!('password' in browser.user) && !('password_hash' in browser.user));
  });

  it('is never stored', async () => {
    const answer = await signup(server, someone());
    assert.equal(answer.status, 200, answer.text);
    neverStored(answer);
  });

  it('makes no administrator', async () => {
    const browser = await signUp(server);
    assert.notEqual(browser.user.is_admin, true);
    const [row] = await server.sql(`SELECT is_admin FROM users WHERE id = '${browser.user.id}'`);
    assert.equal(row.is_admin, 0);
  });

  describe('a password', () => {
    for (const [what, password] of [
      ['of 7 characters', 'k7#pQ2z'], ['of 129 characters', 'xyzzy-9'.repeat(19).slice(0, 129)], ['that is empty', ''],
      ['that is among the most common', 'password123'], ['that is common in another case', 'PASSWORD123'], ['that is common: qwertyuiop', 'qwertyuiop']])
      it(`${what} is refused`, async () => {
        invalidField(await signup(server, someone({ password })), 'password');
      });

    it('that is the own e-mail address is refused, in any case', async () => {
      const { email } = someone();
      invalidField(await signup(server, { email, password: email }), 'password');
      invalidField(await signup(server, { email, password: email.toUpperCase() }), 'password');
    });

    for (const [what, password] of [
      ['of 8 characters', 'k7#pQ2zL'], ['of 128 characters', 'xyzzy-9'.repeat(19).slice(0, 128)],
      ['of 128 characters of four bytes each', '🐎🔋📎🧷'.repeat(32)], ['with spaces at its ends', '  two spaces around  '],
      ['with quotes, markup and backslashes', `'"<b>\\{{x}}%00&amp;`]])
      it(`${what} is taken as it is`, async () => {
        const who = someone({ password });
        await signUp(server, who);
        await signIn(server, who);
        for (const other of [password.trim() + '!', [...password].slice(0, -1).join(''), password + ' '])
          assert.ok([401, 422].includes((await tryLogin(server.browser(), { ...who, password: other })).status));
      });
  });

  describe('an e-mail address', () => {
    for (const email of ['', 'nobody', '@example.org', 'a@', 'a b@example.org', 'a@b@example.org', 'a@example.org\n',
      `${'a'.repeat(250)}@example.org`, 'a@exa mple.org', '<b>@example.org'])
      it(`is refused: ${JSON.stringify(email).slice(0, 40)}`, async () => {
        invalidField(await signup(server, someone({ email })), 'email');
      });

    it('is refused with a NUL in it', async () => {
      assert.ok([400, 422].includes((await signup(server, someone({ email: 'a\u0000@example.org' }))).status));
    });

    it('serves once, in whatever case', async () => {
      const who = someone();
      await signUp(server, who);
      refused(await signup(server, who), 409, 'invalid_request', /already exists/);
      refused(await signup(server, { ...who, email: who.email.toUpperCase() }), 409, 'invalid_request', /already exists/);
    });

    it('signs in in whatever case', async () => {
      const who = someone();
      await signUp(server, who);
      await signIn(server, { ...who, email: who.email.toUpperCase() });
    });

    it('is made an account once when twenty ask at once', async () => {
      const who = someone();
      const all = await Promise.all(Array.from({ length: 20 }, () => signup(server, who)));
      assert.deepEqual(all.map((a) => a.status).sort(), [200, ...Array(19).fill(409)]);
      assert.equal((await server.sql(`SELECT count(*) AS n FROM users WHERE email = '${who.email}'`))[0].n, 1);
    });
  });

  describe('a body', () => {
    for (const field of ['email', 'password'])
      it(`without ${field} is refused`, async () => {
        const who = someone();
        delete who[field];
        invalidField(await signup(server, who), field);
      });

    for (const [what, value] of [['a number', 12345678], ['a list', ['a']], ['an object', { a: 1 }], ['true', true]])
      it(`with ${what} as password is refused`, async () => {
        invalidField(await signup(server, someone({ password: value })), 'password');
      });

    it('with a member that nobody knows is taken', async () => {
      assert.equal((await signup(server, someone({ favourite: 'colour' }))).status, 200);
    });

    it('cannot make its sender an administrator', async () => {
      const answer = await signup(server, someone({ is_admin: true, role: 'admin', is_active: false }));
      assert.equal(answer.status, 200);
      const [row] = await server.sql(`SELECT is_admin, is_active FROM users WHERE id = '${answer.json.id}'`);
      assert.deepEqual(row, { is_admin: 0, is_active: 1 });
    });

    it('with a name that is too long is refused', async () => {
      invalidField(await signup(server, someone({ name: 'n'.repeat(2000) })), 'name');
    });
  });

  describe('on the page', () => {
    const fill = (who, more) => ({ email: who.email, password: who.password, ...more });

    it('makes an account, signs in and leads on', async () => {
      const who = someone(), browser = server.browser();
      const form = await browser.page('/signup');
      page(form);
      const answer = await browser.submit(form, /sign ?up|create/i, fill(who));
      assert.equal(answer.status, 303, answer.text);
      assert.equal(answer.location.origin, server.base);
      assert.equal(await isSignedIn(browser), true);
    });

    it('says what is wrong and keeps the address, never the password', async () => {
      const browser = server.browser(), form = await browser.page('/signup');
      const answer = await browser.submit(form, /sign ?up|create/i, { email: 'keeps@example.org', password: 'short' });
      card(answer, answer.status);
      assert.ok([400, 422].includes(answer.status), `status ${answer.status}`);
      assert.ok(answer.forms.some((f) => f.fields.some((i) => i.value === 'keeps@example.org')), 'the address is kept');
      assert.ok(!answer.text.includes('value="short"'));
    });

    it('escapes what it shows again', async () => {
      const browser = server.browser(), form = await browser.page('/signup');
      const answer = await browser.submit(form, /sign ?up|create/i, { email: '"><script>alert(1)</script>', password: 'short' });
      assert.ok(!answer.text.includes('<script>alert'));
    });
  });
});

describe('sign-up that is closed', () => {
  let server;
  before(async () => { server = await Server.start({ GATEHOUSE_SIGNUP: 'closed' }); });
  after(() => server?.close());

  it('is refused as JSON', async () => {
    refused(await signup(server, someone()), 403, 'access_denied', /closed/i);
    assert.equal((await server.sql('SELECT count(*) AS n FROM users'))[0].n, 0);
  });

  it('is told on the page', async () => {
    const answer = await server.browser().page('/signup');
    assert.ok([200, 403].includes(answer.status));
    assert.match(answer.text, /closed/i);
    assert.ok(!answer.forms.some((f) => f.fields.some((i) => i.type === 'password')), 'no form to fill in vain');
  });

  it('leaves sign-in open to accounts that the operator makes', async () => {
    await signIn(server, await server.createUser());
  });
});
