// Schedules of agents (dialect: Schedules): made, listed, paused and cancelled by people and over the External API, and run when
// they are due. Due times are moved in the database; the lines themselves never come during the tests.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, graph, made, node, withKey, withToken } from '../lib/agents.mjs';
import { ended } from '../lib/executions.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const unknown = '01890000-0000-7000-8000-000000000000';
const minute = 60_000, hour = 60 * minute;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

let server, person, people, key, token, reader, theirs, agent;
before(async () => {
  server = await Server.start({ GATEHOUSE_SCHEDULES_PER_PERSON: '12' });
  person = await signUp(server);
  key = await withKey(server, person);
  token = await withToken(server, person);
  reader = await withKey(server, person, ['READ_GRAPH']);
  theirs = await withKey(server, await signUp(server));
  agent = await made(key, calculator());
  // The doors for people, called as those of the External API are.
  const send = (method, path, options) => person.send(method, `/api${path}`, options);
  people = {
    get: (path) => send('GET', path), post: (path, json) => send('POST', path, { json }), delete: (path) => send('DELETE', path),
  };
});
after(() => server?.close());

// On the 29 February, which is far.
const rare = (more = {}) => ({ name: 'Rarely', cron: '0 0 29 2 *', timezone: 'UTC', inputs: { In: 8 }, ...more });
const create = async (api, more, of = agent) => {
  const answer = await api.post(`/graphs/${of.id}/schedules`, rare(more));
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const due = (id, ms = 0) => server.sql(`UPDATE schedules SET next_run = ${Date.now() - ms} WHERE id = '${id}'`);
const until = async (api, id, wished, limit = 8000) => {
  for (const end = Date.now() + limit; ;) {
    const got = (await api.get(`/schedules/${id}`)).json;
    if (wished(got))
      return got;
    assert.ok(Date.now() < end, `still ${JSON.stringify(got)}`);
    await pause(50);
  }
};
// Everything that is due is due no more when this is over: a schedule of its own, due last, has run.
const passed = async (api) => {
  const last = await create(api, { name: 'last' });
  await due(last.id);
  await until(api, last.id, (s) => s.last_execution_id);
  await cancel(api, last.id);
};
const cancel = async (api, ...ids) => {
  for (const id of ids)
    assert.deepEqual((await api.delete(`/schedules/${id}`)).json, { id });
};
const refused = (answer, status, detail) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.detail, detail, answer.text);
};
const fault = (answer, field, message) => {
  assert.equal(answer.status, 422, answer.text);
  const [first] = answer.json.detail;
  assert.deepEqual(first.loc, ['body', field], answer.text);
  assert.match(first.msg, message);
};

