// The pages under /admin in a real browser: in both schemes and two widths, and without scripts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchChromium, picture, visitor } from '../lib/chromium.mjs';
import { calculator, made, withKey } from '../lib/agents.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { offer, profileOf, submitted } from '../lib/store.mjs';

const who = { email: 'ada@example.org', password: 'a long walk home at dusk' };

let server, chromium, maker, app, submission;
before(async () => {
  server = await Server.start();
  chromium = await launchChromium();
  await server.createUser({ ...who, name: 'Ada Admin', admin: true });
  maker = await signUp(server, { email: 'nora.with-a-rather-long-address@department.institution.example.org', password: 'a long walk at noon', name: 'Nora New' });
  app = await server.createApp({ name: 'Agent Planner', description: 'Plans your week with the agents you already have.', owner: maker.who.email });
  await profileOf(maker, 'nora');
  const graph = await made(await withKey(server, maker), calculator());
  submission = await submitted(maker, offer(graph, { name: 'Weekly digest', sub_heading: 'What happened, in five lines' }));
});
after(async () => {
  await chromium?.close();
  await server?.close();
});

// Signs in and enters the password again, as a person does.
async function open(path, options) {
  const context = await visitor(chromium, options), page = await context.newPage();
  await page.goto(server.base + path);
  await page.getByLabel(/e-?mail/i).fill(who.email);
  await page.locator('input[type=password]').fill(who.password);
  await page.getByRole('button', { name: /log ?in/i }).click();
  await page.getByRole('heading', { name: 'Enter your password again' }).waitFor();
  return { context, page };
}
const enter = async (page, path) => {
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.pathname === path);
};
const close = async (context) => {
  const { complaints } = context;
  await context.close();
  assert.deepEqual(complaints, []);
};

const paths = () => ({ start: '/admin', people: '/admin/people', person: `/admin/people/${maker.user.id}`, apps: '/admin/apps', app: `/admin/apps/${app.id}`,
  submissions: '/admin/submissions', submission: `/admin/submissions/${submission.store_listing_version_id}`, audit: '/admin/audit', health: '/admin/health', settings: '/admin/settings' });

describe('administration', () => {
  for (const [width, colorScheme] of [[390, 'light'], [390, 'dark'], [1280, 'light'], [1280, 'dark']])
    it(`fits ${width} pixels in ${colorScheme}`, async () => {
      const { context, page } = await open('/admin', { viewport: { width, height: 844 }, colorScheme });
      const shot = (name) => picture(page, `admin-${name}-${width}-${colorScheme}`);
      await shot('confirm');
      await enter(page, '/admin');
      for (const [name, path] of Object.entries(paths())) {
        await page.goto(server.base + path);
        assert.equal(await page.locator('h1').count(), 1, path);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, `${path} is ${over} pixels too wide`);
        await shot(name);
      }
      await close(context);
    });

  it('works without scripts, from finding somebody to disabling and enabling', async () => {
    const { context, page } = await open('/admin/people', { javaScriptEnabled: false });
    await enter(page, '/admin/people');
    await page.getByLabel('E-mail, name or id').fill('nora new');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: maker.who.email }).click();
    await page.getByText('Disable the account').click();
    await page.getByRole('button', { name: /^Disable/ }).click();
    assert.match(await page.locator('main').innerText(), /The account is disabled/);
    assert.equal((await maker.get('/api/auth/user')).status, 401);
    await page.getByRole('button', { name: 'Enable the account' }).click();
    assert.match(await page.locator('main').innerText(), /The account is enabled/);
    await page.goto(server.base + paths().submission);
    await page.getByRole('button', { name: 'Refuse' }).click();
    assert.match(await page.locator('#comments-error').innerText(), /Say why/);
    await page.getByLabel('What its maker is told').fill('Say more about it');
    await page.getByRole('button', { name: 'Refuse' }).click();
    assert.match(await page.locator('main').innerText(), /submission is refused/);
    await close(context);
  });
});
