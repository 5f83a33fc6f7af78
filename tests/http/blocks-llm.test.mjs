// Language models behind a stand-in that speaks OpenAI's chat completions (dialect: Blocks, language models).
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { StandIn, sendJson } from '../lib/stand-in.mjs';

const TEXT = '1f292d4a-41a4-4977-9684-7c8d560b9f91', STRUCTURED = 'ed55ac19-356e-4243-a6cb-bc599e9b716f', CONVERSATION = '32a87eab-381e-4dd4-bdb8-4c47151be35a';
const LIST = '9c0b0450-d199-458b-a731-072189dd6593', SUMMARY = 'a0a69be1-4528-491c-a85a-a4ab6873e3f0';
const apiKey = 'sk-a-key-that-no-answer-shows';
let server, key, model, replies;

before(async () => {
  model = await StandIn.start();
  server = await Server.start({ LLM_BASE_URL: `${model.url}/v1`, LLM_API_KEY: apiKey, LLM_MODELS: 'small, large' });
  server.canary.add(apiKey, 'key of the language model');
  const person = await signUp(server);
  key = (await person.post('/api/api-keys', { json: { name: 'k', permissions: ['EXECUTE_BLOCK'] } })).json.plain_text_key;
});
beforeEach(() => {
  model.requests.length = 0;
  replies = ['hello'];
  model.answer = (request, response) => {
    const next = replies.length > 1 ? replies.shift() : replies[0];
    if (typeof next === 'string')
      sendJson(response, { choices: [{ message: { role: 'assistant', content: next } }] });
    else
      sendJson(response, next.body ?? {}, next.status);
  };
});
after(async () => {
  await model?.stop();
  await server?.close();
});

const run = (id, json, at = server, by = key) => at.browser().post(`/external-api/v1/blocks/${id}/execute`, { json, headers: { 'x-api-key': by } });
async function ran(id, json) {
  const answer = await run(id, json);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(!answer.text.includes(apiKey));
  return answer.json;
}
async function failed(id, json, message) {
  const answer = await run(id, json);
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.json.detail, message);
  assert.ok(!answer.text.includes(apiKey));
}
const asked = (i = -1) => JSON.parse(model.requests.at(i).text);

describe('AITextGeneratorBlock', () => {
  it('asks the first model, with the key, and hands on reply and prompt', async () => {
    const out = await ran(TEXT, { prompt: 'Say hello', sys_prompt: 'Be brief', credentials: { id: 'x' } });
    const messages = [{ role: 'system', content: 'Be brief' }, { role: 'user', content: 'Say hello' }];
    assert.deepEqual(out, { response: ['hello'], prompt: [messages] });
    const { method, url, headers } = model.last;
    assert.deepEqual([method, url, headers.authorization, headers['content-type']], ['POST', '/v1/chat/completions', `Bearer ${apiKey}`, 'application/json']);
    assert.deepEqual(asked(), { model: 'small', messages });
  });

  it('takes a model that is offered, and a limit', async () => {
    await ran(TEXT, { prompt: 'x', model: 'large', max_tokens: 7 });
    assert.deepEqual([asked().model, asked().max_tokens], ['large', 7]);
    await failed(TEXT, { prompt: 'x', model: 'huge' }, /huge is not offered here\. Choose one of: small, large/);
    assert.equal(model.requests.length, 1);
  });

  it('fills in templates when there are values', async () => {
    await ran(TEXT, { prompt: 'Dear {{ name }}', sys_prompt: '{% if loud %}SHOUT{% endif %}', prompt_values: { name: 'Ann', loud: true } });
    assert.deepEqual(asked().messages.map((m) => m.content), ['SHOUT', 'Dear Ann']);
    await ran(TEXT, { prompt: 'Dear {{ name }}' });
    assert.deepEqual(asked().messages.map((m) => m.content), ['Dear {{ name }}']);
    await failed(TEXT, { prompt: '{{ name', prompt_values: { name: 1 } }, /prompt: /);
  });

  it('tries again when the server is busy, as often as it is told', async () => {
    replies = [{ status: 429 }, { status: 503 }, 'at last'];
    assert.deepEqual((await ran(TEXT, { prompt: 'x', retry: 3 })).response, ['at last']);
    assert.equal(model.requests.length, 3);
    replies = [{ status: 500, body: { error: { message: 'out of order' } } }];
    await failed(TEXT, { prompt: 'x', retry: 1 }, /answered 500: out of order/);
    assert.equal(model.requests.length, 4);
  });

  it('passes refusals on, and what it can not understand', async () => {
    replies = [{ status: 400, body: { error: { message: 'no such thing' } } }];
    await failed(TEXT, { prompt: 'x' }, /answered 400: no such thing/);
    assert.equal(model.requests.length, 1);
    // a server that speaks of the operator's key shows a part of it, or all
    replies = [{ status: 401, body: { error: { message: 'Incorrect API key provided: sk-a-***ows' } } }];
    await failed(TEXT, { prompt: 'x' }, /answered 401\. block_id/);
    replies = [{ status: 400, body: { error: { message: `bad key ${apiKey}` } } }];
    await failed(TEXT, { prompt: 'x' }, /answered 400\. block_id/);
    for (const body of [{}, { choices: [] }, { choices: [{ message: {} }] }, 'text', []]) {
      replies = [{ status: 200, body }];
      await failed(TEXT, { prompt: 'x' }, /no reply that could be understood/);
    }
    model.answer = (request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    await failed(TEXT, { prompt: 'x' }, /answered 302/);
  });

  it('says so when no model is configured', async () => {
    const other = await Server.start();
    const by = (await (await signUp(other)).post('/api/api-keys', { json: { name: 'k', permissions: ['EXECUTE_BLOCK'] } })).json.plain_text_key;
    const answer = await run(TEXT, { prompt: 'x' }, other, by);
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.detail, /No language model is configured/);
    await other.close();
  });
});

