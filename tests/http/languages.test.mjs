// Pages in the language that the browser asks for; what programs read stays English.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { makeAdmin } from '../lib/admin.mjs';
import { until } from '../lib/audit.mjs';
import { encodeForm } from '../lib/browser.mjs';
import { textOf } from '../lib/html.mjs';
import { jpeg, multipart, png, webpAnimation } from '../lib/images.mjs';
import { authorizeQuery, pkce } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const german = { accept: 'text/html', 'accept-language': 'de' };

describe('the language of pages', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  const page = async (path, language, options = {}) => {
    const answer = await fetch(server.base + path, { ...options, headers: { accept: 'text/html', 'accept-language': language, ...options.headers } });
    return { answer, text: await answer.text() };
  };

  it('is the one that the browser asks for', async () => {
    const { answer, text } = await page('/login', 'de-AT,de;q=0.9,en;q=0.1');
    assert.equal(answer.headers.get('content-language'), 'de');
    assert.match(text, /<html lang="de">/);
    assert.match(text, /<h1>Melden Sie sich an<\/h1>/);
  });

  it('is English for who asks for none that there is', async () => {
    for (const language of ['fr', '*', 'de;q=0', '\u00e4', 'x'.repeat(5000)]) {
      const { answer, text } = await page('/login', language);
      assert.equal(answer.headers.get('content-language'), 'en');
      assert.match(text, /<h1>Login to your account<\/h1>/);
    }
  });

  it('is that of errors on pages, too', async () => {
    const { answer, text } = await page('/nowhere', 'de');
    assert.equal(answer.status, 404);
    assert.match(text, /Diese Seite gibt es nicht/);
  });

  it('is that of what a form says beside its fields', async () => {
    const browser = server.browser(), headers = { accept: 'text/html', 'accept-language': 'de' };
    const csrf = /name="csrf" value="([^"]*)"/.exec((await browser.get('/signup', { headers })).text)[1];
    const { status, text } = await browser.post('/signup',
      { form: { csrf, next: '/', name: '', email: 'anna', password: 'short', password_confirm: 'other' }, headers });
    assert.equal(status, 400);
    assert.match(text, /Das ist keine vollständige E-Mail-Adresse/);
    assert.match(text, /Wählen Sie ein Passwort mit mindestens 8 Zeichen/);
  });

  it('is that of what a provider may be asked for', async () => {
    const person = await signUp(server), app = await server.createApp();
    const providers = Buffer.from(JSON.stringify([{ provider: 'github', scopes: ['repo', 'gist'] }])).toString('base64');
    const wizard = `/auth/integrations/setup-wizard?${encodeForm({ client_id: app.client_id, redirect_uri: app.redirectUri, state: 's', providers })}`;
    for (const [language, words] of [['de', ['Ihre Repositorys lesen und ändern, auch private', 'Gists anlegen']],
      ['en', ['Read and change your repositories, private ones included', 'Create gists']]]) {
      const { status, text } = await person.get(wizard, { headers: { accept: 'text/html', 'accept-language': language } });
      assert.equal(status, 200);
      for (const one of words)
        assert.ok(text.includes(one), `${one} is missing`);
    }
  });

  it('is that of what was allowed, in the record of what somebody did', async () => {
    const person = await signUp(server);
    assert.equal((await person.post('/api/api-keys', { json: { name: 'Nightly', permissions: ['READ_GRAPH', 'IDENTITY'] } })).status, 200);
    const words = await until(async () => textOf((await person.get('/profile/activity', { headers: german })).text), (text) => text.includes('Nightly'), 'the key');
    assert.match(words, /Sehen, wer Sie sind · Ihre Agenten und deren Ergebnisse sehen/);
    assert.doesNotMatch(words, /IDENTITY|READ_GRAPH/);
  });

  it('changes nothing of what programs read', async () => {
    const answer = await fetch(`${server.base}/external-api/v1/me`, { headers: { 'accept-language': 'de' } });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('content-language'), null);
    assert.deepEqual(await answer.json(), { detail: 'Missing authentication. Provide API key or access token.' });
  });
});

