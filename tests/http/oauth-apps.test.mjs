// /profile/oauth-apps: what those who make apps see and change.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { elevate } from '../lib/admin.mjs';
import { event, own as ownEvents } from '../lib/audit.mjs';
import { textOf, unescape } from '../lib/html.mjs';
import { call, grant, grantCode, introspect, isActive, me, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { signIn, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const path = '/profile/oauth-apps', unknown = '019310aa-0000-7000-8000-000000000000';

let server, other, owner, stranger, admin;
before(async () => {
  server = await Server.start();
  // Several processes: what holds on one holds on the others.
  other = await (await server.node()).up();
  owner = await signUp(server);
  stranger = await signUp(server);
  admin = await signIn(server, await server.createUser({ admin: true }));
});
after(async () => {
  await other?.close();
  await server?.close();
});

const own = (more) => server.createApp({ owner: owner.who.email, ...more });
const csrfOf = (page) => /name="csrf" value="([^"]*)"/.exec(page.text)[1];
async function post(browser, at, form = {}, { page } = {}) {
  const seen = page ?? await browser.get('/profile');
  return browser.post(at, { form: { csrf: csrfOf(seen), ...form } });
}
const value = (page, id) => unescape(new RegExp(`id="${id}"[^>]* value="([^"]*)"`).exec(page.text)?.[1] ?? '');
const area = (page, id) => unescape(new RegExp(`<textarea id="${id}"[^>]*>\n?([^<]*)</textarea>`).exec(page.text)?.[1] ?? '');
const problem = (page, id) => textOf(new RegExp(`id="${id}-error">([\\s\\S]*?)</p>`).exec(page.text)?.[1] ?? '');
const since = (page) => /name="since" value="(\d+)"/.exec(page.text)[1];

describe('the list', () => {
  it('tells who has no app how to get one', async () => {
    const page = await stranger.get(path);
    assert.equal(page.status, 200, page.text);
    assert.match(textOf(page.text), /OAuth Applications.*You have no applications.*oauth-tool generate-app --owner/);
    assert.ok(page.text.includes(stranger.who.email));
    assert.ok(!page.text.includes(`${path}/new`), 'the form is not for everyone');
    assert.match((await admin.get(path)).text, new RegExp(`href="${path}/new"`));
  });

  it('shows what an app is, to its maker alone', async () => {
    const app = await own({ name: 'Planner <b>', description: 'Plans & more', redirectUris: ['https://a.example/cb?x=1&y=2', 'http://localhost/cb'], scopes: ['IDENTITY', 'READ_GRAPH'] });
    const page = await owner.get(path), card = page.text.split('data-testid="oauth-app-card"').find((c) => c.includes(app.client_id));
    for (const text of ['Planner <b>', 'Plans & more', app.client_id, 'https://a.example/cb?x=1&y=2', 'http://localhost/cb', 'See who you are', 'Active', 'Disable'])
      assert.ok(textOf(card).includes(text), text);
    assert.ok(!page.text.includes(app.client_secret));
    assert.ok(!(await stranger.get(path)).text.includes(app.client_id));
    assert.equal((await server.browser().get(path)).status, 303, 'sign in first');
  });

  it('switches an app off and on', async () => {
    const app = await own(), tokens = await grant(owner, app);
    let answer = await post(owner, `${path}/${app.id}/disable`);
    assert.equal(answer.status, 303, answer.text);
    assert.match(textOf((await owner.get(answer.headers.location)).text), /Application disabled successfully/);
    assert.equal((await me(other.browser(), tokens.access_token)).status, 401, 'on every node');
    answer = await post(owner, `${path}/${app.id}/enable`);
    assert.match(textOf((await owner.get(answer.headers.location)).text), /Application enabled successfully/);
    assert.equal((await me(other.browser(), tokens.access_token)).status, 200);
  });
});

