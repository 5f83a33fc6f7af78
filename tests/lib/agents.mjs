// The External API as scripts and apps call it, and agents to call it with.
import assert from 'node:assert/strict';
import { grant } from './oauth.mjs';

export const BLOCKS = {
  input: 'c0a8e994-ebf1-4a9c-a4d8-89d09c86741b',
  output: '363ae599-353e-4804-937e-b2ee3cef3da4',
  agent: 'e189baac-8c20-45a1-94a7-55177ea42565',
  note: 'cc10ff7b-7753-4ff2-9af6-9399b1a7eddc',
  calculator: 'b1ab9b19-67a6-406d-abf5-2dba76d00c79',
  store: '1ff065e9-88e8-4358-9d82-8dc91f622ba9',
  review: '8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d',
  dropdown: '655d6fdf-a334-421c-b733-520549c07cd1',
  toggle: 'cbf36ab5-df4a-43b6-8a7f-f7ed8652116e',
};

export const GRAPH_SCOPES = ['READ_GRAPH', 'WRITE_GRAPH', 'WRITE_LIBRARY', 'EXECUTE_GRAPH'];

// Calls below /external-api/v1 with these header fields.
export function client(server, headers) {
  const browser = server.browser();
  const send = (method, path, options = {}) =>
    browser.send(method, `/external-api/v1${path}`, { cookies: false, origin: false, ...options, headers: { ...headers, ...options.headers } });
  return {
    headers, send,
    get: (path, options) => send('GET', path, options),
    post: (path, json, options) => send('POST', path, { json, ...options }),
    put: (path, json, options) => send('PUT', path, { json, ...options }),
    delete: (path, options) => send('DELETE', path, options),
  };
}

export async function withKey(server, person, permissions = GRAPH_SCOPES) {
  const answer = await person.post('/api/api-keys', { json: { name: 'tests', permissions } });
  assert.equal(answer.status, 200, answer.text);
  return client(server, { 'x-api-key': answer.json.plain_text_key });
}

export async function withToken(server, person, scopes = GRAPH_SCOPES) {
  const app = await server.createApp({ scopes });
  const { access_token } = await grant(person, app, { scope: scopes.join(' ') });
  return client(server, { authorization: `Bearer ${access_token}` });
}

export const node = (id, block, input_default = {}, more = {}) => ({ id, block_id: BLOCKS[block] ?? block, input_default, ...more });
export const link = (source_id, source_name, sink_id, sink_name, more = {}) => ({ id: `${source_id}-${sink_id}-${sink_name}`, source_id, source_name, sink_id, sink_name, ...more });
export const graph = (nodes, links = [], more = {}) => ({ name: 'A graph', description: 'For tests', nodes, links, ...more });

// In + 34 → Out
export const calculator = (more = {}) => graph(
  [node('in', 'input', { name: 'In' }), node('sum', 'calculator', { operation: 'Add', b: 34 }), node('out', 'output', { name: 'Out' })],
  [link('in', 'result', 'sum', 'a'), link('sum', 'result', 'out', 'value')], more);

export async function made(api, document) {
  const answer = await api.post('/graphs', document);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}
