// Secrets go only where they belong. Every suite ends with this search (Server.close); here they are thrown at every
// place that might keep them, with all that can be logged being logged.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Canary } from '../lib/canary.mjs';
import { encodeForm } from '../lib/browser.mjs';
import { authorizeQuery, basic, grant, grantCode, introspect, me, pkce, redeem, refresh } from '../lib/oauth.mjs';
import { signInOnPage, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

describe('the search', () => {
  it('finds a secret in the output and in a refusal', () => {
    const canary = new Canary();
    canary.received('POST /x', { status: 200, headers: {}, text: `{"refresh_token":"agpt_rt_${'r'.repeat(43)}"}` });
    canary.sent({ password: 'only for these eyes' });
    assert.deepEqual(canary.search('level=info msg="started"'), []);
    assert.equal(canary.search(`token=agpt_rt_${'r'.repeat(43)}`).length, 1);
    assert.equal(canary.search(`hidden=xx${'r'.repeat(43)}`).length, 1, 'without its prefix too');
    canary.received('POST /y', { status: 400, headers: {}, text: '{"detail":"bad password: only for these eyes"}' });
    assert.equal(canary.search('').length, 1);
  });
});

for (const GATEHOUSE_LOG_FORMAT of ['logfmt', 'json'])
  describe(`a server that logs everything as ${GATEHOUSE_LOG_FORMAT}`, () => {
    it('tells nobody what it was told', async () => {
      const server = await Server.start({ GATEHOUSE_LOG_FORMAT, GATEHOUSE_LOG_LEVEL: 'debug' });
      try {
        const person = await signUp(server), app = await server.createApp(), t = await grant(person, app), given = await grantCode(person, app), session = person.cookies.get('gatehouse');
        const secrets = [t.access_token, t.refresh_token, given.code, app.client_secret, session, person.who.password];
        for (const secret of secrets) {
          const stranger = server.browser();
          for (const path of ['/nowhere', '/login', '/auth/authorize', '/external-api/v1/me', '/healthz', '/setup'])
            await stranger.get(path, { query: { access_token: secret, token: secret, code: secret, state: secret }, headers: { 'user-agent': secret.replace(/[^\x20-\x7e]/g, ''), referer: `https://x/?${secret}`, 'x-request-id': secret } });
          await stranger.get('/nowhere', { headers: { authorization: `Bearer ${secret}`, 'x-api-key': secret, cookie: `gatehouse=${secret}` } });
          await stranger.get('/api/oauth/apps/mine', { headers: { cookie: `gatehouse=${secret}; gatehouse=${secret}` } });
          await introspect(stranger, { client_id: secret.slice(0, 100), client_secret: secret }, secret);
          await stranger.post('/api/oauth/token', { body: `{"grant_type":"refresh_token","refresh_token":"${secret}`, type: 'application/json' });
          await stranger.post('/api/oauth/token', { body: `refresh_token=${encodeURIComponent(secret)}&refresh_token=${encodeURIComponent(secret)}&%zz`, type: 'application/x-www-form-urlencoded' });
          await stranger.post('/api/oauth/token', { json: { [secret]: secret, grant_type: secret } });
          await stranger.post('/api/oauth/token', { form: { grant_type: 'password', password: secret }, headers: { authorization: basic(app.client_id, secret) } });
          await stranger.post('/api/oauth/token', { body: secret, type: 'text/plain' });
          await me(stranger, `${secret.replace(/ /g, '')}x`);
          await tryLogin(stranger, { email: person.who.email, password: `${secret}!` });
        }
        await signInOnPage(server.browser(), { ...someone(), password: person.who.password });
        await person.page(`/auth/authorize?${encodeForm(authorizeQuery(app, pkce(), { redirect_uri: `https://evil.example/?${t.access_token}` }))}`);
        await redeem(person, app, given);
        await redeem(person, app, given);
        await refresh(person, app, t.refresh_token);
        await refresh(person, app, t.refresh_token, {}, { scope: 'WRITE_GRAPH' });
        const metrics = (await person.get('/metrics')).text;
        for (const secret of secrets)
          assert.ok(!metrics.includes(secret));
        assert.ok(server.output.length > 1000, 'it did log');
      } finally {
        await server.close();
      }
    });
  });
