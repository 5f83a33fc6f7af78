// Connecting an account by OAuth: off to the provider, and back, whatever the provider does.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { withKey } from '../lib/agents.mjs';
import { signUp } from '../lib/people.mjs';
import { CALLBACK, complete, connect, described, initiate, Provider, withProviders } from '../lib/providers.mjs';
import { Server } from '../lib/server.mjs';
import { sendJson } from '../lib/stand-in.mjs';

const SCOPES = ['MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'EXECUTE_BLOCK'];
const SEND = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc';
const s256 = (text) => createHash('sha256').update(text).digest('base64url');

let server, provider, person, api;
const runs = (id) => api.post(`/blocks/${SEND}/execute`, { method: 'GET', url: `${provider.url}/api`, credentials: { id } });
before(async () => {
  provider = await Provider.start();
  server = await withProviders({
    acme: described(provider.url, { pkce: true, scopes: { words: { read: 'Read' } } }),
    basic: described(provider.url, { token: { url: `${provider.url}/token`, client: 'basic', body: 'json' }, authorize: { url: `${provider.url}/authorize?tenant=1`, params: { owner: 'user' } }, user: { path: 'owner.person.email' }, title: 'workspace', metadata: ['bot_id'] }),
    strict: described(provider.url, { token: { url: `${provider.url}/token`, require: ['refresh_token', 'expires_in'] } }),
    short: described(provider.url, { scopes: { default: ['https://x.example/base'], mode: 'union', prefix: 'https://x.example/', names: { openid: 'openid' } } }),
    comma: described(provider.url, { scopes: { separator: ',', separators: ', ' } }),
    fixed: described(provider.url, { authorize: { url: `${provider.url}/authorize`, omit: ['response_type', 'redirect_uri'] }, scopes: { default: ['a', 'b'], mode: 'fixed' }, token: { url: `${provider.url}/token`, granted_all: '*', expires_in: 60 } }),
  }, { EXTERNAL_OAUTH_CALLBACK_ORIGINS: 'http://localhost:3000,https://app.example' });
  person = await signUp(server);
  api = await withKey(server, person, SCOPES);
});
after(async () => {
  await server?.close();
  await provider?.stop();
});
beforeEach(() => {
  provider.calls = [];
  provider.token = (form, request, response) => sendJson(response, provider.tokens());
});

describe('initiate', () => {
  it('gives an address at the provider, with PKCE, a state and an end', async () => {
    const { login, login_url, state_token, expires_at } = await initiate(api, 'acme', { scopes: ['read', 'write'] });
    assert.ok(login_url.startsWith(`${provider.url}/authorize?`));
    const { code_challenge, ...query } = Object.fromEntries(login.searchParams);
    assert.deepEqual(query, { response_type: 'code', client_id: 'client of gatehouse', redirect_uri: CALLBACK, scope: 'read write', state: state_token, code_challenge_method: 'S256' });
    assert.match(state_token, /^[\w-]{43}$/);
    assert.match(code_challenge, /^[\w-]{43}$/);
    assert.ok(Math.abs(expires_at - Date.now() / 1000 - 600) < 10);
    const [row] = await server.sql('SELECT COUNT(*) AS n FROM connection_states WHERE used_at = 0');
    assert.ok(Number(row.n) >= 1);
  });

  it('writes what the table says of each provider', async () => {
    const query = async (name, body) => Object.fromEntries((await initiate(api, name, body)).login.searchParams);
    const basic = await query('basic');
    assert.deepEqual([basic.tenant, basic.owner, basic.scope, basic.code_challenge], ['1', 'user', undefined, undefined]);
    assert.equal((await query('short', { scopes: ['mail', 'openid', 'https://x.example/mail'] })).scope, 'https://x.example/mail openid https://x.example/base');
    assert.equal((await query('comma', { scopes: ['read write'] })).scope, 'read,write');
    const fixed = await query('fixed', { scopes: ['z'] });
    assert.deepEqual([fixed.scope, fixed.response_type, fixed.redirect_uri], ['a b', undefined, undefined]);
  });

  it('leads people back to allowed origins alone; on localhost any port', async () => {
    const ask = (callback_url) => api.post('/integrations/acme/oauth/initiate', { callback_url });
    for (const url of ['http://localhost:3000/', 'http://localhost:4711/x?y=z', 'http://localhost/x', 'https://app.example/deep/path', 'https://APP.example:443/'])
      assert.equal((await ask(url)).status, 200, url);
    for (const url of ['https://localhost:3000/', 'http://app.example/', 'https://app.example:8443/', 'https://app.example.evil.example/', 'https://app.example@evil.example/',
      'http://localhost:3000@evil.example/', 'http://localhost.evil.example/', 'http://localhost:80@evil.example', 'javascript:alert(1)', 'https://app.example\\@evil.example/', 'http://127.0.0.1:3000/', '', 'x', `https://app.example/${'x'.repeat(2000)}\u00e9`,
      'https://app.example/#f']) {
      const answer = await ask(url);
      assert.equal(answer.status, 400, url);
      assert.deepEqual(answer.json.detail, ["Callback URL origin is not allowed. Allowed origins: ['http://localhost:3000', 'https://app.example']"]);
    }
  });

  it('refuses providers that it does not know, that have no OAuth, that are not configured', async () => {
    const ask = (name, who = api) => who.post(`/integrations/${name}/oauth/initiate`, { callback_url: CALLBACK });
    assert.deepEqual([(await ask('nobody')).status, (await ask('nobody')).json.detail], [404, "Provider 'nobody' not found"]);
    assert.deepEqual([(await ask('openai')).status, (await ask('openai')).json.detail], [404, "Provider 'openai' does not support OAuth"]);
    const github = await ask('github');
    assert.equal(github.status, 501);
    assert.deepEqual(github.json, { detail: { message: "Integration with provider 'github' is not configured.", hint: "Set client ID and secret in the application's deployment environment" } });
    assert.deepEqual((await person.get('/api/integrations/github/login')).json.detail, github.json.detail);
  });

  it('tells administrators which variables to set', async () => {
    const { email, password } = await server.createUser({ admin: true });
    const admin = server.browser();
    await admin.post('/api/auth/login', { json: { email, password } });
    const answer = await admin.get('/api/integrations/github/login');
    assert.equal(answer.status, 501);
    assert.match(answer.json.detail.hint, /GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET/);
  });

  it('asks for MANAGE_INTEGRATIONS, and for a body that fits', async () => {
    const reader = await withKey(server, person, ['READ_INTEGRATIONS']);
    assert.equal((await reader.post('/integrations/acme/oauth/initiate', { callback_url: CALLBACK })).status, 403);
    for (const body of [{}, { callback_url: 7 }, { callback_url: CALLBACK, scopes: 'read' }, { callback_url: CALLBACK, scopes: ['"'] }, { callback_url: CALLBACK, scopes: Array(101).fill('x') },
      { callback_url: CALLBACK, state_metadata: [] }, { callback_url: CALLBACK, state_metadata: { x: 'y'.repeat(9000) } }])
      assert.equal((await api.post('/integrations/acme/oauth/initiate', body)).status, 422, JSON.stringify(body).slice(0, 80));
  });

  it('bounds how many connections a person has under way: the oldest makes room', async () => {
    const who = await signUp(server), many = await withKey(server, who, SCOPES);
    const first = await initiate(many, 'acme'), second = await initiate(many, 'acme');
    await server.age('connection_states', ['expires_at'], 2, `user_id = '${who.user.id}'`);
    for (let i = 0; i < 99; i++)
      await initiate(many, 'acme');
    const open = await server.sql(`SELECT COUNT(*) AS n FROM connection_states WHERE user_id = '${who.user.id}'`);
    assert.equal(Number(open[0].n), 100);
    const gone = await Promise.all([first, second].map((begun) => complete(many, 'acme', begun)));
    assert.deepEqual(gone.map((answer) => answer.status).sort(), [200, 400], 'one of the two oldest');
  });

  it('is begun by no other site', async () => {
    const ask = (headers) => person.get('/api/integrations/acme/login', { headers });
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }])
      assert.equal((await ask(headers)).status, 403);
    assert.equal((await ask({ 'sec-fetch-site': 'same-origin' })).status, 200);
  });
});

