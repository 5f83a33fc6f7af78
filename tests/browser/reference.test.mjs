// The API reference in a real browser: read, tried with an API key, tried after signing in through OAuth.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { launchChromium, picture, visitor } from '../lib/chromium.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const devices = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let server, chromium, person, context, page;
before(async () => {
  server = await Server.start();
  chromium = await launchChromium();
  person = await signUp(server, { email: 'ada@example.org', password: 'an engine of analysis', name: 'Ada' });
});
after(async () => {
  await chromium?.close();
  await server?.close();
});

async function open(device, options) {
  context = await visitor(chromium, { viewport: devices[device], ...options });
  page = await context.newPage();
  await page.goto(`${server.base}/external-api/docs`);
  await operation('get', '/external-api/v1/me').waitFor();
}
afterEach(async () => {
  const { complaints } = context;
  await context.close();
  assert.deepEqual(complaints, [], 'no script failed, the policy was kept, and nothing was asked of another server');
});

const operation = (method, path) => page.locator(`.opblock-${method}`)
  .filter({ has: page.locator(`[data-path="${path}"]`) });

const shot = (name) => picture(page, `reference-${name}`);

async function isNotTooWide() {
  const { content, window } = await page.evaluate(() => ({ content: document.documentElement.scrollWidth, window: innerWidth }));
  assert.ok(content <= window, `the page is ${content} wide in a window of ${window}`);
}

// Presses Execute; what came back.
async function callMe() {
  const me = operation('get', '/external-api/v1/me');
  if (!await me.getByRole('button', { name: 'Execute' }).count())
    await me.locator('.opblock-summary-control').click();
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.url().endsWith('/external-api/v1/me')),
    me.getByRole('button', { name: 'Execute' }).click(),
  ]);
  const shown = me.locator('.live-responses-table tbody .response-col_status').first();
  await shown.waitFor();
  assert.match(await shown.innerText(), new RegExp(`^${answer.status()}`));
  return answer;
}

const dialog = () => page.locator('.dialog-ux');
const scheme = (title) => dialog().locator('.auth-container').filter({ has: page.locator('h4', { hasText: title }) });

const openDialog = () => page.locator('.scheme-container').getByRole('button', { name: 'Authorize' }).click();
const closeDialog = () => dialog().locator('.close-modal').click();

async function startSignIn(...scopes) {
  await openDialog();
  const oauth = scheme('oauth2');
  for (const scope of scopes)
    await oauth.locator(`label[for^="${scope}-"]`).first().click();
  const [popup] = await Promise.all([
    context.waitForEvent('page'),
    oauth.locator('button.authorize').click(),
  ]);
  return popup;
}

async function logIn(popup) {
  await popup.getByLabel(/e-?mail/i).fill(person.who.email);
  await popup.locator('input[type=password]').fill(person.who.password);
  await popup.getByRole('button', { name: /^log ?in$|^sign in$/i }).click();
}

