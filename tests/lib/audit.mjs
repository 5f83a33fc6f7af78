// The audit trail, as people, administrators and operators see it.
import assert from 'node:assert/strict';
import { engine } from './server.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// What was gathered or committed is there after about a second; a test asks until then.
export async function until(look, holds, what) {
  for (const end = Date.now() + 60_000;;) {
    const seen = await look();
    if (holds(seen))
      return seen;
    assert.ok(Date.now() < end, `${what}: ${JSON.stringify(seen).slice(0, 4000)}`);
    await pause(100);
  }
}

const query = (params) => new URLSearchParams(Object.entries(params).filter(([, v]) => v !== undefined)).toString();

export async function page(browser, params = {}, path = '/api/audit') {
  const answer = await browser.get(`${path}?${query(params)}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

// The newest 200. A page may be short and go on: one looks through so many segments only, and the slower the machine, the more
// of them the same events make.
async function newest(browser, params, path) {
  const items = [];
  for (let cursor; items.length < 200;) {
    const { items: more, next } = await page(browser, { limit: 200 - items.length, ...params, cursor }, path);
    items.push(...more);
    if (next === null)
      break;
    cursor = next;
  }
  return items;
}

export const own = (browser, params) => newest(browser, params, '/api/audit');
export const all = (admin, params) => newest(admin, params, '/api/admin/audit');

// The newest event of a kind, once it is there.
export async function event(look, name, where = () => true) {
  const items = await until(look, (list) => list.some((e) => e.event === name && where(e)), `no ${name}`);
  return items.find((e) => e.event === name && where(e));
}

// psql is started once, not every tenth of a second.
export const sealed = (server) => engine === 'postgres'
  ? server.sql(`DO $$ BEGIN
      FOR i IN 1..300 LOOP
        IF NOT EXISTS (SELECT FROM audit_journal) THEN RETURN; END IF;
        PERFORM pg_sleep(0.05);
      END LOOP;
      RAISE 'not sealed';
    END $$`)
  : until(async () => (await server.sql('SELECT COUNT(*) AS n FROM audit_journal'))[0].n, (n) => n === 0, 'not sealed');

export async function verify(server, ...args) {
  const done = await server.run('gatehouse', ['audit', 'verify', '--json', ...args]);
  return { code: done.code, stderr: done.stderr, ...(done.stdout ? JSON.parse(done.stdout) : {}) };
}
