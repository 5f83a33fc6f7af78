// Connecting accounts of real OAuth servers: several of node-oidc-provider, each of another kind, and a second Gatehouse.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withKey } from '../lib/agents.mjs';
import { OidcServer } from '../lib/oidc.mjs';
import { signUp } from '../lib/people.mjs';
import { CALLBACK, CLIENT, complete, initiate, withProviders } from '../lib/providers.mjs';
import { Server } from '../lib/server.mjs';

const SEND = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc';
const SCOPES = ['MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'DELETE_INTEGRATIONS', 'EXECUTE_BLOCK'];

// What the operator writes about such a server.
const row = ({ url }, { token, ...more } = {}) => ({
  title: 'Oidc', kinds: ['oauth2'],
  oauth: { authorize: { url: `${url}/auth`, params: { prompt: 'consent' } }, token: { url: `${url}/token`, ...token }, revoke: { url: `${url}/token/revocation` },
    user: { url: `${url}/me`, path: 'preferred_username' }, scopes: { default: ['openid', 'profile', 'offline_access'], mode: 'union' }, hosts: ['127.0.0.1'], ...more },
});

const kinds = {
  form: {},
  basic: { auth: 'client_secret_basic' },
  pkce: { pkce: true },
  rotating: { seconds: 20, rotates: true },
};

let server, person, api;
const at = {}; // the provider of each kind

const back = (location) => Object.fromEntries(location.searchParams);
const use = (id, url) => api.post(`/blocks/${SEND}/execute`, { method: 'GET', url, credentials: { id } });
const expire = (id) => server.age('credentials', ['expires_at'], 7200, `id = '${id}'`);
const meta = async (id) => (await api.get('/integrations/credentials')).json.find((c) => c.id === id);

// Off to the provider, through its pages, and back. body: of initiate
async function connected(kind, body, login = 'ada', provider = kind) {
  const begun = await initiate(api, provider, body), location = await at[kind].visit(begun.login, login);
  assert.equal(location.origin + location.pathname, CALLBACK);
  const { code, state } = back(location);
  assert.equal(state, begun.state_token);
  return complete(api, provider, begun, code);
}

async function credential(kind, body, login) {
  const answer = await connected(kind, body, login);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

before(async () => {
  for (const [name, options] of Object.entries(kinds))
    at[name] = await OidcServer.start({ client: CLIENT, redirectUris: [CALLBACK], ...options });
  server = await withProviders({
    form: row(at.form),
    basic: row(at.basic, { token: { client: 'basic' }, revoke: { url: `${at.basic.url}/token/revocation`, auth: 'basic' } }),
    pkce: row(at.pkce, { pkce: true }),
    rotating: row(at.rotating),
    'without-pkce': row(at.pkce),
    'wrong-client': row(at.form),
  }, { GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.1', GATEHOUSE_AGENT_THREADS: '32', WRONG_CLIENT_CLIENT_SECRET: 'another secret' });
  person = await signUp(server);
  api = await withKey(server, person, SCOPES);
});
after(async () => {
  await server?.close();
  await Promise.all(Object.values(at).map((it) => it.stop()));
});

for (const kind of Object.keys(kinds))
  describe(`a provider of the kind “${kind}”`, () => {
    let id;

    it('connects an account, and tells whose it is and what it may', async () => {
      const got = await credential(kind, { scopes: ['api:read'] });
      id = got.credentials_id;
      assert.deepEqual(at[kind].ways, new Set([kind === 'basic' ? 'Basic' : 'form']));
      assert.deepEqual([got.provider, got.username, [...got.scopes].sort(), got.missing_scopes], [kind, 'ada', ['api:read', 'offline_access', 'openid', 'profile'], []]);
    });

    it('takes the token', async () => {
      const answer = await use(id, `${at[kind].url}/me`);
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(answer.json.response, [{ sub: 'ada', preferred_username: 'ada' }]);
      assert.equal(at[kind].used.at(-1), `Bearer ${at[kind].tokens.at(-1)}`);
    });

    it('renews it, once for all who need it', async () => {
      await expire(id);
      const from = at[kind].refreshes(), answers = await Promise.all(Array.from({ length: 30 }, () => use(id, `${at[kind].url}/me`)));
      assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
      const renewed = at[kind].refreshes() - from;
      if (kind === 'rotating') // its tokens are due again when the next ones ask
        assert.ok(renewed >= 1 && renewed <= 30);
      else
        assert.equal(renewed, 1);
    });

    it('stays connected over many renewals', async () => {
      for (let i = 0; i < 3; i++) {
        await expire(id);
        assert.equal((await use(id, `${at[kind].url}/me`)).status, 200);
      }
      assert.equal((await meta(id)).state, 'ok');
    });

    it('that takes back the grant is connected anew, under the same id and to no other account', async () => {
      await at[kind].revokeAll();
      await expire(id);
      const answer = await use(id, `${at[kind].url}/me`);
      assert.equal(answer.status, 400);
      assert.match(answer.json.detail, /must be connected anew/);
      assert.equal((await meta(id)).state, 'reconnect_needed');
      const other = await connected(kind, { credentials_id: id, scopes: ['api:read'] }, 'grace');
      assert.equal(other.status, 400, other.text);
      assert.match(other.json.detail, /another account than the one that was connected: ada/);
      assert.equal((await credential(kind, { credentials_id: id, scopes: ['api:read'] })).credentials_id, id);
      assert.equal((await meta(id)).state, 'ok');
      assert.equal((await use(id, `${at[kind].url}/me`)).status, 200);
    });

    it('hears that it is disconnected, and ends the tokens', async () => {
      await at[kind].revokeAll();
      const { credentials_id } = await credential(kind, {}, 'linus');
      assert.ok(await at[kind].living() >= 1);
      assert.equal((await api.delete(`/integrations/${kind}/credentials/${credentials_id}`)).status, 200);
      assert.equal(await at[kind].living(), 0);
      assert.equal(await meta(credentials_id), undefined);
    });

    it('leads back a person who says no', async () => {
      const begun = await initiate(api, kind), { error, state } = back(await at[kind].visit(begun.login, 'ada', { cancels: true }));
      assert.deepEqual([error, state], ['access_denied', begun.state_token]);
    });

    it('gives nothing for a code that was used, or is none', async () => {
      const begun = await initiate(api, kind), { code } = back(await at[kind].visit(begun.login, 'ada'));
      assert.equal((await complete(api, kind, begun, code)).status, 200);
      for (const text of [code, 'nonsense']) {
        const answer = await complete(api, kind, await initiate(api, kind), text);
        assert.equal(answer.status, 400);
        assert.match(answer.json.detail, /^OAuth2 callback failed to exchange code for tokens: Oidc answered invalid_grant/);
      }
    });
  });

describe('what a provider does not accept', () => {
  it('is told: a wrong secret', async () => {
    const answer = await connected('form', {}, 'ada', 'wrong-client');
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.detail, /Oidc answered invalid_client/);
  });

  it('is refused on its own pages: no PKCE where it is required', async () => {
    const { error, error_description } = back(await at.pkce.visit((await initiate(api, 'without-pkce')).login, 'ada'));
    assert.equal(error, 'invalid_request');
    assert.match(error_description, /PKCE/i);
  });

  it('is granted less: scopes that it does not know', async () => {
    const { scopes, missing_scopes } = await credential('form', { scopes: ['api:read', 'api:admin'] });
    assert.ok(scopes.includes('api:read') && !scopes.includes('api:admin'));
    assert.deepEqual(missing_scopes, ['api:admin']);
  });
});

describe('tokens that rotate', () => {
  it('are never used twice, whatever comes at the same time', async () => {
    const { credentials_id } = await credential('rotating', {}, 'mary');
    for (let i = 0; i < 3; i++) {
      await expire(credentials_id);
      const answers = await Promise.all(Array.from({ length: 40 }, () => use(credentials_id, `${at.rotating.url}/me`)));
      assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
    }
    assert.equal((await meta(credentials_id)).state, 'ok');
  });
});

describe('another Gatehouse as the provider', () => {
  let twin, app, ours, member;

  before(async () => {
    twin = await Server.start();
    app = await twin.createApp({ scopes: ['IDENTITY', 'READ_GRAPH'], redirectUris: [CALLBACK] });
    member = await signUp(twin);
    ours = await withProviders({
      twin: {
        title: 'Twin', kinds: ['oauth2'],
        oauth: { authorize: { url: `${twin.base}/auth/authorize` }, token: { url: `${twin.base}/api/oauth/token` }, revoke: { url: `${twin.base}/api/oauth/revoke` },
          user: { url: `${twin.base}/external-api/v1/me`, path: 'email' }, pkce: true, scopes: { default: ['IDENTITY'], mode: 'union' }, hosts: ['localhost'] },
      },
    }, { GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.1, ::1', TWIN_CLIENT_ID: app.client_id, TWIN_CLIENT_SECRET: app.client_secret });
    const who = await signUp(ours);
    api = await withKey(ours, who, SCOPES);
  });
  after(async () => {
    await ours?.close();
    await twin?.close();
  });

  const consented = async (body) => {
    const begun = await initiate(api, 'twin', body);
    const page = await member.page(begun.login.pathname + begun.login.search);
    const { location } = await member.submit(page, /^(authorize|allow)/i);
    const answer = await complete(api, 'twin', begun, location.searchParams.get('code'));
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  };
  const me = (id) => use(id, `${twin.base}/external-api/v1/me`);
  const late = (id) => ours.age('credentials', ['expires_at'], 7200, `id = '${id}'`);
  let id;

  it('connects', async () => {
    const got = await consented({ scopes: ['READ_GRAPH'] });
    id = got.credentials_id;
    assert.deepEqual([got.username, [...got.scopes].sort(), got.missing_scopes], [member.who.email, ['IDENTITY', 'READ_GRAPH'], []]);
    assert.equal((await me(id)).json.response[0].email, member.who.email);
  });

  it('renews its tokens, which rotate there', async () => {
    for (let i = 0; i < 3; i++) {
      await late(id);
      const answers = await Promise.all(Array.from({ length: 20 }, () => me(id)));
      assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
    }
    const [{ n }] = await twin.sql('SELECT COUNT(*) AS n FROM refresh_tokens');
    assert.equal(Number(n), 4);
  });

  it('is connected anew after the person took it back there', async () => {
    await member.submit(await member.page('/profile/connected-apps'), /remove/i);
    await late(id);
    assert.match((await me(id)).json.detail, /must be connected anew/);
    assert.equal((await consented({ credentials_id: id, scopes: ['READ_GRAPH'] })).credentials_id, id);
    assert.equal((await me(id)).status, 200);
  });

  it('hears that it is disconnected', async () => {
    const living = async () => Number((await twin.sql('SELECT COUNT(*) AS n FROM authorizations WHERE revoked_at = 0'))[0].n);
    assert.equal(await living(), 1);
    assert.equal((await api.delete(`/integrations/twin/credentials/${id}`)).status, 200);
    assert.equal(await living(), 0);
  });
});
