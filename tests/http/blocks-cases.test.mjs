// Blocks by table, through the External API: the cases of the unit tests that need no clock of their own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const TABLES = ['text', 'files', 'sampling'];

let server, headers, ids;
before(async () => {
  server = await Server.start();
  const person = await signUp(server);
  const key = await person.post('/api/api-keys', { json: { name: 'cases', permissions: ['READ_BLOCK', 'EXECUTE_BLOCK'] } });
  headers = { 'x-api-key': key.json.plain_text_key };
  const blocks = await server.browser().get('/external-api/v1/blocks', { headers });
  ids = new Map(blocks.json.map(({ name, id }) => [name, id]));
});
after(() => server?.close());

const casesOf = (table) => JSON.parse(readFileSync(new URL(`../unit/agents/blocks/${table}.json`, import.meta.url)));

// The values of each output, in their order, as the API answers them.
function byName(outputs) {
  const found = {};
  for (const [name, value] of outputs)
    (found[name] ??= []).push(value);
  return found;
}

describe('blocks by table', () => {
  for (const table of TABLES)
    it(`do what the table of ${table} says`, async () => {
      for (const { block, input, outputs, error } of casesOf(table)) {
        const answer = await server.browser().post(`/external-api/v1/blocks/${ids.get(block)}/execute`, { headers, json: input });
        const what = `${block} ${JSON.stringify(input)}: ${answer.text}`;
        if (outputs) {
          assert.equal(answer.status, 200, what);
          assert.deepEqual(answer.json, byName(outputs), what);
        } else {
          assert.equal(answer.status, 400, what);
          assert.ok(answer.json.detail.includes(error), what);
        }
      }
    });

  it('tell the time by the server\'s clock, and refuse a zone that there is none of', async () => {
    const path = `/external-api/v1/blocks/${ids.get('GetCurrentDateAndTimeBlock')}/execute`;
    const format_type = { discriminator: 'iso8601', timezone: 'Asia/Kathmandu' };
    const answer = await server.browser().post(path, { headers, json: { trigger: 'now', format_type } });
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.json.date_time[0], /\+05:45$/);
    assert.ok(Math.abs(Date.parse(answer.json.date_time[0]) - Date.now()) < 60000, answer.text);
    const refused = await server.browser().post(path, { headers, json: { trigger: 'now', format_type: { ...format_type, timezone: '../passwd' } } });
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.json.detail, /no time zone/);
  });
});
