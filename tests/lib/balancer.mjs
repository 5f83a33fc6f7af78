// A load balancer as small as can be: hands requests in turn to the nodes that say they are ready, over kept connections.
// It never tries a request a second time, so what a node loses shows.
import http from 'node:http';

const POLL_MS = 50;

export class Balancer {
  lost = []; // what no node answered
  turn = 0;

  static async start(nodes) {
    const balancer = new Balancer();
    balancer.nodes = nodes.map((node) => ({ port: node.port, ready: false, served: 0, agent: new http.Agent({ keepAlive: true }) }));
    balancer.server = http.createServer((request, response) => balancer.forward(request, response));
    balancer.server.keepAliveTimeout = 60_000;
    await new Promise((done) => balancer.server.listen(0, '127.0.0.1', done));
    balancer.port = balancer.server.address().port;
    await balancer.poll();
    balancer.timer = setInterval(() => balancer.poll(), POLL_MS);
    return balancer;
  }

  poll() {
    return Promise.all(this.nodes.map((node) => new Promise((done) => {
      http.get({ host: '127.0.0.1', port: node.port, path: '/readyz', agent: false, timeout: 1000 }, (answer) => {
        node.ready = answer.statusCode === 200;
        answer.resume().on('end', done);
      }).on('error', () => {
        node.ready = false;
        done();
      });
    })));
  }

  async isReady(index, wanted = true) {
    while (this.nodes[index].ready !== wanted)
      await new Promise((done) => setTimeout(done, POLL_MS / 2));
  }

  forward(request, response) {
    const ready = this.nodes.filter((n) => n.ready), node = ready[this.turn++ % ready.length];
    if (!node) {
      this.lost.push('no node is ready');
      response.writeHead(502).end();
      return;
    }
    const { connection, ...headers } = request.headers;
    const onward = http.request({ host: '127.0.0.1', port: node.port, method: request.method, path: request.url, headers, agent: node.agent, setHost: false }, (answer) => {
      node.served++;
      const { connection: _, 'keep-alive': __, ...fields } = answer.headers;
      response.writeHead(answer.statusCode, fields);
      answer.on('error', (error) => {
        this.lost.push(`in an answer: ${error.message}`);
        response.destroy();
      });
      answer.pipe(response);
    });
    onward.on('error', (error) => {
      this.lost.push(`${request.method} ${request.url.split('?')[0]}: ${error.message}`);
      if (response.headersSent)
        response.destroy();
      else
        response.writeHead(502).end();
    });
    request.pipe(onward);
  }

  close() {
    clearInterval(this.timer);
    for (const node of this.nodes)
      node.agent.destroy();
    this.server.closeAllConnections?.();
    return new Promise((done) => this.server.close(done));
  }
}
