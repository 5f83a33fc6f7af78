// The setup wizard in a real browser: an app sends a person to connect accounts, and gets them back; with and without scripts.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { graph, GRAPH_SCOPES, made, node, withKey } from '../lib/agents.mjs';
import { encodeForm } from '../lib/browser.mjs';
import { launchChromium, picture, visitor } from '../lib/chromium.mjs';
import { clientPage } from '../lib/client-page.mjs';
import { signUp, someone } from '../lib/people.mjs';
import { described, Provider, withProviders } from '../lib/providers.mjs';
import { sendJson } from '../lib/stand-in.mjs';

const SEND = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc';
const words = { read: 'Read your documents', write: 'Change your documents' };

let server, chromium, local, provider, app, who, context, page;
let granted, refusal; // what the person says at the provider

// The provider's page, whose visitor answers at once.
function authorize(request, response) {
  const query = new URL(request.url, provider.url).searchParams, back = new URL(query.get('redirect_uri'));
  back.search = new URLSearchParams({ ...refusal ? { error: refusal } : { code: 'a-code' }, state: query.get('state') });
  response.writeHead(302, { location: back.href }).end();
}
before(async () => {
  provider = await Provider.start();
  provider.resource = authorize;
  provider.token = (form, request, response) => sendJson(response, provider.tokens({ scope: granted }));
  server = await withProviders({ acme: { ...described(provider.url, { scopes: { words } }), title: 'Acme Docs' } });
  chromium = await launchChromium();
  local = await clientPage();
  const owner = await signUp(server, { email: 'maker@example.org', password: 'a maker of many apps', name: 'Mary Maker' });
  app = await server.createApp({ name: 'Agent Planner', owner: owner.who.email, redirectUris: [local.redirectUri], scopes: ['IDENTITY'] });
});
after(async () => {
  await chromium?.close();
  await local?.close();
  await server?.close();
  await provider?.stop();
});
afterEach(async () => {
  const { complaints } = context;
  await context.close();
  assert.deepEqual(complaints, []);
});

const encode = (providers) => Buffer.from(JSON.stringify(providers)).toString('base64');
const wizard = (providers, more = {}) => `${server.base}/auth/integrations/setup-wizard?${encodeForm({ client_id: app.client_id,
  providers: typeof providers === 'string' ? providers : encode(providers), redirect_uri: local.redirectUri, state: 's/t&a=t"e<b>', ...more })}`;
const button = (name) => page.getByRole('button', { name });
const link = (name) => page.getByRole('link', { name });
const text = () => page.locator('main').innerText();
const shot = (name) => picture(page, `wizard-${name}`);
const landedWith = async () => {
  await page.getByRole('heading', { name: 'Back at the app' }).waitFor();
  return Object.fromEntries(local.landed.at(-1).url.searchParams);
};

// Somebody new, led through login first.
async function open(address, options, person) {
  ({ who } = person ? { who: person } : await signUp(server, someone({ name: 'Nora New' })));
  context = await visitor(chromium, options);
  page = await context.newPage();
  await page.goto(address);
  await page.getByLabel(/e-?mail/i).fill(who.email);
  await page.locator('input[type=password]').fill(who.password);
  await button(/log ?in/i).click();
}
const both = [{ provider: 'acme', scopes: ['read', 'write'] }, { provider: 'openai' }];