// What beside each field of the page's forms is wrong: { 'name-error': '…' }.
const problemsOf = (html) => Object.fromEntries([...html.matchAll(/<p class="field-error" id="([^"]*)">([\s\S]*?)<\/p>/g)].map(([, id, text]) => [id, textOf(text)]));

describe('what is refused, in German', () => {
  let server, person, admin, app;
  before(async () => {
    server = await Server.start();
    person = await signUp(server);
    admin = await makeAdmin(server);
    app = await server.createApp({ owner: person.who.email, scopes: ['IDENTITY'] });
  });
  after(() => server?.close());

  async function send(browser, from, to, form) {
    const page = await browser.get(from, { headers: german }), id = /name="id" value="([^"]*)"/.exec(page.text)?.[1];
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)[1];
    return browser.post(to, { form: { csrf, ...id && { id }, ...form }, headers: german });
  }
  const registered = (form) => send(admin, '/profile/oauth-apps/new', '/profile/oauth-apps/new', { name: 'A', redirect_uris: 'https://a.example/', scope_IDENTITY: 'yes', ...form });

  for (const [uri, says] of [
    ['http://evil.example/', 'muss mit https beginnen; http ist nur für localhost, 127.0.0.1 und [::1] erlaubt'],
    ['https://a.example/#x', 'darf kein Fragment haben (#…)'],
    ['https://a.example/%zz', 'hat ein Prozentzeichen, dem nicht zwei hexadezimale Ziffern folgen'],
    ['https://a.example:0/', 'hat keinen gültigen Port: Auf den Doppelpunkt folgt eine Zahl von 1 bis 65535'],
    ['https://a@a.example/', 'darf keinen Benutzernamen und kein Passwort haben (…@host)'],
    ['com.example.app:/x', 'muss mit https beginnen: Eigene Schemas sind für Anwendungen ohne Geheimnis (Public Clients)'],
    ['x', 'muss eine vollständige Adresse sein wie https://app.example.com/callback'],
  ])
    it(`is a redirect URI: ${uri}`, async () => {
      const page = await send(person, `/profile/oauth-apps/${app.id}`, `/profile/oauth-apps/${app.id}`, { description: '', redirect_uris: uri });
      assert.equal(page.status, 422);
      assert.deepEqual(problemsOf(page.text), { 'redirect-error': `Die Redirect-URI „${uri}“ ${says}` });
    });

  it('is an app, field by field', async () => {
    const page = await registered({ name: 'ü'.repeat(101), description: 'x'.repeat(501), redirect_uris: '', scope_IDENTITY: undefined });
    assert.equal(page.status, 422, page.text);
    assert.deepEqual(problemsOf(page.text), { 'name-error': 'Name: höchstens 100 Zeichen', 'description-error': 'Beschreibung: höchstens 500 Zeichen',
      'redirect-error': 'Mindestens eine Redirect-URI ist nötig', 'scopes-error': 'Mindestens eine Berechtigung ist nötig' });
    assert.equal(problemsOf((await registered({ name: ' ' })).text)['name-error'], 'Die Anwendung braucht einen Namen');
    const many = Array.from({ length: 11 }, (_, i) => `https://a.example/${i}`).join('\r\n');
    assert.equal(problemsOf((await registered({ redirect_uris: many })).text)['redirect-error'], 'Es lassen sich höchstens 10 Redirect-URIs eintragen');
  });

  const logo = (bytes, type = 'image/png') => ({ ...multipart([{ name: 'file', value: bytes, type, filename: 'logo' }]), headers: german });
  for (const [what, bytes, type, says] of [
    ['no image', Buffer.from('hello'), 'image/png', 'Das ist kein brauchbares Bild'],
    ['of another type', Buffer.from('GIF89a'), 'image/gif', 'Diese Art von Datei geht nicht: image/gif. Möglich sind JPEG, PNG und WebP'],
    ['no square', png(512, 513), 'image/png', 'Das Logo muss quadratisch sein. Dieses hat 512 × 513 Pixel'],
    ['too small', png(511), 'image/png', 'Das Logo ist zu klein: Es braucht mindestens 512 × 512 Pixel. Dieses hat 511 × 511'],
    ['too large', jpeg(2064), 'image/jpeg', 'Das Logo ist zu groß: Es hat höchstens 2048 × 2048 Pixel. Dieses hat 2064 × 2064'],
    ['an animation', webpAnimation(512), 'image/webp', 'Das Bild ist bewegt. Möglich sind nur Bilder, die stillstehen'],
    ['too many bytes', Buffer.concat([png(512), Buffer.alloc(3 * 1024 * 1024)]), 'image/png', 'Die Datei ist zu groß: höchstens 3 MB'],
  ])
    it(`is a logo: ${what}`, async () => {
      const at = `/profile/oauth-apps/${app.id}`, csrf = /name="csrf" value="([^"]*)"/.exec((await person.get(at)).text)[1];
      const { body, type: boundary } = multipart([{ name: 'csrf', value: csrf }, { name: 'file', value: bytes, type, filename: 'logo' }]);
      const page = await person.post(`${at}/logo`, { body, type: boundary, headers: german });
      assert.equal(page.status, 422, page.text);
      assert.deepEqual(problemsOf(page.text), { 'file-error': says });
      assert.match((await person.post(`/api/oauth/apps/${app.id}/logo/upload`, logo(bytes, type))).json.detail, /^(Invalid|Logo|File) [a-z]/, 'programs are told in English');
    });

  it('is a key of an account elsewhere', async () => {
    const at = '/auth/integrations/credentials?provider=http', store = (form) => send(person, at, '/auth/integrations/credentials', { provider: 'http', type: 'host_scoped', return_to: '/', ...form });
    const page = await store({ host: 'a b', header_name: 'X', header_value: 'x' });
    assert.equal(page.status, 400, page.text);
    assert.match(Object.values(problemsOf(page.text))[0], /^Nötig ist ein Hostname wie api\.example\.com/);
    assert.match(Object.values(problemsOf((await store({ host: 'a.example', header_name: 'Host', header_value: 'x' })).text))[0], /^Host, Content-Length, Connection und andere Felder/);
    assert.deepEqual(problemsOf((await store({ title: 'x'.repeat(300), host: 'a.example' })).text), { 'http-host-title-error': 'Höchstens 200 Zeichen' });
    assert.deepEqual(problemsOf((await store({ host: 'a.example', header_name: '', header_value: 'x' })).text), { 'http-header-name-error': 'Bitte ausfüllen' });
    const english = await person.get(at), token = /name="csrf" value="([^"]*)"/.exec(english.text)[1];
    const said = await person.post('/auth/integrations/credentials', { form: { csrf: token, provider: 'http', type: 'api_key', return_to: '/', title: 'x'.repeat(300) }, headers: { accept: 'text/html' } });
    assert.deepEqual(problemsOf(said.text), { 'http-key-title-error': 'At most 200 characters' });
  });

  it("is an app's request", async () => {
    const ask = async (more) => textOf((await person.get(`/auth/authorize?${encodeForm(authorizeQuery(app, pkce(), more))}`, { headers: german })).text);
    assert.match(await ask({ scope: 'IDENTITY FLY' }), /Diese Berechtigung gibt es nicht: „FLY“/);
    assert.match(await ask({ scope: 'READ_GRAPH' }), /Die Anwendung darf nicht alle Berechtigungen verlangen, die sie verlangt\. Erlaubt sind: IDENTITY/);
    const wizard = textOf((await person.get('/auth/integrations/setup-wizard?client_id=x', { headers: german })).text);
    assert.match(wizard, /Diese Parameter fehlen: providers, redirect_uri/);
  });

  it('is what administrators choose from, and what settings are for', async () => {
    const audit = (await admin.get('/admin/audit', { headers: german })).text, settings = textOf((await admin.get('/admin/settings', { headers: german })).text);
    const kinds = [...audit.matchAll(/<option value="[a-z_]+\.[a-z_]+"[^>]*>([^<]*)</g)].map(([, text]) => text);
    assert.ok(kinds.length > 30 && kinds.includes('Abgemeldet') && !kinds.some((text) => /\b(the|was|were|an)\b/.test(text)), kinds.join('; '));
    assert.match(settings, /Ob Fremde ein Konto anlegen dürfen: open oder closed\./);
    assert.match(settings, /DATABASE_URL Umgebung/);
  });

  it('is what an administrator asks the audit trail', async () => {
    assert.match(textOf((await admin.get('/admin/audit?from=yesterday', { headers: german })).text), /Ein Tag wird so geschrieben: 2026-01-31/);
  });
});

describe('GATEHOUSE_LANGUAGE', () => {
  it('is for who asks for none that there is', async () => {
    const server = await Server.start({ GATEHOUSE_LANGUAGE: 'de' });
    try {
      assert.match(await (await fetch(`${server.base}/login`)).text(), /<html lang="de">/);
      assert.match(await (await fetch(`${server.base}/login`, { headers: { 'accept-language': 'en-GB' } })).text(), /<html lang="en">/);
    } finally {
      await server.close();
    }
  });
});