describe('complete', () => {
  it('exchanges the code and stores the credential', async () => {
    const begun = await initiate(api, 'acme', { scopes: ['read'], state_metadata: { page: [1] } });
    const answer = await complete(api, 'acme', begun);
    assert.equal(answer.status, 200, answer.text);
    const { credentials_id, ...rest } = answer.json;
    assert.match(credentials_id, /^[\da-f-]{36}$/);
    assert.deepEqual(rest, { provider: 'acme', type: 'oauth2', title: null, scopes: ['read'], username: 'ada', state_metadata: { page: [1] }, missing_scopes: [] });
    const [{ form, request }] = provider.to('/token');
    const { code_verifier, ...sent } = form;
    assert.deepEqual(sent, { grant_type: 'authorization_code', code: 'a-code', redirect_uri: CALLBACK, client_id: 'client of gatehouse', client_secret: 'a secret & its = signs' });
    assert.equal(code_verifier.length, 128);
    assert.equal(s256(code_verifier), begun.login.searchParams.get('code_challenge'));
    assert.equal(request.headers.accept, 'application/json');
    const [row] = await server.sql(`SELECT provider, scopes, username, state FROM credentials WHERE id = '${credentials_id}'`);
    assert.deepEqual({ ...row }, { provider: 'acme', scopes: 'read', username: 'ada', state: 'ok' });
  });

  it('speaks Basic and JSON where the table says so, and keeps title and name of the answer', async () => {
    provider.token = (form, request, response) => sendJson(response, { access_token: 'x', workspace: 'My space', bot_id: 'b1', owner: { person: { email: 'ada@example.org' } } });
    const { title, username } = await connect(api, 'basic');
    assert.deepEqual([title, username], ['My space', 'ada@example.org']);
    const [{ form, request }] = provider.to('/token');
    assert.deepEqual(form, { grant_type: 'authorization_code', code: 'a-code', redirect_uri: CALLBACK });
    assert.equal(Buffer.from(request.headers.authorization.replace('Basic ', ''), 'base64').toString(), 'client+of+gatehouse:a+secret+%26+its+%3D+signs');
    assert.equal(provider.to('/me').length, 0);
  });

  it('works once for each state, even for many at the same time', async () => {
    const begun = await initiate(api, 'acme');
    const answers = await Promise.all(Array.from({ length: 10 }, () => complete(api, 'acme', begun)));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(9).fill(400)]);
    assert.ok(answers.filter((a) => a.status === 400).every((a) => a.json.detail === 'Invalid or expired state token'));
    assert.equal(provider.to('/token').length, 1);
  });

  it('takes no foreign state: of another person, another provider, the other way, too old, made up', async () => {
    const refused = (answer, detail = 'Invalid or expired state token') => assert.deepEqual([answer.status, answer.json.detail], [400, detail]);
    const begun = await initiate(api, 'acme');
    const stranger = await withKey(server, await signUp(server), SCOPES);
    refused(await complete(stranger, 'acme', begun));
    refused(await complete(api, 'basic', begun));
    refused(await person.post('/api/integrations/acme/callback', { json: { code: 'x', state_token: begun.state_token } }), 'State token was created for external OAuth flow');
    assert.equal((await complete(api, 'acme', begun)).status, 200);
    const inner = (await person.get('/api/integrations/acme/login')).json;
    refused(await complete(api, 'acme', inner), 'State token was not created for external OAuth flow');
    const old = await initiate(api, 'acme');
    await server.age('connection_states', ['expires_at'], 601);
    refused(await complete(api, 'acme', old));
    for (const state_token of ['', 'x', 'A'.repeat(43), old.state_token.slice(0, -1)])
      refused(await complete(api, 'acme', { state_token }));
    assert.equal(provider.to('/token').length, 1);
  });

  it('records what was granted, and tells what is missing', async () => {
    provider.token = (form, request, response) => sendJson(response, provider.tokens({ scope: 'read admin' }));
    const some = await connect(api, 'acme', { scopes: ['read', 'write'] });
    assert.deepEqual([some.scopes, some.missing_scopes], [['read', 'admin'], ['write']]);
    provider.token = (form, request, response) => sendJson(response, provider.tokens({ scope: 'read,write' }));
    assert.deepEqual((await connect(api, 'comma', { scopes: ['read', 'write'] })).scopes, ['read', 'write']);
    provider.token = (form, request, response) => sendJson(response, provider.tokens({ scope: ['read'] }));
    assert.deepEqual((await connect(api, 'comma', { scopes: ['read', 'write'] })).missing_scopes, ['write']);
    provider.token = (form, request, response) => sendJson(response, provider.tokens({ scope: '*' }));
    assert.deepEqual((await connect(api, 'fixed')).scopes, ['a', 'b']);
  });

  it('needs no refresh token, but where the table says so', async () => {
    provider.token = (form, request, response) => sendJson(response, { access_token: 'x' });
    await connect(api, 'acme');
    const answer = await complete(api, 'strict', await initiate(api, 'strict'));
    assert.equal(answer.status, 400);
    assert.match(answer.json.detail, /failed to exchange code for tokens: .*refresh_token/);
  });

  it('connects although nobody says whose account it is', async () => {
    provider.user = { unexpected: true };
    assert.equal((await connect(api, 'acme')).username, null);
    provider.user = { login: 'ada' };
  });
});

