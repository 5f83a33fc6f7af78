// A web server that a test answers for: what blocks call. It keeps what it was sent.
import { createServer } from 'node:http';

export class StandIn {
  requests = [];

  // answer(request, response): request has method, url, headers and text
  static async start(answer, host = '127.0.0.1') {
    const it = new StandIn();
    it.answer = answer;
    it.http = createServer(async (message, response) => {
      const chunks = [];
      for await (const chunk of message)
        chunks.push(chunk);
      const request = { method: message.method, url: message.url, headers: message.headers, text: Buffer.concat(chunks).toString() };
      it.requests.push(request);
      await it.answer(request, response);
    });
    await new Promise((done) => it.http.listen(0, host, done));
    it.url = `http://${host}:${it.http.address().port}`;
    return it;
  }

  get last() {
    return this.requests.at(-1);
  }

  async stop() {
    this.http.closeAllConnections();
    await new Promise((done) => this.http.close(done));
  }
}

export const sendJson = (response, value, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
