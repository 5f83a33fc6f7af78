// What the README tells people to type, typed: each command of its two walks, in order, with the values that it leaves open
// taken from the answer before.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fences } from '../lib/guide.mjs';
import { grantCode } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { buildDir, environment, root } from '../lib/programs.mjs';
import { Server } from '../lib/server.mjs';

const text = readFileSync(join(root, 'README.md'), 'utf8');

const sections = new Map(text.split('\n## ').slice(1).map((section) => [section.split('\n')[0], section]));

// What a section tells to type as { command, comment }, lines that end in a backslash joined with what they go on with.
function commands(title) {
  const lines = fences(sections.get(title)).filter((fence) => fence.language === 'sh').flatMap((fence) => fence.text.split('\n')).map((line) => line.trim());
  const joined = lines.join('\n').replaceAll(/\\\n/g, '').split('\n');
  return joined.filter((line) => line && !line.startsWith('#')).map((line) => {
    const [, command, comment] = /^(.*?)(?:\s+# (.*))?$/.exec(line);
    return { command, comment };
  });
}

let server, person;
before(async () => {
  server = await Server.start();
  person = await signUp(server);
  copyFileSync(join(root, 'tests/lib/calculator-agent.json'), join(server.folder, 'agent.json'));
});
after(() => server?.close());

// Runs a command with these variables, in the server's folder; comes back with what it printed.
function shell(command, variables = {}) {
  const here = command.replaceAll('localhost:8006', `localhost:${server.port}`).replaceAll('build/', `${buildDir}/`).replace(/^curl /, 'curl -sS --fail-with-body ');
  return new Promise((done, fail) => {
    const child = spawn('bash', ['-euc', here], { cwd: server.folder, env: environment({ ...server.env, ...variables }), stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', problem = '';
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { problem += d; });
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done(out) : fail(new Error(`${command}\nexit ${code}: ${problem}${out}`))));
  });
}

// Where "NAME=… # member of the answer" has its value from.
function assign(line, answer, variables) {
  for (const [, name, value] of line.matchAll(/(\w+)=(\S+)/g)) {
    const member = { KEY: 'plain_text_key', VERSION: 'version' }[name] ?? 'id';
    variables[name] = value.endsWith('…') ? String(answer[member]) : value.replace('localhost:8006', `localhost:${server.port}`);
    assert.notEqual(variables[name], 'undefined', `${line}: ${JSON.stringify(answer)}`);
  }
}

// The results are asked for until there are some.
async function finished(command, variables) {
  for (let i = 0; i < 200; i++) {
    const answer = JSON.parse(await shell(command, variables));
    if (answer.status === 'COMPLETED')
      return answer;
  }
  throw new Error('the agent did not end');
}

describe('the README', () => {
  it('has no example that nothing runs', () => {
    const run = ['Two commands', 'Five minutes to a first sign-in', 'The API in two minutes'];
    for (const [title, section] of sections)
      for (const fence of fences(section))
        assert.ok(fence.shown || (run.includes(title) && fence.language === 'sh'), `${title}: ${fence.text}`);
  });

  it('has two commands, which make knows', () => {
    const two = commands('Two commands');
    assert.equal(two.length, 2);
    for (const { command } of two) {
      const done = spawnSync('make', ['-n', ...command.split(' ').slice(1)], { cwd: root, encoding: 'utf8' });
      assert.equal(done.status, 0, `${command}: ${done.stderr}`);
    }
  });

  it('names every command that there is, and no other', () => {
    const named = [...sections.get('Commands').matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell]) => cell.replaceAll('`', '').split(', '));
    const help = (words) => {
      const [program, ...rest] = words.split(' '), done = spawnSync(join(buildDir, program), [...rest, '--help'], { encoding: 'utf8' });
      assert.equal(done.status, 0, `${words}: ${done.stderr}`);
      return done.stdout;
    };
    for (const command of named)
      assert.match(help(command), /^Usage: |\nUsage: /, command);
    const known = ['gatehouse', 'oauth-tool'].flatMap((program) => [...help(program).matchAll(/^ {2}([a-z][a-z-]*(?: [a-z][a-z-]*)?) {2,}/gm)].map(([, words]) => `${program} ${words}`));
    assert.ok(known.length > 15);
    assert.deepEqual(known.map((c) => c.replace('gatehouse export-api-schema', 'export-api-schema')).filter((c) => !named.includes(c)), []);
  });

  it('has an app registered and signed in', async () => {
    const steps = commands('Five minutes to a first sign-in').filter(({ command }) => /^(build|curl)/.test(command));
    const register = steps.find(({ command }) => command.startsWith('build/')).command.replace('you@example.org', person.who.email);
    const registered = await shell(register);
    const [client_id] = /agpt_client_\S+/.exec(registered), [client_secret] = /agpt_secret_\S+/.exec(registered);
    const given = await grantCode(person, { client_id, redirectUri: 'http://localhost:3000/callback', scopes: ['IDENTITY'] });
    const [redeem, use] = steps.filter(({ command }) => command.startsWith('curl'));
    const tokens = JSON.parse(await shell(redeem.command.replace('code=…', `code=${given.code}`).replace('code_verifier=…', `code_verifier=${given.verifier}`),
      { CLIENT_ID: client_id, CLIENT_SECRET: client_secret }));
    assert.ok(tokens.access_token_expires_at && tokens.scopes, 'the members of both dialects');
    const me = JSON.parse(await shell(use.command.replace('agpt_xt_…', tokens.access_token)));
    assert.equal(me.email, person.who.email);
  });

  it('has the API called with a key', async () => {
    const variables = {};
    let answer;
    for (const { command, comment } of commands('The API in two minutes')) {
      if (!command.startsWith('curl')) {
        assign(command.replace(/^export /, ''), answer, variables);
        continue;
      }
      const own = command.replace('you@example.org', person.who.email).replace('"password":"…"', `"password":"${person.who.password}"`);
      if (command.endsWith('/results')) {
        answer = await finished(own, variables);
        assert.deepEqual(answer.output, [{ Output: 42 }]);
        continue;
      }
      const said = await shell(own, variables);
      if (command.includes(' -N ')) {
        assert.match(said, /event: execution\n.*\n?data: .*"status":"COMPLETED"/);
        continue;
      }
      answer = JSON.parse(said);
      if (comment?.startsWith('{'))
        assert.equal(said, comment);
    }
    assert.equal(answer.name, 'Mornings');
    assert.ok(answer.next_run_time);
  });
});