for (const [how, api] of [['a person', () => people], ['a key', () => key], ['a token', () => token]])
  describe(`by ${how}, a schedule`, () => {
    it('is made, told with its next five times, listed, paused, resumed and cancelled', async () => {
      const one = await create(api(), { name: ' Every weekday ', cron: '30 8 * * mon-fri', timezone: 'Asia/Kolkata', graph_version: 1, credentials: {} });
      assert.deepEqual(Object.keys(one), ['id', 'user_id', 'graph_id', 'graph_version', 'name', 'cron', 'timezone', 'input_data', 'input_credentials',
        'is_paused', 'next_run_time', 'next_run_times', 'last_run_time', 'last_execution_id', 'last_skip', 'created_at']);
      assert.equal(one.user_id, person.user.id);
      assert.equal(one.graph_id, agent.id);
      assert.equal(one.graph_version, 1);
      assert.equal(one.name, 'Every weekday');
      assert.deepEqual(one.input_data, { In: 8 });
      assert.deepEqual([one.is_paused, one.last_run_time, one.last_execution_id, one.last_skip], [false, null, null, null]);
      assert.equal(one.next_run_times.length, 5);
      assert.equal(one.next_run_time, one.next_run_times[0]);
      for (const [i, time] of one.next_run_times.entries()) {
        assert.match(time, /^20\d\d-\d\d-\d\dT08:30:00\+05:30$/);
        assert.ok(Date.parse(time) > (i ? Date.parse(one.next_run_times[i - 1]) : Date.now()));
        assert.ok(![0, 6].includes(new Date(Date.parse(time) + 5.5 * hour).getUTCDay()), 'no weekend');
      }
      assert.deepEqual((await api().get(`/schedules/${one.id}`)).json, one);
      assert.deepEqual((await api().get('/schedules')).json, [one]);
      assert.deepEqual((await api().get(`/graphs/${agent.id}/schedules`)).json, [one]);
      assert.deepEqual((await api().get(`/graphs/${unknown}/schedules`)).json, []);
      assert.deepEqual((await api().get('/schedules?page=2')).json, []);

      const paused = (await api().post(`/schedules/${one.id}/pause`)).json;
      assert.deepEqual(paused, { ...one, is_paused: true, next_run_time: null, next_run_times: [] });
      assert.deepEqual((await api().post(`/schedules/${one.id}/pause`)).json, paused);
      assert.deepEqual((await api().post(`/schedules/${one.id}/resume`)).json, one);
      assert.deepEqual((await api().post(`/schedules/${one.id}/resume`)).json, one);
      await cancel(api(), one.id);
      refused(await api().get(`/schedules/${one.id}`), 404, `Schedule #${one.id} not found`);
      assert.deepEqual((await api().get('/schedules')).json, []);
    });

    it('runs when it is due, with its inputs, and tells its execution', async () => {
      const one = await create(api());
      await due(one.id);
      const got = await until(api(), one.id, (s) => s.last_execution_id);
      assert.deepEqual((await ended(key, agent, got.last_execution_id)).output, [{ Out: 42 }]);
      assert.ok(Math.abs(Date.parse(got.last_run_time) - Date.now()) < minute);
      assert.equal(got.next_run_time, one.next_run_time, 'and has moved on');
      await passed(api());
      assert.equal((await api().get(`/schedules/${one.id}`)).json.last_execution_id, got.last_execution_id, 'once');
      await cancel(api(), one.id);
    });

    it('is refused with the field at fault and what it may be', async () => {
      const post = (more, without = []) => api().post(`/graphs/${agent.id}/schedules`,
        Object.fromEntries(Object.entries(rare(more)).filter(([name]) => !without.includes(name))));
      fault(await post({}, ['name']), 'name', /required/i);
      fault(await post({}, ['cron']), 'cron', /required/i);
      fault(await post({ name: 7 }), 'name', /string/);
      fault(await post({ name: '  ' }), 'name', /1 to 200/);
      fault(await post({ name: 'a\nb' }), 'name', /control/);
      fault(await post({ cron: '60 * * * *' }), 'cron', /^minute: 60 is not 0 to 59$/);
      fault(await post({ cron: '0 0 * * someday' }), 'cron', /^day of week: someday is not 0 to 7 or sun to sat/);
      fault(await post({ cron: '@daily' }), 'cron', /5 fields: minute, hour, day of month, month, day of week/);
      fault(await post({ cron: '0 0 30 2 *' }), 'cron', /none of these days comes/);
      fault(await post({ cron: '*'.repeat(201) }), 'cron', /at most 200/);
      fault(await post({ timezone: 'Mars/Olympus' }), 'timezone', /IANA/);
      fault(await post({ timezone: '../../etc/passwd' }), 'timezone', /IANA/);
      fault(await post({ timezone: 5 }), 'timezone', /string/);
      fault(await post({ graph_version: 0 }), 'graph_version', /greater than/);
      fault(await post({ graph_version: 'new' }), 'graph_version', /integer/);
      fault(await post({ inputs: [] }), 'inputs', /dictionary|object/);
      fault(await post({ inputs: { In: 'x'.repeat(41_000) } }), 'inputs', /40000/);
      fault(await post({ credentials: 'mine' }), 'credentials', /dictionary|object/);
      refused(await post({ graph_version: 9 }), 404, `Graph #${agent.id} not found.`);
      refused(await api().post(`/graphs/${unknown}/schedules`, rare()), 404, `Graph #${unknown} not found.`);
      refused(await api().get(`/schedules/${unknown}`), 404, `Schedule #${unknown} not found`);
      refused(await api().delete(`/schedules/${unknown}`), 404, `Schedule #${unknown} not found`);
      refused(await api().post(`/schedules/${unknown}/pause`), 404, `Schedule #${unknown} not found`);
      refused(await api().post(`/schedules/${unknown}/resume`), 404, `Schedule #${unknown} not found`);
      assert.equal((await api().get('/schedules?page=0')).status, 422);
      assert.equal((await api().get('/schedules?page=x')).status, 422);
      assert.equal((await api().get('/schedules?page=4294967297')).json.detail, 'Page must be at most 2147483647');
      assert.deepEqual((await api().get('/schedules?page=2147483647')).json, []);
      assert.deepEqual((await api().get('/schedules')).json, []);
    });
  });

