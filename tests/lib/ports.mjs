import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';

// Below those that the system gives to whoever connects: one of these may be taken between the probe and the server's start, or
// while a server is restarted. Browsers refuse none of them.
const FIRST = 11_000, LAST = Math.max(FIRST + 1_000, Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0]));
const TRIES = 50;

const free = (port) => new Promise((done, fail) => {
  const probe = net.createServer().on('error', (error) => error.code === 'EADDRINUSE' ? done(false) : fail(error));
  probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
});

// A port that is free now. A public address has to be known before its server runs, so port 0 won't do.
export async function freePort() {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(FIRST, LAST);
    if (await free(port))
      return port;
  }
  throw new Error(`no free port among ${TRIES} between ${FIRST} and ${LAST}`);
}
