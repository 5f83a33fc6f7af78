// What an operator does from the command line beside a running server: locking people out, new passwords, clean-up.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { grant, introspect, me, redeem, refresh, grantCode } from '../lib/oauth.mjs';
import { isSignedIn, signIn, signUp, tryLogin } from '../lib/people.mjs';
import { launch } from '../lib/programs.mjs';
import { Server } from '../lib/server.mjs';

describe('gatehouse user', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  const user = (what, who, ...more) => server.run('gatehouse', ['user', what, '--email', who.email, ...more]);

  it('disable locks a person out at once, and enable lets them in again without their sessions', async () => {
    const person = await signUp(server), app = await server.createApp();
    const tokens = await grant(person, app), code = await grantCode(person, app);
    const done = await user('disable', person.who, '--json');
    assert.equal(done.code, 0, done.stderr);
    assert.deepEqual(JSON.parse(done.stdout), { id: person.user.id, email: person.who.email, name: null, is_admin: false, is_active: false });
    assert.equal(await isSignedIn(person), false);
    assert.equal((await me(person, tokens.access_token)).status, 401);
    assert.equal((await introspect(person, app, tokens.access_token)).json.active, false);
    assert.notEqual((await refresh(person, app, tokens.refresh_token)).status, 200);
    assert.notEqual((await redeem(person, app, code)).status, 200);
    assert.notEqual((await tryLogin(server.browser(), person.who)).status, 200);

    const again = await user('enable', person.who);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, new RegExp(`^Account enabled: ${person.who.email}`));
    assert.equal(await isSignedIn(person), false);
    await signIn(server, person.who);
    assert.equal((await me(person, tokens.access_token)).status, 200);
  });

  it('set-password ends the sessions and the old password, and leaves apps their access', async () => {
    const person = await signUp(server), app = await server.createApp();
    const tokens = await grant(person, app), password = 'nine green bottles hanging';
    server.canary.add(password, 'password');
    const done = await server.run('gatehouse', ['user', 'set-password', '--email', person.who.email.toUpperCase(), '--password-stdin'], { input: `${password}\n` });
    assert.equal(done.code, 0, done.stderr);
    assert.ok(!done.stdout.includes(password));
    assert.equal(await isSignedIn(person), false);
    assert.notEqual((await tryLogin(server.browser(), person.who)).status, 200);
    await signIn(server, { ...person.who, password });
    assert.equal((await me(person, tokens.access_token)).status, 200);

    const made = JSON.parse((await user('set-password', person.who, '--generate-password', '--json')).stdout);
    server.canary.add(made.password, 'password');
    await signIn(server, { ...person.who, password: made.password });
  });

  it('refuses what it cannot do, and says why', async () => {
    const person = await signUp(server);
    for (const what of ['disable', 'enable']) {
      const nobody = await user(what, { email: 'nobody@example.org' });
      assert.equal(nobody.code, 1);
      assert.match(nobody.stderr, /Nobody has the address nobody@example\.org/);
      assert.equal((await user(what, { email: 'no address' })).code, 1);
      assert.equal((await server.run('gatehouse', ['user', what])).code, 2);
    }
    assert.equal((await user('set-password', person.who)).code, 2);
    const weak = await server.run('gatehouse', ['user', 'set-password', '--email', person.who.email, '--password-stdin'], { input: 'password\n' });
    assert.equal(weak.code, 1);
    assert.equal(await isSignedIn(person), true, 'nothing has changed');
  });
});

describe('a command whose result cannot be written', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  for (const args of [['user', 'enable', '--email'], ['cleanup'], ['revoke-all', '--yes', '--json']])
    it(`fails and says so: ${args.join(' ')}`, async () => {
      const { who } = await signUp(server), full = openSync('/dev/full', 'w');
      const child = launch('gatehouse', args[0] === 'user' ? [...args, who.email] : args, { env: server.env, cwd: server.folder, stdio: ['ignore', full, 'pipe'] });
      let stderr = '';
      child.stderr.on('data', (d) => { stderr += d; });
      const [code] = await once(child, 'close');
      closeSync(full);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /cannot be written/);
    });
});

