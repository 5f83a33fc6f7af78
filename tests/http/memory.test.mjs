// What is left in the server's memory of secrets that it used: nothing. Only who may read another process's memory can look.
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { it } from 'node:test';
import { withKey } from '../lib/agents.mjs';
import { signUp } from '../lib/people.mjs';
import { connect, described, Provider, withProviders } from '../lib/providers.mjs';
import { sendJson } from '../lib/stand-in.mjs';

const SEND = 'fff86bcd-e001-4bad-a7f6-2eae4720c8dc', STRETCH = 16 << 20;

// Names of the texts that stand somewhere in what a process may write to. In a debugging build freed memory stays as it was left.
function found(pid, texts) {
  const names = new Set(), memory = openSync(`/proc/${pid}/mem`, 'r'), bytes = Buffer.alloc(STRETCH + 256);
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const [, from, to] = line.match(/^([0-9a-f]+)-([0-9a-f]+) rw/) ?? [], end = parseInt(to, 16);
    if (!from || end - parseInt(from, 16) > 2 ** 32) // a sanitizer's bookkeeping
      continue;
    for (let at = parseInt(from, 16); at < end; at += STRETCH) {
      let n;
      try {
        n = readSync(memory, bytes, 0, Math.min(bytes.length, end - at), at);
      } catch {
        break; // such as [vvar]
      }
      for (const [name, text] of Object.entries(texts))
        if (bytes.subarray(0, n).includes(text))
          names.add(name);
    }
  }
  closeSync(memory);
  return [...names].sort();
}

const readable = (pid) => {
  try {
    closeSync(openSync(`/proc/${pid}/mem`, 'r'));
    return true;
  } catch {
    return false;
  }
};

it('secrets that were stored, exchanged and used are gone from memory', async (t) => {
  const provider = await Provider.start();
  // longer than any register, which a library may leave on a stack
  const long = (name, n) => `${name}-${n}-${'of a provider '.repeat(12).replaceAll(' ', '-')}${n}`;
  provider.token = (form, request, response) => sendJson(response, provider.tokens({ access_token: long('at', provider.serial + 1), refresh_token: long('rt', provider.serial + 1) }));
  provider.resource = (request, response) => sendJson(response, { ok: true });
  const server = await withProviders({ acme: described(provider.url, { hosts: ['127.0.0.1'] }) }, { GATEHOUSE_OUTBOUND_NETWORKS: '127.0.0.1' });
  try {
    if (!readable(server.pid))
      return t.skip('another process’s memory can’t be read here');
    const person = await signUp(server), api = await withKey(server, person, ['MANAGE_INTEGRATIONS', 'READ_INTEGRATIONS', 'EXECUTE_BLOCK']);
    const use = (id) => api.post(`/blocks/${SEND}/execute`, { method: 'GET', url: `${provider.url}/api`, credentials: { id } });
    const field = long('field', 0);
    const made = await api.post('/integrations/http/credentials', { type: 'host_scoped', title: 'x', host: '127.0.0.1', headers: { 'X-Key': field } });
    assert.equal((await use(made.json.id)).status, 200);
    assert.equal(provider.calls.at(-1).request.headers['x-key'], field);
    const { credentials_id } = await connect(api, 'acme'), first = provider.serial;
    await server.age('credentials', ['expires_at', 'updated_at'], 3600, `id = '${credentials_id}'`);
    assert.equal((await use(credentials_id)).status, 200);
    assert.equal(provider.serial, first + 1, 'and renewed');
    assert.deepEqual(found(server.pid, {
      'what is there': 'gatehouse',
      'a header field': field,
      'an access token': long('at', first), 'the next one': long('at', first + 1),
      'a refresh token': long('rt', first), 'the one after it': long('rt', first + 1),
      'the client’s secret in a form': 'a+secret+%26+its',
    }), ['what is there']);
  } finally {
    await server.close();
    await provider.stop();
  }
});
