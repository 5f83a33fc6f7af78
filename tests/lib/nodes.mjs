// Several nodes of one installation, and many clients that ask them at the same instant.
import { Server } from './server.mjs';

export class Nodes {
  // The first start of all of them at once: none finds a key that another has made ready, nor, where it is empty, a database.
  static async start(count, settings = {}, options = {}) {
    const it = new Nodes();
    it.first = await Server.prepare(settings, options);
    it.all = [it.first];
    try {
      while (it.all.length < count)
        it.all.push(await it.first.node());
      await Promise.all(it.all.map((n) => n.up()));
      await Promise.all(it.all.map((n) => ready(n))); // each opens connections while a slow machine starts the others
      return it;
    } catch (error) {
      await it.close().catch(() => {});
      throw error;
    }
  }

  // The same visitor at another node: with the same cookies from now on.
  at(index, person) {
    const browser = this.all[index].browser();
    if (person)
      browser.cookies = new Map(person.cookies);
    return browser;
  }

  // One at each node.
  everywhere(person) {
    return this.all.map((_, i) => this.at(i, person));
  }

  // Clients with a connection each, spread over the nodes, all connected: what they send next meets.
  async crowd(size, person) {
    const all = Array.from({ length: size }, (_, i) => this.at(i % this.all.length, person));
    await Promise.all(all.map((b) => b.get('/healthz')));
    return all;
  }

  // Each stops by itself and has said no secret: the others before the first, whose folder and database they use.
  async close() {
    const failed = [];
    for (const node of [...this.all].reverse())
      await node.close().catch((error) => failed.push(error));
    if (failed.length)
      throw failed[0];
  }
}

// Comes back when the node reaches its database by whichever connection a request meets.
export async function ready(node, limit = 10_000) {
  const browser = node.browser(), until = Date.now() + limit, all = Array.from({ length: 16 });
  while (!(await Promise.all(all.map(() => browser.get('/readyz')))).every((a) => a.status === 200)) {
    if (Date.now() > until)
      throw new Error('a node does not find back to its database by itself');
    await new Promise((resume) => setTimeout(resume, 20));
  }
  browser.close();
}

// Requests with their instants, so that it can be told which began after which was answered.
export class Log {
  events = [];

  async ask(kind, question) {
    const event = { kind, from: performance.now(), to: Infinity };
    this.events.push(event);
    event.answer = await question();
    event.to = performance.now();
    return event.answer;
  }

  answers(kind) {
    return this.events.filter((e) => e.kind === kind).map((e) => e.answer);
  }

  // What was asked after this had been answered.
  after(kind) {
    const told = Math.max(...this.events.filter((e) => e.kind === kind).map((e) => e.to));
    return this.events.filter((e) => e.from >= told);
  }
}
