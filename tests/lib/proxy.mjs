// A wire between a node and PostgreSQL that breaks when a test wants it to.
import net from 'node:net';

const COMPLETE = Buffer.from('C\0\0\0\x0bCOMMIT\0'); // what the server says when a transaction is on disk

export class Proxy {
  wires = new Set();
  breaks = null; // the next break: 'before' the COMMIT is sent on, or 'after' it was done and before the node hears of it
  met = 0;       // breaks so far
  held = false;
  refusing = false;

  static async start(port) {
    const it = new Proxy();
    it.target = port;
    it.listener = net.createServer((client) => it.connect(client));
    await new Promise((done) => it.listener.listen(0, '127.0.0.1', done));
    it.port = it.listener.address().port;
    return it;
  }

  connect(client) {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = net.connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    const wire = { client, server, queue: [], seen: Buffer.alloc(0), said: '', end: () => { client.destroy(); server.destroy(); this.wires.delete(wire); } };
    this.wires.add(wire);
    client.setNoDelay(true);
    for (const socket of [client, server]) {
      socket.on('error', wire.end);
      socket.on('close', wire.end);
    }
    client.on('data', (bytes) => {
      wire.said += bytes.toString('latin1');
      this.pass(wire, server, bytes, this.isDue('before', wire) && /\bcommit\b/i.test(bytes.toString('latin1')));
    });
    server.on('data', (bytes) => {
      // the message may come in two pieces
      wire.seen = Buffer.concat([wire.seen.subarray(-COMPLETE.length + 1), bytes]);
      const complete = wire.seen.includes(COMPLETE);
      this.pass(wire, client, bytes, this.isDue('after', wire) && complete);
      if (complete)
        wire.said = '';
    });
  }

  isDue(when, wire) {
    return this.breaks === when && wire.said.includes(this.of);
  }

  pass(wire, to, bytes, broken) {
    if (broken) {
      this.breaks = null;
      this.met++;
      wire.end();
      if (this.thenRefuse)
        this.refuse();
    } else if (this.held)
      wire.queue.push([to, bytes]);
    else
      to.write(bytes);
  }

  // Breaks the wire once, at the next COMMIT of what says `of`: a node's own jobs commit too. thenRefuse: and lets no new
  // wire be made.
  breakAt(when, of, { thenRefuse = false } = {}) {
    this.breaks = when;
    this.of = of;
    this.thenRefuse = thenRefuse;
  }

  // Nothing gets through, nothing closes: as when a cable is cut.
  hold() {
    this.held = true;
  }

  release() {
    this.held = false;
    for (const wire of this.wires)
      for (const [to, bytes] of wire.queue.splice(0))
        to.write(bytes);
  }

  // All wires end and no new one is made: as when the server is away.
  refuse() {
    this.refusing = true;
    for (const wire of this.wires)
      wire.end();
  }

  accept() {
    this.refusing = false;
  }

  async close() {
    this.refuse();
    await new Promise((done) => this.listener.close(done));
  }
}
