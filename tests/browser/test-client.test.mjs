// `oauth-tool test-server`: the whole flow, step by step, in a real browser; and nothing of it stays.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchChromium, picture, visitor } from '../lib/chromium.mjs';
import { signUp } from '../lib/people.mjs';
import { launch, run, sanitizerComplaint } from '../lib/programs.mjs';
import { Server } from '../lib/server.mjs';


// Starts the test server; { address, said(), end(signal) → { code, signal } }.
function testServer(server, args = []) {
  const child = launch('oauth-tool', ['test-server', '--port', '0', ...args], { env: server.env, cwd: server.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '', all = '';
  const ended = new Promise((done) => child.on('close', (code, signal) => done({ code, signal })));
  child.stderr.on('data', (d) => { all += d; });
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`not ready:\n${all}`)), 15_000);
    child.stdout.on('data', (d) => {
      out += d;
      all += d;
      const address = /ready: (http:\S+)[\s\S]*Ctrl-C/.exec(out)?.[1];
      if (address) {
        clearTimeout(timer);
        done({ address, said: () => all, end: (signal) => { child.kill(signal); return ended; } });
      }
    });
    ended.then(({ code }) => { clearTimeout(timer); fail(new Error(`ended with ${code}:\n${all}`)); });
  });
}

describe('the test client', () => {
  let server, chromium, who;
  before(async () => {
    server = await Server.start();
    ({ who } = await signUp(server));
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.close();
  });

  // not counting the app of the API reference, which is always there
  const count = async (table) => (await server.sql(`SELECT count(*) AS n FROM ${table}`))[0].n - (table === 'apps' ? 1 : 0);

  it('shows each step with what was sent and received, and leaves nothing behind', async () => {
    const tool = await testServer(server, ['--owner', who.email]), context = await visitor(chromium), page = await context.newPage();
    try {
      await page.goto(tool.address);
      await page.getByRole('heading', { name: 'OAuth Test Client' }).waitFor();
      await page.getByRole('link', { name: /^sign in with/i }).click();
      await page.getByLabel(/e-?mail/i).fill(who.email);
      await page.getByLabel('Password').fill(who.password);
      await page.getByRole('button', { name: /^log ?in$/i }).click();
      await page.getByRole('button', { name: /^authorize$/i }).click();
      await page.getByText('state is the one that this browser was given').waitFor();
      assert.equal(await page.getByText(/^Wrong:/).count(), 0);
      for (const step of ['token', 'me', 'refresh', 'introspect', 'revoke']) {
        await page.locator(`#${step}`).getByRole('button').click();
        const received = page.locator(`#${step} [aria-label$="what came back"]`);
        await received.waitFor();
        assert.match(await page.locator(`#${step}`).innerText(), /Received 200/);
        assert.ok((await page.locator(`#${step} [aria-label$="what was sent"]`).innerText()).length > 10);
        if (step === 'me' || step === 'introspect')
          assert.match(await received.innerText(), step === 'me' ? new RegExp(who.email) : /"active": ?true/);
      }
      await picture(page, 'test-client');
      assert.equal(await count('apps'), 1);
      assert.deepEqual(context.complaints, []);
    } finally {
      await context.close();
      const { code, signal } = await tool.end('SIGINT');
      assert.deepEqual([code, signal], [0, null], tool.said());
    }
    assert.doesNotMatch(tool.said(), sanitizerComplaint);
    for (const table of ['apps', 'authorizations', 'codes', 'access_tokens', 'refresh_tokens', 'consents'])
      assert.equal(await count(table), 0, `${table} after Ctrl-C`);
  });

  it('tells a denial, and removes its app after SIGTERM as well', async () => {
    const tool = await testServer(server), context = await visitor(chromium), page = await context.newPage();
    try {
      await page.goto(tool.address);
      await page.getByRole('link', { name: /^sign in with/i }).click();
      await page.getByLabel(/e-?mail/i).fill(who.email);
      await page.getByLabel('Password').fill(who.password);
      await page.getByRole('button', { name: /^log ?in$/i }).click();
      await page.getByRole('button', { name: /deny/i }).click();
      await page.getByText('access_denied').first().waitFor();
      assert.ok(await page.locator('#token').getByRole('button').isDisabled());
    } finally {
      await context.close();
      assert.equal((await tool.end('SIGTERM')).code, 0);
    }
    assert.equal(await count('apps'), 0);
  });

  it('that was killed leaves an app that the next one removes', async () => {
    const first = await testServer(server);
    await first.end('SIGKILL');
    assert.equal(await count('apps'), 1);
    await server.sql("UPDATE apps SET created_at = created_at - 8 * 86400000, updated_at = updated_at - 8 * 86400000");
    const next = await testServer(server);
    assert.equal((await next.end('SIGINT')).code, 0);
    assert.equal(await count('apps'), 0);
  });

  it('says what is wrong with its options', async () => {
    for (const args of [['--owner', 'nobody@nowhere.example'], ['--owner-id', 'nobody'], ['--port', '99999'], ['--platform-url', 'nonsense']]) {
      const { code, stderr } = await run('oauth-tool', ['test-server', '--port', '0', ...args], { env: server.env, cwd: server.folder });
      assert.notEqual(code, 0, args.join(' '));
      assert.match(stderr, /\S/);
    }
    assert.equal(await count('apps'), 0);
  });
});