for (const device of Object.keys(devices))
  describe(`the API reference on a ${device}`, () => {
    it('shows every operation of the document', async () => {
      await open(device);
      const document = await page.evaluate(() => fetch('/external-api/openapi.json').then((r) => r.json()));
      const wanted = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((m) => `${m} ${path}`));
      const shown = await page.locator('.opblock').evaluateAll((blocks) => blocks.map((b) =>
        `${b.querySelector('.opblock-summary-method').innerText.toLowerCase()} ${b.querySelector('[data-path]').dataset.path}`));
      assert.deepEqual(shown.sort(), wanted.sort());
      assert.equal(await page.getByRole('link', { name: 'Gatehouse' }).getAttribute('href'), '/');
      await isNotTooWide();
      await shot(device);
    });

    it('calls /me with an API key', async () => {
      const { plain_text_key: key } = (await person.post('/api/api-keys', { json: { name: 'to try', permissions: ['IDENTITY'] } })).json;
      assert.ok(key);
      await open(device);
      assert.equal((await callMe()).status(), 401);
      await openDialog();
      const form = scheme('apiKey');
      await form.locator('input').fill(key);
      await form.locator('button.authorize').click();
      await closeDialog();
      const answer = await callMe();
      assert.equal(answer.status(), 200);
      assert.equal((await answer.json()).email, person.who.email);
      await isNotTooWide();
      await shot(`${device}-key`);
    });

    it('calls /me as the person who signed in and said yes', async () => {
      await open(device);
      const popup = await startSignIn('READ_GRAPH');
      await shot(`${device}-scopes`);
      await logIn(popup);
      await popup.getByRole('heading', { name: /authorize/i }).waitFor();
      const consent = await popup.locator('body').innerText();
      for (const part of ['API reference', 'See who you are', 'See your agents'])
        assert.ok(consent.includes(part), `${part} is missing in:\n${consent}`);
      const gone = popup.waitForEvent('close');
      const [redeemed] = await Promise.all([
        page.waitForRequest((r) => r.url().endsWith('/api/oauth/token')),
        popup.getByRole('button', { name: /^(authorize|allow)/i }).click(),
      ]);
      await gone;
      const sent = new URLSearchParams(redeemed.postData());
      assert.equal(sent.get('client_id'), 'agpt_client_api_reference');
      assert.ok(sent.get('code_verifier').length >= 43);
      assert.equal(sent.get('client_secret'), null);
      await scheme('oauth2').getByRole('button', { name: 'Remove authorization' }).waitFor();
      await closeDialog();
      const answer = await callMe();
      assert.equal(answer.status(), 200);
      assert.match(answer.request().headers().authorization, /^Bearer agpt_xt_/);
      assert.equal((await answer.json()).email, person.who.email);
      await shot(`${device}-signed-in`);
    });
  });

describe('signing in from the API reference', () => {
  it('tells that the person said no', async () => {
    await open('desktop');
    const popup = await startSignIn();
    await logIn(popup);
    await popup.getByRole('button', { name: /deny/i }).click();
    await scheme('oauth2').getByText('User denied access').waitFor();
    assert.equal(await scheme('oauth2').getByRole('button', { name: 'Remove authorization' }).count(), 0);
  });

  it('takes no answer that it did not ask for, nor one of another issuer', async () => {
    await open('desktop');
    const popup = await startSignIn();
    await popup.getByLabel(/e-?mail/i).waitFor();
    const state = new URL(new URL(popup.url()).searchParams.get('next') ?? popup.url(), server.base).searchParams.get('state');
    assert.match(state, /^[0-9a-f]{32}$/);
    const tokens = [];
    page.on('request', (r) => r.url().includes('/api/oauth/token') && tokens.push(r));
    const [other] = await Promise.all([context.waitForEvent('page'), page.evaluate(() => { window.open('/login'); })]);
    await other.getByRole('heading').first().waitFor();
    const arrive = (query) => other.goto(`${server.base}/external-api/docs/oauth2-redirect?${new URLSearchParams(query)}`);
    await arrive({ code: 'c', state: '0'.repeat(32), iss: server.base });
    await other.getByText('no longer open').waitFor();
    assert.equal(new URL(other.url()).search, '', 'the code stays in no history');
    const gone = other.waitForEvent('close');
    await arrive({ code: 'c', state, iss: 'https://evil.example' }).catch(() => {}); // it closes itself on the way
    await gone;
    await scheme('oauth2').getByText('The answer is not from').waitFor();
    assert.deepEqual(tokens, []);
  });

  it('is said to work at the public address only', async () => {
    await open('desktop');
    assert.equal(await page.locator('#elsewhere').isVisible(), false);
    await page.goto(`${server.address}/external-api/docs`);
    await operation('get', '/external-api/v1/me').waitFor();
    await page.getByRole('link', { name: `${server.base}/external-api/docs` }).waitFor();
  });
});

describe('the API reference without JavaScript', () => {
  it('says what it needs and where the document is', async () => {
    context = await visitor(chromium, { javaScriptEnabled: false });
    page = await context.newPage();
    await page.goto(`${server.base}/external-api/docs`);
    await page.locator('noscript p').waitFor();
  });
});
