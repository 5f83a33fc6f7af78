// Several nodes on one database behind HAProxy, with the configuration file of deploy/.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Front, NAME, ORIGIN, configuration, findProgram } from '../lib/front.mjs';
import { grant, me, refresh } from '../lib/oauth.mjs';
import { isSignedIn, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const { path, options } = findProgram('haproxy');
const DRAIN = '3'; // seconds; deploy/ says 5: the checks notice in one
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

describe('two nodes behind haproxy', options, () => {
  let front, nodes;
  before(async () => {
    const settings = { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1', GATEHOUSE_DRAIN_SECONDS: DRAIN };
    const first = await Server.start(settings, { publicUrl: ORIGIN });
    nodes = [first, await Server.start({ ...settings, GATEHOUSE_KEY_FILE: first.env.GATEHOUSE_KEY_FILE }, { publicUrl: ORIGIN, database: first.database })];
    front = await Front.prepare();
    const { readFileSync } = await import('node:fs');
    const pem = front.write('both.pem', readFileSync(front.certificate, 'utf8') + readFileSync(front.key, 'utf8'));
    const text = configuration('haproxy/haproxy.cfg', [
      ['bind :80\n', `bind 127.0.0.1:${front.plainPort}\n`], ['bind :443 ', `bind 127.0.0.1:${front.port} `],
      ['/etc/haproxy/id.example.org.pem', pem], ['log /dev/log local0', 'log stdout format raw local0 info'], ['maxconn 20000', 'maxconn 500'],
      ['server node1 10.0.0.11:8006', `server node1 127.0.0.1:${nodes[0].port}`], ['server node2 10.0.0.12:8006', `server node2 127.0.0.1:${nodes[1].port}`]]);
    await front.start(path, ['-db', '-f', front.write('haproxy.cfg', text)]);
    const visitor = front.browser(nodes[0]); // until the first checks have found both
    for (let good = 0, end = Date.now() + 15_000; good < 8; good = (await visitor.get('/login')).status === 200 ? good + 1 : 0) {
      assert.ok(Date.now() < end, 'haproxy finds no node');
      await sleep(100);
    }
  });
  after(async () => {
    await front?.close();
    for (const node of [...nodes ?? []].reverse())
      await node.close();
  });

  it('a session and its tokens hold on both', async () => {
    const person = await signUp(nodes[0], someone(), front.browser(nodes[0])), app = await nodes[0].createApp(), t = await grant(person, app);
    for (const node of nodes) {
      const direct = node.browser();
      direct.cookies = person.cookies;
      assert.equal((await me(direct, t.access_token)).status, 200);
      assert.equal(await isSignedIn(direct), true);
    }
  });

  it('the client\'s address is the true one, and plain HTTP leads to https', async () => {
    const { who } = await signUp(nodes[0], someone(), front.browser(nodes[0])), from = nodes.map((n) => n.output.length);
    const login = await tryLogin(front.browser(nodes[0], { address: '127.66.5.5' }), who, { headers: { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.2' } });
    assert.equal(login.status, 200, login.text);
    await sleep(100);
    const said = nodes.map((n, i) => n.output.slice(from[i])).join('\n');
    assert.match(said.split('\n').find((l) => l.includes(login.headers['x-request-id']) && l.includes('address=')), /address="?127\.66\.5\.5\b/);
    const plain = await front.plain('/login?next=%2F');
    assert.deepEqual([plain.statusCode, plain.headers.location], [301, `https://${NAME}/login?next=%2F`]);
    assert.equal((await front.browser(nodes[0]).get('/metrics')).status, 404);
  });

  it('nobody notices when both are restarted in turn under load', async () => {
    const person = await signUp(nodes[0], someone(), front.browser(nodes[0])), app = await nodes[0].createApp();
    const families = await Promise.all(Array.from({ length: 8 }, () => grant(person, app)));
    const wrong = [];
    let going = true, answered = 0;
    const clients = families.map(async ({ refresh_token: next, access_token: token }, i) => {
      const visitor = front.browser(nodes[0]);
      while (going) {
        try {
          const answer = i % 2 ? await me(visitor, token) : await refresh(visitor, app, next);
          if (answer.status !== 200)
            wrong.push(`${answer.status} ${answer.text.slice(0, 200)}`);
          else if (answer.json.refresh_token)
            ({ refresh_token: next, access_token: token } = answer.json);
        } catch (error) {
          wrong.push(error.message);
        }
        answered++;
        await sleep(5);
      }
    });
    for (const node of nodes) {
      await sleep(500);
      await node.stop();
      await node.up();
      await sleep(1200);
    }
    going = false;
    await Promise.all(clients);
    assert.deepEqual(wrong.slice(0, 3), []);
    assert.ok(answered > 200, `${answered} requests`);
  });

  it('queries are not logged', async () => {
    await front.browser(nodes[0]).get('/login?next=%2F&code=canary-in-a-query');
    await sleep(200);
    assert.match(front.output, /GET \/login/);
    assert.doesNotMatch(front.output, /canary-in-a-query/);
  });
});