describe('AIConversationBlock', () => {
  it('goes on with the messages', async () => {
    const messages = [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }];
    assert.deepEqual((await ran(CONVERSATION, { messages, prompt: 'c' })).response, ['hello']);
    assert.deepEqual(asked().messages, [...messages, { role: 'user', content: 'c' }]);
    await failed(CONVERSATION, { messages: [] }, /nothing to say/);
    await failed(CONVERSATION, { messages: [{ role: 'user' }] }, /invalid input data/);
  });
});

describe('AIStructuredResponseGeneratorBlock', () => {
  const format = { name: 'of the person', age: 'in years' };

  it('finds the object in the reply', async () => {
    replies = ['Here it is:\n```json\n{"name": "Ann", "age": 7}\n```'];
    assert.deepEqual((await ran(STRUCTURED, { prompt: 'Who?', expected_format: format })).response, [{ name: 'Ann', age: 7 }]);
    assert.ok(asked().messages.at(-1).content.includes('"age": "in years"'));
    assert.equal(asked().response_format, undefined);
    await ran(STRUCTURED, { prompt: 'Who?', expected_format: format, force_json_output: true });
    assert.deepEqual(asked().response_format, { type: 'json_object' });
  });

  it('asks again for what is missing', async () => {
    replies = ['no', '{"name": "Ann"}', '{"name": "Ann", "age": 7}'];
    const out = await ran(STRUCTURED, { prompt: 'Who?', expected_format: format });
    assert.deepEqual(out.response, [{ name: 'Ann', age: 7 }]);
    assert.match(asked().messages.at(-1).content, /these keys are missing: age/);
    assert.ok(!JSON.stringify(out.prompt).includes('missing'));
    replies = ['never'];
    await failed(STRUCTURED, { prompt: 'Who?', expected_format: format, retry: 2 }, /no valid JSON/);
    assert.equal(model.requests.length, 6);
  });

  it('makes lists', async () => {
    replies = ['[{"name": 1}]', '[{"name": 1, "age": 2}]'];
    assert.deepEqual((await ran(STRUCTURED, { prompt: 'Who?', expected_format: format, list_result: true })).response, [[{ name: 1, age: 2 }]]);
    await failed(STRUCTURED, { prompt: 'Who?', expected_format: {} }, /names no keys/);
  });

  it('cuts what is too long for the model', async () => {
    const prompt = `begin ${'ä'.repeat(5000)} end`;
    replies = [{ status: 400, body: { error: { code: 'context_length_exceeded', message: 'too long' } } }, '{"name": 1, "age": 2}'];
    await ran(STRUCTURED, { prompt, expected_format: format });
    const [, { content }] = [0, asked().messages.find((m) => m.role === 'user')];
    assert.ok(content.startsWith('begin ä') && content.endsWith('ä end') && content.length < prompt.length * 0.6);
    replies = [{ status: 400, body: { error: { code: 'context_length_exceeded', message: 'too long' } } }];
    await failed(STRUCTURED, { prompt, expected_format: format, compress_prompt_to_fit: false }, /too long/);
  });
});

describe('AIListGeneratorBlock', () => {
  it('yields the list and its items', async () => {
    replies = ['nothing', 'Sure: ["a", "b"]'];
    const { generated_list: lists, list_item: items } = await ran(LIST, { focus: 'letters', source_data: 'abc' });
    assert.deepEqual([lists, items], [[['a', 'b']], ['a', 'b']]);
    assert.match(asked(0).messages[1].content, /letters[^]*abc/);
  });
});

describe('AITextSummarizerBlock', () => {
  it('summarizes a short text at once', async () => {
    replies = ['short'];
    assert.deepEqual(await ran(SUMMARY, { text: 'one two three', style: 'bullet points', focus: 'numbers' }), { summary: ['short'] });
    assert.equal(model.requests.length, 1);
    assert.match(asked().messages[0].content, /bullet points[^]*numbers[^]*one two three/);
  });

  it('takes a long one in overlapping pieces, and their summaries again', async () => {
    const text = Array.from({ length: 25 }, (_, i) => `w${i}`).join(' ');
    replies = ['first', 'second', 'third', 'all'];
    assert.deepEqual(await ran(SUMMARY, { text, max_tokens: 10, chunk_overlap: 2 }), { summary: ['all'] });
    const pieces = model.requests.slice(0, 3).map((_, i) => asked(i).messages[0].content.split('\n\n')[1].trim().split(' '));
    assert.deepEqual(pieces.map((piece) => [piece[0], piece.at(-1)]), [['w0', 'w9'], ['w8', 'w17'], ['w16', 'w24']]);
    assert.match(asked(3).messages[0].content, /first\n\nsecond\n\nthird/);
  });

  it('ends with an empty text', async () => {
    assert.deepEqual(await ran(SUMMARY, { text: '' }), { summary: [''] });
    assert.equal(model.requests.length, 0);
  });
});
