// What must hold whatever happens, as functions over answers and rows.
//   I1  a code or refresh token succeeds at most once; a replay in the grace window counts as the same success
//   I2  an acknowledged token survives
//   I3  an acknowledged revocation, disabling, logout or consent survives
//   I4  no half-made grant
//   I5  every secret of the vault opens
import assert from 'node:assert/strict';
import { introspect, me, redeem, refresh } from './oauth.mjs';
import { isSignedIn } from './people.mjs';

const gift = ({ json }) => `${json.access_token} ${json.refresh_token}`;
export const good = (answers) => answers.filter((a) => a.status === 200);

// Every request was decided: tokens, a refusal, or "later" with a time, never a fault of the server's own.
export function decided(answers) {
  for (const a of answers)
    if (a.status === 503)
      assert.match(a.headers['retry-after'] ?? '', /^\d+$/, a.text);
    else
      assert.ok(a.status < 500, `${a.status} ${a.text}`);
}

// I1 of a code: one answer with tokens. Whether somebody else then tried it again shows in those tokens.
export function redeemedOnce(answers) {
  decided(answers);
  assert.ok(good(answers).length <= 1, `a code gave tokens ${good(answers).length} times`);
}

// I1 of a refresh token: all who succeed are given the same.
export function rotatedOnce(answers) {
  decided(answers);
  assert.ok(new Set(good(answers).map(gift)).size <= 1, 'a refresh token has two successors');
}

// I2, at every node.
export async function lives(browsers, app, { access_token, refresh_token }) {
  for (const [i, b] of browsers.entries()) {
    assert.equal((await me(b, access_token)).status, 200, `node ${i} has lost an access token`);
    for (const text of [access_token, refresh_token])
      assert.equal((await introspect(b, app, text)).json.active, true, `node ${i} has lost a token`);
  }
}

// I3 of tokens, at every node: neither use, look nor exchange finds them.
export async function isDead(browsers, app, { access_token, refresh_token, ...given }) {
  for (const [i, b] of browsers.entries()) {
    if (access_token)
      assert.equal((await me(b, access_token)).status, 401, `node ${i} lets a dead token in`);
    for (const text of [access_token, refresh_token].filter(Boolean))
      assert.notEqual((await introspect(b, app, text)).json.active, true, `node ${i} calls a dead token active`);
    if (refresh_token)
      assert.notEqual((await refresh(b, app, refresh_token)).status, 200, `node ${i} exchanges a dead token`);
    if (given.code)
      assert.notEqual((await redeem(b, app, given)).status, 200, `node ${i} redeems a dead code`);
  }
}

// I3 of a session, at every node.
export async function isSignedOut(browsers) {
  for (const [i, b] of browsers.entries())
    assert.equal(await isSignedIn(b), false, `node ${i} knows a session that was ended`);
}

// I3 of requests in flight: what began after the end was acknowledged has not succeeded, wherever it was sent.
export function refusedAfter(log, kind) {
  for (const { kind: what, answer } of log.after(kind))
    assert.ok(![200, 303].includes(answer.status) || answer.json?.active === false, `${what} succeeds after ${kind}: ${answer.text}`);
}

// I4, of all rows.
export async function nothingHalfMade(database) {
  assert.deepEqual(await database.faults(), []);
  const none = async (what, text) => assert.deepEqual(await database.sql(text), [], what);
  await none('a code was spent, and gave nothing', 'SELECT id FROM codes WHERE spent_at <> 0 AND authorization_id NOT IN (SELECT authorization_id FROM access_tokens)');
  await none('a code without its authorization', 'SELECT id FROM codes WHERE authorization_id NOT IN (SELECT id FROM authorizations)');
  await none('a token was spent without a successor', `SELECT id FROM refresh_tokens WHERE spent_at <> 0
    AND NOT (successor_id IN (SELECT id FROM refresh_tokens) AND successor_access_id IN (SELECT id FROM access_tokens))`);
  await none('a successor of a token that was not spent', `SELECT id FROM refresh_tokens r WHERE spent_at = 0 AND successor_id <> 0`);
  await none('tokens of a code that was not spent', 'SELECT id FROM access_tokens WHERE authorization_id IN (SELECT authorization_id FROM codes WHERE spent_at = 0)');
  await none('more than one living refresh token in a family', 'SELECT authorization_id FROM refresh_tokens WHERE spent_at = 0 GROUP BY authorization_id HAVING count(*) > 1');
  await none('an access token without a refresh token', `SELECT id FROM access_tokens WHERE authorization_id NOT IN (SELECT authorization_id FROM refresh_tokens)
    AND authorization_id NOT IN (SELECT a.id FROM authorizations a JOIN apps p ON p.id = a.app_id WHERE p.grant_types NOT LIKE '%refresh_token%')`);
}

// I5; n: how many there are. What `gatehouse vault check` says.
export async function everySecretOpens(server, n) {
  const ran = await server.run('gatehouse', ['vault', 'check', '--json']);
  assert.equal(ran.code, 0, ran.stderr);
  const said = JSON.parse(ran.stdout);
  assert.equal(said.failed, 0);
  if (n !== undefined)
    assert.equal(said.credentials, n);
  return said;
}
