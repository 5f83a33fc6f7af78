// The page of the API reference and the app as which it signs people in.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { page } from '../lib/expect.mjs';
import { authorizeJson, pkce, redeem } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const DOCS = '/external-api/docs', CLIENT = 'agpt_client_api_reference';

let server, person;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
});
after(() => server?.close());

// The bytes as they came, whatever they are.
const bytes = (path, headers = {}) => new Promise((done, fail) => http.get(server.address + path, { headers }, (message) => {
  const parts = [];
  message.on('data', (d) => parts.push(d));
  message.on('end', () => done({ status: message.statusCode, headers: message.headers, body: Buffer.concat(parts) }));
}).on('error', fail));

const app = (at) => at.sql(`SELECT id, name, secret_hash, redirect_uris, scopes, is_active, updated_at FROM apps WHERE client_id = '${CLIENT}'`);

describe('the API reference', () => {
  it('is a page with scripts of this server and nothing inline', async () => {
    for (const path of [DOCS, `${DOCS}/oauth2-redirect`]) {
      const answer = await server.browser().get(path);
      page(answer);
      assert.match(answer.headers['content-security-policy'], /script-src 'self'(;|$)/);
    }
  });

  it('brings all its files itself, compressed where they are large, kept for ever', async () => {
    const { text } = await server.browser().get(DOCS);
    const files = [...text.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map(([, path]) => path);
    const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', txt: 'text/plain; charset=utf-8' };
    for (const path of files) {
      const { status, headers, body } = await bytes(path);
      assert.equal(status, 200, path);
      assert.equal(headers['content-type'], types[path.split('.').at(-1)], path);
      assert.match(headers['cache-control'], /immutable/);
      if (headers['content-encoding'])
        assert.ok(gunzipSync(body).length > body.length);
    }
    const bundle = await bytes(files.find((f) => f.includes('swagger-ui-bundle') && f.endsWith('.js')));
    assert.equal(bundle.headers['content-encoding'], 'gzip');
    assert.match(gunzipSync(bundle.body).toString(), /SwaggerUIBundle/);
  });

  it('sends its files as they are to who refuses gzip', async () => {
    const { text } = await server.browser().get(DOCS);
    const path = text.match(/\/static\/swagger-ui-bundle\.\w+\.js(?=")/)[0];
    const packed = await bytes(path);
    for (const accept of ['identity', 'br, gzip;q=0', '']) {
      const { status, headers, body } = await bytes(path, { 'accept-encoding': accept });
      assert.equal(status, 200);
      assert.equal(headers['content-encoding'], undefined, accept);
      assert.equal(headers.vary, 'Accept-Encoding');
      assert.ok(body.equals(gunzipSync(packed.body)));
    }
    assert.equal((await bytes(path, { 'accept-encoding': 'gzip, br' })).headers['content-encoding'], 'gzip');
  });
});

describe('the app of the API reference', () => {
  it('is there from the start, without a secret, with every scope', async () => {
    const [row, ...more] = await app(server);
    assert.deepEqual(more, []);
    assert.equal(row.secret_hash, null);
    assert.equal(row.redirect_uris, `${server.base}${DOCS}/oauth2-redirect`);
    assert.equal(row.scopes.split(' ').length, 12);
  });

  it('gets tokens by PKCE and leads nowhere else', async () => {
    const proof = pkce(), own = { client_id: CLIENT, redirectUri: `${server.base}${DOCS}/oauth2-redirect` };
    const asked = (redirectUri) => authorizeJson(person, { ...own, redirectUri, scopes: ['IDENTITY'] }, proof);
    assert.equal((await asked('https://evil.example/cb')).status, 400);
    const answer = await asked(own.redirectUri);
    assert.equal(answer.status, 200, answer.text);
    const code = new URL(answer.json.redirect_url).searchParams.get('code');
    const got = await redeem(server.browser(), own, { code, verifier: proof.verifier, redirectUri: own.redirectUri }, { dialect: 'form', auth: 'none' });
    assert.equal(got.status, 200, got.text);
    assert.equal(got.json.refresh_token, undefined);
  });

  it('follows the public address, and stays as it is otherwise', async () => {
    const moved = await Server.start();
    try {
      const [first] = await app(moved);
      await moved.sql(`UPDATE apps SET is_active = FALSE WHERE client_id = '${CLIENT}'`);
      await moved.stop();
      await moved.up();
      assert.deepEqual(await app(moved), [{ ...first, is_active: (await app(moved))[0].is_active }], 'nothing was written');
      await moved.stop();
      moved.env.PLATFORM_BASE_URL = 'https://id.example.org';
      await moved.up();
      const [last] = await app(moved);
      assert.equal(last.redirect_uris, `https://id.example.org${DOCS}/oauth2-redirect`);
      assert.equal(last.id, first.id, 'consents and tokens stay its own');
      assert.ok([0, false, 'f'].includes(last.is_active), 'who switched it off did so for good');
    } finally {
      await moved.close();
    }
  });
});
