// What the README tells people to type, typed: each command of its two walks, in order, with the values that it leaves open
// taken from the answer before.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { grantCode } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { buildDir, environment, root } from '../lib/programs.mjs';
import { Server } from '../lib/server.mjs';

const text = readFileSync(join(root, 'README.md'), 'utf8');

// The indented lines of a section as { line, comment }, those that end in a backslash joined with what they go on with.
function commands(title) {
  const [section] = text.split(`\n## ${title}\n`)[1].split('\n## ');
  const lines = section.split('\n').filter((line) => /^ {4}/.test(line)).map((line) => line.trim());
  const joined = lines.join('\n').replaceAll(/\\\n/g, '').split('\n');
  return joined.filter((line) => !line.startsWith('#')).map((line) => {
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
