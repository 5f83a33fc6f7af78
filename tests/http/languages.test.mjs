// Pages in the language that the browser asks for; what programs read stays English.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeForm } from '../lib/browser.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

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

  it('changes nothing of what programs read', async () => {
    const answer = await fetch(`${server.base}/external-api/v1/me`, { headers: { 'accept-language': 'de' } });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('content-language'), null);
    assert.deepEqual(await answer.json(), { detail: 'Missing authentication. Provide API key or access token.' });
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
