// schemathesis over the OpenAPI document: what it generates, right and wrong, is answered by a status that the document names, in
// the shape that it says, and never by a fault of the server. Always the same requests.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { client } from '../lib/agents.mjs';
import { ended } from '../lib/executions.mjs';
import { grant } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const program = file('venv/bin/schemathesis');
// No account of anybody is reached: a generator has no state that a provider's code would be exchanged for.
const SCOPES = ['IDENTITY', 'EXECUTE_GRAPH', 'READ_GRAPH', 'WRITE_GRAPH', 'EXECUTE_BLOCK', 'READ_BLOCK', 'READ_STORE', 'WRITE_LIBRARY', 'USE_TOOLS',
  'READ_INTEGRATIONS', 'MANAGE_INTEGRATIONS', 'DELETE_INTEGRATIONS'];
const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance', 'response_schema_conformance'];

let server, key, token, config;
before(async () => {
  server = await Server.start({ GITHUB_CLIENT_ID: 'a-client', GITHUB_CLIENT_SECRET: 'a secret of a test' });
  const person = await signUp(server);
  key = (await person.post('/api/api-keys', { json: { name: 'schemathesis', permissions: SCOPES } })).json.plain_text_key;
  const app = await server.createApp({ redirectUris: ['http://localhost:4714/cb'], scopes: SCOPES });
  token = (await grant(person, app)).access_token;
  config = join(server.folder, 'ids.toml');
  writeFileSync(config, `${readFileSync(file('schemathesis.toml'))}\n[parameters]\n${Object.entries(await ids())
    .map(([name, id]) => `"path.${name}" = "${id}"\n`).join('')}`);
});
after(() => server?.close());

// An agent and a run of it, for what is only there with an id that somebody has.
async function ids() {
  const post = (path, json) => server.browser().post(path, { json, headers: { 'x-api-key': key } });
  const graph = (await post('/external-api/v1/graphs', { name: 'Echo', description: '', links: [{ source_id: 'in', source_name: 'result', sink_id: 'out', sink_name: 'value' }],
    nodes: [{ id: 'in', block_id: 'c0a8e994-ebf1-4a9c-a4d8-89d09c86741b', input_default: { name: 'n' } },
      { id: 'out', block_id: '363ae599-353e-4804-937e-b2ee3cef3da4', input_default: { name: 'm' } }] })).json;
  const run = await post(`/external-api/v1/graphs/${graph.id}/execute/1`, { node_input: { n: 1 } });
  assert.equal(run.status, 200, run.text);
  await ended(client(server, { 'x-api-key': key }), graph, run.json.id); // so that the stream of its events ends
  const schedule = await post(`/external-api/v1/graphs/${graph.id}/schedules`, { name: 'Rarely', cron: '0 0 29 2 *', inputs: { n: 1 } });
  assert.equal(schedule.status, 200, schedule.text);
  return { graph_id: graph.id, graph_exec_id: run.json.id, schedule_id: schedule.json.id };
}

// Comes back with what it said; 0 is that everything held.
const run = (header, settings, more) => new Promise((done) => execFile(program, [
  '--config-file', settings, 'run', `${server.base}/external-api/openapi.json`,
  '--header', header, '--checks', CHECKS.join(','), '--generation-deterministic', '--no-shrink', '--no-color', '--continue-on-failure',
  '--request-timeout', '10', ...more], { cwd: server.folder, maxBuffer: 1 << 26, env: { ...process.env, NO_PROXY: 'localhost,127.0.0.1' } },
(error, out, err) => done({ status: error ? error.code : 0, text: out + err })));

async function holds(header, settings, ...more) {
  const { status, text } = await run(header, settings, more);
  assert.equal(status, 0, text);
  assert.match(text, /Operations:\s+\d\d selected/, text);
}

describe('the document of the External API', { skip: existsSync(program) ? false : 'scripts/test.sh installs schemathesis' }, () => {
  it('holds with an API key', () => holds(`X-API-Key: ${key}`, file('schemathesis.toml'), '--phases', 'examples,coverage,fuzzing', '--max-examples', '10'));
  it('holds with an access token, of an agent and a run that are there', async () => {
    await holds(`Authorization: Bearer ${token}`, config, '--phases', 'examples,fuzzing', '--max-examples', '10', '--exclude-method', 'DELETE');
    for (const path of ['results', 'events'])
      assert.match(server.output, new RegExp(`method=GET route=/external-api/v1/graphs/\\S+/${path} status=200 `), 'asked for and given');
  });
  it('holds with no credential at all', () => holds('X-Nothing: to show', file('schemathesis.toml'), '--phases', 'examples'));
});
