// POST /api/oauth/token with a refresh token: rotation, its grace, and the end of a family.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidField, invalidGrant, refused, tokens } from '../lib/expect.mjs';
import { grant, isActive, me, random, refresh } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person, app, other;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp({ scopes: ['IDENTITY', 'READ_GRAPH', 'EXECUTE_GRAPH'] });
  other = await server.createApp();
});
after(() => server?.close());

const rotate = async (from, how, more) => tokens(await refresh(person, app, from, how, more), app.scopes);
const GRACE = 30; // seconds

async function isDead(...all) {
  for (const t of all) {
    assert.equal((await me(person, t.access_token)).status, 401);
    assert.equal(await isActive(person, app, t.refresh_token), false);
    invalidGrant(await refresh(person, app, t.refresh_token));
  }
}

describe('rotation', () => {
  for (const dialect of ['json', 'form'])
    for (const auth of ['body', 'basic'])
      it(`gives a new pair: ${dialect}, secret in ${auth}`, async () => {
        const first = await grant(person, app), next = await rotate(first.refresh_token, { dialect, auth });
        assert.notEqual(next.refresh_token, first.refresh_token);
        assert.notEqual(next.access_token, first.access_token);
        assert.equal((await me(person, next.access_token)).status, 200);
        assert.equal((await me(person, first.access_token)).status, 200, 'the old access token lives out its hour');
      });

  it('goes on for many generations', async () => {
    let t = await grant(person, app);
    const seen = new Set([t.refresh_token]);
    for (let i = 0; i < 20; i++) {
      t = await rotate(t.refresh_token);
      assert.ok(!seen.has(t.refresh_token));
      seen.add(t.refresh_token);
    }
  });

  it('works for a public client', async () => {
    const open = await server.createApp({ isPublic: true, redirectUris: ['http://127.0.0.1/cb'] });
    const first = await grant(person, open);
    for (const dialect of ['json', 'form'])
      tokens(await refresh(person, open, first.refresh_token, { dialect }), open.scopes);
  });

  it('narrows the access token when asked, not the family', async () => {
    const first = await grant(person, app);
    const answer = await refresh(person, app, first.refresh_token, { dialect: 'form' }, { scope: 'IDENTITY' });
    const narrow = tokens(answer, ['IDENTITY']);
    tokens(await refresh(person, app, narrow.refresh_token, { dialect: 'form' }), app.scopes);
  });

  it('does not widen', async () => {
    const first = await grant(person, app, { scope: 'IDENTITY' });
    for (const dialect of ['json', 'form'])
      for (const scope of ['IDENTITY READ_GRAPH', 'DELETE_INTEGRATIONS', 'NONSENSE'])
        refused(await refresh(person, app, first.refresh_token, { dialect }, { scope }), 400, 'invalid_scope');
    tokens(await refresh(person, app, first.refresh_token), ['IDENTITY']);
  });
});

describe('a replay', () => {
  it('within the grace, before the successor was used, gives the same successor', async () => {
    const first = await grant(person, app), one = await rotate(first.refresh_token);
    const two = await rotate(first.refresh_token, { dialect: 'form', auth: 'basic' });
    assert.equal(two.refresh_token, one.refresh_token);
    assert.equal(two.access_token, one.access_token);
    assert.equal((await me(person, two.access_token)).status, 200);
    await rotate(two.refresh_token);
  });

  it('after the grace kills the family', async () => {
    const first = await grant(person, app), next = await rotate(first.refresh_token);
    await server.age('refresh_tokens', ['spent_at'], GRACE + 5);
    invalidGrant(await refresh(person, app, first.refresh_token), /revoked/);
    await isDead(first, next);
  });

  it('within the grace, after the successor was used, kills the family', async () => {
    const first = await grant(person, app), next = await rotate(first.refresh_token), third = await rotate(next.refresh_token);
    invalidGrant(await refresh(person, app, first.refresh_token), /revoked/);
    await isDead(first, next, third);
  });

  it("within the grace, after the successor's access token was used, is as the design says: only the refresh token counts", async () => {
    const first = await grant(person, app), next = await rotate(first.refresh_token);
    assert.equal((await me(person, next.access_token)).status, 200);
    assert.equal((await rotate(first.refresh_token)).refresh_token, next.refresh_token);
  });

  it('kills one family, not the others of that person and app', async () => {
    const first = await grant(person, app), bystander = await grant(person, app);
    await rotate(first.refresh_token);
    await server.age('refresh_tokens', ['spent_at'], GRACE + 5);
    invalidGrant(await refresh(person, app, first.refresh_token));
    assert.equal((await me(person, bystander.access_token)).status, 200);
    await rotate(bystander.refresh_token);
  });
});

describe('a refresh token', () => {
  it('that nobody issued is not found', async () => {
    for (const text of [`agpt_rt_${random()}`, 'x', `agpt_xt_${random()}`, 'é'.repeat(30), `agpt_rt_${'A'.repeat(43)}`])
      for (const dialect of ['json', 'form'])
        invalidGrant(await refresh(person, app, text, { dialect }), /refresh token not found/);
  });

  it('of another app is refused, and unharmed', async () => {
    const first = await grant(person, app);
    invalidGrant(await refresh(person, other, first.refresh_token), /does not belong to this application/);
    await rotate(first.refresh_token);
  });

  it('spent, presented by another app, does not kill the family', async () => {
    const first = await grant(person, app), next = await rotate(first.refresh_token);
    await server.age('refresh_tokens', ['spent_at'], GRACE + 5);
    invalidGrant(await refresh(person, other, first.refresh_token));
    assert.equal((await me(person, next.access_token)).status, 200);
  });

  it('that has expired is refused', async () => {
    const first = await grant(person, app);
    await server.age('refresh_tokens', ['expires_at'], 31 * 86400);
    invalidGrant(await refresh(person, app, first.refresh_token), /expired/);
  });

  it('does not outlive its authorization, however often it is renewed', async () => {
    const first = await grant(person, app), year = 365 * 86400;
    await server.age('authorizations', ['expires_at'], year - 100, 'id = (SELECT max(id) FROM authorizations)');
    const answer = await refresh(person, app, first.refresh_token);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(Date.parse(answer.json.refresh_token_expires_at) < Date.now() + 101_000, answer.json.refresh_token_expires_at);
    assert.ok(answer.json.expires_in <= 100, 'nor does its access token');
  });

  it('of a disabled person is refused', async () => {
    const gone = await signUp(server), first = await grant(gone, app);
    await server.sql(`UPDATE users SET is_active = FALSE WHERE id = '${gone.user.id}'`);
    invalidGrant(await refresh(person, app, first.refresh_token));
  });

  it('is required: 422 as JSON, 400 as a form', async () => {
    invalidField(await refresh(person, app, undefined), 'refresh_token');
    refused(await refresh(person, app, undefined, { dialect: 'form' }), 400, 'invalid_request');
  });
});
