// A person in a real browser: sign up, say yes, say no, come back through login; without a mouse, without scripts.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { encodeForm } from '../lib/browser.mjs';
import { launchChromium, picture, visitor } from '../lib/chromium.mjs';
import { clientPage } from '../lib/client-page.mjs';
import { authorizeQuery, me, pkce, redeem } from '../lib/oauth.mjs';
import { signUp, someone } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';


let server, chromium, local, app, context, page;
before(async () => {
  server = await Server.start();
  chromium = await launchChromium();
  local = await clientPage();
  const owner = await signUp(server, { email: 'maker@example.org', password: 'a maker of many apps', name: 'Mary Maker' });
  app = await server.createApp({ name: 'Agent Planner', description: 'Plans your week with the agents you already have.', owner: owner.who.email,
    redirectUris: [local.redirectUri], scopes: ['IDENTITY', 'READ_GRAPH', 'EXECUTE_GRAPH'] });
});
after(async () => {
  await chromium?.close();
  await local?.close();
  await server?.close();
});

async function open(options) {
  context = await visitor(chromium, options);
  page = await context.newPage();
}
beforeEach(() => open());
afterEach(async () => {
  const { complaints } = context;
  await context.close();
  assert.deepEqual(complaints, []);
});

const address = (more, proof = pkce()) => `${server.base}/auth/authorize?${encodeForm(authorizeQuery(app, proof, more))}`;
const button = (name) => page.getByRole('button', { name });
const yes = /^(authorize|allow)/i, no = /deny/i;

async function fill(who) {
  await page.getByLabel(/e-?mail/i).fill(who.email);
  const passwords = page.locator('input[type=password]');
  for (let i = 0; i < await passwords.count(); i++)
    await passwords.nth(i).fill(who.password);
}

async function logIn(who) {
  await fill(who);
  await button(/^log ?in$|^sign in$/i).click();
}

const landedWith = async () => {
  await page.getByRole('heading', { name: 'Back at the app' }).waitFor();
  return local.landed.at(-1).url.searchParams;
};

describe('a person who is new', () => {
  it('signs up on the way, approves, and the app has their token', async () => {
    const who = someone({ name: 'Nora New' }), proof = pkce();
    await page.goto(address({ state: 'n3w' }, proof));
    assert.match(page.url(), /\/login\?next=/);
    await page.getByRole('link', { name: /sign ?up/i }).click();
    await fill(who);
    const name = page.getByLabel(/^(your )?name/i);
    if (await name.count())
      await name.fill(who.name);
    await button(/sign ?up|create/i).click();
    await page.getByRole('heading', { name: /authorize/i }).waitFor();
    const text = await page.locator('body').innerText();
    for (const part of ['Agent Planner', 'Plans your week', 'Mary Maker', who.email, 'See who you are', 'Run your agents'])
      assert.ok(text.includes(part), `${part} is missing in:\n${text}`);
    await picture(page, 'authorize');
    await button(yes).click();
    const back = await landedWith();
    assert.equal(back.get('state'), 'n3w');
    assert.equal(back.get('iss'), server.base);
    const got = await redeem(server.browser(), app, { code: back.get('code'), verifier: proof.verifier, redirectUri: app.redirectUri });
    assert.equal((await me(server.browser(), got.json.access_token)).json.email, who.email);
    assert.equal(local.landed.at(-1).referer, undefined, 'the app learns no address of ours');
    assert.equal(local.landed.at(-1).method, 'GET');
  });

  it('is told on the page what is wrong with a password, beside the field', async () => {
    await page.goto(`${server.base}/signup`);
    await fill({ email: 'weak@example.org', password: 'password123' });
    await button(/sign ?up|create/i).click();
    const field = page.locator('input[type=password]').first();
    await field.waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const described = await field.getAttribute('aria-describedby');
    assert.ok(described, 'the field names its explanation');
    const texts = await Promise.all(described.split(' ').map((id) => page.locator(`[id="${id}"]`).innerText()));
    assert.match(texts.join(' '), /common/i);
    assert.equal(await page.getByLabel(/e-?mail/i).inputValue(), 'weak@example.org');
  });
});

