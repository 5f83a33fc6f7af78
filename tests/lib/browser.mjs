// A visitor: plain HTTP/1.1 requests over kept connections, cookies, no redirect followed by itself.
import http from 'node:http';
import { forms } from './html.mjs';

class Answer {
  constructor(message, text, base) {
    this.status = message.statusCode;
    this.headers = message.headers;
    this.rawHeaders = message.rawHeaders;
    this.text = text;
    this.base = base;
  }

  get json() {
    return JSON.parse(this.text);
  }

  get forms() {
    return forms(this.text);
  }

  // Where it redirects to, as a URL; null when it doesn't.
  get location() {
    return this.headers.location === undefined ? null : new URL(this.headers.location, this.base);
  }

  get cookies() {
    return (this.headers['set-cookie'] ?? []).map((line) => {
      const [pair, ...attributes] = line.split(/;\s*/);
      const i = pair.indexOf('=');
      return { name: pair.slice(0, i), value: pair.slice(i + 1), attributes: attributes.map((a) => a.toLowerCase()), line };
    });
  }
}

export const encodeForm = (members) =>
  (Array.isArray(members) ? members : Object.entries(members).filter(([, v]) => v !== undefined))
    .map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&');

export class Browser {
  cookies = new Map();
  name = ''; // its User-Agent

  constructor(server, address) {
    this.server = server;
    this.address = address;
    this.agent = new http.Agent({ keepAlive: true, localAddress: address });
  }

  close() {
    this.agent.destroy();
  }

  // query, form: object or array of pairs; json: any value; body: raw text with `type` as its Content-Type.
  // origin: false sends none of what a browser says about where a request comes from.
  send(method, path, { query, json, form, body, type, headers = {}, cookies = true, origin = true } = {}) {
    const fields = { host: new URL(this.server.base).host, ...(this.name && { 'user-agent': this.name }) };
    if (json !== undefined) {
      body = JSON.stringify(json);
      type ??= 'application/json';
      this.server.canary.sent(json);
    } else if (form !== undefined) {
      body = encodeForm(form);
      type ??= 'application/x-www-form-urlencoded';
      this.server.canary.sent(Array.isArray(form) ? Object.fromEntries(form) : form);
    }
    if (body !== undefined)
      fields['content-length'] = Buffer.byteLength(body);
    if (type)
      fields['content-type'] = type;
    if (cookies && this.cookies.size)
      fields.cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    if (origin && method !== 'GET' && method !== 'HEAD')
      Object.assign(fields, { origin: this.server.base, 'sec-fetch-site': 'same-origin' });
    for (const [name, value] of Object.entries(headers))
      if (value === null)
        delete fields[name.toLowerCase()];
      else
        fields[name.toLowerCase()] = value;
    const target = query === undefined ? path : `${path}?${encodeForm(query)}`;
    return this.exchange(method, target, fields, body);
  }

  open(options) {
    return http.request({ host: '127.0.0.1', port: this.server.port, agent: this.agent, ...options });
  }

  exchange(method, target, headers, body) {
    return new Promise((done, fail) => {
      const request = this.open({ method, path: target, headers, setHost: false });
      request.on('error', (error) => fail(Object.assign(error, { message: `${method} ${target.split('?')[0]}: ${error.message}` })));
      request.on('response', (message) => {
        const parts = [];
        message.on('data', (d) => parts.push(d));
        message.on('error', fail);
        message.on('end', () => {
          const answer = new Answer(message, Buffer.concat(parts).toString(), this.server.base);
          this.remember(answer);
          this.server.canary.received(`${method} ${target.split('?')[0]}`, answer);
          done(answer);
        });
      });
      request.end(body);
    });
  }

  remember(answer) {
    for (const { name, value, attributes } of answer.cookies) {
      if (value === '' || attributes.includes('max-age=0'))
        this.cookies.delete(name);
      else {
        this.cookies.set(name, value);
        this.server.canary.addCookie(value);
      }
    }
  }

  get(path, options) {
    return this.send('GET', path, options);
  }

  post(path, options) {
    return this.send('POST', path, options);
  }

  // Presses a button of a form on a page, having typed `values` (field name or type → text).
  async submit(page, button, values = {}, options = {}) {
    const form = page.forms.find((f) => f.buttons.some((b) => button.test(b.text)));
    if (!form)
      throw new Error(`no form with a button ${button} on the page:\n${page.text.slice(0, 3000)}`);
    const pressed = form.buttons.find((b) => button.test(b.text));
    const members = form.fields.map(({ name, type, value }) => [name, values[name] ?? values[type] ?? value]);
    if (pressed.name)
      members.push([pressed.name, pressed.value]);
    const action = pressed.action ?? form.action ?? page.path;
    if (form.method !== 'post')
      return this.get(`${action}?${encodeForm(members)}`, options);
    return this.post(action, { form: members, ...options });
  }

  // GET of a page, remembering its path for forms without an action.
  async page(path, options) {
    const answer = await this.get(path, options);
    answer.path = path;
    return answer;
  }

  // Follows redirects within Gatehouse; comes back with the first answer that is none, or leads away.
  async follow(answer) {
    for (let i = 0; i < 10 && answer.location && answer.location.origin === new URL(this.server.base).origin; i++)
      answer = await this.page(answer.location.pathname + answer.location.search);
    return answer;
  }
}