describe("other people's apps", () => {
  let app, tokens;
  before(async () => {
    app = await own();
    tokens = await grant(owner, app);
  });
  for (const [method, at] of [['GET', ''], ['POST', ''], ['POST', '/enable'], ['POST', '/disable'], ['POST', '/secret'], ['POST', '/secret/end-former'], ['POST', '/revoke-tokens']])
    it(`are unknown: ${method} ${at || 'the page'}`, async () => {
      for (const id of [app.id, unknown, 'x']) {
        const form = { description: 'mine', redirect_uris: 'https://evil.example/', since: '0', overlap: '0' };
        const answer = method === 'GET' ? await stranger.get(`${path}/${id}`) : await post(stranger, `${path}/${id}${at}`, form);
        assert.equal(answer.status, 404, `${id}: ${answer.text}`);
      }
      assert.equal((await me(server.browser(), tokens.access_token)).status, 200);
      assert.ok((await owner.get(path)).text.includes('An app for tests'));
    });

  it('and no form works without its token', async () => {
    for (const at of ['', '/disable', '/secret', '/revoke-tokens'])
      assert.equal((await owner.post(`${path}/${app.id}${at}`, { form: { csrf: 'x', since: '0', overlap: '0' } })).status, 403);
  });
});

describe('description and redirect URIs', () => {
  it('are changed, and count at once', async () => {
    const app = await own();
    const answer = await post(owner, `${path}/${app.id}`, { description: ' Now “better” ', redirect_uris: 'https://new.example/cb\r\n\r\n  http://127.0.0.1/cb \r\nhttps://new.example/cb' });
    assert.equal(answer.status, 303, answer.text);
    const [now] = (await owner.get('/api/oauth/apps/mine')).json.filter((a) => a.id === app.id);
    assert.equal(now.description, 'Now “better”');
    assert.deepEqual(now.redirect_uris, ['https://new.example/cb', 'http://127.0.0.1/cb']);
    const page = await owner.get(`${path}/${app.id}`);
    assert.equal(area(page, 'redirect_uris'), 'https://new.example/cb\nhttp://127.0.0.1/cb');
    assert.equal(area(page, 'description'), 'Now “better”');
    await grantCode(owner, app, { redirect_uri: 'https://new.example/cb' });
    await post(owner, `${path}/${app.id}`, { description: '', redirect_uris: 'https://new.example/cb' });
    assert.equal((await owner.get('/api/oauth/apps/mine')).json.find((a) => a.id === app.id).description, null);
  });

  let app;
  before(async () => { app = await own(); });
  for (const [what, fields, where, says] of [
    ['no URI', { redirect_uris: ' \r\n' }, 'redirect', /at least one/i],
    ['plain http', { redirect_uris: 'https://a.example/cb\nhttp://a.example/cb' }, 'redirect', /http:\/\/a\.example/],
    ['a fragment', { redirect_uris: 'https://a.example/cb#x' }, 'redirect', /fragment/],
    ['a script', { redirect_uris: 'javascript:alert(1)' }, 'redirect', /Invalid redirect URI/],
    ['two in a line', { redirect_uris: 'https://a.example/cb https://b.example/cb' }, 'redirect', /Invalid redirect URI/],
    ['a scheme of its own, with a secret', { redirect_uris: 'com.example.app:/cb' }, 'redirect', /Invalid redirect URI/],
    ['eleven URIs', { redirect_uris: Array.from({ length: 11 }, (_, i) => `https://a.example/${i}`).join('\n') }, 'redirect', /At most 10/],
    ['a long description', { description: 'ü'.repeat(501), redirect_uris: 'https://a.example/cb' }, 'description', /500 characters/],
    ['a description of two lines', { description: 'a\r\nb', redirect_uris: 'https://a.example/cb' }, 'description', /one line/],
  ])
    it(`are refused with ${what}, and what was typed stays`, async () => {
      const page = await post(owner, `${path}/${app.id}`, { description: 'typed', ...fields });
      assert.equal(page.status, 422, page.text);
      assert.match(problem(page, where), says);
      assert.equal(area(page, 'redirect_uris').trim(), fields.redirect_uris.trim());
      assert.equal(area(page, 'description'), fields.description ?? 'typed');
      const now = (await owner.get('/api/oauth/apps/mine')).json.find((a) => a.id === app.id);
      assert.deepEqual([now.description, now.redirect_uris], ['An app for tests', ['https://app.example/cb']]);
    });

  it('of a public client may have a scheme of their own', async () => {
    const app = await own({ isPublic: true });
    assert.equal((await post(owner, `${path}/${app.id}`, { redirect_uris: 'com.example.app:/cb' })).status, 303);
  });

  it('are refused when no browser would send them so', async () => {
    assert.equal((await post(owner, `${path}/${app.id}`, { description: 'x'.repeat(5000), redirect_uris: 'https://a.example/' })).status, 400);
  });
});