describe('a schedule', () => {
  it('is unknown to others, and so is the agent', async () => {
    const one = await create(key);
    for (const answer of [await theirs.get(`/schedules/${one.id}`), await theirs.delete(`/schedules/${one.id}`),
      await theirs.post(`/schedules/${one.id}/pause`), await theirs.post(`/schedules/${one.id}/resume`)])
      refused(answer, 404, `Schedule #${one.id} not found`);
    refused(await theirs.post(`/graphs/${agent.id}/schedules`, rare()), 404, `Graph #${agent.id} not found.`);
    assert.deepEqual((await theirs.get('/schedules')).json, []);
    assert.deepEqual((await theirs.get(`/graphs/${agent.id}/schedules`)).json, []);
    assert.deepEqual((await key.get(`/schedules/${one.id}`)).json, one);
    await cancel(key, one.id);
  });

  it('takes READ_GRAPH to see and EXECUTE_GRAPH to change', async () => {
    const one = await create(key);
    assert.equal((await reader.get('/schedules')).status, 200);
    for (const answer of [await reader.post(`/graphs/${agent.id}/schedules`, rare()), await reader.delete(`/schedules/${one.id}`),
      await reader.post(`/schedules/${one.id}/pause`), await reader.post(`/schedules/${one.id}/resume`)])
      refused(answer, 403, 'Missing required permission(s): EXECUTE_GRAPH');
    const stranger = server.browser();
    assert.equal((await stranger.get('/api/schedules')).status, 401);
    assert.equal((await stranger.get('/external-api/v1/schedules')).status, 401);
    await cancel(key, one.id);
  });

  it("is in the person's time zone where it names none", async () => {
    assert.equal((await create(key, { timezone: null })).timezone, 'UTC');
    assert.equal((await person.post('/api/auth/user/timezone', { json: { timezone: 'America/St_Johns' } })).status, 200);
    const one = await create(key, { timezone: undefined });
    assert.equal(one.timezone, 'America/St_Johns');
    assert.match(one.next_run_time, /T00:00:00-03:30$/);
    await cancel(key, ...(await key.get('/schedules')).json.map((s) => s.id));
  });

  it('takes the active version where it names none, and stays with it', async () => {
    const mine = await made(key, calculator()), one = await create(key, { graph_version: null }, mine);
    assert.equal(one.graph_version, 1);
    assert.equal((await key.put(`/graphs/${mine.id}`, calculator({ version: 1 }))).status, 200);
    assert.equal((await key.get(`/schedules/${one.id}`)).json.graph_version, 1);
    await cancel(key, one.id);
  });

  it('is held to what the agent needs', async () => {
    const needy = await made(key, graph([node('sum', 'calculator', { operation: 'Add', b: 1 })]));
    const answer = await key.post(`/graphs/${needy.id}/schedules`, rare());
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.detail, /^Graph validation failed: 1 issues on 1 nodes/);
  });

  it('meets a limit of how many one person may have', async () => {
    const all = [];
    for (let i = 0; i < 12; i++)
      all.push((await create(key, { name: `number ${i}` })).id);
    refused(await key.post(`/graphs/${agent.id}/schedules`, rare()), 409, 'There are too many schedules. Delete one that is no longer used.');
    assert.deepEqual((await people.get('/schedules')).json.map((s) => s.id), all, 'oldest first');
    await cancel(key, ...all);
    const together = await Promise.all(Array.from({ length: 36 }, () => key.post(`/graphs/${agent.id}/schedules`, rare())));
    assert.equal(together.filter((a) => a.status < 300).length, 12, 'however many ask at once');
    await cancel(key, ...together.filter((a) => a.json.id).map((a) => a.json.id));
    await cancel(key, (await create(key)).id);
  });

  it('does not run while it is paused', async () => {
    const one = await create(key);
    await key.post(`/schedules/${one.id}/pause`);
    await server.sql(`UPDATE schedules SET updated_at = 0 WHERE id = '${one.id}'`);
    await passed(key);
    assert.equal((await key.get(`/schedules/${one.id}`)).json.last_execution_id, null);
    await cancel(key, one.id);
  });
});

