import net from 'node:net';

// A port that is free now. A public address has to be known before its server runs, so port 0 won't do.
export function freePort() {
  return new Promise((done, fail) => {
    const probe = net.createServer().on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
