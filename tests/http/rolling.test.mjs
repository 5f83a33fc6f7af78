// Going without losing a request: a node says that it is not ready, serves on for a while, and only then ends.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Balancer } from '../lib/balancer.mjs';
import { grant, me, refresh } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { raw } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

describe('a node that is told to end', () => {
  let server;
  before(async () => { server = await Server.start({ GATEHOUSE_DRAIN_SECONDS: '5' }); });
  after(() => server?.close());

  it('says that it is not ready, serves what comes, and ends every connection with its answer', async () => {
    const person = await signUp(server), app = await server.createApp(), { access_token: token } = await grant(person, app);
    assert.notEqual((await person.get('/healthz')).headers.connection, 'close');
    const from = Date.now(), stopped = server.stop();
    await sleep(200);
    for (let i = 0; i < 3; i++) {
      const ready = await person.get('/readyz');
      assert.equal(ready.status, 503);
      assert.equal(ready.headers.connection, 'close');
      const served = await me(server.browser(), token);
      assert.equal(served.status, 200);
      assert.equal(served.headers.connection, 'close');
      assert.equal((await person.get('/healthz')).status, 200, 'it is alive');
      await sleep(300);
    }
    await stopped;
    assert.ok(Date.now() - from >= 4900, 'it served for as long as it was told');
    await server.up();
  });

  it('ends at once when it is told twice', async () => {
    const from = Date.now(), stopped = server.stop();
    await sleep(200);
    server.child.kill('SIGTERM');
    await stopped;
    assert.ok(Date.now() - from < 4000);
    await server.up();
  });

  it('ends the connection behind the last of several requests that came together, not before', async () => {
    const stopped = server.stop();
    await sleep(200);
    const one = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', { text, closed } = await raw(server, one.repeat(3), { quiet: 1000 });
    assert.equal(text.split('HTTP/1.1 200').length - 1, 3);
    assert.equal(text.toLowerCase().split('connection: close').length - 1, 1);
    assert.equal(closed, true);
    await stopped;
    await server.up();
  });
});

describe('two nodes behind a balancer', () => {
  let first, second, balancer;
  before(async () => {
    first = await Server.start({ GATEHOUSE_DRAIN_SECONDS: '1' }, { publicUrl: 'http://id.test' });
    // What makes two nodes of one installation: database, key, public address. Folder and port are each node's own.
    second = await Server.start({ GATEHOUSE_DRAIN_SECONDS: '1', GATEHOUSE_KEY_FILE: first.env.GATEHOUSE_KEY_FILE },
      { publicUrl: 'http://id.test', database: first.database });
    balancer = await Balancer.start([first, second]);
  });
  after(async () => {
    await balancer?.close();
    await second?.close();
    await first?.close();
  });

  async function takesItsShare(index) {
    const until = balancer.nodes[index].served + 30;
    while (balancer.nodes[index].served < until)
      await sleep(20);
  }

  it('lose no request while both are restarted in turn', async () => {
    const person = await signUp(first), app = await first.createApp();
    const families = await Promise.all(Array.from({ length: 12 }, () => grant(person, app)));
    const wrong = [];
    let going = true, answered = 0;
    const clients = families.map(async (family, i) => {
      const visitor = first.browser();
      visitor.server = { base: first.base, port: balancer.port, canary: first.canary };
      let { refresh_token: next, access_token: token } = family;
      while (going) {
        const answer = i % 3 ? await me(visitor, token) : await refresh(visitor, app, next);
        if (answer.status !== 200)
          wrong.push(`${answer.status} ${answer.text}`);
        else if (answer.json.refresh_token)
          ({ refresh_token: next, access_token: token } = answer.json);
        answered++;
        await sleep(2);
      }
    });
    try {
      for (const [index, node] of [first, second].entries()) {
        await takesItsShare(index);
        await node.stop();
        await node.up();
        await balancer.isReady(index);
        await takesItsShare(index);
      }
    } finally {
      going = false;
      await Promise.all(clients);
    }
    assert.deepEqual(wrong.slice(0, 3), []);
    assert.deepEqual(balancer.lost, []);
    assert.ok(answered > 200, `${answered} requests`);
  });
});
