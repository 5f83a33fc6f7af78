// THE list of pages and their states, for what is checked of every page (browser/pages.test.mjs) and for screenshots of them
// (`node tests/screenshots.mjs`). A new page is a row here.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeAdmin } from './admin.mjs';
import { calculator, made, withKey } from './agents.mjs';
import { encodeForm } from './browser.mjs';
import { authorizeQuery, grant, pkce } from './oauth.mjs';
import { multipart, png } from './images.mjs';
import { signUp } from './people.mjs';
import { root } from './programs.mjs';
import { described, withProviders } from './providers.mjs';
import { offer, profileOf, submitted } from './store.mjs';

// A server with somebody who has a bit of everything, somebody who has nothing, somebody who is about to leave, and an administrator.
export async function world(settings) {
  const server = await withProviders({ acme: { ...described('http://127.0.0.1:9', { scopes: { words: { read: 'Read your documents' } } }), title: 'Acme Docs' } }, settings);
  const busy = await signUp(server, { email: 'nora@example.org', password: 'a long walk home at dusk', name: 'Nora New' });
  const idle = await signUp(server, { email: 'ida@example.org', password: 'nothing at all to do here', name: 'Ida Lark' });
  const leaving = await signUp(server, { email: 'lea@example.org', password: 'no more of this for me', name: 'Lea Ving' });
  const admin = await makeAdmin(server);
  const byNora = { owner: busy.who.email, description: 'Plans your week with the agents you already have.' };
  const app = await server.createApp({ ...byNora, name: 'Agent Planner', redirectUris: ['https://planner.example/callback', 'http://localhost:9/callback'], scopes: ['IDENTITY', 'READ_GRAPH', 'EXECUTE_GRAPH'] });
  await server.createApp({ ...byNora, name: 'An application with a name that is as long as some people make them', redirectUris: ['https://app.example/cb', 'http://localhost:9/callback'] });
  await grant(busy, app);
  for (const [name, description] of [['Nightly report', null], ['A key with a very long name that goes on and on', 'x'.repeat(200)]])
    assert.equal((await busy.post('/api/api-keys', { json: { name, description, permissions: ['IDENTITY', 'READ_GRAPH'] } })).status, 200);
  const stored = await busy.post('/api/integrations/openai/credentials', { json: { type: 'api_key', title: 'Work', api_key: 'sk-of-nobody' } });
  assert.ok(stored.status < 300, stored.text);
  const mine = (await busy.get('/api/oauth/apps/mine')).json;
  const pictured = mine.find(({ client_id }) => client_id !== app.client_id).id;
  const sent = await busy.post(`/api/oauth/apps/${pictured}/logo/upload`, multipart([{ name: 'file', value: png(512), type: 'image/png', filename: 'logo.png' }]));
  assert.equal(sent.status, 200, sent.text);
  await profileOf(busy, 'nora');
  const { store_listing_version_id: submission } = await submitted(busy, offer(await made(await withKey(server, busy), calculator()), { name: 'A calculator with a name that says all that it does and more',
    description: 'Adds two numbers.\n\nThen it says what came of it.', instructions: 'Give it a number.', video_url: 'https://video.example/watch', categories: ['productivity', 'other'] }));
  return { server, people: { busy, idle, leaving, admin }, app, appId: mine.find(({ client_id }) => client_id === app.client_id).id, pictured, submission };
}

const authorize = ({ app }, more) => `/auth/authorize?${encodeForm(authorizeQuery(app, pkce(), more))}`;
const wizard = ({ app }) => `/auth/integrations/setup-wizard?${encodeForm({ client_id: app.client_id, redirect_uri: app.redirectUri, state: 's',
  providers: Buffer.from('[{"provider":"acme","scopes":["read"]},{"provider":"openai"}]').toString('base64') })}`;
const send = (name) => (page) => page.getByRole('button', { name, exact: true }).click();