// The paths on which an app proves who it is.
async function works(app, secret, browser = server.browser()) {
  const as = { ...app, client_secret: secret }, seen = new Set();
  const answer = await call(browser, '/api/oauth/token', as, { grant_type: 'refresh_token', refresh_token: 'x' }, { dialect: 'form', auth: 'basic' });
  seen.add(answer.json.error === 'invalid_client' ? 401 : 200);
  seen.add((await introspect(browser, as, 'x', { dialect: 'form' })).status);
  seen.add((await revoke(browser, as, 'x')).status);
  assert.equal(seen.size, 1, `all paths agree: ${[...seen]}`);
  return seen.has(200);
}

async function rotate(app, overlap, page) {
  const answer = await post(owner, `${path}/${app.id}/secret`, { overlap, since: since(page ?? await owner.get(`${path}/${app.id}`)) });
  assert.equal(answer.status, 200, answer.text);
  const secret = value(answer, 'client_secret');
  assert.match(secret, /^agpt_secret_/);
  server.canary.add(secret, 'client secret');
  return { secret, answer };
}

describe('another secret', () => {
  it('works at once beside the former one, until its time is over', async () => {
    const app = await own();
    assert.ok(await works(app, app.client_secret));
    const { secret, answer } = await rotate(app, '86400');
    assert.match(textOf(answer.text), /former secret works until/);
    assert.match(answer.headers['cache-control'], /no-store/);
    for (const node of [server, other]) {
      assert.ok(await works(app, secret, node.browser()), 'the new one');
      assert.ok(await works(app, app.client_secret, node.browser()), 'the former one');
    }
    assert.ok(!await works(app, `${secret}x`));
    await server.age('apps', ['former_until'], 86400 - 60, `id = '${app.id}'`);
    assert.ok(await works(app, app.client_secret), 'a minute is left');
    await server.age('apps', ['former_until'], 61, `id = '${app.id}'`);
    for (const node of [server, other]) {
      assert.ok(await works(app, secret, node.browser()));
      assert.ok(!await works(app, app.client_secret, node.browser()), 'its time is over');
    }
    assert.ok(!(await owner.get(`${path}/${app.id}`)).text.includes('end-former'));
  });

  it('ends the former one at once when that is asked for', async () => {
    const app = await own();
    assert.ok(await works(app, app.client_secret));
    const { secret, answer } = await rotate(app, '0');
    assert.match(textOf(answer.text), /no longer works/);
    assert.ok(await works(app, secret));
    for (const node of [server, other])
      assert.ok(!await works(app, app.client_secret, node.browser()));
  });

  it('leaves two that work, never three; the former one is ended by hand', async () => {
    const app = await own(), first = await rotate(app, '3600'), second = await rotate(app, '604800');
    assert.ok(!await works(app, app.client_secret), 'the oldest');
    assert.ok(await works(app, first.secret));
    assert.ok(await works(app, second.secret));
    const answer = await post(owner, `${path}/${app.id}/secret/end-former`);
    assert.equal(answer.status, 303);
    assert.ok(!await works(app, first.secret));
    assert.ok(await works(app, second.secret));
    assert.equal((await post(owner, `${path}/${app.id}/secret/end-former`)).status, 303, 'twice is no error');
  });

  it('is made once, however often the form is sent', async () => {
    const app = await own(), page = await owner.get(`${path}/${app.id}`), { secret } = await rotate(app, '3600', page);
    for (let i = 0; i < 2; i++) {
      const again = await post(owner, `${path}/${app.id}/secret`, { overlap: '0', since: since(page) });
      assert.equal(again.status, 303, again.text);
      assert.match(textOf((await owner.get(again.headers.location)).text), /replaced already/);
    }
    assert.ok(await works(app, secret));
    assert.ok(await works(app, app.client_secret), 'the time that was chosen first holds');
  });

  it('of ten that are asked for at once is one', async () => {
    const app = await own(), page = await owner.get(`${path}/${app.id}`), form = { csrf: csrfOf(page), overlap: '3600', since: since(page) };
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => {
      const browser = (i % 2 ? server : other).browser();
      browser.cookies = new Map(owner.cookies);
      return browser.post(`${path}/${app.id}/secret`, { form });
    }));
    const shown = answers.filter((a) => a.status === 200).map((a) => value(a, 'client_secret'));
    assert.equal(shown.length, 1, answers.map((a) => a.status).join());
    assert.ok(await works(app, shown[0]));
  });

  let app;
  before(async () => { app = await own(); });
  for (const overlap of ['', '1', '-1', '86400.5', '9'.repeat(30), undefined])
    it(`is not made for the time ${overlap}`, async () => {
      const page = await post(owner, `${path}/${app.id}/secret`, { overlap, since: '0' });
      assert.equal(page.status, 422, page.text);
      assert.match(problem(page, 'overlap'), /Choose/);
      assert.ok(await works(app, app.client_secret));
    });

  it('is nothing for a public client', async () => {
    const app = await own({ isPublic: true });
    assert.ok(!(await owner.get(`${path}/${app.id}`)).text.includes('name="overlap"'));
    assert.equal((await post(owner, `${path}/${app.id}/secret`, { overlap: '0', since: '0' })).status, 400);
  });
});

