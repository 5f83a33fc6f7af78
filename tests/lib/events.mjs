// Server-Sent Events, as a client reads them.
import { request } from 'node:http';

// Follows a stream: { status, headers, events: [{ event, id, data }], closed, close() }. `closed` resolves at its end.
export async function follow(server, path, headers, onEvent = () => {}) {
  const it = { events: [], comments: 0 };
  const sent = request(`${server.address}/external-api/v1${path}`, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
  const response = await new Promise((done, fail) => sent.on('response', done).on('error', fail).end());
  Object.assign(it, { status: response.statusCode, headers: response.headers, close: () => sent.destroy() });
  response.setEncoding('utf8');
  let text = '';
  it.closed = new Promise((done) => {
    response.on('data', (part) => {
      text += part;
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const event = {};
        for (const line of text.slice(0, end).split('\n')) {
          if (line.startsWith(':'))
            it.comments++;
          const colon = line.indexOf(': ');
          if (colon > 0)
            event[line.slice(0, colon)] = line.slice(colon + 2);
        }
        if (!event.data)
          continue;
        event.data = JSON.parse(event.data);
        it.events.push(event);
        onEvent(event);
      }
    });
    response.on('end', () => done('end')).on('error', () => done('cut')).on('close', () => done('close'));
  });
  it.rest = () => text;
  return it;
}
