// A guide of docs/ run as it stands: its fences of sh in order, in one shell's variables; its programs under the names in their first
// lines; what a fence of json or text says right after is what must come out.
//
//   NAME=…   # member   takes the member's value from the answer before; without a comment, from `given`
//   addresses of /auth/authorize that are printed are opened: somebody says yes, and CODE is what came back
//   env                 settings, that a server is started with
//   c                   is compiled against the project's headers
//   shown               behind the language: it is there to be read, and nothing runs it
// What names PostgreSQL or SQLite runs on that engine.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, buildDir, root } from './programs.mjs';
import { engine } from './server.mjs';

export const guideText = (name) => readFileSync(join(root, 'docs', `${name}.md`), 'utf8');

// [{ language, shown, text, line }], indented fences too
export function fences(text) {
  const found = [], lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const open = /^( *)```(\w*)( shown)?$/.exec(lines[i]);
    if (!open)
      continue;
    const from = i + 1;
    while (lines[++i] !== `${open[1]}\`\`\``)
      assert.ok(i < lines.length, `line ${from}: a fence without an end`);
    found.push({ language: open[2], shown: !!open[3], line: from, text: lines.slice(from, i).map((l) => l.slice(open[1].length)).join('\n') });
  }
  return found;
}

// Lines of code that stand in no fence, and fences with other marks: nothing could tell what they are.
export function unmarked(text) {
  const known = new Set(fences(text).flatMap((f) => Array.from({ length: f.text.split('\n').length + 2 }, (_, i) => f.line + i)));
  return text.split('\n').map((line, i) => `${i + 1}: ${line}`).filter((line, i) => /^\d+: (?: {4,}\S| *```)/.test(line) && !known.has(i + 1));
}

export function runsHere({ shown, text }) {
  const needs = /postgresql:|PLATFORM_DATABASE/.test(text) ? 'postgres' : /sqlite/.test(text) ? 'sqlite' : engine;
  return !shown && needs === engine;
}

// What a guide shows is in the answer; `…` stands for anything, and members may be more.
function assertShown(shown, got, where) {
  if (typeof shown === 'string' && shown.includes('…'))
    return assert.ok(got !== undefined && got !== null, `${where}: nothing is there`);
  if (Array.isArray(shown)) {
    assert.ok(Array.isArray(got) && got.length >= shown.length, `${where}: ${JSON.stringify(got)}`);
    return shown.forEach((s, i) => assertShown(s, got[i], `${where}[${i}]`));
  }
  if (shown && typeof shown === 'object')
    return Object.entries(shown).forEach(([name, s]) => assertShown(s, got?.[name], `${where}.${name}`));
  if (shown > 1e9 && got > 1e9)
    return; // a time
  assert.deepEqual(got, shown, where);
}

export class GuideRun {
  answer = null; // the last line of JSON that was printed

  // given: values that the guide leaves open; replace: [[from, to], …] in every fence; open(url): what a person does with a
  // printed address, giving the parameters that came back; serve(settings): has a server run with these; prelude: shell before
  // each command
  constructor({ server, given = {}, replace = [], open, serve, prelude = '' }) {
    Object.assign(this, { server, given, replace, open, serve, prelude });
    this.variables = {};
  }

  here(text) {
    return this.replace.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  }

  assign(name, comment) {
    const path = /^#\s+([\w.]+)/.exec(comment ?? '')?.[1];
    const value = path ? path.split('.').reduce((v, member) => v?.[member], this.answer) : this.given[name];
    assert.ok(value !== undefined, `${name} is left open, and nothing says what it is: ${JSON.stringify(this.answer)}`);
    this.variables[name] = String(value);
  }

  // Runs lines of shell; keeps the variables that they set.
  async shell(lines, { mayFail }) {
    const ending = '\n{ declare -p; } >variables.txt';
    const prelude = `${this.prelude}curl() { command curl -sS ${mayFail ? '' : '--fail-with-body'} --max-time 60 "$@"; }\n`;
    const folder = this.server.folder;
    const child = spawn('bash', ['-euo', 'pipefail', '-c', prelude + lines.join('\n') + ending],
      { cwd: folder, env: environment({ ...this.server.env, ...this.variables, PATH: `${buildDir}:${process.env.PATH}` }), stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', problem = '', seen = 0, opened;
    child.stderr.on('data', (d) => { problem += d; });
    child.stdout.on('data', (d) => {
      out += d;
      for (const [url] of out.slice(seen).matchAll(/http:\/\/\S+\/auth\/authorize\?\S+(?=\s)/g)) {
        seen = out.length;
        opened = this.open(new URL(url)).then((back) => { this.given.CODE = back; }, (error) => { problem += error.stack; child.kill(); });
      }
    });
    const code = await new Promise((done) => child.on('close', done));
    await opened;
    assert.equal(code, 0, `${lines.join('\n')}\n${problem}${out}`);
    for (const [, name, value] of readFileSync(join(folder, 'variables.txt'), 'utf8').matchAll(/^declare -x? ?-?-? ?x? ?(\w+)="(.*)"$/gm))
      if (/^[A-Z][A-Z_]*$/.test(name) && !(name in process.env))
        this.variables[name] ??= value.replaceAll(/\\(.)/g, '$1');
    return out;
  }

  async runShell(text, options) {
    let waiting = [], out = '';
    const flush = async () => {
      if (!waiting.length)
        return;
      out = await this.shell(waiting, options);
      const last = out.trim().split('\n').at(-1);
      if (/^[[{]/.test(last))
        this.answer = JSON.parse(last);
      waiting = [];
    };
    for (const line of this.here(text).split('\n')) {
      const open = /^(?:export )?(\w+)=\S*…\s*(#.*)?$/.exec(line);
      if (open) {
        await flush();
        this.assign(open[1], open[2]);
      } else {
        const sets = /^(\w+)=/.exec(line);
        if (sets)
          delete this.variables[sets[1]];
        waiting.push(line);
        // one command at a time, so that what it printed is known to the next line
        if (/^curl\b(?!.*\\$)/.test(line) && (line.split("'").length % 2))
          await flush();
      }
    }
    await flush();
    return out;
  }

  // A file of settings, as systemd reads it: comments have lines of their own.
  settings(text) {
    const lines = this.here(text).split('\n').filter((line) => line && !line.startsWith('#'));
    return Object.fromEntries(lines.map((line) => {
      const [, name, value] = /^([A-Z][A-Z0-9_]*)=(\S+)$/.exec(line) ?? assert.fail(`no setting: ${line}`);
      return [name, value === '…' ? this.given[name] ?? assert.fail(`${name} is left open`) : value];
    }));
  }

  compile(text) {
    const file = join(this.server.folder, 'example.c');
    writeFileSync(file, `#include "agents/blocks/families.h"\n${text}\n`);
    const done = spawnSync('cc', ['-fsyntax-only', '-std=gnu17', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', `-I${join(root, 'src')}`, `-I${join(buildDir, 'src')}`, file],
      { encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
  }

  async run(name) {
    const all = fences(guideText(name));
    for (const [i, fence] of all.entries()) {
      const { language, text, line } = fence, next = all[i + 1]?.shown ? undefined : all[i + 1];
      if (!runsHere(fence) || (['json', 'text'].includes(language) && i > 0 && !runsHere(all[i - 1])))
        continue;
      const where = `docs/${name}.md:${line}`;
      if (language === 'sh') {
        const mayFail = next?.language === 'json' && next.text.includes('"detail"');
        const out = await this.runShell(text, { mayFail }).catch((error) => { throw new Error(`${where}: ${error.message}`, { cause: error }); });
        if (next?.language === 'json')
          assertShown(JSON.parse(this.here(next.text)), JSON.parse(out.trim().split('\n').at(-1)), `docs/${name}.md:${next.line}`);
        if (next?.language === 'text')
          assert.equal(out.trim().split('\n').at(-1), this.here(next.text));
      } else if (language === 'js' || language === 'python') {
        const file = /^(?:\/\/|#) (\w[\w-]*\.\w+)$/m.exec(text.split('\n')[0])?.[1];
        assert.ok(file, `${where}: the first line names the program's file`);
        writeFileSync(join(this.server.folder, file), this.here(text));
      } else if (language === 'env')
        await this.serve(this.settings(text)).catch((error) => { throw new Error(`${where}: ${error.message}`, { cause: error }); });
      else if (language === 'c')
        this.compile(text);
      else
        assert.ok(['json', 'text'].includes(language) && all[i - 1]?.language === 'sh', `${where}: a fence of '${language}' that nothing holds to anything`);
    }
    return all;
  }
}