describe('revoking all tokens', () => {
  it('ends every family at once, everywhere, and leaves other apps and new sign-ins alone', async () => {
    const app = await own(), beside = await own(), kept = await grant(stranger, beside);
    const given = [await grant(owner, app), await grant(stranger, app)], pending = await grantCode(stranger, app);
    for (const { access_token } of given)
      for (const node of [server, other])
        assert.equal((await me(node.browser(), access_token)).status, 200);
    const answer = await post(owner, `${path}/${app.id}/revoke-tokens`);
    assert.equal(answer.status, 303, answer.text);
    for (const { access_token, refresh_token } of given)
      for (const node of [server, other]) {
        assert.equal((await me(node.browser(), access_token)).status, 401);
        assert.equal(await isActive(node.browser(), app, refresh_token), false);
        assert.equal((await refresh(node.browser(), app, refresh_token)).status, 400);
      }
    assert.equal((await redeem(stranger, app, pending)).status, 400, 'a code that was not redeemed yet');
    assert.equal((await me(other.browser(), kept.access_token)).status, 200, 'of another app');
    const anew = await grant(stranger, app);
    assert.equal((await me(other.browser(), anew.access_token)).status, 200);
    assert.equal((await refresh(server.browser(), app, anew.refresh_token)).status, 200);
    assert.match(textOf((await owner.get(answer.headers.location)).text), /All tokens of the application are revoked/);
  });

  it('ends tokens of people who never came by this node', async () => {
    const app = await own(), tokens = await grant(stranger, app);
    await post(owner, `${path}/${app.id}/revoke-tokens`);
    const page = await stranger.get('/profile/connected-apps');
    assert.ok(page.text.includes(app.client_id), 'what was answered stays remembered');
    assert.equal((await me(other.browser(), tokens.access_token)).status, 401);
  });
});

