// GET /external-api/v1/me with an access token (dialect: External API, RFC 6750).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { grant, grantCode, me, random } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app, t;
before(async () => {
  server = await Server.start();
  person = await signUp(server, { email: 'me@example.org', password: 'all of my own words', name: 'Me Myself' });
  app = await server.createApp();
  t = await grant(person, app);
});
after(() => server?.close());

const bare = (headers = {}, options = {}) => server.browser().get('/external-api/v1/me', { headers, ...options });

function denied(answer, status, detail, challenge) {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['detail']);
  assert.match(answer.json.detail, detail);
  assert.match(answer.headers['www-authenticate'], challenge);
}

describe('/external-api/v1/me', () => {
  it('tells an app who granted it IDENTITY', async () => {
    await person.post('/api/auth/user/timezone', { json: { timezone: 'Europe/Oslo' } });
    const answer = await me(person, t.access_token);
    assert.equal(answer.status, 200, answer.text);
    const { id, name, email, timezone } = answer.json;
    assert.deepEqual({ id, name, email, timezone }, { id: person.user.id, name: 'Me Myself', email: 'me@example.org', timezone: 'Europe/Oslo' });
    assert.match(answer.headers['cache-control'], /no-store/);
    assert.ok(!answer.text.includes('password'));
  });

  it('takes the scheme in any case, with more than one space', async () => {
    for (const authorization of [`bearer ${t.access_token}`, `BEARER ${t.access_token}`])
      assert.equal((await bare({ authorization })).status, 200);
  });

  it('without credentials is 401, with a bare challenge', async () => {
    denied(await bare(), 401, /^Missing authentication\. Provide API key or access token\.$/, /^Bearer realm="[^"]+"$/);
  });

  for (const [what, authorization] of [['Basic', 'Basic YTpi'], ['a scheme alone', 'Bearer'], ['a bare token', 'agpt_xt_x'], ['an empty value', '']])
    it(`with ${what} is 401 missing`, async () => denied(await bare({ authorization }), 401, /^Missing authentication/, /^Bearer/));

  it('with an unknown token is 401 invalid_token', async () => {
    for (const token of [`agpt_xt_${random()}`, 'rubbish', 'a.b.c', 'x'.repeat(5000), `agpt_xt_${random()}=`])
      denied(await bare({ authorization: `Bearer ${token}` }), 401, /^Invalid token: access token not found$/, /error="invalid_token"/);
  });

  it('with two tokens in one header, or two headers, is refused', async () => {
    assert.equal((await bare({ authorization: `Bearer ${t.access_token} ${t.access_token}` })).status, 401);
    assert.equal((await bare({ authorization: `Bearer ${t.access_token}, Bearer ${t.access_token}` })).status, 401);
    assert.equal((await bare({ authorization: [`Bearer ${t.access_token}`, `Bearer ${t.access_token}`] })).status, 400);
  });

  it('with an expired token is 401', async () => {
    const old = await grant(person, app);
    await server.age('access_tokens', ['expires_at'], 3601, 'id = (SELECT max(id) FROM access_tokens)');
    denied(await me(person, old.access_token), 401, /^Invalid token: access token expired$/, /error="invalid_token"/);
  });

  it('lasts an hour', async () => {
    const fresh = await grant(person, app);
    await server.age('access_tokens', ['expires_at'], 3570, 'id = (SELECT max(id) FROM access_tokens)');
    assert.equal((await me(person, fresh.access_token)).status, 200);
  });

  it('without the scope is 403 insufficient_scope, and says which', async () => {
    const narrow = await grant(person, app, { scope: 'READ_GRAPH' });
    const answer = await me(person, narrow.access_token);
    denied(answer, 403, /^Missing required permission\(s\): IDENTITY$/, /error="insufficient_scope"/);
    assert.match(answer.headers['www-authenticate'], /scope="IDENTITY"/);
  });

  for (const query of ['access_token', 'token'])
    it(`never takes a token from the query: ${query}`, async () => {
      const answer = await bare({}, { query: { [query]: t.access_token } });
      assert.ok([400, 401].includes(answer.status), answer.text);
      const both = await bare({ authorization: `Bearer ${t.access_token}` }, { query: { access_token: t.access_token } });
      assert.equal(both.status, 400, both.text);
    });

  it('is not opened by a session', async () => {
    assert.equal((await person.get('/external-api/v1/me')).status, 401);
  });

  it('is not opened by a refresh token, a code, a client secret or a session cookie', async () => {
    const { code } = await grantCode(person, app);
    for (const token of [t.refresh_token, code, app.client_secret, app.client_id, person.cookies.get('gatehouse'), t.refresh_token.replace('_rt_', '_xt_'), `agpt_xt_${code}`])
      denied(await bare({ authorization: `Bearer ${token}` }), 401, /not found/, /invalid_token/);
  });

  it('is not opened to a disabled person', async () => {
    const gone = await signUp(server), theirs = await grant(gone, app);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${gone.user.id}'`);
    assert.equal((await me(person, theirs.access_token)).status, 401);
  });

  it('gives an app what was granted, whoever else granted more', async () => {
    const other = await signUp(server), theirs = await grant(other, app);
    assert.equal((await me(person, theirs.access_token)).json.id, other.user.id);
  });
});
