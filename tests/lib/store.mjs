// Agents in the store: who offers them, and files that bring them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculator, made } from './agents.mjs';
import { run } from './programs.mjs';

export async function profileOf(person, username, more = {}) {
  const answer = await person.send('PUT', '/api/store/profile', { json: { username, name: `Name of ${username}`, ...more } });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

export const offer = (graph, more = {}) => ({ graph_id: graph.id, graph_version: graph.version, slug: 'an-agent', name: 'An agent',
  sub_heading: 'Does what it does', description: 'For tests', categories: ['tests'], ...more });

export async function submitted(person, body) {
  const answer = await person.post('/api/store/submissions', { json: body });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

export async function decided(admin, id, is_approved, comments = is_approved ? undefined : 'Not good enough') {
  const answer = await admin.post(`/api/admin/store/submissions/${id}/review`, { json: { is_approved, comments } });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

// An agent of the person's, in the store.
export async function offered(person, api, admin, more = {}, document = calculator()) {
  const graph = await made(api, document);
  const { store_listing_version_id: id } = await submitted(person, offer(graph, more));
  await decided(admin, id, true);
  return { graph, id };
}

// Rows for an import: one calculator, offered again and again.
export const row = (slug, more = {}) => ({ creator: 'maker', slug, name: slug.replaceAll('-', ' '), description: 'For tests', graph: calculator(), ...more });

export async function imported(server, rows, { name = 'listings.json', text = JSON.stringify(rows), args = [] } = {}) {
  const file = join(server.folder, name);
  writeFileSync(file, text);
  const ran = await run('gatehouse', ['store', 'import', file, '--json', ...args], { cwd: server.folder, env: server.env });
  assert.ok(ran.code === 0 || ran.code === 3, ran.stderr);
  const report = JSON.parse(ran.stdout);
  assert.equal(ran.code, report.refused > 0 ? 3 : 0, 'the exit status tells whether rows were refused');
  return report;
}
