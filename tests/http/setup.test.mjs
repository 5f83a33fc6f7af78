// The first start of an empty server: a link that makes its visitor the administrator, once.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { card, page } from '../lib/expect.mjs';
import { isSignedIn, signIn, signUp, someone } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const linkIn = (text) => {
  const address = /(https?:\/\/\S*set-?up\S*)/i.exec(text)?.[1];
  return address && new URL(address);
};
const button = /create|set ?up|sign ?up|continue/i;
const isAdmin = async (server, email) => (await server.sql(`SELECT is_admin FROM users WHERE email = '${email}'`))[0]?.is_admin;

describe('a first start', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  const visit = (browser, link) => browser.page(link.pathname + link.search);

  it('prints a link and has no account of its own', async () => {
    assert.ok(linkIn(server.output), server.output);
    assert.equal(linkIn(server.output).origin, server.base);
    assert.equal((await server.sql('SELECT count(*) AS n FROM users'))[0].n, 0);
  });

  it('gives a new link at each start, and the one before it is dead', async () => {
    const old = linkIn(server.output);
    await server.stop();
    server.output = '';
    await server.up();
    const link = linkIn(server.output);
    assert.notEqual(link.href, old.href);
    card(await visit(server.browser(), old), 403);
  });

  it('refuses a link that was changed or cut', async () => {
    const link = linkIn(server.output);
    for (const text of [link.pathname + link.search.slice(0, -1), link.pathname + link.search + 'A', link.pathname, (link.pathname + link.search).toUpperCase().replace(/^[^?]*/, link.pathname)])
      assert.ok([400, 403, 404].includes((await server.browser().get(text)).status), text);
  });

  it('does not spend the link when it is only looked at', async () => {
    const link = linkIn(server.output);
    for (let i = 0; i < 3; i++)
      page(await visit(server.browser(), link));
  });

  it('refuses a weak password here too, and the link goes on', async () => {
    const browser = server.browser(), form = await visit(browser, linkIn(server.output));
    const answer = await browser.submit(form, button, { email: 'root@example.org', password: 'password123' });
    assert.ok([400, 422].includes(answer.status));
    page(await visit(server.browser(), linkIn(server.output)));
  });

  it('makes one administrator when two visitors press at once', async () => {
    const link = linkIn(server.output), visitors = [server.browser(), server.browser()], people = [someone(), someone()];
    const pages = await Promise.all(visitors.map((v) => visit(v, link)));
    const answers = await Promise.all(visitors.map((v, i) => v.submit(pages[i], button, people[i])));
    assert.deepEqual(answers.map((a) => a.status).sort(), [303, 403]);
    const winner = answers[0].status === 303 ? 0 : 1;
    assert.equal(await isAdmin(server, people[winner].email), 1);
    assert.equal(await isAdmin(server, people[1 - winner].email), undefined);
    assert.equal(await isSignedIn(visitors[winner]), true);
    card(await visit(server.browser(), link), 403);
  });

  it('prints no link once there is somebody', async () => {
    await server.stop();
    server.output = '';
    await server.up();
    assert.equal(linkIn(server.output), undefined);
  });
});

describe('a server whose first person came another way', () => {
  it('takes no set-up link any more', async () => {
    const server = await Server.start();
    try {
      const link = linkIn(server.output);
      const admin = await server.createUser({ admin: true });
      assert.equal(await isAdmin(server, admin.email), 1);
      assert.equal((await server.browser().page(link.pathname + link.search)).status, 403);
      await signIn(server, admin);
      await signUp(server);
    } finally {
      await server.close();
    }
  });
});
