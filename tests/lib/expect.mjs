// What answers look like, told once.
import assert from 'node:assert/strict';

// An OAuth refusal. detail: RegExp for the text that a person reads.
export function refused(answer, status, code, detail) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/json/);
  const body = answer.json;
  if (code)
    assert.equal(body.error, code, answer.text);
  if (detail) {
    const said = typeof body.detail === 'string' ? body.detail : body.error_description ?? JSON.stringify(body.detail);
    assert.match(said, detail);
  }
  assert.equal(answer.headers.location, undefined);
  for (const member of ['access_token', 'refresh_token', 'code', 'redirect_url'])
    assert.ok(!(member in body), `a refusal with ${member}`);
  return body;
}

export const invalidGrant = (answer, detail) => refused(answer, 400, 'invalid_grant', detail);

// A field of a JSON body that is missing or wrong: 422 in the Platform's shape.
export function invalidField(answer, field) {
  assert.equal(answer.status, 422, answer.text);
  const { detail } = answer.json;
  assert.ok(Array.isArray(detail), answer.text);
  assert.deepEqual(detail[0].loc, ['body', field]);
  assert.equal(typeof detail[0].msg, 'string');
  assert.equal(typeof detail[0].type, 'string');
}

export function neverStored(answer) {
  assert.match(answer.headers['cache-control'] ?? '', /no-store/);
}

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/;

export function isDate(text, { within = 60, of } = {}) {
  assert.match(text, iso);
  if (of !== undefined)
    assert.ok(Math.abs(Date.parse(text) - of) < within * 1000, `${text} is not about ${new Date(of).toISOString()}`);
}

// A token answer, with the members of both dialects.
export function tokens(answer, scopes, { access = 3600, refresh = 30 * 86400 } = {}) {
  assert.equal(answer.status, 200, answer.text);
  const t = answer.json;
  assert.match(t.access_token, /^agpt_xt_[\w-]{43}$/);
  assert.match(t.refresh_token, /^agpt_rt_[\w-]{43}$/);
  assert.equal(t.token_type, 'Bearer');
  assert.deepEqual([...t.scopes].sort(), [...scopes].sort());
  assert.deepEqual(t.scope.split(' ').sort(), [...scopes].sort());
  assert.ok(Math.abs(t.expires_in - access) <= 5, `expires_in ${t.expires_in}`);
  isDate(t.access_token_expires_at, { of: Date.now() + access * 1000 });
  isDate(t.refresh_token_expires_at, { of: Date.now() + refresh * 1000 });
  neverStored(answer);
  assert.equal(answer.headers.pragma, 'no-cache');
  return t;
}

export function pageHeaders(answer) {
  const h = answer.headers, policy = h['content-security-policy'] ?? '';
  assert.match(h['content-type'], /^text\/html; ?charset=utf-8$/i);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /default-src '(none|self)'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|\*/);
  assert.equal(h['x-frame-options'], 'DENY');
  assert.equal(h['referrer-policy'], 'no-referrer');
  assert.equal(h['x-content-type-options'], 'nosniff');
  assert.equal(h['cross-origin-opener-policy'], 'same-origin');
  neverStored(answer);
}

// Nothing from elsewhere, nothing inline: what the policy says, the page keeps.
export function pageIsSelfContained(answer) {
  assert.doesNotMatch(answer.text, /<script(?![^>]*\bsrc=)/i, 'an inline script');
  assert.doesNotMatch(answer.text, /<style|\sstyle\s*=/i, 'an inline style');
  assert.doesNotMatch(answer.text, /\son[a-z]+\s*=\s*["']/i, 'an inline handler');
  for (const [, address] of answer.text.matchAll(/<(?:link|script|img|iframe|source)\b[^>]*\s(?:src|href)="([^"]*)"/gi))
    assert.ok(!/^(https?:)?\/\//.test(address), `loads ${address}`);
}

export function page(answer, status = 200) {
  assert.equal(answer.status, status, answer.text);
  pageHeaders(answer);
  pageIsSelfContained(answer);
}

// A card in place of a redirect: whatever is wrong, the browser stays here.
export function card(answer, status = 400) {
  page(answer, status);
  assert.equal(answer.headers.location, undefined);
  assert.doesNotMatch(answer.text, /http-equiv="?refresh/i);
}

// A redirect back to the app, with exactly these parameters beside iss.
export function back(answer, app, issuer, expected) {
  const url = answer.location ?? new URL(answer.json.redirect_url);
  assert.equal(url.origin + url.pathname, new URL(app.redirectUri).origin + new URL(app.redirectUri).pathname);
  assert.equal(url.hash, '');
  assert.equal(url.searchParams.get('iss'), issuer);
  for (const [name, value] of Object.entries(expected))
    assert.equal(url.searchParams.get(name), value, `${name} of ${url}`);
  for (const name of url.searchParams.keys())
    assert.equal(url.searchParams.getAll(name).length, 1, `${name} is given twice`);
  return url;
}
