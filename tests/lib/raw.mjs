// Bytes in, bytes out: for what an HTTP library would not send.
import net from 'node:net';

// Sends the bytes, and comes back with all that was answered when the server closes or has been quiet for a while.
export function raw(server, bytes, { quiet = 300, limit = 15_000 } = {}) {
  return new Promise((done) => {
    const socket = net.connect({ host: '127.0.0.1', port: server.port });
    let text = '', timer;
    const end = (closed) => {
      clearTimeout(timer);
      clearTimeout(last);
      socket.destroy();
      done({ text, closed, status: +(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0) });
    };
    const last = setTimeout(() => end(false), limit);
    socket.on('data', (d) => {
      text += d.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => end(false), quiet);
    });
    socket.on('close', () => end(true));
    socket.on('error', () => {});
    socket.write(bytes, 'latin1');
  });
}
