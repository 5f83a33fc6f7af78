// Who uses a credential, as its owner's page tells: agents whose nodes name it, with their schedules, and apps that sent the person
// to the set-up wizard.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { graph, GRAPH_SCOPES, made, node, withKey } from '../lib/agents.mjs';
import { encodeForm } from '../lib/browser.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const SEND = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc', BACK = 'http://localhost:3000/back';
let server, ada, api, id, other;

async function stored(by, title) {
  const answer = await by.post('/integrations/http/credentials', { type: 'host_scoped', title, host: `${title.toLowerCase()}.example.com`, headers: { 'X-Key': 'k' } });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}
before(async () => {
  server = await Server.start();
  ada = await signUp(server);
  api = await withKey(server, ada, [...GRAPH_SCOPES, 'MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'DELETE_INTEGRATIONS']);
  id = await stored(api, 'First');
  other = await stored(api, 'Second');
});
after(() => server?.close());

const naming = (name, credential, more) => graph([node('call', SEND, { url: 'http://x.example/', credentials: { id: credential } })], [], { name, ...more });
// What the page says of one of them, without its tags.
const said = async (title, who = ada) => {
  const page = await who.page('/profile/integrations');
  assert.equal(page.status, 200);
  const item = page.text.split('<li class="item">').find((part) => part.includes(`<bdi>${title}</bdi>`));
  return item.replace(/<form[\s\S]*/, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
};

describe('agents', () => {
  let agent;

  it('are told whose nodes name it, sub-graphs’ too, and no others', async () => {
    assert.doesNotMatch(await said('First'), /Used by/);
    agent = await made(api, naming('Daily <b>digest</b>', id));
    await made(api, naming('Nested', other, { nodes: [], links: [], sub_graphs: [naming('Inner', other)] }));
    assert.match(await said('First'), /Used by Daily &lt;b&gt;digest&lt;\/b&gt;/);
    assert.match(await said('Second'), /Used by Nested/);
    assert.doesNotMatch(await said('Second'), /Daily/);
  });

  it('are told with their schedules', async () => {
    for (const name of ['one', 'two'])
      assert.equal((await api.post(`/graphs/${agent.id}/schedules`, { name, cron: '0 0 1 1 *', timezone: 'UTC', inputs: {} })).status, 200);
    assert.match(await said('First'), /digest&lt;\/b&gt; , 2 schedules/);
  });

  it('that went over to another are told only for what still runs as it was', async () => {
    const next = await api.put(`/graphs/${agent.id}`, naming('Digest', other));
    assert.equal(next.status, 200, next.text);
    assert.match(await said('Second'), /Used by (Nested Digest|Digest Nested)/);
    assert.match(await said('First'), /2 schedules/, 'its schedules run the version before');
    for (const schedule of (await api.get('/schedules')).json)
      await api.delete(`/schedules/${schedule.id}`);
    assert.doesNotMatch(await said('First'), /Used by/);
  });

  it('of other people are not told, whatever they name, and deleted ones no more', async () => {
    const grace = await signUp(server), hers = await withKey(server, grace, [...GRAPH_SCOPES, 'MANAGE_INTEGRATIONS']);
    await stored(hers, 'Hers');
    await made(hers, naming('Thief', id));
    assert.doesNotMatch(await said('First'), /Thief/);
    assert.doesNotMatch(await said('Hers', grace), /Used by/);
    assert.equal((await api.delete(`/graphs/${agent.id}`)).status, 200);
    assert.doesNotMatch(await said('Second'), /Digest/);
  });
});

describe('apps', () => {
  const wizard = (app) => `/auth/integrations/setup-wizard?${encodeForm({ client_id: app.client_id, redirect_uri: BACK, state: 's&t', use_http: id,
    providers: Buffer.from(JSON.stringify([{ provider: 'http' }])).toString('base64') })}`;
  let app, page;
  before(async () => { app = await server.createApp({ name: 'Planner', redirectUris: [BACK] }); });

  it('are told for what the person went on with, and not before', async () => {
    page = await ada.page(wizard(app));
    assert.doesNotMatch(await said('First'), /Planner/);
    const { status, location } = await ada.submit(page, /^continue$/i);
    assert.deepEqual([status, location.href], [303, `${BACK}?success=true&state=s%26t`]);
    assert.match(await said('First'), /For the apps Planner/);
    assert.doesNotMatch(await said('Second'), /Planner/);
  });

  it('get nobody back by a form from elsewhere, or while something is missing', async () => {
    const path = wizard(app);
    assert.equal((await ada.post(path, { form: {} })).status, 403);
    assert.equal((await ada.post(path, { form: { csrf: page.text.match(/name="csrf" value="([^"]+)"/)[1] }, headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
    const grace = await signUp(server), empty = await grace.page(path), csrf = empty.text.match(/name="csrf" value="([^"]+)"/)[1];
    const answer = await grace.post(path, { form: { csrf } });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /0 of 1<\/b> connected/);
    assert.deepEqual(await server.sql(`SELECT credential_id FROM app_credentials WHERE user_id = '${grace.user.id}'`), []);
  });

  it('lose it with the credential', async () => {
    await api.delete(`/integrations/http/credentials/${id}`);
    assert.deepEqual(await server.sql('SELECT credential_id FROM app_credentials'), []);
  });
});