describe('registering', () => {
  const fields = (more) => ({ name: 'Fresh', description: 'New', redirect_uris: 'https://fresh.example/cb', scope_IDENTITY: 'yes', scope_READ_GRAPH: 'yes', ...more });
  const send = async (browser, more, page) => {
    const seen = page ?? await browser.get(`${path}/new`);
    return post(browser, `${path}/new`, { id: value(seen, 'id') || /name="id" value="([^"]*)"/.exec(seen.text)[1], ...fields(more) }, { page: seen });
  };

  it('is for administrators, if the operator says nothing else', async () => {
    assert.equal((await stranger.get(`${path}/new`)).status, 403);
    assert.equal((await post(stranger, `${path}/new`, { id: unknown, ...fields() })).status, 403);
    assert.deepEqual((await stranger.get('/api/oauth/apps/mine')).json, []);
  });

  it('asks an administrator for the password again', async () => {
    for (const answer of [await admin.get(`${path}/new`), await post(admin, `${path}/new`, { id: unknown, ...fields() })]) {
      assert.equal(answer.status, 303, answer.text);
      assert.match(answer.headers.location, /^\/admin\/confirm\?next=/);
    }
    await elevate(admin);
  });

  it('makes an app whose secret is shown once', async () => {
    const page = await admin.get(`${path}/new`), made = await send(admin, {}, page);
    assert.equal(made.status, 200, made.text);
    const secret = value(made, 'client_secret'), client_id = value(made, 'client_id');
    server.canary.add(secret, 'client secret');
    const [app] = (await admin.get('/api/oauth/apps/mine')).json;
    assert.deepEqual([app.client_id, app.name, app.description, app.redirect_uris, app.scopes], [client_id, 'Fresh', 'New', ['https://fresh.example/cb'], ['IDENTITY', 'READ_GRAPH']]);
    await grant(stranger, { client_id, client_secret: secret, redirectUri: 'https://fresh.example/cb', scopes: ['IDENTITY'] });
    const again = await send(admin, {}, page);
    assert.equal(again.status, 303);
    assert.match(textOf((await admin.get(again.headers.location)).text), /registered already/);
    assert.equal((await admin.get('/api/oauth/apps/mine')).json.length, 1, 'one app for one form');
  });

  it('says beside each field what is wrong, and keeps what was typed', async () => {
    const page = await send(admin, { name: '', description: 'ü'.repeat(501), redirect_uris: 'http://evil.example/', scope_IDENTITY: undefined, scope_READ_GRAPH: undefined, public: 'yes' });
    assert.equal(page.status, 422, page.text);
    assert.match(problem(page, 'name'), /needs a name/);
    assert.match(problem(page, 'description'), /500/);
    assert.match(problem(page, 'redirect'), /Invalid redirect URI/);
    assert.match(problem(page, 'scopes'), /At least one scope/);
    assert.equal(area(page, 'redirect_uris'), 'http://evil.example/');
    assert.match(page.text, /name="public" value="yes" checked/);
    const ticked = await send(admin, { name: ' ' });
    assert.match(ticked.text, /name="scope_READ_GRAPH" value="yes" checked/);
  });

  it('makes public clients without a secret', async () => {
    const made = await send(admin, { name: 'Native', public: 'yes', redirect_uris: 'com.example.native:/cb' });
    assert.equal(made.status, 200, made.text);
    assert.ok(!made.text.includes('agpt_secret_'));
    assert.match(textOf(made.text), /public client/);
  });

  it('refuses ids that no form has', async () => {
    for (const id of ['x', '', unknown.replace('0', 'g')])
      assert.ok([400, 422].includes((await post(admin, `${path}/new`, { id, ...fields() })).status), id);
  });
});

describe('where everyone may register', () => {
  let free, person;
  before(async () => {
    free = await Server.start({ OAUTH_APP_REGISTRATION: 'everyone' });
    person = await signUp(free);
  });
  after(() => free?.close());

  it('everyone does', async () => {
    assert.match((await person.get(path)).text, new RegExp(`href="${path}/new"`));
    const page = await person.get(`${path}/new`), id = /name="id" value="([^"]*)"/.exec(page.text)[1];
    const made = await post(person, `${path}/new`, { id, name: 'Mine', redirect_uris: 'https://mine.example/', scope_IDENTITY: 'yes' }, { page });
    assert.equal(made.status, 200, made.text);
    free.canary.add(value(made, 'client_secret'), 'client secret');
    assert.equal((await person.get('/api/oauth/apps/mine')).json[0].owner_id, person.user.id);
  });

  it('up to a hundred apps', async () => {
    const columns = 'client_id, name, redirect_uris, grant_types, scopes, owner_id, is_active, created_at, updated_at';
    for (let i = 0; i < 99; i++)
      await free.sql(`INSERT INTO apps (id, ${columns}) SELECT 'filler-${i}', 'filler-${i}', name, redirect_uris, grant_types, scopes, owner_id, is_active, created_at, updated_at FROM apps WHERE name = 'Mine' LIMIT 1`);
    const page = await person.get(`${path}/new`), id = /name="id" value="([^"]*)"/.exec(page.text)[1];
    const full = await post(person, `${path}/new`, { id, name: 'One more', redirect_uris: 'https://mine.example/', scope_IDENTITY: 'yes' }, { page });
    assert.equal(full.status, 409, full.text);
    assert.match(textOf(full.text), /as many applications as one person can have/);
    assert.equal(value(full, 'name'), 'One more');
  });
});

describe('the audit trail', () => {
  it('has what was changed', async () => {
    const app = await own();
    await post(owner, `${path}/${app.id}`, { description: 'x', redirect_uris: 'https://app.example/cb' });
    await rotate(app, '3600');
    await post(owner, `${path}/${app.id}/secret/end-former`);
    await post(owner, `${path}/${app.id}/revoke-tokens`);
    for (const name of ['app.changed', 'app.secret_rotated', 'app.secret_ended', 'app.tokens_revoked'])
      assert.equal((await event(() => ownEvents(owner, { app: app.client_id }), name)).subject, app.id);
  });
});
