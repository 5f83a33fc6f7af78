// How an app proves who it is (RFC 6749 §2.3): Basic, form members, JSON members.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { refused } from '../lib/expect.mjs';
import { basic, grant, introspect, random, refresh, request } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const path = '/api/oauth/introspect';
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const unknown = 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA';

let server, person, app, t;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
  t = await grant(person, app);
});
after(() => server?.close());

const withBasic = (value, form = { token: t.access_token }) => person.post(path, { form, cookies: false, headers: { authorization: value } });
const b64 = (text, encoding = 'utf8') => 'Basic ' + Buffer.from(text, encoding).toString('base64');

describe('a wrong client', () => {
  const how = [{ dialect: 'json' }, { dialect: 'form' }, { dialect: 'form', auth: 'basic' }];

  for (const way of how)
    it(`looks the same whether unknown, disabled or with a wrong secret: ${JSON.stringify(way)}`, async () => {
      const gone = await server.createApp();
      await server.sql(`UPDATE apps SET is_active = FALSE WHERE client_id = '${gone.client_id}'`);
      const answers = [];
      for (const one of [{ ...app, client_secret: 'agpt_secret_' + random() }, { ...app, client_id: unknown }, gone, { ...app, client_secret: 'short' }, { ...app, client_id: 'é' }])
        answers.push(await introspect(person, one, t.access_token, way));
      for (const answer of answers) {
        refused(answer, 401, 'invalid_client');
        assert.equal(answer.text, answers[0].text);
        assert.equal(answer.headers['www-authenticate'], answers[0].headers['www-authenticate']);
      }
    });

  it('is challenged when it tried Basic', async () => {
    const answer = await withBasic(basic(app.client_id, 'wrong'));
    assert.equal(answer.status, 401);
    assert.match(answer.headers['www-authenticate'], /^Basic realm="/);
  });

  it('takes the same time whether unknown or with a wrong secret', async () => {
    const time = async (one) => {
      const from = performance.now();
      await introspect(person, one, t.access_token);
      return performance.now() - from;
    };
    const wrong = [], none = [];
    for (let i = 0; i < 7; i++) {
      wrong.push(await time({ ...app, client_secret: 'agpt_secret_' + random() }));
      none.push(await time({ client_id: `agpt_client_${random(16)}`, client_secret: 'agpt_secret_' + random() }));
    }
    const ratio = median(wrong) / median(none);
    assert.ok(ratio > 0.4 && ratio < 2.5, `wrong secret ${median(wrong)} ms, unknown client ${median(none)} ms`);
  });

  it('without any secret is invalid_client', async () => {
    for (const dialect of ['json', 'form']) {
      const answer = await person.post(path, request(app, { token: t.access_token, client_secret: undefined }, { dialect }));
      assert.ok([401, 422].includes(answer.status), answer.text);
      assert.notEqual(answer.json.active, true);
    }
  });

  it('with an empty secret is refused', async () => {
    for (const dialect of ['json', 'form'])
      assert.ok([401, 422].includes((await person.post(path, request(app, { token: t.access_token, client_secret: '' }, { dialect }))).status));
  });

  it('that is public cannot prove itself by any secret', async () => {
    const open = await server.createApp({ isPublic: true, redirectUris: ['http://127.0.0.1/cb'] });
    const theirs = await grant(person, open);
    const answer = await refresh(person, { ...open, client_secret: 'agpt_secret_' + random() }, theirs.refresh_token);
    refused(answer, 401, 'invalid_client');
  });
});

describe('Basic', () => {
  it('is read as RFC 6749 says: members percent-encoded', async () => {
    const encoded = (text) => [...text].map((c) => '%' + c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
    for (const value of [basic(app.client_id, app.client_secret), b64(`${app.client_id}:${app.client_secret}`), b64(`${encoded(app.client_id)}:${encoded(app.client_secret)}`)]) {
      const answer = await withBasic(value);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.active, true);
    }
  });

  for (const scheme of ['basic', 'BASIC'])
    it(`is read in any case: ${scheme}`, async () => {
      assert.equal((await withBasic(basic(app.client_id, app.client_secret).replace('Basic', scheme))).json.active, true);
    });

  for (const [what, make] of [
    ['bad base64', () => 'Basic !!!!'], ['no base64 at all', () => 'Basic'], ['an empty value', () => 'Basic '], ['no colon', () => b64('nocolonhere')], ['an empty client', () => b64(`:${random()}`)],
    ['bad percent-encoding', () => b64('a%zz:b%')], ['a NUL', () => b64('a\u0000b:c')], ['Latin-1', () => b64('é:é', 'latin1')], ['UTF-8', () => b64('é漢:🐎')], ['base64url', () => 'Basic ' + Buffer.from('>>>???:>>>???').toString('base64url')],
    ['one padding sign too many', () => basic(app.client_id, app.client_secret) + '='], ['more after it', () => basic(app.client_id, app.client_secret) + ' x'], ['another scheme', () => `Bearer ${t.access_token}`], ['Digest', () => 'Digest username="x"'],
    ['a secret of 10,000 characters', () => b64(`a:${'b'.repeat(7_000)}`)]])
    it(`with ${what} is refused as RFC 6749 says`, async () => {
      const answer = await withBasic(make());
      assert.ok([400, 401].includes(answer.status), `${answer.status} ${answer.text}`);
      assert.ok(['invalid_client', 'invalid_request'].includes(answer.json.error), answer.text);
    });

  it('together with a secret in the body is invalid_request', async () => {
    for (const dialect of ['form', 'json']) {
      const answer = await person.post(path, { [dialect]: { token: t.access_token, client_id: app.client_id, client_secret: app.client_secret }, cookies: false,
        headers: { authorization: basic(app.client_id, app.client_secret) } });
      assert.ok([400, 401].includes(answer.status), answer.text);
      assert.ok(['invalid_client', 'invalid_request'].includes(answer.json.error));
    }
  });

  it('together with the same client_id in the body is fine', async () => {
    const answer = await withBasic(basic(app.client_id, app.client_secret), { token: t.access_token, client_id: app.client_id });
    assert.equal(answer.json.active, true);
  });

  it('for one client and client_id of another is refused', async () => {
    const other = await server.createApp();
    const answer = await withBasic(basic(app.client_id, app.client_secret), { token: t.access_token, client_id: other.client_id });
    assert.ok([400, 401].includes(answer.status), answer.text);
  });

  it('given twice is refused', async () => {
    const value = basic(app.client_id, app.client_secret);
    assert.equal((await person.post(path, { form: { token: t.access_token }, cookies: false, headers: { authorization: [value, value] } })).status, 400);
  });
});

describe('a secret', () => {
  it('is compared whole: every cut and every added character is refused', async () => {
    const secret = app.client_secret;
    for (const wrong of [secret.slice(0, -1), secret.slice(1), secret + 'x', secret.toUpperCase(), ` ${secret}`, `${secret}\n`, secret.replace('agpt_secret_', '')])
      refused(await introspect(person, { ...app, client_secret: wrong }, t.access_token), 401, 'invalid_client');
    assert.equal((await introspect(person, app, t.access_token)).json.active, true);
  });

  it('that an operator replaced in the database counts within a second', async () => {
    const mine = await server.createApp(), theirs = await server.createApp();
    const a = await grant(person, mine);
    assert.equal((await introspect(person, mine, a.access_token)).json.active, true);
    await server.sql(`UPDATE apps SET secret_hash = (SELECT secret_hash FROM apps WHERE client_id = '${theirs.client_id}'), secret_salt = (SELECT secret_salt FROM apps WHERE client_id = '${theirs.client_id}') WHERE client_id = '${mine.client_id}'`);
    const end = Date.now() + 1000;
    let answer = await introspect(person, mine, a.access_token);
    while (answer.status === 200 && Date.now() < end)
      answer = await introspect(person, mine, a.access_token);
    refused(answer, 401, 'invalid_client');
    assert.equal((await introspect(person, { ...mine, client_secret: theirs.client_secret }, a.access_token)).json.active, true);
  });
});
