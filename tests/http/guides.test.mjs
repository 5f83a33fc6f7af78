// The guides: served as pages, their links whole, and every example of theirs run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sealed } from '../lib/audit.mjs';
import { fences, GuideRun, guideText, unmarked, runsHere } from '../lib/guide.mjs';
import { authorizeJson } from '../lib/oauth.mjs';
import { signUp, someone } from '../lib/people.mjs';
import { PLATFORM_TABLES } from '../lib/platform-tables.mjs';
import { freePort } from '../lib/ports.mjs';
import { newDatabase } from '../lib/postgres.mjs';
import { root } from '../lib/programs.mjs';
import { engine, Server } from '../lib/server.mjs';

const names = readdirSync(join(root, 'docs')).filter((f) => f.endsWith('.md')).map((f) => f.slice(0, -3));
const served = (name) => name === 'README' ? '/docs' : `/docs/${name}`;
const scopes = [...readFileSync(join(root, 'src/account/scope.def'), 'utf8').matchAll(/^X\((\w+), "(.*)", "(.*)"\)$/gm)];

const secret = `a secret of the Platform ${randomUUID()}`;

let server, person, pages;
before(async () => {
  server = await Server.start({ PLATFORM_JWT_SECRET: secret });
  person = await signUp(server, someone({ name: 'Ada Example' }));
  copyFileSync(join(root, 'tests/lib/calculator-agent.json'), join(server.folder, 'agent.json'));
  pages = new Map(await Promise.all(names.map(async (name) => [name, await server.browser().page(served(name))])));
});
after(() => server?.close());