describe('a person with an account', () => {
  let who;
  before(async () => { ({ who } = await signUp(server)); });

  it('is led through login and back', async () => {
    await page.goto(address());
    await logIn({ ...who, password: 'not the right one' });
    await page.getByText(/wrong/i).first().waitFor();
    await logIn(who);
    await button(yes).waitFor();
    await button(no).click();
    const back = await landedWith();
    assert.equal(back.get('error'), 'access_denied');
    assert.equal(back.get('code'), null);
  });

  it('is not asked twice for the same, and is shown what is new', async () => {
    await page.goto(address({ scope: 'IDENTITY' }));
    await logIn(who);
    await button(yes).click();
    await landedWith();
    await page.goto(address({ scope: 'IDENTITY', state: 'again' }));
    assert.equal((await landedWith()).get('state'), 'again');

    await page.goto(address());
    await button(yes).waitFor();
    const items = page.getByRole('listitem');
    const badge = (title) => items.filter({ hasText: title }).getByText(/^new\b/i);
    assert.equal(await badge('Run your agents').count(), 1);
    assert.equal(await badge('See who you are').count(), 0);
    await picture(page, 'authorize-new');
    await button(yes).click();
    await landedWith();
    await page.goto(address({ state: 'third' }));
    assert.equal((await landedWith()).get('state'), 'third');
  });

  it('can say that it is somebody else', async () => {
    await page.goto(address({ prompt: 'consent' }));
    await logIn(who);
    await page.getByText(/not you\?/i).first().click();
    const out = button(/log ?out|sign out/i);
    if (await out.count())
      await out.click();
    await page.getByLabel(/e-?mail/i).waitFor();
    await logIn((await signUp(server)).who);
    await button(yes).waitFor();
  });

  it('comes through with the keyboard alone', async () => {
    await page.goto(address({ prompt: 'consent' }));
    const focused = () => page.evaluate(() => {
      const e = document.activeElement;
      return `${e.tagName} ${e.type ?? ''} ${e.innerText ?? ''}`;
    });
    const tabTo = async (pattern) => {
      for (let i = 0; i < 25; i++) {
        if (pattern.test(await focused())) {
          const outline = await page.evaluate(() => {
            const s = getComputedStyle(document.activeElement);
            return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || s.borderStyle !== 'none';
          });
          assert.ok(outline, 'the focus can be seen');
          return;
        }
        await page.keyboard.press('Tab');
      }
      assert.fail(`never reached ${pattern}`);
    };
    await tabTo(/INPUT email/);
    await page.keyboard.type(who.email);
    await tabTo(/INPUT password/);
    await page.keyboard.type(who.password);
    await page.keyboard.press('Enter');
    await button(yes).waitFor();
    await tabTo(/BUTTON submit (authorize|allow)/i);
    await page.keyboard.press('Enter');
    assert.ok((await landedWith()).get('code'));
  });

  it('comes through without JavaScript', async () => {
    await context.close();
    await open({ javaScriptEnabled: false });
    await page.goto(address({ prompt: 'consent' }));
    await logIn(who);
    await button(yes).click();
    assert.ok((await landedWith()).get('code'));
  });

  it('signs out by a button', async () => {
    await page.goto(`${server.base}/login`);
    await logIn(who);
    await page.goto(`${server.base}/logout`);
    await button(/log ?out|sign out/i).click();
    await page.goto(address());
    await page.getByLabel(/e-?mail/i).waitFor();
  });
});

describe('a bad request of an app', () => {
  let who;
  before(async () => { ({ who } = await signUp(server)); });

  for (const [what, more, pattern] of [
    ['an unknown app', { client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA' }, /not found|unknown/i],
    ['a redirect URI of nobody', { redirect_uri: 'https://evil.example/cb' }, /redirect/i],
    ['no client', { client_id: undefined }, /client_id/],
    ['a scope beyond its own', { scope: 'IDENTITY DELETE_INTEGRATIONS' }, /scope|permission/i],
    ['no challenge', { code_challenge: undefined }, /code_challenge/]])
    it(`is a card without a way to try again: ${what}`, async () => {
      await page.goto(`${server.base}/login`);
      await logIn(who);
      await page.goto(address(more));
      const text = await page.getByRole('main').innerText();
      assert.match(text, pattern);
      assert.match(text, /contact|maker|developer|who (made|runs)/i, 'says whose problem it is');
      assert.equal(await page.getByRole('button', { name: /retry|try again/i }).count(), 0);
      assert.equal(await page.getByRole('link', { name: /retry|try again/i }).count(), 0);
      assert.ok(page.url().startsWith(server.base));
      await picture(page, `card-${what.replace(/\W+/g, '-')}`);
    });
});

describe('every page', () => {
  let who;
  before(async () => { ({ who } = await signUp(server)); });

  for (const [device, viewport] of [['desktop', { width: 1280, height: 900 }], ['phone', { width: 360, height: 740 }]])
    for (const colorScheme of ['light', 'dark'])
      it(`fits a ${device} in ${colorScheme}`, async () => {
        await context.close();
        await open({ viewport, colorScheme, deviceScaleFactor: 2, isMobile: device === 'phone', hasTouch: device === 'phone' });
        const visit = async (name, path) => {
          await page.goto(path.startsWith('http') ? path : server.base + path);
          const { wide, title, language, headings, unnamed } = await page.evaluate(() => ({
            wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            title: document.title, language: document.documentElement.lang, headings: document.querySelectorAll('h1').length,
            unnamed: [...document.querySelectorAll('input:not([type=hidden]), button, a, img')].filter((e) =>
              !(e.labels?.length || e.innerText?.trim() || e.getAttribute('aria-label') || e.getAttribute('title') || e.hasAttribute('alt') || e.closest('[aria-hidden=true]'))).map((e) => e.outerHTML),
          }));
          assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
          assert.ok(title && language && headings === 1, `${name}: title ${title}, lang ${language}, ${headings} headings`);
          assert.deepEqual(unnamed, [], 'everything has a name for a screen reader');
          const dark = await page.evaluate(() => {
            const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
            return (r + g + b) / 3 < 100;
          });
          assert.equal(dark, colorScheme === 'dark', `${name} in ${colorScheme}`);
          await picture(page, `${name}-${device}-${colorScheme}`);
        };
        await visit('login', '/login');
        await visit('signup', '/signup');
        await visit('error', '/nowhere');
        await page.goto(`${server.base}/login`);
        await logIn(who);
        await page.waitForURL((url) => url.pathname !== '/login');
        await visit('home', '/');
        await visit('consent', address({ prompt: 'consent' }));
        await visit('card', address({ redirect_uri: 'https://evil.example/' }));
        await visit('logout', '/logout');
      });
});
