// Logos of apps: sending, showing, refusing and removing them.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { textOf } from '../lib/html.mjs';
import { jpeg, jpegOfScans, multipart, png, pngHead, pngThatInflates, webpAnimation, webpHead } from '../lib/images.mjs';
import { authorizeQuery, grant, pkce } from '../lib/oauth.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const unknown = '019310aa-0000-7000-8000-000000000000';
let server, owner, stranger, app, scanner, verdict, scanned;

// Speaks as clamd does: INSTREAM, parts behind their lengths, an empty one, and an answer.
function scannerAt(path) {
  const listening = createServer((socket) => {
    let all = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (d) => {
      all = Buffer.concat([all, d]);
      if (all.length < 10)
        return;
      assert.equal(all.subarray(0, 10).toString('latin1'), 'zINSTREAM\0');
      const parts = [];
      for (let at = 10; at + 4 <= all.length;) {
        const length = all.readUInt32BE(at);
        if (length === 0) {
          scanned = Buffer.concat(parts);
          if (verdict === 'hang up')
            socket.destroy();
          else
            socket.end(`${verdict}\0`);
          return;
        }
        parts.push(all.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
    });
  });
  return new Promise((done) => listening.listen(path, () => done(listening)));
}

before(async () => {
  server = await Server.prepare();
  server.env.CLAMAV_ADDRESS = join(server.folder, 'clamd.sock');
  scanner = await scannerAt(server.env.CLAMAV_ADDRESS);
  verdict = 'stream: OK';
  await server.up();
  owner = await signUp(server);
  stranger = await signUp(server);
  app = await server.createApp({ owner: owner.who.email, name: 'Pictured' });
});
after(async () => {
  await server?.close();
  scanner?.close();
});

const file = (value, type = 'image/png', name = 'file') => multipart([{ name, value, type, filename: 'logo.png' }]);
const send = (value, type, { id = app.id, browser = owner } = {}) => browser.post(`/api/oauth/apps/${id}/logo/upload`, file(value, type));
const current = async () => (await owner.get('/api/oauth/apps/mine')).json.find((a) => a.id === app.id).logo_url;
const fetched = async (url) => {
  const answer = await fetch(url.replace('localhost', '127.0.0.1'));
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
};

describe('uploading', () => {
  it('keeps a WebP of 512 pixels, served for ever and without power', async () => {
    const sent = png(1024, 1024, { more: [['tEXt', 'Comment\0a secret place']] }), answer = await send(sent);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(scanned, sent, 'the scanner saw the file itself');
    const { logo_url: url } = answer.json;
    assert.match(url, new RegExp(`^${server.base}/oauth-apps/${app.id}/logo/[0-9a-f]{64}\\.webp$`));
    const logo = await fetched(url);
    assert.equal(logo.status, 200);
    assert.equal(logo.headers.get('content-type'), 'image/webp');
    assert.equal(logo.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(logo.headers.get('x-content-type-options'), 'nosniff');
    assert.match(logo.headers.get('content-security-policy'), /default-src 'none'; sandbox/);
    assert.equal(logo.bytes.toString('latin1', 0, 4) + logo.bytes.toString('latin1', 8, 12), 'RIFFWEBP');
    assert.ok(!logo.bytes.includes('secret place') && !logo.bytes.includes('EXIF'), 'no metadata');
    assert.ok(logo.bytes.length < 48 * 1024, `${logo.bytes.length} bytes`);
    const etag = logo.headers.get('etag'), again = await server.browser().get(new URL(url).pathname, { headers: { 'If-None-Match': etag } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
    assert.equal((await server.browser().send('HEAD', new URL(url).pathname)).status, 200);
  });

  it('takes JPEG and WebP too, and drops what they carry', async () => {
    const first = await send(jpeg(512, 512, { comment: 'where I live' }), 'image/jpeg');
    assert.equal(first.status, 200, first.text);
    const { bytes } = await fetched(first.json.logo_url);
    assert.ok(!bytes.includes('where I live'));
    const second = await send(bytes, 'IMAGE/WebP');
    assert.equal(second.status, 200, second.text);
    assert.equal((await send(png(2048), 'image/png')).status, 200, 'the largest');
  });

  it('removes the former image', async () => {
    const first = (await send(png(512, 512, { colour: [200, 0, 0, 255] }))).json.logo_url;
    const second = (await send(png(512, 512, { colour: [0, 0, 200, 255] }))).json.logo_url;
    assert.notEqual(first, second);
    assert.equal((await fetched(first)).status, 404);
    assert.equal((await fetched(second)).status, 200);
    const same = await send(png(512, 512, { colour: [0, 0, 200, 255] }));
    assert.equal(same.json.logo_url, second, 'the same image has the same address');
  });

  const huge = () => Buffer.concat([png(512), Buffer.alloc(3 * 1024 * 1024)]);
  for (const [what, bytes, type, says] of [
    ['text', () => Buffer.from('hello'), 'image/png', 'Invalid image file'],
    ['nothing', () => Buffer.alloc(0), 'image/png', 'Invalid image file'],
    ['SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml', 'Invalid file type. Allowed: JPEG, PNG, WebP. Got: image/svg+xml'],
    ['SVG that says PNG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png', 'Invalid image file'],
    ['GIF', () => Buffer.from('GIF89a\x00\x02\x00\x02\x00\x00\x00;', 'latin1'), 'image/gif', 'Invalid file type. Allowed: JPEG, PNG, WebP. Got: image/gif'],
    ['no type', () => png(512), '', 'Invalid file type. Allowed: JPEG, PNG, WebP. Got: None'],
    ['more than 3 MB', huge, 'image/png', 'File too large. Maximum size is 3MB'],
    ['no square', () => png(512, 513), 'image/png', 'Logo must be square. Got 512x513'],
    ['a small one', () => png(511), 'image/png', 'Logo too small. Minimum 512x512. Got 511x511'],
    ['a large one', () => jpeg(2064), 'image/jpeg', 'Logo too large. Maximum 2048x2048. Got 2064x2064'],
    ['a bomb', () => pngHead(100_000), 'image/png', 'Logo too large. Maximum 2048x2048. Got 100000x100000'],
    ['the largest bomb', () => pngHead(0xffffffff), 'image/png', 'Logo too large. Maximum 2048x2048. Got 4294967295x4294967295'],
    ['an animated PNG', () => png(512, 512, { more: [['acTL', '\0\0\0\x02\0\0\0\0']] }), 'image/png', 'Invalid image file: it is an animation'],
    ['an animated WebP', () => webpAnimation(512), 'image/webp', 'Invalid image file: it is an animation'],
    ['a PNG without its end', () => png(512, 512, { rows: 100 }), 'image/png', 'Invalid image file'],
    ['a JPEG cut short', () => jpeg(512).subarray(0, 600), 'image/jpeg', 'Invalid image file'],
    ['a WebP of noise', () => Buffer.concat([Buffer.from('RIFF\xff\0\0\0WEBPVP8L\xf0\0\0\0\x2f\xff\xc1\x7f\x10', 'latin1'), Buffer.alloc(200, 0x5a)]), 'image/webp', 'Invalid image file'],
    ['a PNG with a wrong checksum', () => { const b = png(512); b[b.length - 30] ^= 1; return b; }, 'image/png', 'Invalid image file'],
  ])
    it(`refuses ${what}, and changes nothing`, async () => {
      const was = await current(), answer = await send(bytes(), type);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.json.detail, says);
      assert.equal(await current(), was);
    });

  // A few hundred bytes to some hundred thousand, made to take much: what comes of each, and within which time.
  const INFLATED = 256 * 1024 * 1024, LIMIT_MS = 8000;
  for (const [what, bytes, type, says] of [
    ['a PNG whose data go on for 256 MB', () => pngThatInflates(INFLATED), 'image/png', null],
    ['a PNG with a text of 256 MB', () => pngThatInflates(INFLATED, { text: 'zTXt' }), 'image/png', 'Invalid image file'],
    ['a PNG with a colour profile of 256 MB', () => pngThatInflates(INFLATED, { text: 'iCCP' }), 'image/png', 'Invalid image file'],
    ['a WebP of 16384 pixels', () => webpHead(16384), 'image/webp', 'Logo too large. Maximum 2048x2048. Got 16384x16384'],
    ['a WebP that says less than it is', () => webpHead(16384, 512), 'image/webp', 'Invalid image file'],
    ['a JPEG of as many scans as are looked at', () => jpegOfScans(499), 'image/jpeg', null],
    ['a JPEG of more scans', () => jpegOfScans(800), 'image/jpeg', 'Invalid image file'],
  ])
    it(`is done with ${what}`, async () => {
      const file = bytes(), begun = Date.now(), answer = await send(file, type), took = Date.now() - begun;
      assert.ok(file.length < 300 * 1024 && took < LIMIT_MS, `${file.length} bytes, ${took} ms`);
      assert.deepEqual([answer.status, answer.json.detail], says ? [400, says] : [200, undefined], answer.text);
    });

  it("knows nobody else's app", async () => {
    for (const [browser, id] of [[stranger, app.id], [owner, unknown], [owner, 'x']]) {
      const answer = await send(png(512), 'image/png', { browser, id });
      assert.equal(answer.status, 404);
      assert.equal(answer.json.detail, 'OAuth App not found');
    }
    assert.equal((await server.browser().post(`/api/oauth/apps/${app.id}/logo/upload`, file(png(512)))).status, 401);
    assert.equal((await owner.post(`/api/oauth/apps/${app.id}/logo/upload`, { ...file(png(512)), headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } })).status, 403);
  });

  it('refuses bodies that are no such form', async () => {
    const at = `/api/oauth/apps/${app.id}/logo/upload`, { body, type } = file(png(512));
    assert.equal((await owner.post(at, { json: { file: 'x' } })).status, 415);
    assert.equal((await owner.post(at, { body: png(512), type: 'image/png' })).status, 415);
    assert.ok([400, 422].includes((await owner.post(at, multipart([{ name: 'other', value: 'x', filename: 'a', type: 'image/png' }]))).status));
    assert.ok([400, 422].includes((await owner.post(at, multipart([{ name: 'file', value: 'no file' }]))).status));
    const refused = [
      { body, type: 'multipart/form-data' }, { body, type: 'multipart/form-data; boundary=""' }, { body, type: `multipart/form-data; boundary=${'x'.repeat(71)}` },
      { body, type: 'multipart/form-data; boundary=another' }, { body: body.subarray(0, -6), type }, { body: body.subarray(2), type },
      { body: Buffer.concat([body, Buffer.from('more')]), type }, { body: Buffer.concat([Buffer.from('before\r\n'), body]), type },
      multipart([{ name: 'file', value: 'a', filename: 'a' }, { name: 'file', value: 'b', filename: 'b' }]),
      multipart(Array.from({ length: 17 }, (_, i) => ({ name: `f${i}`, value: 'x' }))),
      { body: '--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n', type: 'multipart/form-data; boundary=b' },
      { body: `--b\r\nX: ${'x'.repeat(2000)}\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n`, type: 'multipart/form-data; boundary=b' },
      { body: '--b\nContent-Disposition: form-data; name="file"\n\nx\n--b--\n', type: 'multipart/form-data; boundary=b' },
    ];
    for (const [i, one] of refused.entries())
      assert.ok([400, 413].includes((await owner.post(at, one)).status), `number ${i}`);
    const over = await owner.post(at, file(Buffer.alloc(4.5 * 1024 * 1024))).catch((e) => ({ status: e.code ?? 413 }));
    assert.ok([413, 'EPIPE', 'ECONNRESET'].includes(over.status), `${over.status}`);
    assert.equal((await owner.post('/api/auth/user/name', file(png(512)))).status, 415, 'files are taken nowhere else');
  });
});

describe('the scanner', () => {
  after(() => { verdict = 'stream: OK'; });
  for (const [said, status, detail] of [
    ['stream: Eicar-Test-Signature FOUND', 400, 'The virus scanner found something in the file'],
    ['INSTREAM size limit exceeded. ERROR', 503, 'The virus scanner cannot be asked at the moment. Try again later.'],
    ['stream: OK and more', 503, 'The virus scanner cannot be asked at the moment. Try again later.'],
    ['hang up', 503, 'The virus scanner cannot be asked at the moment. Try again later.'],
  ])
    it(`that says "${said}" keeps a logo out`, async () => {
      verdict = said;
      const was = await current(), answer = await send(png(512, 512, { colour: [9, 9, 9, 255] }));
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.json.detail, detail);
      assert.equal(await current(), was);
    });

  it('that is away does, too', async () => {
    await new Promise((done) => scanner.close(done));
    assert.equal((await send(png(512))).status, 503);
    scanner = await scannerAt(server.env.CLAMAV_ADDRESS);
    verdict = 'stream: OK';
    assert.equal((await send(png(512))).status, 200);
  });
});

describe('PATCH logo', () => {
  const set = (logo_url, { browser = owner, id = app.id } = {}) => browser.send('PATCH', `/api/oauth/apps/${id}/logo`, { json: { logo_url } });

  it('sets an address elsewhere, and removes what was stored here', async () => {
    const { logo_url: here } = (await send(png(512))).json;
    const answer = await set('https://cdn.example.com/logo.png?size=1&x=%20');
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.logo_url, 'https://cdn.example.com/logo.png?size=1&x=%20');
    assert.equal((await fetched(here)).status, 404);
    assert.ok(!(await owner.get('/profile/oauth-apps')).text.includes('cdn.example.com'), 'pages load nothing from elsewhere');
    assert.equal((await set('')).json.logo_url, null);
  });

  it('leaves what is there when it is set again', async () => {
    const { logo_url: here } = (await send(png(512))).json;
    assert.equal((await set(here)).status, 200);
    assert.equal((await fetched(here)).status, 200);
  });

  for (const url of ['javascript:alert(1)', 'data:image/png;base64,AA', 'http://cdn.example.com/a.png', '//cdn.example.com/a', '/logout', 'https://', 'https:///a', 'https://me:pw@cdn.example.com/', 'https://cdn.example.com/a b', 'https://cdn.example.com/"><script>', `https://cdn.example.com/${'x'.repeat(2100)}`, 5, null, undefined])
    it(`does not take ${JSON.stringify(url)?.slice(0, 50)}`, async () => {
      const was = await current();
      assert.equal((await set(url)).status, 422);
      assert.equal(await current(), was);
    });

  it('takes no address of this server but its own', async () => {
    assert.equal((await set(`${server.base}/logout`)).status, 422);
  });

  it("knows nobody else's app", async () => {
    for (const [browser, id] of [[stranger, app.id], [owner, unknown]]) {
      const answer = await set('https://cdn.example.com/a.png', { browser, id });
      assert.equal(answer.status, 404);
      assert.equal(answer.json.detail, 'OAuth App not found');
    }
  });
});

