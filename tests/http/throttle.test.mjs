// Guessing is slowed for the guesser, not for the owner.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { signIn, signInOnPage, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const guess = (browser, email, i) => tryLogin(browser, { email, password: `guess number ${i}` });
const count = (answers, status) => answers.filter((a) => a.status === status).length;

let server;
before(async () => { server = await Server.start(); });
after(() => server?.close());

describe('guesses at one account', () => {
  it('are throttled when they come one after the other', async () => {
    const { who } = await signUp(server), thief = server.browser();
    const answers = [];
    for (let i = 0; i < 20; i++)
      answers.push(await guess(thief, who.email, i));
    assert.ok(count(answers, 401) >= 3, 'a person may mistype a few times');
    assert.ok(count(answers, 401) <= 12, `${count(answers, 401)} guesses were answered`);
    const late = answers.at(-1);
    assert.equal(late.status, 429);
    assert.match(late.headers['retry-after'], /^\d+$/);
    assert.ok(+late.headers['retry-after'] >= 1 && +late.headers['retry-after'] <= 3600);
    assert.equal(typeof late.json.detail, 'string');
  });

  it('are throttled when thirty come at once', async () => {
    const { who } = await signUp(server), thieves = Array.from({ length: 30 }, () => server.browser({ address: '127.9.9.1' }));
    const answers = await Promise.all(thieves.map((t, i) => guess(t, who.email, i)));
    assert.equal(count(answers, 401) + count(answers, 429), 30);
    assert.ok(count(answers, 401) <= 12, `${count(answers, 401)} of 30 parallel guesses were checked`);
  });

  it('are throttled when they come from a hundred addresses at once', async () => {
    const { who } = await signUp(server);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => guess(server.browser(), who.email, i)));
    assert.ok(count(answers, 401) <= 25, `${count(answers, 401)} of 100 guesses were checked`);
    assert.equal(count(answers, 401) + count(answers, 429), 100);
  });

  it('are throttled on the page as well', async () => {
    const { who } = await signUp(server), thief = server.browser();
    const answers = [];
    for (let i = 0; i < 15; i++)
      answers.push(await signInOnPage(thief, { email: who.email, password: `guess number ${i}` }));
    assert.equal(answers.at(-1).status, 429);
    assert.match(answers.at(-1).headers['content-type'], /html/);
  });

  it('are answered alike whether the account exists or not', async () => {
    const { who } = await signUp(server);
    const run = async (email) => {
      const thief = server.browser(), statuses = [];
      for (let i = 0; i < 15; i++)
        statuses.push((await guess(thief, email, i)).status);
      return statuses;
    };
    assert.deepEqual(await run(who.email), await run(someone().email));
  });

  it('do not get through with the right password once they are throttled', async () => {
    const { who } = await signUp(server), thief = server.browser();
    await Promise.all(Array.from({ length: 20 }, (_, i) => guess(thief, who.email, i)));
    assert.equal((await tryLogin(thief, who)).status, 429);
  });
});

describe('guesses from one address', () => {
  it('at many accounts are throttled', async () => {
    const thief = server.browser();
    const answers = await Promise.all(Array.from({ length: 150 }, (_, i) => guess(thief, `victim${i}@example.org`, 0)));
    assert.ok(count(answers, 429) > 0, 'none of 150 was throttled');
    assert.equal(count(answers, 401) + count(answers, 429), 150);
  });

  it('are no concern of another address', async () => {
    const { who } = await signUp(server), thief = server.browser();
    await Promise.all(Array.from({ length: 60 }, (_, i) => guess(thief, `other${i}@example.org`, 0)));
    await signIn(server, who);
  });
});

describe('the owner', () => {
  it('gets in from a browser that was signed in before, whatever strangers do', async () => {
    const owner = await signUp(server);
    await owner.post('/api/auth/logout', { json: {} });
    await Promise.all(Array.from({ length: 60 }, (_, i) => guess(server.browser(), owner.who.email, i)));
    assert.equal((await tryLogin(server.browser(), owner.who)).status, 429, 'strangers are throttled by now');
    await signIn(server, owner.who, owner);
  });

  it('cannot lend that trust to another account', async () => {
    const thief = await signUp(server), victim = await signUp(server);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => guess(thief, victim.who.email, i)));
    assert.ok(count(answers, 401) <= 12, `${count(answers, 401)} guesses were checked`);
  });

  it('is not kept out for long by a stranger', async () => {
    const { who } = await signUp(server);
    await Promise.all(Array.from({ length: 60 }, (_, i) => guess(server.browser(), who.email, i)));
    const answer = await tryLogin(server.browser(), who);
    assert.equal(answer.status, 429);
    assert.ok(+answer.headers['retry-after'] <= 900, `${answer.headers['retry-after']} s`);
  });

  it('gets in again when the time has passed', async () => {
    const { who } = await signUp(server), browser = server.browser();
    await Promise.all(Array.from({ length: 20 }, (_, i) => guess(browser, who.email, i)));
    assert.equal((await tryLogin(browser, who)).status, 429);
    await server.age('throttles', ['free_at'], 7200);
    assert.equal((await tryLogin(browser, who)).status, 200);
  });
});
