// A person's e-mail address and the mails that they want, as Platform clients read and set them (dialect: Accounts).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { event, own } from '../lib/audit.mjs';
import { invalidField, isDate, neverStored, refused } from '../lib/expect.mjs';
import { grant, me } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const TYPES = ['AGENT_RUN', 'ZERO_BALANCE', 'LOW_BALANCE', 'BLOCK_EXECUTION_FAILED', 'CONTINUOUS_AGENT_ERROR', 'DAILY_SUMMARY', 'WEEKLY_SUMMARY',
  'MONTHLY_SUMMARY', 'AGENT_APPROVED', 'AGENT_REJECTED'];
const EMAIL = '/api/auth/user/email', PREFERENCES = '/api/auth/user/preferences';
let server;
before(async () => {
  server = await Server.start({}, { ownClock: true });
});
after(() => server?.close());

const setEmail = (person, email, more) => person.post(EMAIL, { json: email, ...more });
const set = (person, more = {}) => person.post(PREFERENCES, { json: { email: person.user.email, preferences: {}, daily_limit: 0, ...more } });
const all = (wanted) => Object.fromEntries(TYPES.map((type) => [type, wanted]));

describe('the user object', () => {
  it('has every member that the Platform\'s has', async () => {
    const person = await signUp(server);
    for (const answer of [await person.post('/api/auth/user'), await person.get('/api/auth/user')]) {
      assert.equal(answer.status, 200, answer.text);
      const { id, email, created_at, updated_at, ...rest } = answer.json;
      assert.deepEqual(rest, { email_verified: true, name: null, timezone: 'not-set', is_admin: false, metadata: {}, integrations: '', stripe_customer_id: null,
        top_up_config: null, max_emails_per_day: 3, ...Object.fromEntries(TYPES.map((type) => [`notify_on_${type.toLowerCase()}`, true])) });
    }
  });
});

describe('preferences', () => {
  it('are all on, at most three mails a day, until a person says otherwise', async () => {
    const person = await signUp(server), answer = await person.get(PREFERENCES);
    assert.equal(answer.status, 200, answer.text);
    neverStored(answer);
    const { last_reset_date, ...rest } = answer.json;
    isDate(last_reset_date);
    assert.deepEqual(rest, { user_id: person.user.id, email: person.user.email, preferences: all(true), daily_limit: 3, emails_sent_today: 0 });
  });

  it('are kept for each person, and shown wherever the person is', async () => {
    const person = await signUp(server), other = await signUp(server);
    const answer = await set(person, { preferences: { AGENT_RUN: false, WEEKLY_SUMMARY: false, REFUND_REQUEST: true }, daily_limit: 7 });
    assert.equal(answer.status, 200, answer.text);
    const wanted = { ...all(true), AGENT_RUN: false, WEEKLY_SUMMARY: false };
    assert.deepEqual([answer.json.preferences, answer.json.daily_limit], [wanted, 7]);
    assert.deepEqual((await person.get(PREFERENCES)).json.preferences, wanted);
    const { json } = await person.post('/api/auth/user');
    assert.deepEqual([json.notify_on_agent_run, json.notify_on_weekly_summary, json.notify_on_daily_summary, json.max_emails_per_day], [false, false, true, 7]);
    const untouched = (await set(person, { preferences: { AGENT_RUN: true } })).json;
    assert.deepEqual([untouched.preferences, untouched.daily_limit], [{ ...wanted, AGENT_RUN: true }, 7]);
    assert.deepEqual((await other.get(PREFERENCES)).json.preferences, all(true));
  });

  for (const [what, more, field] of [
    ['an unknown type', { preferences: { AGENT_RUN: false, NOPE: true } }, 'preferences'],
    ['a value that is no boolean', { preferences: { AGENT_RUN: 1 } }, 'preferences'],
    ['a list', { preferences: ['AGENT_RUN'] }, 'preferences'],
    ['a text', { preferences: '{"AGENT_RUN":false}' }, 'preferences'],
    ['null', { preferences: null }, 'preferences'],
    ['nothing', { preferences: undefined }, 'preferences'],
    ['a limit that is missing', { daily_limit: undefined }, 'daily_limit'],
    ['a limit below zero', { preferences: { AGENT_RUN: false }, daily_limit: -1 }, 'daily_limit'],
    ['a limit beyond 1,000', { preferences: { AGENT_RUN: false }, daily_limit: 1001 }, 'daily_limit'],
    ['a limit with a fraction', { daily_limit: 1.5 }, 'daily_limit'],
    ['a limit that is a text', { daily_limit: '5' }, 'daily_limit'],
    ['no address', { email: undefined }, 'email'],
    ['an address that is none', { preferences: { AGENT_RUN: false }, email: 'nobody' }, 'email'],
  ])
    it(`are not ${what}, and nothing changes`, async () => {
      const person = await signUp(server);
      invalidField(await set(person, more), field);
      const { preferences, daily_limit, email } = (await person.get(PREFERENCES)).json;
      assert.deepEqual([preferences, daily_limit, email], [all(true), 3, person.user.email]);
    });

  it('are for those who are signed in, and for no other site', async () => {
    const person = await signUp(server), stranger = server.browser();
    refused(await stranger.get(PREFERENCES), 401);
    refused(await stranger.post(PREFERENCES, { json: {} }), 401);
    refused(await setEmail(stranger, 'a@example.org'), 401);
    refused(await setEmail(person, 'a@example.org', { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }), 403);
  });
});

