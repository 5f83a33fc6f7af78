// What is held against the External API's document before a handler runs (dialect: Errors).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calculator, withKey } from '../lib/agents.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

let server, api;
before(async () => {
  server = await Server.start();
  api = await withKey(server, await signUp(server));
});
after(() => server?.close());

const post = (body, type = 'application/json') => api.send('POST', '/graphs', { body, type });

function faults(answer) {
  assert.equal(answer.status, 422, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['detail']);
  return answer.json.detail;
}

describe('a body that does not fit', () => {
  it('is answered with all its faults at once, each with its place, its words and what was found', async () => {
    const sent = { name: 5, nodes: [{ block_id: 'a' }, { id: 'b', input_default: [] }], version: 0 };
    assert.deepEqual(faults(await post(JSON.stringify(sent))), [
      { type: 'greater_than_equal', loc: ['body', 'version'], msg: 'Input should be greater than or equal to 1', input: 0, ctx: { ge: 1 } },
      { type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: 5 },
      { type: 'missing', loc: ['body', 'description'], msg: 'Field required', input: sent },
      { type: 'missing', loc: ['body', 'nodes', 1, 'block_id'], msg: 'Field required', input: { id: 'b', input_default: [] } },
      { type: 'dict_type', loc: ['body', 'nodes', 1, 'input_default'], msg: 'Input should be a valid dictionary', input: [] },
    ]);
  });

  it('is told as a whole when it is something else', async () => {
    assert.deepEqual(faults(await post('[1]')), [{ type: 'dict_type', loc: ['body'], msg: 'Input should be a valid dictionary', input: [1] }]);
    assert.deepEqual(faults(await post('')), [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]);
  });

  it('does not come back when it is long', async () => {
    const [fault] = faults(await post(JSON.stringify({ description: 'x'.repeat(1000) })));
    assert.deepEqual(fault, { type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: null });
  });

  it('is told as far as twenty faults', async () => {
    assert.equal(faults(await post(JSON.stringify(calculator({ nodes: Array(50).fill({}) })))).length, 20);
  });

  it('is no JSON from a byte on', async () => {
    const [fault] = faults(await post('{"name": nothing}'));
    assert.equal(fault.type, 'json_invalid');
    assert.equal(fault.loc[0], 'body');
    assert.ok(fault.loc[1] >= 9 && fault.loc[1] <= 16, JSON.stringify(fault));
    assert.equal(fault.msg, 'JSON decode error');
    assert.deepEqual(fault.input, {});
    assert.match(fault.ctx.error, /invalid token near 'nothing'/);
  });

  it('without a type is read as JSON, and of another type refused', async () => {
    assert.equal(faults(await api.send('POST', '/graphs', { body: '[1]' }))[0].type, 'dict_type');
    assert.equal((await post('{}', 'text/plain')).status, 415);
  });
});

describe('a query that does not fit', () => {
  it('is told by its parameter', async () => {
    assert.deepEqual(faults(await api.get('/graphs', { query: { page: 'two', page_size: 1.5 } })), [
      { type: 'int_parsing', loc: ['query', 'page'], msg: 'Input should be a valid integer, unable to parse string as an integer', input: 'two' },
      { type: 'int_from_float', loc: ['query', 'page_size'], msg: 'Input should be a valid integer, got a number with a fractional part', input: 1.5 },
    ]);
  });
});

describe('who may not call', () => {
  it('learns nothing of what does not fit', async () => {
    const url = '/external-api/v1/graphs';
    assert.equal((await server.browser().post(url, { json: [1] })).status, 401);
    const other = await withKey(server, await signUp(server), ['IDENTITY']);
    assert.equal((await other.send('POST', '/graphs', { body: '[1]', type: 'application/json' })).status, 403);
    assert.equal((await other.get('/graphs', { query: { page: 'x' } })).status, 403);
  });
});