describe('the guides as pages', () => {
  it('are all there, for everybody, and lead to each other', () => {
    for (const [name, page] of pages) {
      assert.equal(page.status, 200, name);
      const title = guideText(name).match(/^# (.*)$/m)[1];
      assert.ok(page.text.includes(`<h1>${title}</h1>`), name);
      for (const other of names)
        assert.ok(page.text.includes(`href="${served(other)}"`), `${name} leads to ${other}`);
    }
  });

  it('have no link that leads nowhere', () => {
    for (const [name, page] of pages) {
      const ids = (of) => new Set([...of.text.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]));
      assert.equal(ids(page).size, [...page.text.matchAll(/ id="/g)].length, `${name}: an id twice`);
      for (const [, href] of page.text.matchAll(/<a [^>]*href="([^"]+)"/g)) {
        if (/^https?:/.test(href))
          continue;
        const { pathname, hash } = new URL(href, server.base + served(name));
        const target = names.find((n) => served(n) === pathname);
        assert.ok(target, `${name}: ${href}`);
        assert.ok(!hash || ids(pages.get(target)).has(decodeURIComponent(hash.slice(1))), `${name}: ${href}`);
      }
    }
  });

  it('have links that are right in the repository, too', () => {
    for (const file of [...names.map((n) => `docs/${n}.md`), 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])
      for (const [, href] of readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)\s]+)\)/g))
        if (!/^[a-z]+:/.test(href) && !href.startsWith('#'))
          assert.ok(existsSync(join(root, dirname(file), href.split('#')[0])), `${file}: ${href}`);
  });

  it('are kept by browsers, and travel compressed', async () => {
    const browser = server.browser();
    const packed = await browser.get('/docs/oauth', { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(packed.headers['cache-control'], 'no-cache');
    assert.match(packed.headers.etag, /^"[0-9a-f]{32}"$/);
    const again = await browser.get('/docs/oauth', { headers: { 'if-none-match': packed.headers.etag } });
    assert.equal(again.status, 304);
    const plain = await browser.get('/docs/oauth', { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.match(plain.text, /<h2 id="the-flow-by-hand">/);
    assert.match(plain.headers['content-security-policy'], /default-src 'none'.*script-src 'self'/);
  });

  it('are pages where there is no such guide', async () => {
    const none = await server.browser().get('/docs/nothing', { headers: { accept: 'text/html' } });
    assert.equal(none.status, 404);
    assert.match(none.text, /<h1>/);
  });
});

describe('what is made of tables', () => {
  it('is as the tables are: scripts/generate_docs.py makes it anew', () => {
    const done = spawnSync(join(root, 'scripts/generate_docs.py'), ['--check'], { encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
  });

  it('has every scope in the API guide', () => {
    assert.ok(scopes.length > 5);
    for (const [, name, title, detail] of scopes)
      assert.ok(guideText('api').includes(`| \`${name}\` | ${title} | ${detail} |`), name);
  });
});

describe('the examples of', () => {
  const addresses = (more = []) => [['http://localhost:8006', server.base], ['you@example.org', person.who.email], ['"password": "…"', `"password": "${person.who.password}"`], ...more];

  async function key(permissions = scopes.map(([, name]) => name)) {
    const { json } = await person.post('/api/api-keys', { json: { name: 'guide', permissions } });
    return json.plain_text_key;
  }

  // A person says yes; if the app waits at the redirect URI, it is called there.
  async function open(url) {
    const query = Object.fromEntries(url.searchParams);
    const answer = await authorizeJson(person, { client_id: query.client_id, redirectUri: query.redirect_uri, scopes: [] }, {}, query);
    assert.equal(answer.status, 200, answer.text);
    const back = new URL(answer.json.redirect_url);
    await fetch(back).catch(() => {}); // by hand nobody listens
    return back.searchParams.get('code');
  }

  // One more node with settings of a guide; where they name no database, a server by itself.
  async function serve(settings, first = server) {
    const here = await (settings.DATABASE_URL ? first.node(settings) : Server.prepare(settings));
    try {
      if (settings.INTEGRATION_PROVIDERS_FILE)
        here.env.INTEGRATION_PROVIDERS_FILE = join(first.folder, settings.INTEGRATION_PROVIDERS_FILE);
      await here.up();
      const { issuer } = await (await fetch(`${here.address}/.well-known/oauth-authorization-server`)).json();
      assert.equal(issuer, settings.PLATFORM_BASE_URL ?? here.base);
      if (settings.GATEHOUSE_SIGNUP === 'closed')
        assert.match(await (await fetch(`${here.address}/signup`, { headers: { accept: 'text/html' } })).text(), /closed/);
      await here.stop();
    } finally {
      await here.close();
    }
  }

  // The Platform's database is PostgreSQL; on the other engine none runs, nor does what is about it.
  async function withPlatform(work) {
    if (engine !== 'postgres')
      return work(null);
    const platform = await newDatabase();
    try {
      await platform.sql(PLATFORM_TABLES);
      return await work(platform);
    } finally {
      await platform.drop();
    }
  }

  const runs = {
    api: async () => {
      const given = { KEY: await key(['IDENTITY', 'EXECUTE_BLOCK', 'WRITE_GRAPH', 'WRITE_LIBRARY', 'READ_GRAPH', 'EXECUTE_GRAPH']) };
      await new GuideRun({ server, given, replace: addresses() }).run('api');
    },

    blocks: async () => {
      await new GuideRun({ server }).run('blocks');
      const { json } = await person.get('/external-api/v1/blocks', { headers: { 'x-api-key': await key() } });
      for (const { text } of fences(guideText('blocks')).filter((f) => f.language === 'c')) {
        const member = (name) => new RegExp(`\\.${name} = "(.*)"`).exec(text)[1], block = json.find((b) => b.id === member('id'));
        assert.deepEqual([block.name, block.description], [member('name'), member('description')]);
      }
    },

    // On a server of its own, for it ends all access.
    deploy: async () => {
      const ENCRYPTION_KEY = randomBytes(32).toString('base64'), own = await Server.start({ ENCRYPTION_KEY });
      try {
        await signUp(own);
        mkdirSync(join(own.folder, 'backup'));
        const at = (path) => join(own.folder, path), database = new URL(own.database.url.replace(/^sqlite:/, 'file:'));
        const elsewhere = `${database.username}:${database.password}@${database.host}`;
        const guide = new GuideRun({ server: own, given: { ENCRYPTION_KEY },
          replace: [['/var/lib/gatehouse/gatehouse.db', at('g.db')], ['/var/lib/gatehouse', at('data')], ['/backup/', `${at('backup')}/`], ['/etc/gatehouse', at('etc/gatehouse')],
            ['gatehouse:…@db.internal/gatehouse?sslmode=verify-full', `${elsewhere}${database.pathname}`],
            ['gatehouse:…@db1.internal,db2.internal/gatehouse?sslmode=verify-full', `${elsewhere},${database.host}${database.pathname}`]],
          // what make would do is asked for, not done; nobody is somebody else
          prelude: `make() { command make -n -C '${root}' "$@" >/dev/null; }; sudo() { "$@"; }\n`,
          serve: (settings) => serve(settings, own) });
        await sealed(own);
        await guide.run('deploy');
        assert.ok(existsSync(at('etc/gatehouse')) && readFileSync(at('audit.jsonl'), 'utf8').split('\n').length > 1);
        if (engine === 'sqlite')
          for (const file of ['gatehouse.db', 'gatehouse-small.db']) {
            assert.equal(statSync(at(`backup/${file}`)).mode & 0o777, 0o600);
            assert.ok(spawnSync('sqlite3', [at(`backup/${file}`), 'SELECT count(*) FROM users'], { encoding: 'utf8' }).stdout >= 1);
          }
      } finally {
        await own.close();
      }
    },

    import: () => withPlatform(async (platform) => {
      const replace = [];
      if (platform) {
        const here = new URL(platform.url);
        await platform.sql(`INSERT INTO platform."User" (id, email, name, timezone, "createdAt", "updatedAt") SELECT gen_random_uuid(), n || '@import.example', 'N', 'UTC', now(), now() FROM generate_series(1, 2) AS n`);
        replace.push(['reader@db.example/platform', `${here.username}@${here.host}${here.pathname}`]);
      }
      await new GuideRun({ server, replace, given: { PGPASSWORD: platform ? new URL(platform.url).password : '' } }).run('import');
    }),

    integrations: async () => {
      const given = { ACME_CLIENT_ID: 'gatehouse', ACME_CLIENT_SECRET: randomUUID() };
      await new GuideRun({ server, given, serve: (settings) => serve(settings) }).run('integrations');
    },

    migration: () => withPlatform(async (platform) => {
      const app = await server.createApp({ owner: person.who.email });
      const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const input = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64({ aud: 'authenticated', sub: person.user.id, email: person.who.email, exp: Date.now() / 1000 + 600 })}`;
      const guide = new GuideRun({ server, replace: addresses() });
      Object.assign(guide.variables, { CLIENT_ID: app.client_id, JWT: `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}` });
      if (platform)
        guide.variables.PLATFORM_DATABASE = `${platform.url}?schema=platform`;
      await guide.run('migration');
    }),

    oauth: async () => {
      const port = await freePort();
      await new GuideRun({ server, replace: addresses([['localhost:3000', `localhost:${port}`]]), open }).run('oauth');
    },

    'platform-dialect': () => new GuideRun({ server, replace: addresses() }).run('platform-dialect'),

    store: async () => {
      const guide = new GuideRun({ server });
      await guide.run('store');
      assert.deepEqual([guide.answer.added, guide.answer.refused], [1, 0], JSON.stringify(guide.answer));
    },

    wizard: async () => {
      const app = await server.createApp({ owner: person.who.email, redirectUris: ['http://localhost:3000/connected'] });
      const guide = new GuideRun({ server, given: { KEY: await key() }, replace: addresses() });
      guide.variables.CLIENT_ID = app.client_id;
      const run = guide.runShell.bind(guide), printed = [];
      guide.runShell = async (...args) => {
        const out = await run(...args);
        printed.push(...out.match(/http:\S+setup-wizard\?\S+/g) ?? []);
        return out;
      };
      await guide.run('wizard');
      assert.equal(printed.length, 3);
      for (const url of printed) {
        const page = await person.page(url.slice(server.base.length));
        assert.equal(page.status, 200, url);
        assert.match(page.text, /Connect Your Accounts/);
        for (const provider of ['GitHub', 'OpenAI'])
          assert.ok(page.text.includes(provider), `${url}: ${provider}`);
      }
    },
  };

  for (const name of names) {
    const examples = fences(guideText(name)).filter((fence) => !fence.shown);
    if (examples.length)
      it(`docs/${name}.md`, examples.some(runsHere) ? {} : { skip: 'about the other engine' }, async () => {
        assert.ok(runs[name], 'nothing runs its examples');
        await runs[name]();
      });
  }

  it('all guides stand in fences, which say whether they are run', () => {
    for (const file of [...names.map((n) => `docs/${n}.md`), 'README.md'])
      assert.deepEqual(unmarked(readFileSync(join(root, file), 'utf8')), [], file);
  });
});