describe('times that were missed', () => {
  it('are made up for once within the grace', async () => {
    const own = await made(key, calculator()), one = await create(key, { cron: '*/10 * * * *' }, own);
    await due(one.id, 50 * hour);
    const got = await until(key, one.id, (s) => s.last_execution_id);
    assert.equal(got.last_skip, null);
    await passed(key);
    const rows = await server.sql(`SELECT id FROM executions WHERE graph_id = '${own.id}' AND created_at >= ${Date.parse(got.last_run_time)}`);
    assert.equal(rows.length, 1);
    await cancel(key, one.id);
  });

  it('are skipped beyond it, and that is told', async () => {
    const one = await create(key), missed = Math.floor((Date.now() - 2 * hour) / 1000) * 1000;
    await server.sql(`UPDATE schedules SET next_run = ${missed} WHERE id = '${one.id}'`);
    const got = await until(key, one.id, (s) => s.last_skip);
    assert.equal(Date.parse(got.last_skip.time), missed);
    assert.match(got.last_skip.reason, /not running/);
    assert.equal(got.last_execution_id, null);
    assert.equal(got.next_run_time, one.next_run_time);
    await cancel(key, one.id);
  });

  it('that passed while the server was down are found after its start', async () => {
    const one = await create(key);
    await server.stop();
    await due(one.id, minute);
    await server.up();
    const got = await until(key, one.id, (s) => s.last_execution_id);
    assert.deepEqual((await ended(key, agent, got.last_execution_id)).output, [{ Out: 42 }]);
    await cancel(key, one.id);
  });

  it('follow a clock that jumps ahead', async () => {
    const one = await create(key, { cron: '*/5 * * * *' });
    await server.stop();
    await server.sql(`UPDATE nodes SET clock_at = clock_at + ${10 * minute}`); // servers begin no earlier (http/clock.test.mjs)
    await server.up();
    const got = await until(key, one.id, (s) => s.last_execution_id);
    assert.ok(Date.parse(got.next_run_time) > Date.now() + 9 * minute, 'its next time is that clock\'s');
    await cancel(key, one.id);
    await server.stop();
    await server.sql('UPDATE nodes SET clock_at = 0');
    await server.up();
  });
});

describe('what does not run', () => {
  it("is the schedule of a person who is disabled; it goes on when they are enabled", async () => {
    const other = await signUp(server), api = await withKey(server, other), mine = await made(api, calculator()), one = await create(api, {}, mine);
    assert.equal((await server.run('gatehouse', ['user', 'disable', '--email', other.who.email])).code, 0);
    await due(one.id);
    let row;
    for (const end = Date.now() + 8000; !row?.last_skip && Date.now() < end; await pause(50))
      [row] = await server.sql(`SELECT last_skip, last_execution_id, next_run FROM schedules WHERE id = '${one.id}'`);
    assert.equal(row.last_skip, 'The account is disabled');
    assert.equal(row.last_execution_id, '');
    assert.equal(Number(row.next_run), Date.parse(one.next_run_time));
    assert.equal((await server.run('gatehouse', ['user', 'enable', '--email', other.who.email])).code, 0);
    await due(one.id);
    const got = await until(api, one.id, (s) => s.last_execution_id);
    assert.deepEqual((await ended(api, mine, got.last_execution_id)).output, [{ Out: 42 }]);
  });

  it('is the schedule of an agent that was deleted: it goes with it', async () => {
    const mine = await made(key, calculator()), one = await create(key, {}, mine);
    assert.equal((await key.delete(`/graphs/${mine.id}`)).status, 200);
    refused(await key.get(`/schedules/${one.id}`), 404, `Schedule #${one.id} not found`);
  });

  it('nor one whose agent vanished otherwise: it never is due again', async () => {
    const mine = await made(key, calculator()), one = await create(key, {}, mine);
    await server.sql(`UPDATE graphs SET deleted_at = 1 WHERE id = '${mine.id}'`);
    await due(one.id);
    const got = await until(key, one.id, (s) => s.last_skip);
    assert.match(got.last_skip.reason, /agent/);
    assert.deepEqual([got.next_run_time, got.next_run_times, got.last_execution_id], [null, [], null]);
    await cancel(key, one.id);
  });
});
