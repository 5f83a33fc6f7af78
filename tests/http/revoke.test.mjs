// POST /api/oauth/revoke (RFC 7009, dialect: Revoke).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { invalidField, invalidGrant, refused, tokens } from '../lib/expect.mjs';
import { call, grant, grantCode, isActive, me, random, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const how = [{ dialect: 'json' }, { dialect: 'form' }, { dialect: 'json', auth: 'basic' }, { dialect: 'form', auth: 'basic' }];

let server, person, app, other;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp();
  other = await server.createApp();
});
after(() => server?.close());

const isOk = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json, { status: 'ok' });
};
const works = async (t) => (await me(person, t.access_token)).status === 200;

describe('revocation', () => {
  for (const way of how) {
    it(`of an access token ends it, and leaves the refresh token: ${JSON.stringify(way)}`, async () => {
      const t = await grant(person, app);
      isOk(await revoke(person, app, t.access_token, way));
      assert.equal(await works(t), false);
      assert.equal(await isActive(person, app, t.access_token), false);
      tokens(await refresh(person, app, t.refresh_token), app.scopes);
    });

    it(`of a refresh token ends its family: ${JSON.stringify(way)}`, async () => {
      const t = await grant(person, app), next = (await refresh(person, app, t.refresh_token)).json;
      isOk(await revoke(person, app, next.refresh_token, way));
      for (const one of [t, next]) {
        assert.equal(await works(one), false);
        invalidGrant(await refresh(person, app, one.refresh_token));
      }
    });
  }

  it('says which revocation it was to those who come later', async () => {
    const t = await grant(person, app);
    await revoke(person, app, t.access_token);
    const answer = await me(person, t.access_token);
    assert.equal(answer.json.detail, 'Invalid token: access token has been revoked');
  });

  it('of a spent refresh token ends the family too', async () => {
    const t = await grant(person, app), next = (await refresh(person, app, t.refresh_token)).json;
    isOk(await revoke(person, app, t.refresh_token));
    assert.equal(await works(next), false);
  });

  it('finds the token whatever the hint says', async () => {
    for (const token_type_hint of ['access_token', 'refresh_token']) {
      const t = await grant(person, app);
      isOk(await revoke(person, app, t.access_token, { more: { token_type_hint } }));
      assert.equal(await works(t), false);
      isOk(await revoke(person, app, t.refresh_token, { dialect: 'form', more: { token_type_hint } }));
      invalidGrant(await refresh(person, app, t.refresh_token));
    }
  });

  it('is ok twice, and for a token that never was', async () => {
    const t = await grant(person, app);
    for (const way of how)
      for (const text of [t.access_token, t.access_token, t.refresh_token, t.refresh_token, `agpt_xt_${random()}`, 'rubbish', 'é漢'])
        isOk(await revoke(person, app, text, way));
  });

  it("of another app's token says ok and does nothing", async () => {
    const t = await grant(person, app);
    for (const way of how)
      for (const text of [t.access_token, t.refresh_token])
        isOk(await revoke(person, other, text, way));
    assert.equal(await works(t), true);
    tokens(await refresh(person, app, t.refresh_token), app.scopes);
  });

  it('of a code or of a session cookie does nothing', async () => {
    const given = await grantCode(person, app);
    isOk(await revoke(person, app, given.code));
    isOk(await revoke(person, app, person.cookies.get('gatehouse')));
    tokens(await redeem(person, app, given), app.scopes);
  });

  it('leaves the other families of that person and app alone', async () => {
    const t = await grant(person, app), bystander = await grant(person, app);
    await revoke(person, app, t.refresh_token);
    assert.equal(await works(bystander), true);
  });

  it('works for a public client', async () => {
    const open = await server.createApp({ isPublic: true, redirectUris: ['http://127.0.0.1/cb'] });
    const t = await grant(person, open);
    isOk(await revoke(person, open, t.refresh_token, { dialect: 'form' }));
    assert.equal(await works(t), false);
  });

  it('needs a client that authenticates, and a token', async () => {
    const t = await grant(person, app);
    for (const way of how)
      refused(await revoke(person, { ...app, client_secret: 'agpt_secret_' + random() }, t.refresh_token, way), 401, 'invalid_client');
    assert.equal(await works(t), true);
    invalidField(await call(person, '/api/oauth/revoke', app, {}), 'token');
    refused(await call(person, '/api/oauth/revoke', app, {}, { dialect: 'form' }), 400, 'invalid_request');
  });
});

describe('when the database refuses to write', () => {
  const tables = ['authorizations', 'access_tokens', 'refresh_tokens'];
  const fail = () => server.database.refuse(tables), heal = () => server.database.accept(tables);
  after(heal);

  it('revocation is 503, never ok, and works again afterwards', async () => {
    const t = await grant(person, app);
    await fail();
    for (const way of how)
      for (const text of [t.access_token, t.refresh_token]) {
        const answer = await revoke(person, app, text, way);
        assert.equal(answer.status, 503, answer.text);
        assert.equal(answer.json.error, 'temporarily_unavailable');
        assert.match(answer.headers['retry-after'], /^\d+$/);
      }
    const turned = await refresh(person, app, t.refresh_token);
    assert.equal(turned.status, 503, turned.text);
    await heal();
    assert.equal(await works(t), true, 'nothing was half done');
    isOk(await revoke(person, app, t.refresh_token));
    assert.equal(await works(t), false);
  });
});
