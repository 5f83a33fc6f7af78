// kill -9 at random instants while credentials are stored, deleted, connected and renewed, and while the vault's key is replaced:
// of one node, of all of them, and of the replacement itself. Afterwards every secret opens (I5 of lib/invariants.mjs), what was
// acknowledged is there with the secret that it had, and what was deleted is gone.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { client, withKey } from '../lib/agents.mjs';
import { everySecretOpens } from '../lib/invariants.mjs';
import { ask, generator, Undecided } from '../lib/ledger.mjs';
import { Nodes, ready } from '../lib/nodes.mjs';
import { signUp } from '../lib/people.mjs';
import { launch } from '../lib/programs.mjs';
import { CALLBACK, CLIENT, described, Provider } from '../lib/providers.mjs';
import { engine } from '../lib/server.mjs';
import { sendJson } from '../lib/stand-in.mjs';

const { CRASH_ROUNDS, CRASH_SECONDS, CRASH_SEED } = process.env;
const rounds = +(CRASH_ROUNDS ?? (CRASH_SECONDS ? Infinity : 10));
const budget = 1000 * (CRASH_SECONDS ?? (CRASH_ROUNDS ? Infinity : 30)); // ms
const seed = +(CRASH_SEED ?? Date.now() % 1_000_000);
const NODES = 2, WORKERS = 6, KEPT = 40;
const SEND = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc';
const SCOPES = ['MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'DELETE_INTEGRATIONS', 'EXECUTE_BLOCK'];

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

let provider, nodes, headers, folder, serial = 0;
const held = new Map(); // id → what its use sends; null of an account, whose tokens change
const gone = new Set(); // ids whose deletion was acknowledged
const asked = new Set(); // ids whose deletion was not

before(async () => {
  provider = await Provider.start();
  provider.token = (form, request, response) => sendJson(response, provider.tokens({ refresh_token: form.refresh_token ?? `rt-${++serial}`, expires_in: 1 }));
  provider.resource = (request, response) => sendJson(response, { key: request.headers['x-key'], authorization: request.headers.authorization });
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-providers-'));
  const path = join(folder, 'providers.json');
  writeFileSync(path, JSON.stringify({ acme: described(provider.url, { hosts: ['127.0.0.1'] }) }));
  nodes = await Nodes.start(NODES, { INTEGRATION_PROVIDERS_FILE: path, ACME_CLIENT_ID: CLIENT.id, ACME_CLIENT_SECRET: CLIENT.secret, GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.1' });
  headers = (await withKey(nodes.first, await signUp(nodes.first), SCOPES)).headers;
});
after(async () => {
  await nodes?.close();
  await provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const use = (api, id) => api.post(`/blocks/${SEND}/execute`, { method: 'GET', url: `${provider.url}/api`, credentials: { id } });
const expect = (answer, status) => assert.equal(answer.status, status, answer.text);

async function store(api) {
  const value = `secret ${++serial}`;
  const answer = await ask(api.post('/integrations/http/credentials', { type: 'host_scoped', title: value, host: '127.0.0.1', headers: { 'X-Key': value } }));
  expect(answer, 201);
  held.set(answer.json.id, value);
  return answer.json.id;
}

async function connect(api) {
  const begun = await ask(api.post('/integrations/acme/oauth/initiate', { callback_url: CALLBACK }));
  expect(begun, 200);
  const answer = await ask(api.post('/integrations/acme/oauth/complete', { code: 'c', state_token: begun.json.state_token }));
  expect(answer, 200);
  held.set(answer.json.credentials_id, null);
  return answer.json.credentials_id;
}

async function remove(api, id) {
  const name = held.get(id) === null ? 'acme' : 'http';
  held.delete(id);
  asked.add(id);
  expect(await ask(api.delete(`/integrations/${name}/credentials/${id}`)), 200);
  asked.delete(id);
  gone.add(id);
}

// Of an account this renews its tokens, which are due again within half a second.
async function lend(api, id) {
  const value = held.get(id), { status, json, text } = await ask(use(api, id));
  assert.equal(status, 200, text);
  const [{ key, authorization }] = json.response;
  if (value === null)
    assert.match(authorization, /^Bearer at-\d+-of-a-provider$/);
  else
    assert.equal(key, value);
}

// Each has credentials of its own in hand, so that none is deleted while it is used.
async function work(api, mine, random, going) {
  try {
    while (going()) {
      const chance = random(), id = mine[Math.floor(random() * mine.length)];
      if (id && held.has(id) && chance < 0.6)
        await lend(api, id);
      else if (id && held.has(id) && held.size > KEPT)
        await remove(api, id);
      else
        mine.push(await (chance < 0.8 ? store(api) : connect(api)));
    }
  } catch (error) {
    if (!(error instanceof Undecided))
      throw error;
    return 1;
  }
  return 0;
}

async function round(random) {
  let going = true;
  const ids = [...held.keys()];
  const workers = Array.from({ length: WORKERS }, (_, i) =>
    work(client(nodes.all[i % NODES], headers), ids.filter((_, n) => n % WORKERS === i), random, () => going));
  const rotation = random() < 0.7 ? launch('gatehouse', ['vault', 'rotate-key'], { env: nodes.first.env, cwd: nodes.first.folder, stdio: 'ignore' }) : null;
  const rotated = rotation && new Promise((done) => rotation.on('close', done));
  await pause(50 + random() * 600);
  const victims = random() < 0.5 ? nodes.all : [nodes.all[Math.floor(random() * NODES)]];
  if (random() < 0.5)
    rotation?.kill('SIGKILL');
  await Promise.all(victims.map((v) => v.kill()));
  going = false;
  const [cut] = await Promise.all([Promise.all(workers), rotated]);
  await Promise.all(victims.map((v) => v.up()));
  await Promise.all(nodes.all.map((node) => ready(node)));
  return cut.reduce((a, b) => a + b, 0);
}

async function look() {
  await everySecretOpens(nodes.first);
  const apis = nodes.all.map((node) => client(node, headers));
  for (const api of apis) {
    const answer = await api.get('/integrations/credentials'), there = new Map(answer.json.map((c) => [c.id, c]));
    for (const id of held.keys())
      assert.equal(there.get(id)?.state, 'ok', `an acknowledged credential is lost: ${id}`);
    for (const id of gone)
      assert.ok(!there.has(id), `a deleted credential is back: ${id}`);
    for (const { id, title, provider: name } of there.values())
      if (['http', 'acme'].includes(name) && !asked.has(id) && !held.has(id))
        held.set(id, name === 'acme' ? null : title); // the answer to its creation was cut off
  }
  // What a node that died had reserved for itself ends by itself, in two minutes.
  await nodes.first.sql('UPDATE credentials SET refresh_until = 0');
  await Promise.all([...held.keys()].map((id, i) => lend(apis[i % NODES], id)));
}

describe(`kill -9 while credentials change, on ${engine}`, () => {
  it('leaves every secret as it was acknowledged', async (t) => {
    const random = generator(seed), from = Date.now();
    let done = 0, cut = 0;
    t.diagnostic(`seed ${seed}`);
    for (; done < rounds && Date.now() - from < budget; done++) {
      cut += await round(random);
      await look();
    }
    t.diagnostic(`${done} rounds, ${held.size} credentials kept, ${gone.size} deleted, ${cut} requests cut off`);
    assert.ok(done >= Math.min(rounds, 3), `only ${done} rounds`);
    assert.ok(held.size > 10 && cut > 0, 'the kills met changes');
  });
});
