// Attacks (RFC 9700, OWASP ASVS 5.0): those that come in by the authorization request.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeForm } from '../lib/browser.mjs';
import { card, page, refused } from '../lib/expect.mjs';
import { authorizeBody, authorizeQuery, pkce } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const registered = 'https://app.example/Cb/path?q=1', loopback = 'http://127.0.0.1:7000/cb';
let server, person, app, native;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  app = await server.createApp({ redirectUris: [registered] });
  native = await server.createApp({ redirectUris: [loopback, 'com.example.app:/cb'], isPublic: true });
});
after(() => server?.close());

const askPage = (of, more, who = person) => who.page(`/auth/authorize?${encodeForm(authorizeQuery(of, pkce(), more))}`);
const askJson = (of, more) => person.post('/api/oauth/authorize', { json: authorizeBody(of, pkce(), more) });

async function neverRedirects(of, more) {
  card(await askPage(of, more));
  refused(await askJson(of, more), 400);
  const stranger = await askPage(of, more, server.browser());
  if (stranger.location)
    assert.equal(stranger.location.pathname, '/login', 'at most to sign in, here');
}

describe('a redirect URI that is almost the registered one', () => {
  for (const [what, uri] of [
    ['scheme in another case', 'HTTPS://app.example/Cb/path?q=1'], ['host in another case', 'https://APP.example/Cb/path?q=1'], ['path in another case', 'https://app.example/cb/path?q=1'],
    ['default port spelled out', 'https://app.example:443/Cb/path?q=1'], ['another port', 'https://app.example:8443/Cb/path?q=1'], ['a slash behind', 'https://app.example/Cb/path/?q=1'],
    ['a slash doubled', 'https://app.example//Cb/path?q=1'], ['a suffix', 'https://app.example/Cb/pathevil?q=1'], ['no query', 'https://app.example/Cb/path'], ['a longer query', 'https://app.example/Cb/path?q=1&x=2'],
    ['another query', 'https://app.example/Cb/path?q=2'], ['a fragment', `${registered}#x`], ['an empty fragment', `${registered}#`], ['user information', 'https://x@app.example/Cb/path?q=1'],
    ['the host as user information', 'https://app.example@evil.example/Cb/path?q=1'], ['dots encoded', 'https://app%2eexample/Cb/path?q=1'], ['a letter encoded', 'https://app.example/%43b/path?q=1'],
    ['a climb', 'https://app.example/Cb/x/../path?q=1'], ['an encoded climb', 'https://app.example/Cb/x/%2e%2e/path?q=1'], ['a subdomain', 'https://evil.app.example/Cb/path?q=1'], ['a longer domain', 'https://app.example.evil.example/Cb/path?q=1'],
    ['a trailing dot', 'https://app.example./Cb/path?q=1'], ['http', 'http://app.example/Cb/path?q=1'], ['a backslash', 'https://app.example\\Cb/path?q=1'], ['a space before', ` ${registered}`], ['a space behind', `${registered} `],
    ['a tab', 'https://app.example/Cb\t/path?q=1'], ['a line end', `${registered}\r\nLocation: https://evil.example`], ['a NUL', `${registered}\u0000.evil`], ['no scheme', '//app.example/Cb/path?q=1'], ['nothing', ''],
    ['javascript:', 'javascript:alert(1)'], ['an IDN look-alike', 'https://аpp.example/Cb/path?q=1'], ['full-width letters', 'https://ａpp.example/Cb/path?q=1'], ['ten thousand characters', registered + 'x'.repeat(7_000)]])
    it(`${what} is a page, with no Location`, async () => {
      const onPage = await askPage(app, { redirect_uri: uri });
      assert.equal(onPage.headers.location, undefined);
      assert.ok([400, 414].includes(onPage.status), `status ${onPage.status}`);
      const json = await askJson(app, { redirect_uri: uri });
      assert.ok([400, 422].includes(json.status), json.text);
      assert.ok(!('redirect_url' in json.json));
    });

  it('is the registered one byte for byte, else', async () => {
    page(await askPage(app));
    assert.equal((await askJson(app)).status, 200);
  });
});

