// The vault: where its keys come from, what a wrong one leads to, and how one is replaced while servers run.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { withKey } from '../lib/agents.mjs';
import { everySecretOpens } from '../lib/invariants.mjs';
import { signUp } from '../lib/people.mjs';
import { launch } from '../lib/programs.mjs';
import { engine, Server } from '../lib/server.mjs';

const SCOPES = ['READ_INTEGRATIONS', 'MANAGE_INTEGRATIONS', 'DELETE_INTEGRATIONS'];
const fernet = (bytes) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
const keyFile = (server) => join(engine === 'postgres' ? dirname(server.env.GATEHOUSE_KEY_FILE) : server.folder, 'vault.keys');
const keysOf = (server) => readFileSync(keyFile(server), 'utf8').split('\n').filter((l) => l && !l.startsWith('#'));

// A server for one test. Its end looks for stored secrets in the log, the answers and the database.
const withServer = (settings, test) => async () => {
  const server = await Server.start(typeof settings === 'function' ? settings() : settings);
  try {
    await test(server);
  } finally {
    await server.close();
  }
};

async function person(server) {
  const who = await signUp(server), api = await withKey(server, who, SCOPES);
  return { ...who, api };
}

let serial = 0;
async function store(server, by, provider = 'openai') {
  const api_key = `canary-vault-${++serial}-${randomBytes(8).toString('hex')}`;
  server.canary.addStored(api_key, 'stored key');
  const answer = await by.api.post(`/integrations/${provider}/credentials`, { type: 'api_key', title: `no ${serial}`, api_key });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}

async function vault(server, command, ...args) {
  const ran = await server.run('gatehouse', ['vault', command, '--json', ...args]);
  return { ...ran, json: ran.stdout ? JSON.parse(ran.stdout) : null };
}

async function rotate(server, ...args) {
  const ran = await vault(server, 'rotate-key', ...args);
  assert.equal(ran.code, 0, ran.stderr);
  return ran.json;
}

const keyIds = async (server) => (await server.sql('SELECT DISTINCT key_id FROM credentials ORDER BY key_id')).map((r) => r.key_id);
const current = async (server) => (await server.sql('SELECT id FROM vault_keys WHERE is_current'))[0].id;

// It does not start; what it says of that.
async function refuses(server, settings) {
  Object.assign(server.env, settings);
  const from = server.output.length;
  await assert.rejects(server.up(), /ended with 1/);
  return server.output.slice(from);
}

