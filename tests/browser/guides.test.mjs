// The guides in a real browser: examples are copied by a button, and read without scripts.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launchChromium, visitor } from '../lib/chromium.mjs';
import { fences, guideText } from '../lib/guide.mjs';
import { Server } from '../lib/server.mjs';

let server, chromium;
before(async () => {
  server = await Server.start();
  chromium = await launchChromium();
});
after(async () => {
  await chromium?.close();
  await server?.close();
});

async function open(options) {
  const context = await visitor(chromium, options), page = await context.newPage();
  await page.goto(`${server.base}/docs/oauth`);
  return { context, page };
}

it('an example is copied as it stands', async () => {
  const { context, page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  const examples = fences(guideText('oauth'));
  assert.equal(await page.locator('pre').count(), examples.length);
  const n = examples.findIndex(({ language }) => language === 'python');
  await page.getByRole('button', { name: 'Copy' }).nth(n).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trimEnd(), examples[n].text);
  assert.deepEqual(context.complaints, []);
  await context.close();
});

it('without scripts all is there but the buttons; a heading is found by its address', async () => {
  const { context, page } = await open({ javaScriptEnabled: false });
  assert.equal(await page.getByRole('button').count(), 0);
  await page.getByRole('link', { name: 'In Python' }).click();
  assert.equal(new URL(page.url()).hash, '#in-python');
  assert.ok(await page.getByRole('heading', { name: 'In Python' }).isVisible());
  await page.getByRole('link', { name: 'Error catalogue' }).first().click();
  assert.equal(new URL(page.url()).pathname, '/docs/errors');
  await context.close();
});
