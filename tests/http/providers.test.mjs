// Who can be connected: the table, and an operator's file over it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { withKey } from '../lib/agents.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const CONTRACT_NAMES = `aiml_api anthropic apollo compass dakera database discord d_id e2b elevenlabs fal github google google_maps groq http hubspot
  enrichlayer ideogram jina llama_api mcp medium mem0 notion nvidia ollama openai openweathermap open_router pinecone reddit replicate revid
  screenshotone slack slant3d smartlead smtp telegram twitter todoist unreal_speech v0 webshare_proxy zerobounce linear airtable wordpress exa`.split(/\s+/);
const WITH_OAUTH = 'airtable discord github google linear notion reddit todoist twitter wordpress'.split(' ');

describe('the table of providers', () => {
  let server, person, api;
  before(async () => {
    server = await Server.start();
    person = await signUp(server);
    api = await withKey(server, person, ['READ_INTEGRATIONS']);
  });
  after(() => server?.close());

  const providers = async () => (await api.get('/integrations/providers')).json;

  it('has every provider of the Platform, sorted by name', async () => {
    const names = (await providers()).map((p) => p.name);
    assert.deepEqual(names, [...names].sort());
    assert.deepEqual([...names].sort(), [...CONTRACT_NAMES].sort());
  });

  it('tells what each accepts', async () => {
    const all = Object.fromEntries((await providers()).map((p) => [p.name, p]));
    assert.deepEqual(all.github, { name: 'github', supports_oauth: true, supports_api_key: true, supports_user_password: false, supports_host_scoped: false, default_scopes: [] });
    assert.deepEqual(all.google.default_scopes, ['https://www.googleapis.com/auth/userinfo.email', 'https://www.googleapis.com/auth/userinfo.profile', 'openid']);
    assert.equal(all.twitter.default_scopes.length, 18);
    const names = (flag) => Object.values(all).filter((p) => p[flag]).map((p) => p.name);
    assert.deepEqual(names('supports_oauth'), WITH_OAUTH);
    assert.deepEqual(names('supports_user_password'), ['smtp']);
    assert.deepEqual(names('supports_host_scoped'), ['http']);
  });

  it('asks for READ_INTEGRATIONS', async () => {
    const other = await withKey(server, person, ['IDENTITY']);
    const answer = await other.get('/integrations/providers');
    assert.equal(answer.status, 403);
    assert.match(answer.json.detail, /READ_INTEGRATIONS/);
  });

  it('is told to people who are signed in, as names', async () => {
    const names = (await person.get('/api/integrations/providers')).json;
    assert.deepEqual([...names].sort(), [...CONTRACT_NAMES].sort());
    assert.deepEqual((await person.get('/api/integrations/providers/names')).json, { providers: names });
    assert.deepEqual((await person.get('/api/integrations/providers/system')).json, ['ollama']);
    const { PROVIDER_NAMES } = (await person.get('/api/integrations/providers/constants')).json;
    assert.equal(PROVIDER_NAMES.GOOGLE_MAPS, 'google_maps');
    assert.equal(Object.keys(PROVIDER_NAMES).length, names.length);
    for (const path of ['', '/names', '/system', '/constants'])
      assert.equal((await server.browser().get(`/api/integrations/providers${path}`)).status, 401);
  });
});

describe("an operator's file", () => {
  const acme = {
    title: 'Acme', kinds: ['oauth2', 'api_key'],
    oauth: { authorize: { url: 'https://acme.example/authorize' }, token: { url: 'https://acme.example/token' }, scopes: { default: ['read'] } },
  };
  const start = async (text) => {
    const server = await Server.prepare();
    const path = join(server.folder, 'providers.json');
    if (text !== undefined)
      writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text));
    server.env.INTEGRATION_PROVIDERS_FILE = path;
    return server;
  };
  const refuses = async (text, words) => {
    const server = await start(text);
    try {
      await assert.rejects(server.up(), (error) => words.every((w) => error.message.includes(w)) || assert.fail(`${error.message} lacks one of ${words.join(' | ')}`));
    } finally {
      await server.remove();
    }
  };

  it('adds providers, changes members of others and takes some away', async () => {
    const server = await start({ acme, github: { kinds: ['oauth2'], oauth: { scopes: { default: ['repo'] }, revoke: null } }, exa: null });
    await server.up();
    try {
      const api = await withKey(server, await signUp(server), ['READ_INTEGRATIONS']);
      const all = Object.fromEntries((await api.get('/integrations/providers')).json.map((p) => [p.name, p]));
      assert.deepEqual(all.acme, { name: 'acme', supports_oauth: true, supports_api_key: true, supports_user_password: false, supports_host_scoped: false, default_scopes: ['read'] });
      assert.deepEqual(all.github, { name: 'github', supports_oauth: true, supports_api_key: false, supports_user_password: false, supports_host_scoped: false, default_scopes: ['repo'] });
      assert.equal(all.exa, undefined);
      assert.equal(all.google.supports_oauth, true);
    } finally {
      await server.close();
    }
  });

  it('that is missing or no JSON is refused at the start', async () => {
    await refuses(undefined, ['INTEGRATION_PROVIDERS_FILE', 'cannot be read']);
    await refuses('{ "acme": ', ['INTEGRATION_PROVIDERS_FILE', 'no valid JSON', 'line 1']);
    await refuses('[]', ['INTEGRATION_PROVIDERS_FILE', 'no JSON object']);
    await refuses('{ "acme": {}, "acme": {} }', ['INTEGRATION_PROVIDERS_FILE', 'no valid JSON']);
    await refuses(`{ "acme": "${'x'.repeat(1 << 20)}" }`, ['larger than']);
  });

  it('that says something wrong is refused with the provider and the member', async () => {
    const oauth = (more) => ({ acme: { ...acme, oauth: { ...acme.oauth, ...more } } });
    for (const [text, words] of [
      [{ acme: { kinds: ['api_key'] } }, ["'acme'", 'title is missing']],
      [{ acme: { ...acme, oauth: undefined } }, ["'acme'", 'oauth is missing']],
      [{ acme: { ...acme, kinds: ['magic'] } }, ["'acme'", 'kinds', '"oauth2", "api_key"']],
      [{ acme: { ...acme, kinds: [] } }, ["'acme'", 'kinds']],
      [{ acme: { ...acme, colour: 'red' } }, ["'acme'", 'colour is no member']],
      [{ acme: { ...acme, icon: { letters: 'ACME', colour: '#000000' } } }, ["'acme'", 'icon.letters']],
      [{ acme: { ...acme, icon: { letters: 'A', colour: 'red' } } }, ["'acme'", 'icon.colour']],
      [oauth({ token: { url: 'http://acme.example/token' } }), ["'acme'", 'oauth.token.url', 'https://']],
      [oauth({ token: { url: 'https://u:p@acme.example/token' } }), ["'acme'", 'oauth.token.url']],
      [oauth({ token: { url: 'https://acme.example/token', client: 'bearer' } }), ["'acme'", 'oauth.token.client']],
      [oauth({ token: { url: 'https://acme.example/token', expires_in: '1' } }), ["'acme'", 'oauth.token.expires_in']],
      [oauth({ scopes: { default: ['a b'] } }), ["'acme'", 'oauth.scopes.default']],
      [oauth({ pkce: 'yes' }), ["'acme'", 'oauth.pkce']],
      [oauth({ authorize: {} }), ["'acme'", 'oauth.authorize.url is missing']],
      [oauth({ user: { path: 7 } }), ["'acme'", 'oauth.user.path']],
      [{ 'No Name': acme }, ['No Name', 'lower-case']],
      [{ github: { kinds: 'oauth2' } }, ["'github'", 'kinds']],
    ])
      await refuses(text, ['INTEGRATION_PROVIDERS_FILE', ...words]);
  });
});