describe('a person whom an app sends to connect accounts', () => {
  for (const [how, options] of Object.entries({ 'in a window of its own': {}, 'without scripts': { javaScriptEnabled: false } }))
    it(`connects one by OAuth, one by key, and goes back: ${how}`, async () => {
      granted = 'read write';
      await open(wizard(both), options);
      await page.getByText('0 of 2 connected').waitFor();
      for (const part of ['Agent Planner', 'Acme Docs', 'Read your documents', 'Change your documents', 'OpenAI', 'Connect 2 more'])
        assert.ok((await text()).includes(part), `${part} is missing in ${await text()}`);
      assert.ok(await button('Connect 2 more').isDisabled());
      await shot(`begun${options.javaScriptEnabled === false ? '-plain' : ''}`);
      await button('Connect Acme Docs').click();
      await page.getByText('1 of 2 connected').waitFor();
      await page.getByText('Connected as ada').waitFor();
      await page.getByLabel('API key of OpenAI').fill('sk-a-key-of-mine');
      await page.locator('.slot', { hasText: 'OpenAI' }).getByRole('button', { name: 'Save key' }).click();
      await page.getByText('2 of 2 connected').waitFor();
      assert.ok(!(await page.content()).includes('sk-a-key-of-mine'));
      await shot(`done${options.javaScriptEnabled === false ? '-plain' : ''}`);
      await button('Continue').click();
      assert.deepEqual(await landedWith(), { success: 'true', state: 's/t&a=t"e<b>' });
    });

  it('may cancel', async () => {
    await open(wizard(both));
    await link('Cancel').click();
    assert.deepEqual(await landedWith(), { success: 'false', error: 'user_cancelled',
      error_description: 'User cancelled the integration setup', state: 's/t&a=t"e<b>' });
  });

  it('is told when too little was granted, and connects again', async () => {
    granted = 'read';
    await open(wizard([both[0]]));
    await button('Connect Acme Docs').click();
    await page.getByText("Connection failed: the granted permissions don’t match what’s required.").waitFor();
    assert.match(await text(), /lacks: Change your documents/);
    await page.getByText('0 of 1 connected').waitFor();
    await shot('short');
    granted = 'read write';
    await button('Connect Acme Docs again').click();
    await page.getByText('1 of 1 connected').waitFor();
    await page.goto(`${server.base}/profile/integrations`);
    assert.equal(await button(/^Delete Acme/).count(), 1, 'one credential, connected anew');
    assert.doesNotMatch(await text(), /For the apps|Used by/);
    await page.goto(wizard([both[0]]));
    await button('Continue').click();
    await landedWith();
    const api = await withKey(server, { post: (path, { json }) => page.request.post(server.base + path, { data: json, headers: { origin: server.base } }).then(async (it) => ({ status: it.status(), json: await it.json() })) },
      [...GRAPH_SCOPES, 'READ_INTEGRATIONS']);
    const [{ id }] = (await api.get('/integrations/acme/credentials')).json;
    const agent = await made(api, graph([node('call', SEND, { url: 'http://x.example/', credentials: { id } })], [], { name: 'Morning digest' }));
    await api.post(`/graphs/${agent.id}/schedules`, { name: 'each day', cron: '0 7 * * *', timezone: 'UTC', inputs: {} });
    await page.goto(`${server.base}/profile/integrations`);
    assert.match(await text(), /For the apps Agent Planner\s*Used by Morning digest, 1 schedule/);
    await shot('integrations');
    await page.locator('summary', { hasText: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('For <digests>');
    await button('Save name').click();
    assert.match(await text(), /has its new name[^]*For <digests>/);
    await button(/^Delete Acme/).click();
    assert.match(await text(), /is deleted/);
    assert.equal(await button(/^Delete/).count(), 0);
  });

  it('finds an account that fits chosen, and may take another', async () => {
    granted = 'read';
    await open(wizard([{ provider: 'openai' }]));
    for (const title of ['Work', 'Home']) {
      await page.goto(`${server.base}/auth/integrations/credentials?provider=openai&return_to=/profile/integrations`);
      await page.getByLabel(/Name of this key/).fill(title);
      await page.getByLabel('API key of OpenAI').fill('sk-x');
      await button('Save key').click();
    }
    await page.goto(wizard([{ provider: 'openai' }]));
    await page.getByText('1 of 1 connected').waitFor();
    await page.getByText('Connected: Work').waitFor();
    await page.getByLabel('Use another of your accounts').selectOption('Home');
    await button('Use').click();
    await page.getByText('Connected: Home').waitFor();
    await button('Continue').click();
    assert.equal((await landedWith()).success, 'true');
  });

  for (const admin of [true, false])
    it(`is told ${admin ? 'which variables to set, as an administrator' : 'nothing of variables, as anybody else'}`, async () => {
      await open(wizard([{ provider: 'linear' }]), {}, await server.createUser({ admin }));
      await page.getByText('0 of 1 connected').waitFor();
      const told = /set LINEAR_CLIENT_ID and LINEAR_CLIENT_SECRET/;
      assert.equal(told.test(await text()), admin);
      assert.equal(await button('Connect Linear').count(), 0);
      await shot(`unavailable-${admin ? 'admin' : 'anybody'}`);
      await page.goto(`${server.base}/auth/integrations/credentials?provider=linear&return_to=/profile/integrations`);
      assert.equal(told.test(await text()), admin);
      await page.goto(`${server.base}/profile/integrations`);
      assert.ok(!(await text()).includes('_CLIENT_ID'));
    });

  for (const [how, options] of Object.entries({ 'in a window of its own': {}, 'without scripts': { javaScriptEnabled: false } }))
    it(`connects another from the page of integrations, and is back there: ${how}`, async () => {
      granted = 'read write';
      await open(`${server.base}/profile/integrations`, options);
      await link('Acme Docs').click();
      await button('Connect Acme Docs').click();
      await page.waitForURL(`${server.base}/profile/integrations`);
      await button(/^Delete Acme Docs/).waitFor();
    });

  it('comes back from a provider that refuses, and can try again', async () => {
    refusal = 'access_denied';
    await open(wizard([both[0]]), { javaScriptEnabled: false });
    await button('Connect Acme Docs').click();
    await page.getByText('Acme Docs is not connected').waitFor();
    await link('Go on').click();
    await page.getByText('0 of 1 connected').waitFor();
    refusal = undefined;
  });
});

describe('a request that makes no sense', () => {
  const refusals = {
    'no providers': [() => wizard(''), /Missing required parameters: providers/],
    'malformed base64': [() => wizard('%%%'), /No providers specified/],
    'no JSON': [() => wizard(Buffer.from('{"provider"').toString('base64')), /No providers specified/],
    'an empty list': [() => wizard([]), /No providers specified/],
    'an unknown provider': [() => wizard([{ provider: 'nowhere' }]), /'nowhere', which this server does not know/],
    'scopes that are none': [() => wizard([{ provider: 'acme', scopes: ['"'] }]), /permissions that there can't be/],
    'an address that is not registered': [() => wizard(both, { redirect_uri: 'https://evil.example/' }), /not registered/],
    'a script as address': [() => wizard(both, { redirect_uri: 'javascript:alert(1)' }), /Only http and https/],
    'an unknown app': [() => wizard(both, { client_id: 'agpt_client_x' }), /could not be found/],
  };
  it('is refused with the reason, and goes back only where the app is known', async () => {
    await open(wizard(both));
    for (const [what, [address, reason]] of Object.entries(refusals)) {
      await page.goto(address());
      assert.match(await text(), reason, what);
      assert.equal(await link(/^Return to/).count(), /registered|http and|found/.test(await text()) ? 0 : /Missing/.test(await text()) ? 0 : 1, what);
    }
    await page.goto(wizard([{ provider: 'acme', scopes: ['read'] }, { provider: 'acme', scopes: ['write'] }]));
    await page.getByText('0 of 1 connected').waitFor(); // what is named twice is one
  });
});

for (const [look, options] of Object.entries({
  'phone-light': { viewport: { width: 390, height: 844 } },
  'phone-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  'desktop-light': { viewport: { width: 1280, height: 800 } },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
}))
  it(`the pages fit: ${look}`, async () => {
    await open(wizard([...both, { provider: 'http' }, { provider: 'smtp' }, { provider: 'github' }]), options);
    for (const [name, path] of [['wizard'], ['integrations', '/profile/integrations'], ['http', '/auth/integrations/credentials?provider=http&return_to=/']]) {
      if (path)
        await page.goto(server.base + path);
      const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(scroll <= width, `${name} is ${scroll} wide in ${width}`);
      await shot(`${name}-${look}`);
    }
  });