describe('a loopback redirect URI', () => {
  for (const uri of ['http://127.0.0.1:1/cb', 'http://127.0.0.1:65535/cb', 'http://127.0.0.1/cb', loopback])
    it(`may vary in its port: ${uri}`, async () => {
      assert.equal((await askJson(native, { redirect_uri: uri })).status, 200);
    });

  for (const uri of ['http://localhost:7000/cb', 'http://[::1]:7000/cb', 'http://127.0.0.2:7000/cb', 'http://127.1:7000/cb', 'http://0x7f.0.0.1:7000/cb', 'http://127.0.0.1:7000/CB', 'http://127.0.0.1:7000/cb?x', 'http://127.0.0.1:7000/cb#x', 'https://127.0.0.1:7000/cb',
    'http://127.0.0.1:7000@evil.example/cb', 'http://127.0.0.1:99999/cb', 'http://127.0.0.1:-1/cb', 'http://127.0.0.1:7a/cb', 'http://127.0.0.1:07000/cb/', 'http://127.0.0.1:7000:1/cb', 'http://x@127.0.0.1:7000/cb', 'http://127.0.0.1.evil.example:7000/cb', 'com.example.app:/cb2', 'com.example.app://cb', 'COM.example.app:/cb'])
    it(`may vary in nothing else: ${uri}`, async () => neverRedirects(native, { redirect_uri: uri }));
});

describe('an unknown client, or a bad redirect URI, whatever else is wrong', () => {
  const faults = { nothing: {}, 'a bad response type': { response_type: 'token' }, 'a bad scope': { scope: 'FLY' }, 'no challenge': { code_challenge: '' }, 'the plain method': { code_challenge_method: 'plain' }, 'prompt=none': { prompt: 'none' }, 'an unknown prompt': { prompt: 'x' } };
  for (const [fault, more] of Object.entries(faults)) {
    it(`with ${fault}: unknown client`, async () => {
      const answer = await askPage(app, { ...more, client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA' });
      card(answer, answer.status);
      assert.equal((await askJson(app, { ...more, client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA' })).status, 400);
    });
    it(`with ${fault}: bad redirect URI`, async () => {
      const answer = await askPage(app, { ...more, redirect_uri: 'https://evil.example/' });
      card(answer, answer.status);
      assert.equal((await askJson(app, { ...more, redirect_uri: 'https://evil.example/' })).status, 400);
    });
  }

  it('is a card even when the redirect URI is given twice, once well', async () => {
    const pairs = [...Object.entries(authorizeQuery(app, pkce())), ['redirect_uri', 'https://evil.example/']];
    for (const list of [pairs, [...pairs].reverse()])
      card(await person.page(`/auth/authorize?${encodeForm(list)}`));
  });
});

describe('markup in what an app sends', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>{{{x}}}'`;
  for (const name of ['state', 'scope', 'client_id', 'redirect_uri', 'response_type', 'code_challenge', 'code_challenge_method', 'prompt', 'error', 'anything'])
    it(`is inert on every page: ${name}`, async () => {
      for (const who of [person, server.browser()]) {
        const answer = await who.follow(await askPage(app, { [name]: evil }, who));
        assert.ok(!/<script>alert|<img src=x/.test(answer.text), name);
        if (!answer.location)
          page(answer, answer.status);
      }
    });

  it('is inert in the name, the description and the owner of an app', async () => {
    const owner = await signUp(server, { email: 'evil@example.org', password: 'a maker of bad apps', name: evil });
    const bad = await server.createApp({ name: evil.slice(0, 60), description: evil, owner: owner.who.email });
    const answer = await askPage(bad);
    page(answer);
    assert.ok(!/<script>alert|<img src=x/.test(answer.text));
  });
});

describe('every page', () => {
  it('has the headers that keep it out of frames and away from others', async () => {
    const pages = ['/login', '/signup', '/', '/nowhere', '/auth/authorize', `/auth/authorize?${encodeForm(authorizeQuery(app, pkce()))}`, '/auth/authorize?client_id=x', '/setup?token=x', '/logout'];
    for (const path of pages)
      for (const who of [person, server.browser()]) {
        const answer = await who.page(path, { headers: { accept: 'text/html' } });
        if (/html/.test(answer.headers['content-type'] ?? ''))
          page(answer, answer.status);
        else
          assert.ok(answer.location, path);
      }
  });
});
