// The disk under an embedded database: nothing is acknowledged before it has it, and nothing that it refused.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Disk } from '../lib/disk.mjs';
import { lives, nothingHalfMade } from '../lib/invariants.mjs';
import { grant, me, refresh } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { engine, Server } from '../lib/server.mjs';

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
const only = engine === 'sqlite' ? {} : { skip: 'PostgreSQL sees to its disk by itself' };

describe('what is committed', only, () => {
  let disk, server, person, app;
  before(async () => {
    disk = new Disk();
    server = await Server.start(disk.environment);
    person = await signUp(server);
    app = await server.createApp();
  });
  after(async () => {
    disk?.works();
    await server?.close();
    disk?.remove();
  });

  it('is answered when the disk has it, and not before, while others read on', async () => {
    const families = [];
    for (let n = 0; n < 8; n++)
      families.push(await grant(person, app));
    const before = disk.calls, answered = [];
    disk.holds();
    const asked = families.map(async (t) => {
      const answer = await refresh(server.browser(), app, t.refresh_token);
      answered.push(answer);
      return answer;
    });
    for (let n = 0; n < 1000 && disk.calls === before; n++)
      await pause(5);
    assert.ok(disk.calls > before, 'nobody asked the disk');
    await pause(200);
    assert.equal(answered.length, 0, 'answered before the disk had it');
    assert.equal((await me(person, families[0].access_token)).status, 200);
    disk.works();
    for (const [n, answer] of (await Promise.all(asked)).entries()) {
      assert.equal(answer.status, 200, answer.text);
      await lives([person], app, answer.json);
      assert.notEqual(answer.json.refresh_token, families[n].refresh_token);
    }
    await nothingHalfMade(server.database);
  });

  it('and refused by the disk is not acknowledged, and nothing of it holds; the server goes on when the disk does', async () => {
    const t = await grant(person, app);
    disk.fails();
    const refused = await refresh(server.browser(), app, t.refresh_token);
    assert.equal(refused.status, 503, refused.text);
    assert.match(refused.headers['retry-after'] ?? '', /^[1-9]\d*$/);
    disk.works();
    await nothingHalfMade(server.database);
    await lives([person], app, t);
    const answer = await refresh(server.browser(), app, t.refresh_token);
    assert.equal(answer.status, 200, answer.text);
    await lives([person], app, answer.json);
    await nothingHalfMade(server.database);
  });
});
