// OAuth servers that nobody here wrote: node-oidc-provider, with its pages on which people sign in and say yes.
import { createServer } from 'node:http';
import Oidc from 'oidc-provider';
import { Browser } from './browser.mjs';
import { Canary } from './canary.mjs';

export class OidcServer {
  tokens = []; // all access tokens that it gave
  grants = new Set(); // what people said yes to
  used = []; // the Authorization fields by which it was asked whose account it is
  exchanges = []; // grant types that it was asked for
  ways = new Set(); // how the client said who it is

  // client: { id, secret }; auth: how it says who it is; pkce: whether it must use that; seconds: how long access tokens live;
  // rotates: whether a refresh token is good once. A second use of such a token ends the whole grant.
  static async start({ client, redirectUris, auth = 'client_secret_post', pkce = false, seconds = 3600, rotates = false }) {
    const it = new OidcServer();
    it.http = createServer((request, response) => it.handle(request, response));
    await new Promise((done) => it.http.listen(0, '127.0.0.1', done));
    it.port = it.http.address().port;
    it.url = `http://127.0.0.1:${it.port}`;
    it.oidc = new Oidc(it.url, {
      clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: redirectUris, token_endpoint_auth_method: auth,
        grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }],
      claims: { openid: ['sub'], profile: ['preferred_username'] },
      cookies: { keys: ['a key of a test'] },
      features: { revocation: { enabled: true } },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, preferred_username: accountId }) }),
      pkce: { methods: ['S256'], required: () => pkce },
      rotateRefreshToken: rotates,
      scopes: ['openid', 'offline_access', 'api:read'],
      ttl: { AccessToken: seconds, AuthorizationCode: 60, Grant: 86400, IdToken: 3600, Interaction: 3600, RefreshToken: 86400, Session: 3600 },
    });
    it.oidc.on('access_token.saved', (token) => {
      it.tokens.push(token.jti);
      it.grants.add(token.grantId);
    });
    for (const outcome of ['grant.success', 'grant.error'])
      it.oidc.on(outcome, (context) => it.exchanges.push(context.oidc.params.grant_type));
    it.answer = it.oidc.callback();
    return it;
  }

  handle(request, response) {
    if (request.url === '/me')
      this.used.push(request.headers.authorization);
    else if (request.url === '/token')
      this.ways.add(request.headers.authorization?.split(' ')[0] ?? 'form');
    return this.answer(request, response);
  }

  refreshes() {
    return this.exchanges.filter((type) => type === 'refresh_token').length;
  }

  async living() {
    const found = await Promise.all(this.tokens.map((token) => this.oidc.AccessToken.find(token)));
    return found.filter(Boolean).length;
  }

  // What a person does at the address that they were sent to; comes back with the one to which they are led in the end.
  async visit(address, login, { cancels = false } = {}) {
    const browser = new Browser({ base: this.url, port: this.port, canary: new Canary() }, '127.0.0.1');
    const press = (page, members = {}) => {
      const [form] = page.forms;
      if (!form)
        throw new Error(`no form on the page:\n${page.text.slice(0, 2000)}`);
      const hidden = form.fields.filter(({ type }) => type === 'hidden').map(({ name, value }) => [name, value]);
      return browser.post(new URL(form.action).pathname, { form: [...hidden, ...Object.entries(members)] });
    };
    try {
      let page = await browser.follow(await browser.get(address.pathname + address.search));
      if (page.location)
        return page.location; // refused at once
      page = await browser.follow(await press(page, { login, password: 'anything' }));
      return (await browser.follow(cancels ? await browser.get(`${new URL(page.forms[0].action).pathname}/abort`) : await press(page))).location;
    } finally {
      browser.close();
    }
  }

  // The person, or the provider, takes everything back.
  async revokeAll() {
    for (const id of this.grants)
      await Promise.all([this.oidc.AccessToken.revokeByGrantId(id), this.oidc.RefreshToken.revokeByGrantId(id), this.oidc.Grant.adapter.destroy(id)]);
    this.grants.clear();
  }

  async stop() {
    this.http.closeAllConnections();
    await new Promise((done) => this.http.close(done));
  }
}
