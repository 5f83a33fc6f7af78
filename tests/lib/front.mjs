// A reverse proxy in front of Gatehouse, run with a configuration file of deploy/ in which only names of files, addresses
// and ports are replaced; and visitors who come through it over TLS.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser } from './browser.mjs';
import { root } from './programs.mjs';
import { freePort } from './server.mjs';

export const NAME = 'id.example.org', ORIGIN = `https://${NAME}`;
const START_LIMIT = 10_000; // ms

// Where the program is, or why its tests are skipped.
export function findProgram(name) {
  const path = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'].map((f) => join(f, name)).find(existsSync);
  return { path, options: path ? {} : { skip: `${name} is not installed` } };
}

// Reads a file of deploy/ and replaces what a test must; each text has to be there.
export function configuration(path, replacements) {
  let text = readFileSync(join(root, 'deploy', path), 'utf8');
  for (const [from, to] of replacements) {
    assert.ok(text.includes(from), `${path} has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

export class Front {
  output = '';

  static async prepare() {
    const front = new Front();
    front.folder = mkdtempSync(join(tmpdir(), 'gatehouse-front-'));
    front.certificate = join(front.folder, 'certificate.pem');
    front.key = join(front.folder, 'key.pem');
    front.port = await freePort();
    front.plainPort = await freePort();
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${NAME}`,
      '-addext', `subjectAltName=DNS:${NAME}`, '-keyout', front.key, '-out', front.certificate], { stdio: 'ignore' });
    front.ca = readFileSync(front.certificate);
    return front;
  }

  write(name, text) {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  // Comes back when it accepts connections.
  async start(program, args) {
    this.child = spawn(program, args, { cwd: this.folder, env: { ...process.env, HOME: this.folder, XDG_DATA_HOME: this.folder, XDG_CONFIG_HOME: this.folder }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', (d) => { this.output += d; });
    this.ended = new Promise((done) => this.child.on('close', done));
    const until = Date.now() + START_LIMIT;
    while (!await this.accepts()) {
      assert.ok(this.child.exitCode === null && Date.now() < until, `${program} does not start:\n${this.output}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  accepts() {
    return new Promise((done) => {
      const socket = net.connect({ host: '127.0.0.1', port: this.port }, () => {
        socket.destroy();
        done(true);
      }).on('error', () => done(false));
    });
  }

  // A visitor of the server who comes through the proxy.
  browser(server, options) {
    return new Visitor(this, server, options);
  }

  plain(path) {
    return new Promise((done, fail) => http.get({ host: '127.0.0.1', port: this.plainPort, path, headers: { host: NAME }, agent: false }, (answer) => {
      answer.resume().on('end', () => done(answer));
    }).on('error', fail));
  }

  async close() {
    if (this.child?.exitCode === null) {
      this.child.kill('SIGTERM');
      await this.ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

class Visitor extends Browser {
  constructor(front, server, { address } = {}) {
    super(server, address);
    this.front = front;
    this.tls = new https.Agent({ keepAlive: true, ca: front.ca, servername: NAME, localAddress: address });
    server.browsers.push(this);
  }

  close() {
    super.close();
    this.tls.destroy();
  }

  open(options) {
    return https.request({ host: '127.0.0.1', port: this.front.port, agent: this.tls, ...options });
  }
}
