// One node behind nginx and behind Caddy, with the configuration files of deploy/.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Front, NAME, ORIGIN, configuration, findProgram } from '../lib/front.mjs';
import { authorizeQuery, grant, me, pkce, redeem, refresh, revoke } from '../lib/oauth.mjs';
import { signInOnPage, signUp, someone, tryLogin } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const CLIENT = '127.66.5.4';

async function startNginx(front, server, path) {
  const site = configuration('nginx/gatehouse.conf', [
    ['listen 80;', `listen 127.0.0.1:${front.plainPort};`], ['listen [::]:80;', ''],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${front.port} ssl http2;`], ['listen [::]:443 ssl http2;', ''],
    ['/etc/letsencrypt/live/id.example.org/fullchain.pem', front.certificate], ['/etc/letsencrypt/live/id.example.org/privkey.pem', front.key],
    ['/var/log/nginx/error.log', `${front.folder}/site.log`], ['127.0.0.1:8006', `127.0.0.1:${server.port}`]]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${front.folder}/${n};`).join('\n');
  // Debian's nginx.conf logs every request, too
  const main = `daemon off; pid ${front.folder}/nginx.pid; error_log stderr warn; worker_processes 1;\n`
    + `events { worker_connections 256; }\nhttp {\naccess_log ${front.folder}/access.log;\n${temporary}\ninclude ${front.write('site.conf', site)};\n}\n`;
  await front.start(path, ['-c', front.write('nginx.conf', main), '-p', front.folder, '-e', 'stderr']);
}

async function startCaddy(front, server, path) {
  const site = configuration('caddy/Caddyfile', [
    ['{\n\t# Addresses', `{\n\tadmin off\n\thttp_port ${front.plainPort}\n\thttps_port ${front.port}\n\tstorage file_system ${front.folder}\n\t# Addresses`],
    [`\n${NAME} {`, `\n${ORIGIN}:${front.port} {\n\tbind 127.0.0.1\n\ttls ${front.certificate} ${front.key}`],
    ['127.0.0.1:8006', `127.0.0.1:${server.port}`]]);
  await front.start(path, ['run', '--adapter', 'caddyfile', '--config', front.write('Caddyfile', site)]);
}

for (const [name, start] of Object.entries({ nginx: startNginx, caddy: startCaddy })) {
  const { path, options } = findProgram(name);

  describe(`behind ${name}`, options, () => {
    let front, server;
    before(async () => {
      server = await Server.start({ GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' }, { publicUrl: ORIGIN });
      front = await Front.prepare();
      await start(front, server, path);
    });
    after(async () => {
      await front?.close();
      await server?.close();
    });

    it('a person signs in, agrees, and the app gets, renews and revokes its tokens', async () => {
      const who = someone(), person = await signUp(server, who, front.browser(server)), app = await server.createApp();
      assert.ok([...person.cookies.keys()].every((c) => c.startsWith('__Host-')), [...person.cookies.keys()].join());
      const fresh = front.browser(server), proof = pkce(), query = new URLSearchParams(authorizeQuery(app, proof));
      let answer = await fresh.get(`/auth/authorize?${query}`);
      assert.equal(answer.location?.origin, ORIGIN);
      answer = await signInOnPage(fresh, who, answer.location.pathname + answer.location.search);
      answer = await fresh.follow(answer);
      answer = await fresh.submit(answer, /authorize|allow/i);
      const back = answer.location;
      assert.equal(back.searchParams.get('iss'), ORIGIN);
      const t = (await redeem(fresh, app, { code: back.searchParams.get('code'), verifier: proof.verifier, redirectUri: app.redirectUri })).json;
      assert.equal((await me(fresh, t.access_token)).status, 200);
      const next = (await refresh(fresh, app, t.refresh_token)).json;
      assert.equal((await revoke(fresh, app, next.refresh_token)).status, 200);
      assert.equal((await me(fresh, next.access_token)).status, 401);
    });

    it('the client\'s address is the true one, whatever the client says', async () => {
      const { who } = await signUp(server, someone(), front.browser(server));
      for (const headers of [{}, { 'x-forwarded-for': '192.0.2.1' }, { forwarded: 'for=192.0.2.1' }, { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.2' }]) {
        const from = server.output.length, visitor = front.browser(server, { address: CLIENT });
        const login = await tryLogin(visitor, who, { headers });
        assert.equal(login.status, 200, login.text);
        await new Promise((done) => setTimeout(done, 100));
        const line = server.output.slice(from).split('\n').find((l) => l.includes(login.headers['x-request-id']) && l.includes('address='));
        assert.match(line, new RegExp(`address="?${CLIENT.replaceAll('.', '\\.')}\\b`));
      }
    });

    it('metrics are not for the public, plain HTTP leads to https, and browsers are told so', async () => {
      const visitor = front.browser(server);
      for (const path of ['/metrics', '/external-api/metrics'])
        assert.equal((await visitor.get(path)).status, 404);
      assert.match((await visitor.get('/login')).headers['strict-transport-security'], /^max-age=\d{8}/);
      const plain = await front.plain('/login?next=%2F');
      assert.ok([301, 308].includes(plain.statusCode));
      assert.match(plain.headers.location, /^https:\/\/id\.example\.org(:\d+)?\/login\?next=%2F$/);
    });

    it('bodies that are too large are refused', async () => {
      const answer = await front.browser(server).post('/api/auth/login', { body: 'x'.repeat(100_000), type: 'application/json' });
      // Caddy finds out while it passes the body on, and may call that a fault of what is behind it.
      assert.ok(answer.status === 413 || (name === 'caddy' && answer.status === 502), `${answer.status}`);
    });

    it('no log has a query, not even while the node is away', async () => {
      const visitor = front.browser(server), path = '/setup?token=canary-of-the-logs';
      assert.ok((await visitor.get(path)).status < 500);
      await front.plain(path);
      await server.stop();
      assert.ok((await visitor.get(path)).status >= 502);
      await server.up();
      await new Promise((done) => setTimeout(done, 200));
      const written = [front.output, ...readdirSync(front.folder).filter((f) => f.endsWith('.log')).map((f) => readFileSync(join(front.folder, f), 'utf8'))];
      assert.ok(!written.join('\n').includes('canary'), written.join('\n'));
    });

    it('a restart of the node is over in a moment', async () => {
      const person = await signUp(server, someone(), front.browser(server)), app = await server.createApp(), t = await grant(person, app);
      await server.stop();
      await server.up();
      assert.equal((await me(person, t.access_token)).status, 200);
    });
  });
}