describe('gatehouse cleanup', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  const kinds = ['codes', 'access_tokens', 'refresh_tokens', 'authorizations', 'sessions', 'links', 'deleted_accounts', 'deleted_apps', 'imported_tokens', 'imported_families',
    'throttles', 'connection_states', 'graph_versions', 'graphs', 'executions', 'audit_segments'];
  const cleanup = async () => {
    const ran = await server.run('gatehouse', ['cleanup', '--json']);
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stderr, '', 'no bar where there is no terminal');
    return JSON.parse(ran.stdout);
  };

  it('removes what is over beside the running server, and nothing that is alive', async () => {
    const person = await signUp(server), other = await signUp(server), app = await server.createApp();
    const live = await grant(person, app), before = await cleanup();
    assert.deepEqual(Object.keys(before), [...kinds, 'total', 'complete']);
    assert.equal(before.codes + before.access_tokens + before.refresh_tokens + before.authorizations + before.sessions, 0);
    assert.equal(before.complete, true);

    const dead = await grant(other, app), day = 86400, family = `user_id = '${other.user.id}'`;
    const its = `authorization_id IN (SELECT id FROM authorizations WHERE ${family})`;
    const old = BigInt(40 * day * 1000) << 22n; // ids tell when their rows were made
    for (const table of ['codes', 'access_tokens', 'refresh_tokens']) {
      await server.age(table, ['expires_at'], 40 * day, its);
      await server.sql(`UPDATE ${table} SET id = id - ${old} WHERE ${its}`);
    }
    await server.age('sessions', ['created_at', 'seen_at'], 40 * day, family);
    assert.deepEqual(await cleanup(), { ...Object.fromEntries(kinds.map((k) => [k, 0])), codes: 1, access_tokens: 1, refresh_tokens: 1,
      sessions: 1, total: 4, complete: true });
    assert.equal(await isSignedIn(person), true);
    assert.equal(await isSignedIn(other), false);
    assert.equal((await me(person, live.access_token)).status, 200);
    assert.equal((await refresh(person, app, live.refresh_token)).status, 200);
    assert.equal((await refresh(other, app, dead.refresh_token)).status, 400);
  });

  it('removes executions that ended a month ago, with all that they consist of', async () => {
    const now = Date.now(), day = 86_400_000;
    for (const [id, ended] of [['old', now - 31 * day], ['new', now - 29 * day], ['going', 0]]) {
      await server.sql(`INSERT INTO executions (id, user_id, graph_id, graph_version, status, inputs, outputs, problem, turn, owner, leased_until,
        is_stopped, steps, ran_ms, changes, created_at, started_at, ended_at)
        VALUES ('${id}', 'u', 'g', 1, '${ended ? 'COMPLETED' : 'REVIEW'}', '{}', NULL, '', 0, '', 0, FALSE, 0, 0, 1, 0, 0, ${ended})`);
      for (const number of [1, 2, 3])
        await server.sql(`INSERT INTO node_executions (execution_id, number, parent, node_id, status, queued, changed)
          VALUES ('${id}', ${number}, 0, 'n', 'COMPLETED', 1, 1)`);
    }
    assert.equal((await cleanup()).executions, 4);
    assert.equal((await cleanup()).executions, 0);
    assert.deepEqual((await server.sql('SELECT id FROM executions ORDER BY id')).map((r) => r.id), ['going', 'new']);
    assert.equal(Number((await server.sql('SELECT COUNT(*) AS n FROM node_executions'))[0].n), 6);
  });

  it('prints a line per kind for people', async () => {
    const { stdout, code } = await server.run('gatehouse', ['cleanup']);
    assert.equal(code, 0);
    assert.deepEqual(stdout.trimEnd().split('\n').map((l) => l.split(/\s+/)[0]), [...kinds, 'total']);
  });

  it('fails with status 1 where there is no database, and 2 for an option that it does not know', async () => {
    const nowhere = await server.run('gatehouse', ['cleanup'], { env: { DATABASE_URL: 'mysql://localhost/x' } });
    assert.equal(nowhere.code, 1);
    assert.notEqual(nowhere.stderr, '');
    assert.equal((await server.run('gatehouse', ['cleanup', '--jsonn'])).code, 2);
  });
});
