// How often who may ask: exact, told in advance, and no trap for those who share an address.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { client, calculator, withKey } from '../lib/agents.mjs';
import { addApiKey, keyText } from '../lib/api-keys.mjs';
import { all, event, own, until } from '../lib/audit.mjs';
import { grant, grantCode, introspect, me, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { signIn, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { defaultLimits } from '../lib/settings.mjs';

// By the hour: nothing comes back while a test runs.
const N = 30;
const limits = { KEY: `${N}/hour`, TOKEN: `${N}/hour`, USER: `${2 * N}/hour` };
const settings = (all) => Object.fromEntries(Object.entries(all).map(([kind, rate]) => [`GATEHOUSE_RATE_LIMIT_${kind}`, rate]));
const fields = ({ headers }) => ['limit', 'remaining', 'reset', 'policy'].map((f) => headers[`ratelimit-${f}`]);
const count = (answers, status) => answers.filter((a) => a.status === status).length;
const times = (n, ask) => Promise.all(Array.from({ length: n }, (_, i) => ask(i)));

function isRefused(answer, text, within = 3600) {
  assert.equal(answer.status, 429, answer.text);
  assert.match(answer.json.detail, text);
  const wait = Number(answer.headers['retry-after']);
  assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= within, answer.headers['retry-after']);
  assert.match(answer.json.detail, new RegExp(`in ${wait} second`));
  assert.equal(answer.headers['ratelimit-remaining'], '0');
}

// Clients with a connection each, which the kernel spreads over the server's event loops.
const crowd = (server, size) => times(size, async () => {
  const browser = server.browser();
  await browser.get('/healthz');
  return browser;
});

describe('requests of one caller', () => {
  let server, person;
  before(async () => {
    server = await Server.start({ ...settings(limits), GATEHOUSE_THREADS: '4' });
    person = await signUp(server);
  });
  after(() => server?.close());

  const newKey = async (who = person) => (await addApiKey(server, who.user.id)).text;
  const ask = (key, browser = server.browser()) => browser.get('/external-api/v1/me', { headers: { 'x-api-key': key } });

  it('are counted down in every answer, until exactly as many were let through as the key may make', async () => {
    const key = await newKey(), first = await ask(key);
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(fields(first), [`${N}`, `${N - 1}`, '120', `${N};w=3600`]);
    assert.deepEqual(fields(await ask(key)), [`${N}`, `${N - 2}`, '240', `${N};w=3600`]);
    const all = await times(N - 2, () => ask(key));
    assert.equal(count(all, 200), N - 2);
    const refused = await ask(key);
    isRefused(refused, /limit for this API key is 30 an hour/, 120);
    assert.deepEqual(Object.keys(refused.json), ['detail']);
    assert.equal(refused.headers['www-authenticate'], undefined);
  });

  it('are let through exactly as often when they come at once, at all event loops', async () => {
    const key = await newKey(await signUp(server)), browsers = await crowd(server, 24);
    const answers = (await times(10, () => Promise.all(browsers.map((b) => ask(key, b))))).flat();
    assert.equal(count(answers, 200), N);
    assert.equal(count(answers, 429), 240 - N);
  });

  it('are counted for each key alone, and for their person together', async () => {
    const owner = await signUp(server), keys = [await newKey(owner), await newKey(owner), await newKey(owner)];
    const [first, second, third] = [await times(N, () => ask(keys[0])), await times(N - 5, () => ask(keys[1])), await times(N, () => ask(keys[2]))];
    assert.equal(count(first, 200), N);
    assert.equal(count(second, 200), N - 5);
    assert.equal(count(third, 200), 5, 'the person may make twice as many');
    isRefused(await ask(keys[2]), /limit for this account is 60 an hour/, 60);
    isRefused(await ask(keys[0]), /this API key/, 120);
    assert.equal((await ask(await newKey(await signUp(server)))).status, 200, 'somebody else\'s');
  });

  it('are counted together for tokens that were renewed from one another, and apart for others', async () => {
    const owner = await signUp(server), app = await server.createApp();
    const first = await grant(owner, app), other = await grant(owner, await server.createApp());
    assert.equal(count(await times(N - 1, () => me(server.browser(), first.access_token)), 200), N - 1);
    const renewed = (await refresh(server.browser(), app, first.refresh_token)).json;
    const last = await me(server.browser(), renewed.access_token);
    assert.deepEqual(fields(last).slice(0, 2), [`${N}`, '0']);
    isRefused(await me(server.browser(), renewed.access_token), /these access tokens/, 120);
    assert.equal((await me(server.browser(), other.access_token)).status, 200);
  });

  it('leave a person\'s sessions alone: who has a key that runs wild can revoke it', async () => {
    const owner = await signUp(server), made = [];
    for (let i = 0; i < 3; i++)
      made.push((await owner.post('/api/api-keys', { json: { name: `wild ${i}`, permissions: ['IDENTITY'] } })).json);
    await times(3 * N, (i) => ask(made[i % 3].plain_text_key));
    isRefused(await ask(made[0].plain_text_key), /this a/i);
    const revoked = await owner.send('DELETE', `/api/api-keys/${made[0].api_key.id}`);
    assert.equal(revoked.status, 200, revoked.text);
    assert.equal(revoked.headers['ratelimit-limit'], `${2 * N}`);
    const answers = await times(2 * N, () => owner.get('/api/auth/user'));
    assert.equal(count(answers, 200), 2 * N - 4);
    const refused = answers.find((a) => a.status === 429);
    isRefused(refused, /this account/);
    assert.equal(refused.json.error, 'temporarily_unavailable');
    assert.equal((await owner.get('/')).status, 200, 'pages are not counted');
  });

  it('count five times where they are expensive, and once when they are refused for want of a scope', async () => {
    const api = await withKey(server, await signUp(server));
    const created = await api.post('/graphs', calculator());
    assert.equal(created.status, 201, created.text);
    assert.equal(created.headers['ratelimit-remaining'], `${N - 5}`);
    const denied = await api.get('/blocks');
    assert.equal(denied.status, 403);
    assert.equal(denied.headers['ratelimit-remaining'], `${N - 6}`);
    assert.equal(count(await times(N, () => api.get('/blocks')), 403), N - 6);
  });

  it('are on record for the person where they are refused, many as one', async () => {
    const owner = await signUp(server), key = await addApiKey(server, owner.user.id);
    await times(N + 20, () => ask(key.text, owner));
    const list = await until(() => own(owner, { event: 'quota.refused' }), (all) => all.reduce((n, e) => n + e.count, 0) === 20, 'all are counted');
    assert.ok(list.length <= 4, 'folded');
    assert.deepEqual([list[0].reason, list[0].outcome, list[0].api_key.id], ['RATE_LIMITED', 'refused', key.id]);
  });

  it('tell pages of other origins what is left', async () => {
    const answer = await server.browser().get('/external-api/v1/me', { headers: { 'x-api-key': await newKey(), origin: 'https://app.example' } });
    assert.match(answer.headers['access-control-expose-headers'], /Retry-After.*RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset/);
  });

  it('are counted by kind where they are refused', async () => {
    const text = (await server.browser().get('/metrics')).text;
    const refused = (kind) => Number(text.match(new RegExp(`gatehouse_rate_limited_total\\{kind="${kind}"\\} (\\d+)`))[1]);
    assert.ok(refused('key') >= 200 && refused('token') >= 1 && refused('user') >= 1);
    assert.equal(refused('client'), 0);
    assert.match(text, /gatehouse_errors_total\{error="RATE_LIMITED"\}/);
  });
});

describe('an office, whose people share one address', () => {
  const OFFICE = '127.77.0.1', FAILURES = 100, HASHED = FAILURES / 10;
  let server, app, people;
  before(async () => {
    server = await Server.start(settings({ ADDRESS: `${FAILURES}/hour`, CLIENT: '200/hour' }));
    app = await server.createApp({ isPublic: true });
    people = [];
    for (let i = 0; i < 20; i++)
      people.push(await signUp(server, undefined, server.browser({ address: OFFICE })));
  });
  after(() => server?.close());

  const bad = (n, from = OFFICE) => times(n, () => server.browser({ address: from }).get('/external-api/v1/me', { headers: { 'x-api-key': keyText() } }));

  it('gets its tokens, works with them and renews them, all of them at once, whatever wrong credentials come from there', async () => {
    assert.equal(count(await bad(2 * FAILURES), 401), FAILURES);
    const tokens = await Promise.all(people.map(async (person) => grant(person, app)));
    const renewed = await Promise.all(tokens.map((t, i) => refresh(people[i], app, t.refresh_token)));
    assert.equal(count(renewed, 200), people.length);
    assert.equal(count(await Promise.all(renewed.map((t, i) => me(people[i], t.json.access_token))), 200), people.length);
    const imported = await addApiKey(server, people[0].user.id);
    assert.equal((await people[0].get('/external-api/v1/me', { headers: { 'x-api-key': imported.text } })).status, 200, 'its hash is computed');
  });

  it('is told to wait where its wrong credentials are too many, and nobody else is', async () => {
    isRefused((await bad(1))[0], /limit for wrong credentials from your network is 100 an hour/);
    assert.equal((await bad(1, '127.77.0.2'))[0].status, 401);
    const none = await server.browser({ address: OFFICE }).get('/external-api/v1/me');
    assert.equal(none.status, 429);
  });

  it('is let in with the right secret of one app while somebody there guesses at another', async () => {
    const guessed = await server.createApp(), good = await server.createApp();
    const guess = (app) => introspect(server.browser({ address: OFFICE }), { ...app, client_secret: `agpt_secret_${'x'.repeat(43)}` }, 'x');
    const answers = await times(2 * HASHED, () => guess(guessed));
    assert.equal(count(answers, 401), HASHED);
    const refused = answers.find((a) => a.status === 429);
    isRefused(refused, /wrong credentials/);
    assert.equal(refused.json.error, 'temporarily_unavailable');
    assert.equal(refused.headers['cache-control'], 'no-store');
    assert.equal(count(await times(30, () => introspect(server.browser({ address: OFFICE }), good, 'x')), 200), 30);
    assert.equal((await guess(good)).status, 401, 'what was right did not count');
    assert.equal((await introspect(server.browser({ address: '127.77.0.3' }), guessed, 'x')).status, 200, 'elsewhere it is let in');
  });

  it('is limited for each app alone', async () => {
    const one = await server.createApp(), other = await server.createApp();
    const ask = (app) => introspect(server.browser({ address: OFFICE }), app, 'x', { dialect: 'form', auth: 'basic' });
    await ask(one);
    const answers = await times(250, () => ask(one));
    assert.equal(count(answers, 200), 199);
    const refused = answers.find((a) => a.status === 429);
    isRefused(refused, /this application from your network is 200 an hour/);
    assert.equal(refused.json.error, 'temporarily_unavailable');
    assert.equal((await revoke(server.browser({ address: OFFICE }), one, 'x')).status, 429, 'its endpoints share one limit');
    assert.equal((await ask(other)).status, 200);
    assert.equal((await introspect(server.browser({ address: '127.77.0.4' }), one, 'x')).status, 200);
    const admin = await signIn(server, await server.createUser({ admin: true }));
    assert.equal((await event(() => all(admin, { app: one.client_id }), 'quota.refused')).reason, 'RATE_LIMITED');
  });

  it('spends nothing that a refused request was to spend', async () => {
    const full = await server.createApp(), code = await grantCode(people[1], full);
    await times(220, () => introspect(people[1], full, 'x'));
    assert.equal((await redeem(people[1], full, code)).status, 429);
    assert.equal((await redeem(server.browser({ address: '127.77.0.5' }), full, code)).status, 200);
  });
});

describe('limits', () => {
  it('are those of the documentation where nobody sets any', async () => {
    const server = await Server.start(defaultLimits);
    try {
      const person = await signUp(server), key = await addApiKey(server, person.user.id), api = client(server, { 'x-api-key': key.text });
      assert.deepEqual(fields(await api.get('/me')), ['1200', '1199', '1', '1200;w=60']);
      assert.deepEqual(fields(await person.get('/api/auth/user')), ['3000', '2999', '1', '3000;w=60']);
      assert.deepEqual(fields(await introspect(server.browser(), await server.createApp(), 'x')), ['60000', '59999', '1', '60000;w=60']);
      assert.deepEqual(fields(await api.send('GET', '/me', { headers: { 'x-api-key': keyText() } })), ['1000', '999', '1', '1000;w=60']);
      assert.deepEqual(fields(await person.get('/healthz')), [undefined, undefined, undefined, undefined]);
    } finally {
      await server.close();
    }
  });

  it('can be off', async () => {
    const server = await Server.start();
    try {
      const key = await addApiKey(server, (await signUp(server)).user.id), api = client(server, { 'x-api-key': key.text });
      const answers = await times(1500, () => api.get('/me'));
      assert.equal(count(answers, 200), 1500);
      assert.deepEqual(fields(answers[0]), [undefined, undefined, undefined, undefined]);
    } finally {
      await server.close();
    }
  });

  it('that make no sense keep the server from starting, with the remedy', async () => {
    const server = await Server.prepare({ GATEHOUSE_RATE_LIMIT_KEY: '600 per minute' });
    try {
      const refused = await server.run('gatehouse', ['serve']);
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /GATEHOUSE_RATE_LIMIT_KEY is "600 per minute": set it to .*600\/minute.* or to off/);
    } finally {
      await server.close();
    }
  });
});