// name; as: whose (nobody's if absent); path; act: what brings it to its state; foreign: what of it is somebody else's work;
// complaint: what the browser says of it, and may; alike: one of many of a kind, which
// need not be seen in every way; all: in every scheme at every width
export const pages = [
  { name: 'login', path: '/login' },
  { name: 'login-wrong', path: '/login', async act(page) {
    await page.getByLabel('E-mail').fill('nora@example.org');
    await page.getByLabel('Password').fill('not the right one');
    await send('Login')(page);
    await page.getByRole('alert').waitFor();
  } },
  { name: 'signup', path: '/signup' },
  { name: 'signup-wrong', path: '/signup', async act(page) {
    await page.getByLabel('E-mail').fill('weak@example.org');
    await page.getByLabel('Password', { exact: true }).fill('password123');
    await page.getByLabel('Confirm password').fill('password124');
    await send('Sign up')(page);
    await page.locator('.field-error').first().waitFor();
  } },
  { name: 'unknown', path: '/nowhere' },
  { name: 'setup-over', path: '/setup?token=nonsense' },
  { name: 'home', as: 'busy', path: '/' },
  { name: 'logout', as: 'busy', path: '/logout' },
  { name: 'consent', as: 'idle', path: (w) => authorize(w) },
  { name: 'consent-wider', as: 'busy', path: (w) => authorize(w, { prompt: 'consent' }) },
  { name: 'card-app', as: 'idle', path: (w) => authorize(w, { client_id: 'agpt_client_AAAAAAAAAAAAAAAAAAAAAA' }) },
  { name: 'card-redirect', as: 'idle', path: (w) => authorize(w, { redirect_uri: 'https://evil.example/cb' }) },
  { name: 'card-scope', as: 'idle', path: (w) => authorize(w, { scope: 'IDENTITY DELETE_INTEGRATIONS' }) },
  { name: 'wizard', as: 'idle', path: wizard },
  { name: 'wizard-half', as: 'busy', path: wizard },
  { name: 'wizard-card', as: 'idle', path: '/auth/integrations/setup-wizard?providers=e30' },
  { name: 'connected', path: '/auth/integrations/connected', complaint: /Scripts may close only/ },
  { name: 'oauth-callback-failed', as: 'idle', path: '/auth/integrations/oauth_callback?error=access_denied&state=unknown' },
  { name: 'credential-new', as: 'busy', path: '/auth/integrations/credentials?provider=openai' },
  { name: 'credential-new-http', as: 'busy', path: '/auth/integrations/credentials?provider=http' },
  ...['busy', 'idle'].flatMap((as) => ['', 'connected-apps', 'api-keys', 'integrations', 'oauth-apps', 'sessions', 'activity'].map((path) =>
    ({ name: `${path || 'profile'}${as === 'idle' ? '-none' : ''}`, as, path: `/profile/${path}`.replace(/\/$/, '') }))),
  { name: 'account-delete', as: 'busy', path: '/profile/delete' },
  { name: 'account-delete-wrong', as: 'idle', path: '/profile/delete', async act(page) {
    await page.getByLabel('Your password').fill('not the right one');
    await send('Delete my account')(page);
    await page.locator('.field-error').first().waitFor();
  } },
  { name: 'account-deleted', as: 'leaving', path: '/profile/delete', async act(page) {
    await page.getByLabel('Your password').fill('no more of this for me');
    await send('Delete my account')(page);
    await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
  } },
  { name: 'account-delete-last', as: 'admin', path: '/profile/delete' },
  { name: 'api-key-new', as: 'busy', path: '/profile/api-keys/new' },
  { name: 'api-key-wrong', as: 'busy', path: '/profile/api-keys/new', async act(page) {
    await page.getByLabel('Name', { exact: true }).fill('Nightly report');
    await send('Create')(page);
    await page.locator('.field-error').first().waitFor();
  } },
  { name: 'api-key-created', as: 'idle', path: '/profile/api-keys/new', async act(page) {
    await page.getByLabel('Name', { exact: true }).fill('Nightly report');
    await page.getByRole('checkbox').first().check();
    await send('Create')(page);
    await page.getByLabel('API key', { exact: true }).waitFor();
  } },
  { name: 'oauth-app', as: 'busy', path: (w) => `/profile/oauth-apps/${w.appId}` },
  { name: 'oauth-app-logo', as: 'busy', path: (w) => `/profile/oauth-apps/${w.pictured}` },
  { name: 'oauth-app-logo-wrong', as: 'busy', path: (w) => `/profile/oauth-apps/${w.pictured}`, async act(page) {
    await page.locator('input[type=file]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('no image at all') });
    await page.getByRole('button', { name: /upload|change/i }).first().click();
    await page.locator('.field-error').first().waitFor();
  } },
  { name: 'oauth-app-new', as: 'admin', path: '/profile/oauth-apps/new' },
  { name: 'admin-confirm', as: 'admin', path: '/admin/confirm' },
  { name: 'admin', as: 'admin', path: '/admin' },
  { name: 'admin-people', as: 'admin', path: '/admin/people' },
  { name: 'admin-people-none', as: 'admin', path: '/admin/people?q=nobody-is-called-so' },
  { name: 'admin-apps', as: 'admin', path: '/admin/apps' },
  { name: 'admin-app', as: 'admin', path: (w) => `/admin/apps/${w.appId}` },
  { name: 'admin-submissions', as: 'admin', path: '/admin/submissions' },
  { name: 'admin-submission', as: 'admin', path: (w) => `/admin/submissions/${w.submission}` },
  { name: 'admin-audit', as: 'admin', path: '/admin/audit' },
  { name: 'admin-health', as: 'admin', path: '/admin/health' },
  { name: 'admin-settings', as: 'admin', path: '/admin/settings' },
  { name: 'admin-person', as: 'admin', path: (w) => `/admin/people/${w.people.busy.user.id}` },
  { name: 'reference', path: '/external-api/docs', foreign: '#reference' },
  { name: 'style', path: '/docs/style', all: true },
  ...readdirSync(join(root, 'docs')).filter((f) => f.endsWith('.md')).map((f) => f.slice(0, -3)).map((name) =>
    ({ name: `docs-${name}`, alike: name !== 'api', path: name === 'README' ? '/docs' : `/docs/${name}` })),
];

export const pathOf = ({ path }, w) => typeof path === 'function' ? path(w) : path;

// The cookies of a person's session for Playwright.
export const cookiesOf = (person, base) => [...person.cookies].map(([name, value]) => ({ name, value, url: base }));