describe('the pages', () => {
  const at = () => `/profile/oauth-apps/${app.id}`;
  const csrfOf = (page) => /name="csrf" value="([^"]*)"/.exec(page.text)[1];
  const submit = async (browser, parts, path = `${at()}/logo`) => {
    const csrf = csrfOf(await browser.get('/profile'));
    return browser.post(path, multipart([{ name: 'csrf', value: csrf }, ...parts]));
  };
  const upload = (value, type = 'image/png') => ({ name: 'file', value, type, filename: 'a.png' });

  it('take a logo, show it where people decide, and remove it', async () => {
    const answer = await submit(owner, [upload(png(600))]);
    assert.equal(answer.status, 303, answer.text);
    assert.match(textOf((await owner.get(answer.headers.location)).text), /Logo uploaded successfully/);
    const path = new URL(await current()).pathname;
    const consent = await stranger.get('/auth/authorize', { query: authorizeQuery(app, pkce()) });
    await grant(stranger, app);
    for (const page of [await owner.get('/profile/oauth-apps'), await owner.get(at()), await stranger.get('/profile/connected-apps'), consent])
      assert.ok(page.text.includes(`src="${path}"`), textOf(page.text).slice(0, 200));
    const removed = await owner.post(`${at()}/logo/remove`, { form: { csrf: csrfOf(await owner.get(at())) } });
    assert.equal(removed.status, 303);
    assert.equal(await current(), null);
    assert.equal((await server.browser().get(path)).status, 404);
  });

  for (const [what, parts, says] of [
    ['no file', [{ name: 'file', value: '', type: 'application/octet-stream', filename: '' }], /Invalid file type/],
    ['no field', [], /Choose a file/],
    ['an oblong', [upload(png(512, 600))], /Logo must be square. Got 512x600/],
    ['what is no image', [upload(Buffer.from('<b>'))], /Invalid image file/],
    ['what can not be decoded', [upload(png(512, 512, { rows: 9 }))], /Invalid image file/],
  ])
    it(`say beside the field what is wrong with ${what}`, async () => {
      const page = await submit(owner, parts);
      assert.equal(page.status, 422, page.text);
      assert.match(textOf(/id="file-error">([^<]*)</.exec(page.text)[1]), says);
    });

  it('say of a file that nobody would read to its end what it is, in words and in the language of who sends it', async () => {
    const much = Buffer.alloc(6 * 1024 * 1024);
    for (const [language, says] of [['en', /The file is too large: it may have 3 MB at most/], ['de', /Die Datei ist zu groß: Sie darf höchstens 3 MB haben/]]) {
      const { body, type } = multipart([upload(much)]);
      const answer = await fetch(`${server.base}${at()}/logo`, { method: 'POST', body, headers: { 'content-type': type, 'accept-language': language } });
      assert.equal(answer.status, 413);
      assert.match(answer.headers.get('content-type'), /^text\/html/);
      assert.match(answer.headers.get('content-security-policy'), /default-src 'none'/);
      assert.match(textOf(await answer.text()), says);
    }
    const long = await fetch(`${server.base}/login`, { method: 'POST', body: `email=${'x'.repeat(100_000)}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(long.status, 413);
    assert.match(textOf(await long.text()), /What you sent is too large/);
    const program = await fetch(`${server.base}/api/oauth/apps/${app.id}/logo/upload`, { method: 'POST', ...(({ body, type }) => ({ body, headers: { 'content-type': type } }))(multipart([upload(much)])) });
    assert.deepEqual([program.status, (await program.json()).detail], [413, 'The body is too large']);
  });

  it('ask for the token of their form', async () => {
    assert.equal((await owner.post(`${at()}/logo`, multipart([{ name: 'csrf', value: 'x' }, upload(png(512))]))).status, 403);
    assert.equal((await owner.post(`${at()}/logo`, multipart([upload(png(512))]))).status, 403);
    assert.equal((await submit(stranger, [upload(png(512))])).status, 404);
    const path = `${at()}/logo/remove`, csrf = csrfOf(await stranger.get('/profile'));
    assert.equal((await stranger.post(path, { form: { csrf } })).status, 404);
  });

  for (const path of [`/oauth-apps/${unknown}/logo/${'0'.repeat(64)}.webp`, '/oauth-apps/x/logo/y', `/oauth-apps/x/logo/${'0'.repeat(64)}.png`])
    it(`have no ${path.slice(0, 40)}`, async () => {
      assert.equal((await server.browser().get(path)).status, 404);
    });
});
