// The other end of a sign-in: a page of an app on this machine, to which people are sent back.
import http from 'node:http';

export async function clientPage() {
  const landed = [];
  const page = http.createServer((request, response) => {
    const url = new URL(request.url, `http://${request.headers.host}`);
    if (url.pathname === '/cb')
      landed.push({ url, referer: request.headers.referer, method: request.method });
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Client</title><link rel="icon" href="data:,"><h1>Back at the app</h1><p id="query">${url.searchParams.get('error') ?? 'signed in'}</p></html>`);
  });
  await new Promise((done) => page.listen(0, '127.0.0.1', done));
  const { port } = page.address();
  return { landed, redirectUri: `http://localhost:${port}/cb`, close: () => { page.closeAllConnections?.(); return new Promise((done) => page.close(done)); } };
}
