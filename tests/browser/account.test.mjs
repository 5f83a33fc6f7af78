// A person's own pages in a real browser: connected apps, API keys, sessions; with and without scripts.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { launchChromium, picture, visitor } from '../lib/chromium.mjs';
import { until } from '../lib/audit.mjs';
import { grant, me } from '../lib/oauth.mjs';
import { signIn, signUp, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const who = { email: 'nora@example.org', password: 'a long walk home at dusk', name: 'Nora New' };

let server, chromium, app, context, page;
before(async () => {
  server = await Server.start();
  chromium = await launchChromium();
  await signUp(server, who);
  app = await server.createApp({ name: 'Agent Planner', description: 'Plans your week with the agents you already have.',
    owner: who.email, redirectUris: ['http://localhost:9/callback'], scopes: ['IDENTITY', 'READ_GRAPH', 'EXECUTE_GRAPH'] });
});
after(async () => {
  await chromium?.close();
  await server?.close();
});
afterEach(async () => {
  const { complaints } = context;
  await context.close();
  assert.deepEqual(complaints, []);
});

async function open(path, options) {
  context = await visitor(chromium, options);
  page = await context.newPage();
  await page.goto(server.base + path);
  await page.getByLabel(/e-?mail/i).fill(who.email);
  await page.locator('input[type=password]').fill(who.password);
  await page.getByRole('button', { name: /log ?in/i }).click();
  await page.waitForURL((url) => url.pathname === path);
}
const button = (name) => page.getByRole('button', { name });
const shot = (name) => picture(page, `account-${name}`);
const text = () => page.locator('main').innerText();

describe('API keys', () => {
  it('are made with chosen permissions, told once, and revoked', async () => {
    await open('/profile/api-keys', { permissions: ['clipboard-read', 'clipboard-write'] });
    assert.match(await text(), /You have no API key/);
    await page.getByRole('link', { name: 'Create key' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Nightly report');
    await button('Create').click();
    assert.match(await page.locator('#permissions-error').innerText(), /at least one/);
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Nightly report', 'what was typed is kept');
    await page.getByRole('checkbox', { name: 'See who you are' }).check();
    await page.getByRole('checkbox', { name: 'Run your agents' }).check();
    await shot('key-new');
    await button('Create').click();
    const key = await page.getByLabel('API key', { exact: true }).inputValue();
    assert.equal((await server.browser().get('/external-api/v1/me', { headers: { 'X-API-Key': key } })).json.email, who.email);
    await button('Copy').click();
    await button('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
    await shot('key-created');
    await page.reload(); // the form is sent again
    assert.match(await text(), /was made already/);
    assert.equal(await page.getByTestId('api-key-row').count(), 1, 'no second key');
    assert.ok(!(await page.content()).includes(key), 'the key is told once');
    await shot('keys');
    await button('Suspend Nightly report').click();
    assert.match(await text(), /Suspended/);
    assert.equal((await server.browser().get('/external-api/v1/me', { headers: { 'X-API-Key': key } })).status, 401);
    await button('Activate Nightly report').click();
    assert.equal((await server.browser().get('/external-api/v1/me', { headers: { 'X-API-Key': key } })).status, 200);
    await button(/^Revoke Nightly report/).click();
    assert.match(await text(), /You have no API key/);
    assert.equal((await server.browser().get('/external-api/v1/me', { headers: { 'X-API-Key': key } })).status, 401);
  });

  it('are made without scripts too', async () => {
    await open('/profile/api-keys/new', { javaScriptEnabled: false });
    await page.getByLabel('Name', { exact: true }).fill('By hand');
    await page.getByRole('checkbox', { name: 'See who you are' }).check();
    await button('Create').click();
    assert.match(await page.getByLabel('API key', { exact: true }).inputValue(), /^agpt_/);
    assert.equal(await button('Copy').count(), 0);
  });
});

describe('the profile', () => {
  it('takes name and time zone, and offers the browser’s', async () => {
    await open('/profile', { timezoneId: 'Europe/Berlin' });
    await button(/^Use Europe\/Berlin/).click();
    await page.getByLabel(/^Name/).fill('Nora Newer');
    await button('Save').click();
    assert.match(await text(), /Saved/);
    const { json } = await (await signIn(server, who)).get('/api/auth/user');
    assert.deepEqual([json.name, json.timezone], ['Nora Newer', 'Europe/Berlin']);
    await shot('profile');
  });

  it('changes the password of who knows the current one, and ends other sessions', async () => {
    const elsewhere = await signIn(server, who);
    await open('/profile');
    const fill = async (current, chosen) => {
      await page.getByLabel('Current password').fill(current);
      await page.getByLabel('New password', { exact: true }).fill(chosen);
      await page.getByLabel('Confirm new password').fill(chosen);
      await button('Change password').click();
    };
    await fill('not the right one', 'another walk home at dawn');
    assert.match(await page.locator('#current-error').innerText(), /not your current/);
    await fill(who.password, 'password123');
    assert.match(await page.locator('#password-error').innerText(), /common/);
    await fill(who.password, 'another walk home at dawn');
    assert.match(await text(), /password is changed, and all other sessions/);
    assert.equal((await elsewhere.get('/api/auth/user')).status, 401);
    assert.equal((await tryLogin(server.browser(), who)).status, 401, 'the old one is gone');
    who.password = 'another walk home at dawn';
    await signIn(server, who);
  });
});

describe('deleting the account', () => {
  for (const javaScriptEnabled of [true, false])
    it(`says what goes, asks for the password, and says good-bye${javaScriptEnabled ? '' : ', without scripts'}`, async () => {
      const leaver = { email: `leaver-${javaScriptEnabled}@example.org`, password: `a long walk away ${javaScriptEnabled}`, name: 'Lea Ver' };
      await signUp(server, leaver);
      context = await visitor(chromium, { javaScriptEnabled });
      page = await context.newPage();
      await page.goto(`${server.base}/profile`);
      await page.getByLabel(/e-?mail/i).fill(leaver.email);
      await page.locator('input[type=password]').fill(leaver.password);
      await button(/log ?in/i).click();
      await page.getByRole('link', { name: 'Delete your account' }).click();
      assert.match(await text(), /What goes[^]*What stays[^]*audit trail for 365 days/);
      await page.getByLabel('Your password').fill('not the right one');
      await button('Delete my account').click();
      assert.match(await page.locator('#password-error').innerText(), /not your password/);
      await page.getByLabel('Your password').fill(leaver.password);
      await button('Delete my account').click();
      assert.match(await text(), /Your account is deleted/);
      await page.goto(`${server.base}/profile`);
      assert.equal(new URL(page.url()).pathname, '/login');
      assert.equal((await tryLogin(server.browser(), leaver)).status, 401);
    });
});

describe('connected apps', () => {
  it('are shown with what they may do, and lose access at once', async () => {
    const browser = await signIn(server, who);
    const tokens = await grant(browser, app);
    assert.equal((await me(browser, tokens.access_token)).status, 200);
    await open('/profile/connected-apps');
    await page.getByText('What it may do').click();
    for (const part of ['Agent Planner', 'Plans your week', 'See who you are', 'just now'])
      assert.ok((await text()).includes(part), `${part} is missing in ${await text()}`);
    await shot('apps');
    await button('Remove access of Agent Planner').click();
    assert.match(await text(), /no longer has access/);
    assert.match(await text(), /No app has access/);
    assert.equal((await me(browser, tokens.access_token)).status, 401);
  });
});

describe('sessions', () => {
  it('are listed with their browsers, and ended one by one or all', async () => {
    const one = await signIn(server, who), two = await signIn(server, who);
    await open('/profile/sessions');
    assert.match(await text(), /Chrome on Linux/);
    await shot('sessions');
    const others = await button(/^End the session/).count();
    assert.ok(others >= 2);
    await button(/^End the session/).first().click();
    assert.equal(await button(/^End the session/).count(), others - 1);
    await button('End all other sessions').click();
    assert.match(await text(), /nowhere else/);
    for (const browser of [one, two])
      assert.equal((await browser.get('/api/auth/user')).status, 401);
    assert.equal((await page.reload()).status(), 200, 'this one goes on');
  });
});

describe('activity', () => {
  it('tells of sign-ins, grants and refusals', async () => {
    const browser = await signIn(server, who);
    await grant(browser, app);
    await tryLogin(server.browser(), { ...who, password: 'not the right one' });
    // what was refused is gathered, and stored about once a second
    await until(async () => (await browser.get('/api/audit')).json.items, (items) => items.some(({ event }) => event === 'session.sign_in_failed'), 'a refusal on record');
    await open('/profile/activity');
    for (const part of ['Signed in', 'An app exchanged its code for tokens', 'Agent Planner', 'Somebody tried to sign in with a wrong password'])
      assert.ok((await text()).includes(part), `${part} is missing in ${await text()}`);
    await shot('activity');
  });
});

for (const [look, options] of Object.entries({
  'phone-dark': { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
  'phone-light': { viewport: { width: 360, height: 740 } },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
}))
  it(`the pages fit: ${look}`, async () => {
    const browser = await signIn(server, who);
    await grant(browser, app);
    await browser.post('/api/api-keys', { json: { name: 'A key with a very long name that goes on and on', permissions: ['IDENTITY'], description: 'x'.repeat(200) } });
    await open('/profile/api-keys', options);
    for (const path of ['', 'api-keys', 'api-keys/new', 'connected-apps', 'sessions', 'activity']) {
      await page.goto(`${server.base}/profile/${path}`.replace(/\/$/, ''));
      const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(scroll <= width, `${path} is ${scroll} wide in ${width}`);
      await shot(`${path.replace('/', '-') || 'profile'}-${look}`);
    }
  });