describe('keys', () => {
  it('come into a file of their own, which nobody else may read', withServer({}, async (server) => {
    const path = keyFile(server);
    assert.equal(statSync(path).mode & 0o7777, 0o600);
    assert.equal(keysOf(server).length, 1);
    assert.match(keysOf(server)[0], /^[\w-]{43}=$/);
    const before = readFileSync(path, 'utf8'), ada = await person(server);
    await store(server, ada);
    assert.deepEqual(await keyIds(server), [await current(server)]);
    await server.stop();
    await server.up();
    assert.equal(readFileSync(path, 'utf8'), before);
    await store(server, ada);
    await everySecretOpens(server, 2);
    await server.stop();
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(path, mode);
      assert.match(await refuses(server), /can be read by others\. Remedy: chmod 600/);
    }
    chmodSync(path, 0o600);
    await server.up();
    assert.ok(!server.output.includes(keysOf(server)[0]));
  }));

  it('are found in another file where one is named', withServer({}, async (server) => {
    await store(server, await person(server));
    await server.stop();
    const path = join(server.folder, 'elsewhere', 'k');
    assert.match(await refuses(server, { ENCRYPTION_KEY_FILE: path }), /sealed under key [0-9a-f]{16}, which is not in the vault's key file/);
    assert.ok(!existsSync(path), 'and none is made in its place');
    server.env.ENCRYPTION_KEY_FILE = keyFile(server);
    await server.up();
  }));

  it('are refused when they are none, without being said back', withServer({}, async (server) => {
    await server.stop();
    const good = keysOf(server)[0];
    for (const bad of ['short', good.slice(1), `${good}x`, 'g'.repeat(64), '*'.repeat(44), randomBytes(31).toString('base64'), randomBytes(33).toString('hex')]) {
      for (const settings of [{ ENCRYPTION_KEY: bad }, { ENCRYPTION_KEY: good, ENCRYPTION_KEYS_OLD: `${good},${bad}` }]) {
        const said = await refuses(server, { ENCRYPTION_KEYS_OLD: '', ...settings });
        assert.match(said, /is no key: write 32 random bytes/);
        assert.ok(!said.includes(bad) && !said.includes(good));
      }
    }
    assert.match(await refuses(server, { ENCRYPTION_KEY: '', ENCRYPTION_KEYS_OLD: good }), /ENCRYPTION_KEYS_OLD is set, but not ENCRYPTION_KEY/);
    Object.assign(server.env, { ENCRYPTION_KEY: '', ENCRYPTION_KEYS_OLD: '' });
    const path = keyFile(server), text = readFileSync(path, 'utf8');
    for (const [bad, says] of [[`${text}nonsense\n`, /Line 4 of the vault's key file .* is no key/], ['# nothing\n', /holds no key/], ['x'.repeat(20_000), /longer than/]]) {
      writeFileSync(path, bad, { mode: 0o600 });
      assert.match(await refuses(server), says);
    }
    writeFileSync(path, text);
    await server.up();
  }));

  it('are taken in the forms in which people have them, the Platform\'s among them', withServer({}, async (server) => {
    const ada = await person(server);
    await store(server, ada);
    await server.stop();
    const bytes = Buffer.from(keysOf(server)[0], 'base64url');
    for (const ENCRYPTION_KEY of [fernet(bytes), fernet(bytes).slice(0, 43), bytes.toString('base64'), bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ` ${fernet(bytes)} `]) {
      server.env.ENCRYPTION_KEY = ENCRYPTION_KEY;
      await server.up();
      await everySecretOpens(server, 1);
      await server.stop();
    }
    assert.ok(!server.output.includes(fernet(bytes).slice(0, 43)));
  }));

  it('that are wrong keep the server from starting, and say which is missing', withServer(() => ({ ENCRYPTION_KEY: fernet(randomBytes(32)) }), async (server) => {
    const good = server.env.ENCRYPTION_KEY, id = await current(server), other = fernet(randomBytes(32));
    await store(server, await person(server));
    assert.ok(!existsSync(keyFile(server)), 'no file is made beside a key that is given');
    await server.stop();
    assert.match(await refuses(server, { ENCRYPTION_KEY: other }), new RegExp(`sealed under key ${id}, which is neither ENCRYPTION_KEY`));
    assert.equal((await vault(server, 'check')).code, 1);
    assert.equal((await vault(server, 'rotate-key')).code, 1);
    server.env.ENCRYPTION_KEYS_OLD = good;
    await server.up();
    assert.equal(await current(server), id, 'a new key is not used before it is rotated in');
    await everySecretOpens(server, 1);
    assert.ok(![good, other].some((k) => server.output.includes(k)));
  }));

  it('of which the database\'s word was changed are refused', withServer({}, async (server) => {
    await server.stop();
    await server.sql(engine === 'postgres' ? "UPDATE vault_keys SET proof = '\\x0102'::bytea" : "UPDATE vault_keys SET proof = x'0102'");
    assert.match(await refuses(server), /proof of key [0-9a-f]{16} in the table vault_keys was changed/);
  }));

  if (engine === 'postgres')
    it('are asked for on a second machine, instead of being made anew', withServer({}, async (server) => {
      const other = await server.node({ GATEHOUSE_KEY_FILE: join(server.folder, 'other/gatehouse.key') });
      assert.match(await refuses(other), /copy it from another node/);
      assert.ok(!existsSync(keyFile(other)));
      await other.close();
    }));
});

describe('what is stored', () => {
  it('opens in no other row, for no other person, provider, kind or host', withServer({}, async (server) => {
    const ada = await person(server), bob = await person(server), one = await store(server, ada), two = await store(server, bob), three = await store(server, ada);
    const sealed = (id) => `(SELECT sealed FROM credentials WHERE id = '${id}')`;
    for (const [what, change, back] of [
      ['the row of another person', `UPDATE credentials SET sealed = ${sealed(two)} WHERE id = '${one}'`],
      ['another row of the same person', `UPDATE credentials SET sealed = ${sealed(three)} WHERE id = '${one}'`],
      ['another owner', `UPDATE credentials SET user_id = '${bob.user.id}' WHERE id = '${one}'`],
      ['another provider', `UPDATE credentials SET provider = 'groq' WHERE id = '${one}'`],
      ['another kind', `UPDATE credentials SET kind = 'host_scoped' WHERE id = '${one}'`],
      ['another host', `UPDATE credentials SET host = 'evil.example' WHERE id = '${one}'`],
      ['another key', `UPDATE credentials SET key_id = '0123456789abcdef' WHERE id = '${one}'`],
      ['a kind that is none', `UPDATE credentials SET kind = 'magic' WHERE id = '${one}'`],
    ]) {
      await server.sql('CREATE TABLE kept AS SELECT * FROM credentials');
      await server.sql(change);
      const ran = await vault(server, 'check');
      assert.deepEqual([ran.code, ran.json.failed, ran.json.credentials], [1, 1, 3], what);
      assert.match(ran.stderr, new RegExp(`id=${one}`), 'it says which');
      await server.sql(`DELETE FROM credentials; INSERT INTO credentials SELECT * FROM kept; DROP TABLE kept`);
      await everySecretOpens(server, 3);
    }
  }));
});

describe('rotate-key', () => {
  it('brings in a new key from the file, which servers find by themselves', withServer({}, async (server) => {
    const ada = await person(server), before = await current(server), ids = [];
    for (let i = 0; i < 60; i++)
      ids.push(await store(server, ada));
    const done = await rotate(server), now = await current(server);
    assert.notEqual(now, before);
    assert.deepEqual(done, { key: now, current: true, resealed: 60, failed: 0 });
    assert.equal(keysOf(server).length, 2);
    assert.equal(statSync(keyFile(server)).mode & 0o7777, 0o600);
    assert.deepEqual(await keyIds(server), [now]);
    await store(server, ada); // the server was not told
    assert.deepEqual(await keyIds(server), [now]);
    const { keys } = await everySecretOpens(server, 61);
    assert.deepEqual(keys.map((k) => [k.id, k.state]), [[before, 'retired'], [now, 'current']]);

    await rotate(server);
    await everySecretOpens(server, 61);
    await server.stop();
    const [, , last] = keysOf(server);
    writeFileSync(keyFile(server), `${last}\n`); // retired keys may go
    await server.up();
    await everySecretOpens(server, 61);
    assert.equal((await ada.api.get('/integrations/credentials')).json.length, 62);
  }));

  it('can be prepared, so that every node has the key before it is used', withServer({}, async (server) => {
    const ada = await person(server), before = await current(server);
    await store(server, ada);
    const prepared = await rotate(server, '--prepare');
    assert.equal(prepared.current, false);
    assert.deepEqual(await rotate(server, '--prepare'), prepared, 'once');
    assert.deepEqual([await current(server), keysOf(server).length], [before, 2]);
    await store(server, ada);
    assert.deepEqual(await keyIds(server), [before]);
    assert.deepEqual(await rotate(server), { key: prepared.key, current: true, resealed: 2, failed: 0 });
    assert.equal(keysOf(server).length, 2, 'that key is used, and no other made');
    await everySecretOpens(server, 2);
  }));

  it('brings in a new ENCRYPTION_KEY, with the former one beside it', withServer(() => ({ ENCRYPTION_KEY: fernet(randomBytes(32)) }), async (server) => {
    const ada = await person(server), former = server.env.ENCRYPTION_KEY, before = await current(server);
    await store(server, ada);
    const none = await vault(server, 'rotate-key');
    assert.deepEqual([none.code, none.json.resealed], [0, 0]);
    assert.match(none.stderr, /ENCRYPTION_KEY is in use already/);
    assert.equal((await vault(server, 'rotate-key', '--prepare')).code, 1);
    await server.stop();
    Object.assign(server.env, { ENCRYPTION_KEY: randomBytes(32).toString('hex'), ENCRYPTION_KEYS_OLD: former });
    await server.up();
    await store(server, ada);
    assert.deepEqual(await keyIds(server), [before]);
    assert.equal((await rotate(server)).resealed, 2);
    await store(server, ada);
    assert.deepEqual(await keyIds(server), [await current(server)]);
    await server.stop();
    server.env.ENCRYPTION_KEYS_OLD = '';
    await server.up();
    await everySecretOpens(server, 3);
  }));

  it('brings in no key that a running server lacks', withServer(() => ({ ENCRYPTION_KEY: fernet(randomBytes(32)) }), async (server) => {
    const ada = await person(server), former = server.env.ENCRYPTION_KEY, before = await current(server);
    await store(server, ada);
    Object.assign(server.env, { ENCRYPTION_KEY: fernet(randomBytes(32)), ENCRYPTION_KEYS_OLD: former }); // of the command alone
    const from = Date.now(), refused = await vault(server, 'rotate-key');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Server number \d+ lacks key [0-9a-f]{16}: restart it with this key in ENCRYPTION_KEY and the former one in ENCRYPTION_KEYS_OLD/);
    assert.ok(Date.now() - from < 20_000, 'it waits for none that can’t get it');
    assert.equal(await current(server), before);
    await store(server, ada);
    assert.equal((await rotate(server, '--force')).resealed, 2);
    const answer = await ada.api.post('/integrations/openai/credentials', { type: 'api_key', title: 'x', api_key: 'x' });
    assert.deepEqual([answer.status, answer.json.detail], [500, 'Failed to store credentials']);
    await server.stop();
    await server.up();
    await store(server, ada);
    await everySecretOpens(server, 3);
    for (const bad of ['-1', '3601', 'x'])
      assert.equal((await vault(server, 'rotate-key', `--wait=${bad}`)).code, 2);
  }));

  if (engine === 'postgres')
    it('waits for copies of the key file on other machines', withServer({}, async (server) => {
      const ada = await person(server), before = await current(server), other = await server.node({ ENCRYPTION_KEY_FILE: join(server.folder, 'copy', 'vault.keys') });
      const copy = () => {
        mkdirSync(join(server.folder, 'copy'), { recursive: true });
        copyFileSync(keyFile(server), other.env.ENCRYPTION_KEY_FILE);
      };
      copy();
      await other.up();
      try {
        await store(server, ada);
        const refused = await vault(server, 'rotate-key', '--wait=0');
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /Server number \d+ lacks key [0-9a-f]{16}: copy the key file to it/);
        assert.equal((refused.stderr.match(/lacks key/g) ?? []).length, 1, 'who shares the file finds it there');
        assert.equal(await current(server), before);
        copy();
        const rotating = vault(server, 'rotate-key', '--wait=30');
        await other.stop();
        await other.up(); // says at once what else it would say within a minute
        const { code, stderr, json } = await rotating;
        assert.equal(code, 0, stderr);
        assert.equal(json.resealed, 1);
        assert.equal(await current(server), json.key);
      } finally {
        await other.close();
      }
    }));

  it('leaves what cannot be opened as it is, and says so', withServer({}, async (server) => {
    const ada = await person(server), bad = await store(server, ada), good = await store(server, ada);
    await server.sql(`UPDATE credentials SET provider = 'groq' WHERE id = '${bad}'`);
    const ran = await vault(server, 'rotate-key');
    assert.deepEqual([ran.code, ran.json.resealed, ran.json.failed], [1, 1, 1]);
    const [{ key_id }] = await server.sql(`SELECT key_id FROM credentials WHERE id = '${good}'`);
    assert.equal(key_id, await current(server));
    assert.deepEqual((await vault(server, 'check')).json.keys.map((k) => k.state), ['former', 'current'], 'its key is still needed');
    assert.equal((await ada.api.delete(`/integrations/groq/credentials/${bad}`)).status, 200, 'its owner can be rid of it');
    await rotate(server);
    await everySecretOpens(server, 1);
  }));

  it('loses nothing under load, on every node', { timeout: 120_000 }, withServer({}, async (server) => {
    const nodes = [server];
    if (engine === 'postgres')
      nodes.push(await (await server.node()).up());
    const ada = await person(server), apis = nodes.map((n) => ({ api: { ...ada.api, post: (path, json) => n.browser().send('POST', `/external-api/v1${path}`, { json, headers: ada.api.headers, cookies: false, origin: false }) } }));
    const kept = new Set();
    let going = true;
    const worker = async (i) => {
      const by = apis[i % apis.length];
      while (going) {
        const id = await store(server, by);
        kept.add(id);
        assert.equal((await ada.api.get('/integrations/openai/credentials')).status, 200);
        if (kept.size > 150) {
          kept.delete(id);
          assert.equal((await ada.api.delete(`/integrations/openai/credentials/${id}`)).status, 200);
        }
      }
    };
    const workers = [0, 1, 2, 3].map(worker);
    const seen = new Set();
    for (let i = 0; i < 4; i++)
      seen.add((await rotate(server)).key);
    going = false;
    await Promise.all(workers);
    assert.equal(seen.size, 4);
    assert.ok(kept.size > 10, `${kept.size}`);
    await everySecretOpens(server, kept.size);
    const left = (await ada.api.get('/integrations/openai/credentials')).json.map((c) => c.id);
    assert.deepEqual(left.sort(), [...kept].sort());
    assert.equal((await rotate(server)).resealed, kept.size);
    assert.deepEqual(await keyIds(server), [await current(server)]);
    if (nodes[1])
      await nodes[1].close();
  }));

  it('goes on where it was killed', { timeout: 120_000 }, withServer({}, async (server) => {
    const ada = await person(server);
    for (let i = 0; i < 200; i++)
      await store(server, ada);
    let midway = 0;
    for (let i = 0; i < 8 && midway < 2; i++) {
      const former = await current(server);
      const child = launch('gatehouse', ['vault', 'rotate-key'], { env: server.env, cwd: server.folder, stdio: 'ignore' });
      const ended = new Promise((done) => child.on('close', done));
      for (let tries = 0; tries < 400 && (await keyIds(server)).every((k) => k === former); tries++);
      child.kill('SIGKILL');
      await ended;
      midway += (await keyIds(server)).length > 1;
      await store(server, ada);
      await everySecretOpens(server, 201 + i);
      await rotate(server); // what is left, or else a further key
      await everySecretOpens(server, 201 + i);
      assert.deepEqual(await keyIds(server), [await current(server)]);
    }
    assert.ok(midway > 0, 'it was never killed in the middle');
  }));
});
