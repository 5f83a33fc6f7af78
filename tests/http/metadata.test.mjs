// Authorization server metadata (RFC 8414), at both of its addresses.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server?.close());

const wellKnown = '/.well-known/oauth-authorization-server';

describe('the metadata', () => {
  for (const path of [wellKnown, `${wellKnown}/api/oauth`])
    it(`says what there is, at ${path}`, async () => {
      const answer = await server.browser().get(path), m = answer.json;
      assert.equal(answer.status, 200, answer.text);
      assert.match(answer.headers['content-type'], /^application\/json/);
      // RFC 8414 §3.3: the issuer is the one from which the address was made
      assert.equal(m.issuer, server.base + path.slice(wellKnown.length));
      assert.equal(m.authorization_endpoint, path === wellKnown ? `${server.base}/auth/authorize` : `${server.base}/api/oauth/authorize`);
      assert.equal(m.token_endpoint, `${server.base}/api/oauth/token`);
      assert.equal(m.introspection_endpoint, `${server.base}/api/oauth/introspect`);
      assert.equal(m.revocation_endpoint, `${server.base}/api/oauth/revoke`);
      assert.deepEqual(m.response_types_supported, ['code']);
      assert.deepEqual([...m.grant_types_supported].sort(), ['authorization_code', 'refresh_token']);
      assert.deepEqual(m.code_challenge_methods_supported, ['S256']);
      assert.equal(m.authorization_response_iss_parameter_supported, true);
      for (const method of ['client_secret_basic', 'client_secret_post', 'none'])
        assert.ok(m.token_endpoint_auth_methods_supported.includes(method), method);
      for (const list of [m.introspection_endpoint_auth_methods_supported, m.revocation_endpoint_auth_methods_supported])
        assert.ok(list.includes('client_secret_basic') && list.includes('client_secret_post'));
      for (const scope of ['IDENTITY', 'EXECUTE_GRAPH', 'READ_GRAPH', 'WRITE_GRAPH', 'EXECUTE_BLOCK', 'READ_BLOCK', 'READ_STORE', 'WRITE_LIBRARY', 'USE_TOOLS', 'MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'DELETE_INTEGRATIONS'])
        assert.ok(m.scopes_supported.includes(scope), scope);
      for (const value of Object.values(m))
        assert.ok(value !== null && !(Array.isArray(value) && value.length === 0), 'members without a value are left out');
    });

  it('names only addresses that answer', async () => {
    const m = (await server.browser().get(wellKnown)).json;
    for (const [name, address] of Object.entries(m).filter(([n]) => n.endsWith('_endpoint') || n.endsWith('_documentation'))) {
      const { pathname, origin } = new URL(address);
      assert.equal(origin, server.base, name);
      assert.notEqual((await server.browser().get(pathname)).status, 404, address);
    }
  });

  it('is not swayed by Host or forwarding headers', async () => {
    const answer = await server.browser().get(wellKnown, { headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example;proto=https' } });
    assert.ok(answer.status === 200 ? answer.json.issuer === server.base : [400, 421].includes(answer.status));
    assert.ok(!answer.text.includes('evil'));
  });
});

describe('a server with a public address of its own', () => {
  it('uses it for everything that it says', async () => {
    const other = await Server.start({}, { publicUrl: 'https://auth.example.org' });
    try {
      const m = (await other.browser().get(wellKnown)).json;
      assert.equal(m.issuer, 'https://auth.example.org');
      assert.equal(m.token_endpoint, 'https://auth.example.org/api/oauth/token');
    } finally {
      await other.close();
    }
  });
});