describe('a provider that does otherwise', () => {
  const outcome = async (behave, words, name = 'acme') => {
    provider.token = (form, request, response) => behave(response);
    const answer = await complete(api, name, await initiate(api, name));
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.detail, /^OAuth2 callback failed to exchange code for tokens: /);
    assert.match(answer.json.detail, words);
  };

  it('each has its words', async () => {
    await outcome((r) => sendJson(r, { error: 'bad_verification_code', error_description: 'The code is wrong.' }), /Acme answered bad_verification_code: The code is wrong\./);
    await outcome((r) => sendJson(r, { error: 'invalid_grant' }, 400), /Acme answered invalid_grant$/);
    await outcome((r) => sendJson(r, { message: 'Bad', error: 400 }, 400), /Acme answered 400: Bad/);
    await outcome((r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'), /200 with something that is no JSON/);
    await outcome((r) => r.writeHead(302, { location: `${provider.url}/elsewhere` }).end(), /302, which leads to another address/);
    await outcome((r) => r.writeHead(500).end(), /answered 500/);
    await outcome((r) => sendJson(r, ['access_token']), /no JSON object/);
    await outcome((r) => sendJson(r, { token: 'x' }), /no usable access_token/);
    await outcome((r) => sendJson(r, { access_token: '' }), /no usable access_token/);
    await outcome((r) => sendJson(r, { access_token: 'a\r\nX-Evil: 1' }), /no usable access_token/);
    await outcome((r) => sendJson(r, { access_token: 'x'.repeat(9000) }), /no usable access_token/);
    await outcome((r) => sendJson(r, { access_token: 'x', token_type: 'mac' }), /no usable token_type/);
    await outcome((r) => sendJson(r, { access_token: 'x', scope: 7 }), /no usable scope/);
    await outcome((r) => r.end('x'.repeat(2 << 20)), /larger than 1048576 bytes/);
    await outcome((r) => r.end(`${'['.repeat(100000)}`), /no JSON object/);
    await outcome((r) => r.destroy(), /could not be reached/);
    assert.equal(provider.to('/elsewhere').length, 0);
  });

  it('repeats our secret to nobody', async () => {
    provider.token = (form, request, response) => sendJson(response, { error: 'invalid_client', error_description: `wrong: ${form.client_secret}` }, 401);
    const answer = await complete(api, 'acme', await initiate(api, 'acme'));
    assert.equal(answer.json.detail, 'OAuth2 callback failed to exchange code for tokens: Acme answered 401');
    provider.token = (form, request, response) => sendJson(response, { error: 'invalid_grant', error_description: `unknown: ${form.code}` }, 400);
    const again = await complete(api, 'acme', await initiate(api, 'acme'), 'a-code-of-a-provider');
    assert.equal(again.json.detail, 'OAuth2 callback failed to exchange code for tokens: Acme answered 400');
  });

  it('that is slow holds nobody else up, and is given up', { timeout: 60_000 }, async () => {
    const slow = await initiate(api, 'acme'), from = Date.now();
    provider.token = () => {};
    const waiting = complete(api, 'acme', slow);
    assert.equal((await api.get('/integrations/providers')).status, 200);
    const answer = await waiting;
    assert.ok(Date.now() - from < 30_000);
    assert.equal(answer.status, 400);
    assert.match(answer.json.detail, /did not answer in time/);
  });
});

describe("the person's own pages", () => {
  it('connect by login and callback', async () => {
    const { login_url, state_token } = (await person.get('/api/integrations/acme/login', { query: { scopes: 'read,write' } })).json;
    const query = new URL(login_url).searchParams;
    assert.equal(query.get('redirect_uri'), `${server.base}/auth/integrations/oauth_callback`);
    assert.equal(query.get('scope'), 'read write');
    const answer = await person.post('/api/integrations/acme/callback', { json: { code: 'c', state_token } });
    assert.equal(answer.status, 200, answer.text);
    const { provider: name, type, title, scopes, username, host, state } = answer.json;
    assert.deepEqual({ name, type, title, scopes, username, host, state }, { name: 'acme', type: 'oauth2', title: null, scopes: ['read', 'write'], username: 'ada', host: null, state: 'ok' });
  });

  it('are led back to a page that completes the connection', async () => {
    const { state_token } = (await person.get('/api/integrations/acme/login')).json;
    const page = await person.page(`/auth/integrations/oauth_callback?code=c&state=${state_token}`);
    assert.equal(page.status, 200);
    assert.match(page.text, /Acme is connected[\s\S]*Connected as ada/);
    const again = await person.page(`/auth/integrations/oauth_callback?code=c&state=${state_token}`);
    assert.equal(again.status, 400);
    assert.match(again.text, /This attempt has expired, was used already/);
  });

  it('read what the provider says against it, as text', async () => {
    const { state_token } = (await person.get('/api/integrations/acme/login')).json;
    const page = await person.page(`/auth/integrations/oauth_callback?error=access_denied&error_description=%3Cb%3ENo%3C%2Fb%3E&state=${state_token}`);
    assert.equal(page.status, 400);
    assert.match(page.text, /Acme answered access_denied: &lt;b&gt;No/);
    assert.equal(provider.to('/token').length, 0);
  });

  it('connect anew, keeping the id, never another account, never with less', async () => {
    const once = async (query, behave) => {
      const { state_token } = (await person.get('/api/integrations/acme/login', { query })).json;
      provider.token = behave ?? ((form, request, response) => sendJson(response, provider.tokens()));
      return person.post('/api/integrations/acme/callback', { json: { code: 'c', state_token } });
    };
    const first = (await once({ scopes: 'read' })).json;
    const more = await once({ scopes: 'write', credential_id: first.id });
    assert.deepEqual([more.status, more.json.id, more.json.scopes], [200, first.id, ['read', 'write']]);
    const less = await once({ credential_id: first.id }, (form, request, response) => sendJson(response, provider.tokens({ scope: 'read' })));
    assert.equal(less.status, 400);
    assert.match(less.json.detail, /would lose permissions that it has: write/);
    provider.user = { login: 'grace' };
    assert.match((await once({ credential_id: first.id })).json.detail, /another account than the one that was connected: ada/);
    provider.user = { login: 'ada' };
    // a provider that gives a refresh token but the first time
    const kept = `rt-${provider.serial - 2}-of-a-provider`;
    assert.equal((await once({ credential_id: first.id }, (form, request, response) => sendJson(response, { access_token: 'without', expires_in: 3600 }))).status, 200);
    await server.age('credentials', ['expires_at', 'updated_at'], 3590, `id = '${first.id}'`);
    provider.calls = [];
    provider.token = (form, request, response) => sendJson(response, provider.tokens());
    await runs(first.id);
    assert.deepEqual(provider.to('/token').map((call) => call.form.refresh_token), [kept]);
    const stranger = await signUp(server);
    assert.equal((await stranger.get('/api/integrations/acme/login', { query: { credential_id: first.id } })).status, 404);
  });
});

describe('without an operator’s file', () => {
  it('a provider is configured by its variables alone', async () => {
    const plain = await Server.start({ GITHUB_CLIENT_ID: 'gh', GITHUB_CLIENT_SECRET: 'gh secret' });
    try {
      const who = await withKey(plain, await signUp(plain), SCOPES);
      const { login } = await initiate(who, 'github', { scopes: ['repo'] });
      assert.equal(login.origin + login.pathname, 'https://github.com/login/oauth/authorize');
      assert.deepEqual([...login.searchParams.keys()], ['client_id', 'redirect_uri', 'scope', 'state']);
    } finally {
      await plain.close();
    }
  });
});
