// The pages of those who make apps, in a browser: with scripts and without, by day and by night, wide and narrow.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { launchChromium, picture, visitor } from '../lib/chromium.mjs';
import { png } from '../lib/images.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const path = '/profile/oauth-apps';
const who = { email: 'mary@example.org', password: 'a long walk home at dusk', name: 'Mary Maker' };
const looks = {
  'phone-light': { viewport: { width: 390, height: 844 } },
  'phone-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  'desktop-light': { viewport: { width: 1280, height: 900 } },
  'desktop-dark': { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
};

let server, chromium, context, page;
before(async () => {
  server = await Server.start({ OAUTH_APP_REGISTRATION: 'everyone' });
  chromium = await launchChromium();
  await signUp(server, who);
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

async function open(at, options) {
  context = await visitor(chromium, options);
  page = await context.newPage();
  await page.goto(server.base + at);
  await page.getByLabel(/e-?mail/i).fill(who.email);
  await page.locator('input[type=password]').fill(who.password);
  await page.getByRole('button', { name: /log ?in/i }).click();
  await page.waitForURL((url) => url.pathname === at);
}
const button = (name) => page.getByRole('button', { name });
const text = () => page.locator('main').innerText();
const shot = (name, look) => picture(page, `oauth-apps-${name}-${look}`);
const image = { name: 'logo.png', mimeType: 'image/png', buffer: png(512) };

async function register(name) {
  await page.goto(`${server.base}${path}/new`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('textbox', { name: /^Description/ }).fill('Plans your week with the agents you already have.');
  await page.getByRole('textbox', { name: 'Redirect URIs' }).fill('https://planner.example.com/oauth/callback\nhttp://localhost/callback');
  await page.getByRole('checkbox', { name: 'See who you are' }).check();
  await page.getByRole('checkbox', { name: 'Run your agents' }).check();
  await button('Register').click();
  const secret = await page.getByLabel('Client secret', { exact: true }).inputValue();
  server.canary.add(secret, 'client secret');
  return secret;
}

describe('an app', () => {
  it('is registered, copied, given a logo, changed, and switched off', async () => {
    await open(path, { permissions: ['clipboard-read', 'clipboard-write'] });
    assert.match(await text(), /You have no applications/);
    await page.getByRole('link', { name: 'Register application' }).click();
    await button('Register').click();
    assert.equal(await page.getByLabel('Name', { exact: true }).evaluate((e) => e.validity.valueMissing), true, 'the browser says so first');
    const secret = await register('Agent Planner');
    await button('Copy the client secret').click();
    await page.waitForFunction(() => [...document.querySelectorAll('button')].some((b) => b.textContent === 'Copied'));
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
    await page.getByRole('link', { name: 'I have copied it' }).click();

    await page.getByLabel('Image', { exact: true }).setInputFiles(image);
    await button('Upload logo').click();
    assert.match(await text(), /Logo uploaded successfully/);
    assert.ok(await page.locator('img.mark').evaluate((i) => i.complete && i.naturalWidth === 512), 'it is shown');
    await page.getByLabel('Another image').setInputFiles({ ...image, buffer: png(512, 600) });
    await button('Change logo').click();
    assert.match(await page.locator('#file-problem').innerText(), /not square: it has 512 × 600 pixels/);

    await page.getByRole('textbox', { name: 'Redirect URIs' }).fill('http://planner.example.com/');
    await page.getByRole('textbox', { name: /^Description/ }).fill('Something else');
    await button('Save').click();
    assert.match(await page.locator('#redirect-error').innerText(), /Invalid redirect URI/);
    assert.equal(await page.getByRole('textbox', { name: /^Description/ }).inputValue(), 'Something else');
    await page.getByRole('textbox', { name: 'Redirect URIs' }).fill('https://planner.example.com/');
    await button('Save').click();
    assert.match(await text(), /Application saved/);

    await button('Replace the secret').click();
    assert.match(await text(), /former secret works until/);
    server.canary.add(await page.getByLabel('Client secret', { exact: true }).inputValue(), 'client secret');
    await page.getByRole('link', { name: 'I have copied it' }).click();
    await button('End it now').click();
    assert.match(await text(), /former secret is ended/);
    await button('Revoke all tokens').click();
    assert.match(await text(), /All tokens of the application are revoked/);

    await page.getByRole('link', { name: 'OAuth applications' }).click();
    const card = page.getByTestId('oauth-app-card');
    const id = await card.getByTestId('oauth-app-client-id').innerText();
    await button('Copy the client ID of Agent Planner').click();
    await page.waitForFunction(() => [...document.querySelectorAll('button')].some((b) => b.textContent === 'Copied'));
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), id);
    await button(/^Disable Agent Planner/).click();
    assert.match(await text(), /Application disabled successfully[\s\S]*Disabled/);
    await button(/^Enable Agent Planner/).click();
    assert.match(await text(), /Application enabled successfully/);
  });

  it('is all that without scripts, too', async () => {
    await open(path, { javaScriptEnabled: false });
    assert.match(await register('By hand'), /^agpt_secret_/);
    assert.equal(await button(/^Copy/).count(), 0);
    await page.getByRole('link', { name: 'I have copied it' }).click();
    await page.getByLabel('Image', { exact: true }).setInputFiles(image);
    await button('Upload logo').click();
    assert.match(await text(), /Logo uploaded successfully/);
    await page.getByLabel('Another image').setInputFiles({ ...image, buffer: png(512, 600) });
    await button('Change logo').click();
    assert.match(await page.locator('#file-error').innerText(), /must be square. Got 512x600/);
    await button('Remove logo').click();
    assert.match(await text(), /Logo removed/);
    await page.getByLabel('What becomes of the present secret').selectOption('604800');
    await button('Replace the secret').click();
    server.canary.add(await page.getByLabel('Client secret', { exact: true }).inputValue(), 'client secret');
  });
});

for (const [look, options] of Object.entries(looks))
  it(`the pages fit: ${look}`, async () => {
    await open(path, options);
    const fits = async (name) => {
      const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(scroll <= width, `${name} is ${scroll} wide in ${width}`);
      const bytes = await page.evaluate(() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).reduce((n, e) => n + e.encodedBodySize, 0));
      assert.ok(bytes < 100_000, `${name} takes ${bytes} bytes`);
      await shot(name, look);
    };
    await fits('list');
    await page.getByRole('link', { name: 'Manage Agent Planner' }).click();
    await fits('manage');
    await page.getByRole('textbox', { name: 'Redirect URIs' }).fill('http://planner.example.com/a/very/long/address/that/goes/on/and/on/and/on/and/on/for/ever');
    await button('Save').click();
    await fits('errors');
    await page.goto(`${server.base}${path}/new`);
    await fits('new');
    await button('Register').evaluate((b) => { b.form.noValidate = true; });
    await button('Register').click();
    await fits('new-errors');
    await register(`Another ${look}, with a name that is very long and has_one_word_that_is_longer_than_most_of_them`);
    await fits('made');
  });

it('the image that was chosen is shown, and what is wrong with it is said before it is sent', async () => {
  await open(path);
  await register('Chooser');
  await page.getByRole('link', { name: 'I have copied it' }).click();
  const choose = async (file) => {
    await page.locator('#file').setInputFiles({ name: 'logo.png', mimeType: 'image/png', ...file });
    await page.waitForFunction(() => !document.getElementById('file-problem').hidden || !document.getElementById('file-preview').hidden);
    return page.locator('#file-problem').innerText();
  };
  assert.equal(await choose({ buffer: Buffer.alloc(3 * 1024 * 1024 + 1) }), 'The file is larger than 3 MB');
  assert.equal(await page.locator('#file').evaluate((e) => e.validity.valid), false, 'it is not sent');
  assert.equal(await choose({ buffer: Buffer.from('nothing') }), 'This is no image that can be shown');
  assert.equal(await choose({ buffer: png(512, 600) }), 'The image is not square: it has 512 × 600 pixels');
  assert.equal(await choose({ buffer: png(300) }), 'The image must have 512 to 2048 pixels on each side; this one has 300');
  assert.equal(await choose(image), '');
  assert.equal(await page.locator('#file').evaluate((e) => e.validity.valid), true);
  assert.deepEqual(await page.locator('#file-preview').evaluate((e) => [...e.getContext('2d').getImageData(4, 4, 1, 1).data]), [31, 102, 80, 255]);
});
