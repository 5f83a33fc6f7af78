// The API documents as they are given out: by the server, and by export-api-schema.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildDir } from '../lib/programs.mjs';
import { Server } from '../lib/server.mjs';

let server, folder;
before(async () => {
  server = await Server.start();
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-schema-'));
});
after(async () => {
  rmSync(folder, { recursive: true });
  await server?.close();
});

const url = () => `${server.address}/external-api/openapi.json`;
// Without a database, or anything else of the environment.
const run = (...args) => spawnSync(join(buildDir, 'export-api-schema'), args, { cwd: folder, env: {}, encoding: 'utf8' });

describe('/external-api/openapi.json', () => {
  it('is an OpenAPI 3.1 document that anybody may read, from any origin', async () => {
    const answer = await fetch(url(), { headers: { origin: 'https://elsewhere.example' } });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^application\/json/);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    const document = await answer.json();
    assert.equal(document.openapi, '3.1.0');
    assert.ok(document.paths['/external-api/v1/me'].get);
    assert.deepEqual(Object.keys(document.components.securitySchemes), ['apiKey', 'oauth2']);
  });

  it('comes compressed to who can read that, and not at all to who has it', async () => {
    const plain = await fetch(url(), { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    const text = await plain.text();
    const zipped = await server.browser().get('/external-api/openapi.json', { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(zipped.headers['content-encoding'], 'gzip');
    assert.notEqual(zipped.headers.etag, plain.headers.get('etag'));
    assert.match(zipped.headers.vary, /Accept-Encoding/);
    assert.equal(JSON.parse(text).info.title, 'External API');
    const again = await fetch(url(), { headers: { 'accept-encoding': 'identity', 'if-none-match': plain.headers.get('etag') } });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
    const other = await fetch(url(), { headers: { 'accept-encoding': 'identity', 'if-none-match': zipped.headers.etag } });
    assert.equal(other.status, 200);
  });
});

describe('export-api-schema', () => {
  it('prints what the server gives out', async () => {
    const { status, stdout, stderr } = run();
    assert.equal(status, 0, stderr);
    assert.equal(stdout, await (await fetch(url())).text());
    assert.deepEqual(run('--api', 'external').stdout, stdout);
  });

  it('prints the rest, too', () => {
    const { status, stdout } = run('--api', 'main');
    assert.equal(status, 0);
    assert.ok(JSON.parse(stdout).paths['/api/oauth/token'].post);
    assert.equal(JSON.parse(stdout).paths['/external-api/v1/me'], undefined);
  });

  it('indents by two spaces', () => {
    for (const args of [['--pretty'], ['--pretty=true'], ['--pretty', 'True']]) {
      const { status, stdout, stderr } = run(...args);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^\{\n  "openapi": "3\.1\.0",\n  "info": \{\n    "title"[^]*\n\}\n$/);
      assert.deepEqual(JSON.parse(stdout), JSON.parse(run().stdout));
    }
    assert.equal(run('--pretty', 'false').stdout, run().stdout);
  });

  it('writes a file and shows how it begins', () => {
    const file = join(folder, 'openapi.json');
    const { status, stdout, stderr } = run('--output', file);
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(file, 'utf8'), run().stdout);
    assert.ok(stdout.startsWith(`✅ OpenAPI specification written to ${file}\n\nPreview:\n{"openapi":"3.1.0"`), stdout);
    assert.equal(Buffer.byteLength(stdout.split('Preview:\n')[1]), 500 + '...\n'.length);
  });

  it('says what it can’t do', () => {
    assert.deepEqual([run('--output', join(folder, 'no', 'where')).status, run('--api', 'x').status, run('x').status, run('--pretty', 'x').status], [1, 2, 2, 2]);
    assert.match(run('--output', join(folder, 'no', 'where')).stderr, /can't write .*No such file/);
    assert.match(run('--help').stdout, /--api=external\|main/);
  });
});
