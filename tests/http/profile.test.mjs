import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, person;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
});
after(() => server?.close());

const path = '/api/auth/user/timezone';

describe('the time zone', () => {
  it('is "not-set" at first', async () => {
    const answer = await (await signUp(server)).get(path);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { timezone: 'not-set' });
  });

  for (const timezone of ['Europe/Paris', 'America/Argentina/Buenos_Aires', 'UTC', 'Asia/Kolkata'])
    it(`can be ${timezone}`, async () => {
      const answer = await person.post(path, { json: { timezone } });
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(answer.json, { timezone });
      assert.deepEqual((await person.get(path)).json, { timezone });
    });

  for (const timezone of ['Mars/Olympus', '../../etc/passwd', 'Europe/../UTC', '', 'x'.repeat(300), '<b>', 'europe paris', '/etc/localtime', 'posixrules\u0000', 5, null, ['UTC']])
    it(`cannot be ${JSON.stringify(timezone).slice(0, 30)}`, async () => {
      await person.post(path, { json: { timezone: 'Europe/Paris' } });
      const answer = await person.post(path, { json: { timezone } });
      assert.ok([400, 422].includes(answer.status), `status ${answer.status}`);
      assert.deepEqual((await person.get(path)).json, { timezone: 'Europe/Paris' });
    });

  it('is for those who are signed in', async () => {
    assert.equal((await server.browser().get(path)).status, 401);
    assert.equal((await server.browser().post(path, { json: { timezone: 'UTC' } })).status, 401);
  });
});
