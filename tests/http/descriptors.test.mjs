import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Server } from '../lib/server.mjs';

const DESCRIPTORS = 80, CONNECTIONS = 200;
let server;
before(async () => { server = await Server.start({ GATEHOUSE_THREADS: '1' }); });
after(() => server?.close());

// Seconds of processor time that the server has used so far.
function processorTime() {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  return (+fields[11] + +fields[12]) / 100;
}

function connect() {
  return new Promise((done) => {
    const socket = net.connect({ host: '127.0.0.1', port: server.port });
    socket.on('connect', () => done(socket));
    socket.on('error', () => done(socket));
  });
}

describe('a server out of file descriptors', () => {
  it('does not spin, and serves again when there are some', async () => {
    execFileSync('prlimit', ['--pid', String(server.pid), `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`]);
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, connect));
    await pause(200);
    const from = processorTime();
    await pause(1000);
    const used = processorTime() - from;
    assert.match(server.output, /Too many open files/, 'the limit was reached');
    assert.ok(used < 0.3, `${used} s of processor time in a second of waiting`);

    sockets.forEach((s) => s.destroy());
    assert.equal((await server.browser().get('/healthz')).status, 200);
    assert.equal((await server.browser().get('/readyz')).status, 200);
  });
});
