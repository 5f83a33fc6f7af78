// gatehouse import platform: a Platform's database in a real PostgreSQL, brought over; then what was issued there works here.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID, scryptSync } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { keyText, scrypt, sha256, withApiKey } from '../lib/api-keys.mjs';
import { all, event } from '../lib/audit.mjs';
import { introspect, me, random, refresh, revoke } from '../lib/oauth.mjs';
import { signIn } from '../lib/people.mjs';
import { newDatabase } from '../lib/postgres.mjs';
import { PLATFORM_TABLES } from '../lib/platform-tables.mjs';
import { run } from '../lib/programs.mjs';
import { Server } from '../lib/server.mjs';

const quote = (v) => v === null || v === undefined ? 'NULL' : typeof v === 'boolean' ? String(v)
  : Array.isArray(v) ? `'{${v.map((w) => `"${w}"`).join(',')}}'` : v.raw ?? `'${String(v).replaceAll("'", "''")}'`;

let platform, server;
const insert = (table, row) => platform.sql(`INSERT INTO platform."${table}" (${Object.keys(row).map((k) => `"${k}"`).join(', ')})
  VALUES (${Object.values(row).map(quote).join(', ')})`);
const change = (table, set, where) => platform.sql(`UPDATE platform."${table}" SET ${set}, "updatedAt" = "updatedAt" + interval '1 second' WHERE ${where}`);
const later = (seconds) => ({ raw: `now() + interval '${seconds} seconds'` });

async function user(more = {}) {
  const it = { id: randomUUID(), email: `${random(6).toLowerCase().replace(/[^a-z0-9]/g, 'x')}@platform.example`, name: 'Ada Import', timezone: 'Europe/Oslo', ...more };
  await insert('User', it);
  return it;
}

async function key(owner, { legacy = false, permissions = ['IDENTITY'], ...more } = {}) {
  const text = keyText(), { hash, salt } = legacy ? { hash: sha256(text), salt: null } : scrypt(text);
  const id = randomUUID();
  await insert('APIKey', { id, name: 'key', head: text.slice(0, 8), tail: text.slice(-8), hash, salt, permissions, userId: owner.id, ...more });
  return { id, text };
}

async function app(owner, { scopes = ['IDENTITY', 'READ_GRAPH'], ...more } = {}) {
  const secret = `agpt_secret_${random()}`, { hash, salt } = scrypt(secret);
  const it = { id: randomUUID(), client_id: `agpt_client_${random(16)}`, client_secret: secret, scopes };
  await insert('OAuthApplication', { id: it.id, name: 'An App', clientId: it.client_id, clientSecret: hash, clientSecretSalt: salt,
    redirectUris: ['https://app.example/callback'], grantTypes: ['authorization_code', 'refresh_token'], scopes, ownerId: owner.id, ...more });
  return it;
}

async function token(kind, of, by, { scopes = ['IDENTITY'], seconds = 3000, ...more } = {}) {
  const text = `${kind === 'Access' ? 'agpt_xt_' : 'agpt_rt_'}${random()}`;
  await insert(`OAuth${kind}Token`, { id: randomUUID(), token: sha256(text), expiresAt: later(seconds), applicationId: of.id, userId: by.id, scopes, ...more });
  return text;
}

const address = () => `${platform.url}?schema=platform&connection_limit=5`;
async function bring(...args) {
  const done = await run('gatehouse', ['import', 'platform', '--from', address(), '--json', ...args], { env: server.env, cwd: server.folder });
  assert.equal(done.code ?? done.status, 0, done.stderr);
  assert.ok(!`${done.stdout}${done.stderr}`.includes(platform.password), 'a password was printed');
  return { counts: JSON.parse(done.stdout), said: done.stderr };
}
const withKey = (text, headers) => withApiKey(server, { text }, headers);
const nothingNew = { added: 0, updated: 0, revoked: 0 };
const onlyOld = (counts) => {
  for (const [name, of] of Object.entries(counts))
    if (typeof of === 'object')
      assert.deepEqual({ added: of.added, updated: of.updated, revoked: of.revoked }, nothingNew, name);
};

