// Providers of accounts that a test answers for, and a Gatehouse that knows them by its operator's file.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from './server.mjs';
import { sendJson, StandIn } from './stand-in.mjs';

export const CLIENT = { id: 'client of gatehouse', secret: 'a secret & its = signs' };

// What the operator says of a provider at this address. more: members of `oauth` besides.
export const described = (url, more = {}, kinds = ['oauth2', 'api_key']) => ({
  title: 'Acme', kinds,
  oauth: { authorize: { url: `${url}/authorize` }, token: { url: `${url}/token` }, revoke: { url: `${url}/revoke` }, user: { url: `${url}/me`, path: 'login' }, ...more },
});

// A server whose operator's file has these providers. The client of each is set.
export async function withProviders(providers, settings = {}) {
  const server = await Server.prepare(settings), path = join(server.folder, 'providers.json');
  writeFileSync(path, JSON.stringify(providers));
  server.env.INTEGRATION_PROVIDERS_FILE = path;
  server.canary.add(CLIENT.secret, 'client secret of a provider');
  for (const name of Object.keys(providers)) {
    const variable = name.toUpperCase().replaceAll('-', '_');
    server.env[`${variable}_CLIENT_ID`] ??= CLIENT.id;
    server.env[`${variable}_CLIENT_SECRET`] ??= CLIENT.secret;
  }
  return server.up();
}

// An OAuth server that remembers what it was asked. token(form, request, response): what its token endpoint does.
export class Provider {
  serial = 0;
  calls = [];
  user = { login: 'ada' };

  static async start() {
    const it = new Provider();
    it.token = (form, request, response) => sendJson(response, it.tokens());
    it.stand = await StandIn.start((request, response) => it.answer(request, response));
    it.url = it.stand.url;
    return it;
  }

  tokens(more = {}) {
    this.serial++;
    return { access_token: `at-${this.serial}-of-a-provider`, refresh_token: `rt-${this.serial}-of-a-provider`, token_type: 'bearer', expires_in: 3600, ...more };
  }

  answer(request, response) {
    const path = new URL(request.url, this.url).pathname;
    const form = request.headers['content-type']?.includes('json') ? JSON.parse(request.text || '{}') : Object.fromEntries(new URLSearchParams(request.text));
    this.calls.push({ path, form, request });
    if (path === '/token')
      return this.token(form, request, response);
    if (path === '/me')
      return sendJson(response, this.user, request.headers.authorization ? 200 : 401);
    if (path === '/revoke')
      return this.revoke ? this.revoke(form, request, response) : response.writeHead(200).end();
    return this.resource ? this.resource(request, response) : response.writeHead(404).end();
  }

  to(path) {
    return this.calls.filter((call) => call.path === path);
  }

  stop() {
    return this.stand.stop();
  }
}

export const CALLBACK = 'http://localhost:3000/callback';

export async function initiate(api, provider, body = {}) {
  const answer = await api.post(`/integrations/${provider}/oauth/initiate`, { callback_url: CALLBACK, ...body });
  assert.equal(answer.status, 200, answer.text);
  return { ...answer.json, login: new URL(answer.json.login_url) };
}

export const complete = (api, provider, { state_token }, code = 'a-code') => api.post(`/integrations/${provider}/oauth/complete`, { code, state_token });

// Connects an account and answers with what the API said.
export async function connect(api, provider, body) {
  const answer = await complete(api, provider, await initiate(api, provider, body));
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