describe('the e-mail address', () => {
  it('changes: it signs in, apps see it, and what was open stays open', async () => {
    const person = await signUp(server), before = person.user.email, { email } = someone();
    const elsewhere = await signIn(server, person.who), app = await server.createApp(), tokens = await grant(person, app);
    const answer = await setEmail(person, email.toUpperCase());
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { email });
    assert.equal((await person.get('/api/auth/user')).json.email, email);
    assert.equal((await me(server.browser(), tokens.access_token)).json.email, email);
    assert.equal(await isSignedIn(elsewhere), true);
    assert.equal((await tryLogin(server.browser(), { ...person.who, email: before })).status, 401);
    assert.equal((await tryLogin(server.browser(), { ...person.who, email })).status, 200);
    assert.equal((await tryLogin(server.browser(), (await signUp(server, { ...someone(), email: before })).who)).status, 200, 'the old one is free');
    await event(() => own(person), 'account.email');
  });

  it('changes with the preferences, or both stay', async () => {
    const person = await signUp(server), other = await signUp(server), { email } = someone();
    const answer = await set(person, { email, preferences: { AGENT_RUN: false } });
    assert.deepEqual([answer.status, answer.json.email, answer.json.preferences.AGENT_RUN], [200, email, false]);
    refused(await set(person, { email: other.user.email, preferences: { LOW_BALANCE: false } }), 409);
    const { json } = await person.get(PREFERENCES);
    assert.deepEqual([json.email, json.preferences.LOW_BALANCE], [email, true]);
  });

  it('is nobody else\'s, who learns that it was asked for', async () => {
    const person = await signUp(server), other = await signUp(server);
    refused(await setEmail(person, other.user.email), 409, undefined, /already exists/);
    assert.equal((await person.get('/api/auth/user')).json.email, person.user.email);
    assert.ok(!JSON.stringify(await event(() => own(other), 'account.email_refused')).includes(person.user.id));
    assert.equal((await setEmail(person, person.user.email)).status, 200, 'one\'s own is no change');
  });

  it('can\'t be used to find out who has an account', async () => {
    const person = await signUp(server, someone(), server.browser({ address: '127.9.9.1' })), other = await signUp(server);
    const answers = [];
    for (let i = 0; i < 150 && answers.at(-1)?.status !== 429; i++)
      answers.push(await setEmail(person, other.user.email));
    const last = answers.at(-1);
    assert.equal(last.status, 429, `${answers.length} tries`);
    assert.ok(Number(last.headers['retry-after']) > 0);
    assert.ok(answers.slice(0, -1).every(({ status }) => status === 409));
  });

  for (const [what, body] of [['no address', '"nobody"'], ['empty', '""'], ['a number', '7'], ['null', 'null'], ['an object', '{"email":"a@example.org"}'],
    ['too long', `"${'x'.repeat(250)}@example.org"`], ['with a line break', '"a@example.org\\n"']])
    it(`is not ${what}`, async () => {
      const person = await signUp(server);
      invalidField(await person.post(EMAIL, { body, type: 'application/json' }), 'email');
      assert.equal((await person.get('/api/auth/user')).json.email, person.user.email);
    });

  it('is JSON', async () => {
    const person = await signUp(server);
    const send = (body, type) => person.post(EMAIL, { body, type });
    for (const body of ['a@example.org', '"a', '"a@example.org" 1', '"\\u0000@example.org"', '['.repeat(5000)])
      assert.equal((await send(body, 'application/json')).status, 400, body.slice(0, 40));
    assert.equal((await send('"a@example.org"', 'text/plain')).status, 415);
    assert.equal((await send('email=a%40example.org', 'application/x-www-form-urlencoded')).status, 415);
  });

  it('is changed within a quarter of an hour after signing in', async () => {
    const person = await signUp(server), { email } = someone();
    await server.clock.advance(14 * 60_000);
    assert.equal((await setEmail(person, email)).status, 200);
    await server.clock.advance(2 * 60_000);
    refused(await setEmail(person, someone().email), 403, 'access_denied', /15 minutes/);
    refused(await set(person, { email: someone().email, preferences: { AGENT_RUN: false } }), 403);
    const { json } = await person.get(PREFERENCES);
    assert.deepEqual([json.email, json.preferences.AGENT_RUN], [email, true]);
    assert.equal((await set(person, { email, preferences: { AGENT_RUN: false } })).status, 200, 'preferences alone');
    const again = await signIn(server, { ...person.who, email });
    assert.equal((await setEmail(again, person.who.email)).status, 200);
  });
});