let ada, bob, salted, legacy, narrow, suspended, theApp, access, refreshToken;
before(async () => {
  platform = await newDatabase();
  await platform.sql(PLATFORM_TABLES);
  server = await Server.start();
  ada = await user();
  bob = await user({ name: null, timezone: 'not-set' });
  salted = await key(ada);
  legacy = await key(bob, { legacy: true });
  narrow = await key(ada, { permissions: ['READ_GRAPH'] });
  suspended = await key(ada, { status: 'SUSPENDED' });
  theApp = await app(ada);
  access = [];
  for (let i = 0; i < 8; i++) // half of them begin with a bit that no id of our own has
    access.push(await token('Access', theApp, bob));
  refreshToken = await token('Refresh', theApp, bob, { scopes: ['IDENTITY'], seconds: 86400 });
});
after(async () => {
  await server?.close();
  await platform?.drop();
});

describe('import platform', () => {
  it('as a dry run counts all and changes nothing', async () => {
    const tables = ['users', 'api_keys', 'apps', 'imported_tokens', 'imported_families', 'authorizations'];
    const rows = () => Promise.all(tables.map((table) => server.sql(`SELECT * FROM ${table}`)));
    const before = await rows();
    const { counts } = await bring('--dry-run');
    assert.equal(counts.dry_run, true);
    assert.deepEqual([counts.users.added, counts.api_keys.added, counts.apps.added, counts.access_tokens.added, counts.refresh_tokens.added], [2, 4, 1, 8, 1]);
    assert.deepEqual(await rows(), before);
    const real = (await bring()).counts;
    assert.deepEqual({ ...real, dry_run: true }, counts, 'the same counts as it then really comes to');
  });

  it('twice brings nothing twice', async () => {
    const { counts, said } = await bring();
    onlyOld(counts);
    assert.equal(said, '');
    assert.equal((await server.sql('SELECT count(*) AS n FROM authorizations'))[0].n, 1);
  });

  for (const [what, which] of [['a salted key', () => [salted, ada]], ['a key stored as SHA-256', () => [legacy, bob]]])
    it(`${what} works, again and again`, async () => {
      const [k, owner] = which();
      for (let i = 0; i < 3; i++) {
        const answer = await withKey(k.text);
        assert.equal(answer.status, 200, answer.text);
        assert.deepEqual(answer.json, { id: owner.id, name: owner.name, email: owner.email, timezone: owner.timezone });
      }
    });

  it('a key stored as SHA-256 is stored by scrypt after its first use, and stays so', async () => {
    const row = async () => (await server.sql(`SELECT hash, salt, last_used_at FROM api_keys WHERE id = '${legacy.id}'`))[0];
    for (let i = 0; i < 100 && !(await row()).salt; i++) // an answer does not wait for what is noted of it
      await new Promise((done) => setTimeout(done, 50));
    const { hash, salt, last_used_at: used } = await row();
    assert.match(salt, /^[0-9a-f]{64}$/);
    assert.equal(hash, scryptSync(legacy.text, Buffer.from(salt, 'hex'), 32, { N: 16384, r: 8, p: 1 }).toString('hex'));
    assert.ok(used > 0);
    await change('APIKey', `name = 'renamed'`, `id = '${legacy.id}'`);
    assert.equal((await bring()).counts.api_keys.updated, 1);
    assert.equal((await row()).hash, hash);
    assert.equal((await withKey(legacy.text)).status, 200);
  });

  it('a wrong, foreign or suspended key is 401, whatever bearer stands beside it', async () => {
    const wrong = salted.text.slice(0, 20) + (salted.text[20] === 'A' ? 'B' : 'A') + salted.text.slice(21);
    for (const text of [wrong, `agpt_${random()}`, suspended.text, 'rubbish', '', access[0], 'agpt_'.padEnd(5000, 'x')]) {
      const answer = await withKey(text, { authorization: `Bearer ${access[0]}` });
      assert.equal(answer.status, 401, answer.text);
      assert.deepEqual(answer.json, { detail: 'Invalid API key' });
    }
  });

  it('a key has the permissions that it had', async () => {
    const answer = await withKey(narrow.text);
    assert.equal(answer.status, 403, answer.text);
    assert.equal(answer.json.detail, 'Missing required permission(s): IDENTITY');
  });

  it('access tokens work, and are introspected and revoked', async () => {
    const browser = server.browser();
    for (const text of access) {
      assert.equal((await me(browser, text)).json.id, bob.id);
      const told = (await introspect(browser, theApp, text)).json;
      assert.deepEqual([told.active, told.client_id, told.user_id, told.token_type, told.scopes], [true, theApp.client_id, bob.id, 'access_token', ['IDENTITY']]);
    }
    assert.equal((await revoke(browser, theApp, access[0])).status, 200);
    assert.equal((await me(browser, access[0])).status, 401);
    assert.equal((await me(browser, access[1])).status, 200);
    await bring();
    assert.equal((await me(browser, access[0])).status, 401, 'an import brings nothing back to life');
  });

  it('a refresh token is rotated into tokens of ours, with its own scopes, the same when asked again', async () => {
    const browser = server.browser();
    assert.equal((await introspect(browser, theApp, refreshToken)).json.token_type, 'refresh_token');
    const first = await refresh(browser, theApp, refreshToken), again = await refresh(browser, theApp, refreshToken);
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(first.json.scopes, ['IDENTITY']);
    assert.equal(again.json.refresh_token, first.json.refresh_token);
    assert.equal(again.json.access_token, first.json.access_token);
    assert.equal((await me(browser, first.json.access_token)).status, 200);
    const next = await refresh(browser, theApp, first.json.refresh_token);
    assert.equal(next.status, 200, next.text);
    assert.deepEqual(next.json.scopes, ['IDENTITY']);

    const late = await refresh(browser, theApp, refreshToken);
    assert.equal(late.status, 400, late.text);
    assert.equal((await me(browser, next.json.access_token)).status, 401, 'late reuse ends the family');
    assert.equal((await me(browser, access[2])).status, 401, 'the imported ones of it too');
  });

  it('tokens of a family that was revoked here are refused', async () => {
    await token('Access', theApp, bob);
    const { counts, said } = await bring();
    assert.equal(counts.access_tokens.refused, 1);
    assert.match(said, /access_tokens '[0-9a-f]{12}' is left out: the authorization that it belongs to was revoked here/);
    await platform.sql('DELETE FROM platform."OAuthAccessToken"');
  });

  it('tokens with fewer scopes get no more by refreshing', async () => {
    const wide = await token('Refresh', theApp, ada, { scopes: ['IDENTITY', 'READ_GRAPH'] }), small = await token('Refresh', theApp, ada, { scopes: ['READ_GRAPH'] });
    await bring();
    for (const [text, scopes] of [[small, ['READ_GRAPH']], [wide, ['IDENTITY', 'READ_GRAPH']]])
      for (let t = text, i = 0; i < 3; i++) {
        const answer = await refresh(server.browser(), theApp, t);
        assert.equal(answer.status, 200, answer.text);
        assert.deepEqual([...answer.json.scopes].sort(), scopes);
        t = answer.json.refresh_token;
      }
  });

  it('carries what changed and what was revoked, and brings nothing back', async () => {
    const k = await key(ada), t = await token('Access', theApp, ada), r = await token('Refresh', theApp, ada), other = await app(ada);
    await bring();
    assert.equal((await withKey(k.text)).status, 200);
    await change('User', `name = 'Ada Changed'`, `id = '${ada.id}'`);
    await change('APIKey', `status = 'REVOKED', "revokedAt" = now()`, `id = '${k.id}'`);
    await change('OAuthApplication', `"isActive" = false`, `id = '${other.id}'`);
    await platform.sql(`UPDATE platform."OAuthAccessToken" SET "revokedAt" = now() WHERE token = '${sha256(t)}';
      UPDATE platform."OAuthRefreshToken" SET "revokedAt" = now() WHERE token = '${sha256(r)}'`);
    const { counts } = await bring();
    assert.deepEqual([counts.users.updated, counts.api_keys.revoked, counts.apps.revoked, counts.access_tokens.revoked, counts.refresh_tokens.revoked], [1, 1, 1, 1, 1]);
    const dead = async () => {
      assert.equal((await withKey(salted.text)).json.name, 'Ada Changed');
      assert.equal((await withKey(k.text)).status, 401);
      assert.equal((await me(server.browser(), t)).status, 401);
      assert.equal((await refresh(server.browser(), theApp, r)).status, 400);
      assert.equal((await introspect(server.browser(), other, t)).status, 401);
    };
    await dead();
    await change('APIKey', `status = 'ACTIVE', "revokedAt" = NULL`, `id = '${k.id}'`);
    await change('OAuthApplication', `"isActive" = true`, `id = '${other.id}'`);
    await platform.sql(`UPDATE platform."OAuthAccessToken" SET "revokedAt" = NULL; UPDATE platform."OAuthRefreshToken" SET "revokedAt" = NULL`);
    await bring();
    await dead();
  });

  it('names bad rows and leaves them out', async () => {
    const before = (await server.sql('SELECT (SELECT count(*) FROM users) AS u, (SELECT count(*) FROM apps) AS a, (SELECT count(*) FROM api_keys) AS k'))[0];
    await user({ email: 'no address' });
    await user({ email: ada.email.toUpperCase() });
    await key(ada, { permissions: ['UNHEARD_OF'] });
    await key({ id: 'nobody' });
    await app(ada, { redirectUris: ['javascript:alert(1)'] });
    await app({ id: 'nobody' });
    await app(ada, { scopes: ['UNHEARD_OF'] });
    await token('Access', { id: 'nothing' }, ada);
    await token('Refresh', theApp, { id: 'nobody' });
    const dry = await bring('--dry-run'), { counts, said } = await bring();
    assert.deepEqual({ ...counts, dry_run: true }, dry.counts);
    onlyOld(counts);
    assert.deepEqual(Object.values(counts).slice(1).map((c) => c.refused), [2, 2, 3, 1, 1]);
    assert.equal(said.trim().split('\n').length, 9, said);
    for (const reason of [/e-mail address is not valid/, /another account here/, /permissions is unknown/, /owner is unknown/, /redirect/i, /app is unknown/, /user is unknown/])
      assert.match(said, reason);
    assert.deepEqual((await server.sql('SELECT (SELECT count(*) FROM users) AS u, (SELECT count(*) FROM apps) AS a, (SELECT count(*) FROM api_keys) AS k'))[0], before);
  });

  it('brings more than one piece', async () => {
    await platform.sql(`INSERT INTO platform."User" (id, email) SELECT 'many-' || i, 'many' || i || '@platform.example' FROM generate_series(1, 1234) AS i`);
    assert.equal((await bring()).counts.users.added, 1234);
  });

  it('is on record', async () => {
    const admin = await signIn(server, await server.createUser({ admin: true }));
    const of = await event(() => all(admin, { event: 'admin.import_platform' }), 'admin.import_platform');
    assert.equal(of.by, 'command');
    assert.match(of.user_agent, /^gatehouse import platform \(user \d+\)$/);
  });

  it('people who came that way have no password', async () => {
    for (const password of ['', ' ', 'a long walk home'])
      assert.ok([401, 422].includes((await server.browser().post('/api/auth/login', { json: { email: ada.email, password } })).status));
  });

  it('tells what to do when the database is not the Platform\'s, or is away', async () => {
    const fails = async (from, expected) => {
      const done = await run('gatehouse', ['import', 'platform', '--from', from], { env: server.env, cwd: server.folder });
      assert.equal(done.code ?? done.status, 1, done.stderr);
      assert.match(done.stderr, expected);
      assert.ok(!done.stderr.includes(platform.password) && !done.stderr.includes('hunter'), done.stderr);
    };
    await fails(platform.url, /\?schema=NAME/);
    await fails('postgresql://u:hunter2@127.0.0.1:1/x', /run the import again/);
    await fails('mysql://u:hunter2@127.0.0.1/x', /must be the address of a PostgreSQL database/);
    await fails('postgresql://u:hunter%zz2@127.0.0.1/x', /percent-encode/);
  });

  it('says that this server\'s database is busy, in a dry run too', async (t) => {
    if (!server.env.DATABASE_URL.startsWith('sqlite:'))
      return t.skip('the one who writes keeps all others from writing');
    const other = spawn('sqlite3', [server.env.DATABASE_URL.slice('sqlite:'.length)], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      other.stdin.write('BEGIN IMMEDIATE; SELECT 1;\n');
      await once(other.stdout, 'data');
      const runs = [[], ['--dry-run']].map((more) => run('gatehouse', ['import', 'platform', '--from', address(), ...more], { env: server.env, cwd: server.folder }));
      for (const done of await Promise.all(runs)) {
        assert.equal(done.code, 1);
        assert.match(done.stderr, /^gatehouse import platform: \S.*$/m);
      }
    } finally {
      other.stdin.end();
      await once(other, 'close');
    }
  });
});
