// One permission model: at every operation of the External API's document a key and a token are told the same, and the document
// says which scopes it takes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { grant } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const SCOPES = ['IDENTITY', 'EXECUTE_GRAPH', 'READ_GRAPH', 'WRITE_GRAPH', 'EXECUTE_BLOCK', 'READ_BLOCK', 'READ_STORE', 'WRITE_LIBRARY', 'USE_TOOLS',
  'MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'DELETE_INTEGRATIONS'];
const ID = '00000000-0000-7000-8000-000000000000';
let server, operations, person, app, visitor;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp({ scopes: SCOPES });
  visitor = server.browser();
  const { paths } = (await visitor.get('/external-api/openapi.json')).json;
  operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { security, responses }]) => ({
    method: method.toUpperCase(), path: path.replaceAll(/\{graph_version\}/g, '1').replaceAll(/\{\w+\}/g, ID), responses, scopes: security.find((s) => s.oauth2)?.oauth2 })))
    .filter(({ scopes }) => scopes);
});
after(() => server?.close());

// A key and a token that may do all of this.
async function credentials(scopes) {
  const key = await person.post('/api/api-keys', { json: { name: 'a key', permissions: scopes } });
  assert.equal(key.status, 200, key.text);
  const { access_token: token } = await grant(person, app, { scope: scopes.join(' ') });
  server.canary.add(key.json.plain_text_key, 'API key');
  return [{ 'x-api-key': key.json.plain_text_key }, { authorization: `Bearer ${token}` }];
}

const ask = ({ method, path }, headers) => visitor.send(method, path, { cookies: false, headers, ...(['POST', 'PUT', 'PATCH'].includes(method) ? { json: {} } : {}) });

describe('at every operation of the External API', () => {
  it('nobody is let in without a credential, and a wrong one is told from none', async () => {
    assert.ok(operations.length >= 30);
    for (const operation of operations) {
      const at = `${operation.method} ${operation.path}`;
      for (const [headers, detail] of [[{}, 'Missing authentication. Provide API key or access token.'], [{ 'x-api-key': 'agpt_nothing' }, 'Invalid API key'],
        [{ authorization: 'Bearer agpt_xt_nothing' }, 'Invalid token: access token not found']]) {
        const answer = await ask(operation, headers);
        assert.deepEqual([answer.status, answer.json], [401, { detail }], at);
        assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer /, at);
      }
      for (const status of ['400', '401', '403', '500', '503'])
        assert.ok(operation.responses[status], `${at} does not tell of ${status}`);
    }
  });

  it('a key and a token without one of its scopes are told which, in the same words', async () => {
    for (const scope of SCOPES) {
      const concerned = operations.filter(({ scopes }) => scopes.includes(scope));
      assert.ok(concerned.length > 0, `${scope} opens nothing`);
      const both = await credentials(SCOPES.filter((s) => s !== scope));
      for (const operation of concerned)
        for (const headers of both) {
          const answer = await ask(operation, headers), at = `${operation.method} ${operation.path}`;
          assert.deepEqual([answer.status, answer.json], [403, { detail: `Missing required permission(s): ${scope}` }], at);
          assert.match(answer.headers['www-authenticate'], new RegExp(`error="insufficient_scope".*scope="[^"]*${scope}`), at);
        }
    }
  });

  it('a key and a token with just its scopes are let in, and answered alike', async () => {
    const made = new Map();
    for (const operation of operations) {
      const name = operation.scopes.join(' ');
      if (!made.has(name))
        made.set(name, await credentials(operation.scopes));
      const [byKey, byToken] = await Promise.all(made.get(name).map((headers) => ask(operation, headers)));
      const at = `${operation.method} ${operation.path}: ${byKey.status} ${byKey.text.slice(0, 200)}`;
      assert.ok(![401, 403].includes(byKey.status) && byKey.status < 500, at);
      assert.ok(operation.responses[byKey.status], `${at} is not told of`);
      assert.equal(byToken.status, byKey.status, at);
      if (byKey.status >= 400)
        assert.equal(byToken.text, byKey.text, at);
    }
  });
});
