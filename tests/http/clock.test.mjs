// A server that comes back with its clock behind: the time that it had is noted in the database. That note is moved here, which
// is the same as moving the machine's clock the other way.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { grant, grantCode, me, redeem, refresh } from '../lib/oauth.mjs';
import { isSignedIn, signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';

const minute = 60_000, hour = 60 * minute;

describe('a clock that was set back while the server was down', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server?.close());

  const ahead = (ms) => server.sql(`UPDATE nodes SET clock_at = clock_at + ${ms}`);
  const mark = async () => Number(Object.values((await server.sql('SELECT MAX(clock_at) AS m FROM nodes'))[0])[0]);

  it('is noted while the server runs, after its end, and after a kill', async () => {
    assert.ok(Math.abs(await mark() - Date.now()) < minute);
    const noted = await mark();
    await server.stop();
    assert.ok(await mark() > noted, 'the end is noted');
    await server.up();
    await server.kill();
    assert.ok(Math.abs(await mark() - Date.now()) < minute);
    await server.up();
  });

  it('revives nothing: neither codes, nor access tokens, nor spent refresh tokens', async () => {
    const person = await signUp(server), app = await server.createApp();
    const tokens = await grant(person, app), code = await grantCode(person, app), turned = await grant(person, app);
    const next = (await refresh(person, app, turned.refresh_token)).json;
    await server.stop();
    await ahead(hour + minute);
    await server.up();
    const again = server.browser();
    again.cookies = person.cookies;
    assert.equal((await me(again, tokens.access_token)).status, 401);
    assert.equal((await redeem(again, app, code)).status, 400);
    assert.equal(await isSignedIn(again), true, 'a session lasts longer');
    assert.equal((await refresh(again, app, turned.refresh_token)).status, 400, 'the grace is over');
    assert.equal((await refresh(again, app, next.refresh_token)).status, 400, 'and its family with it');
    assert.equal((await refresh(again, app, tokens.refresh_token)).status, 200);
    const later = await mark();
    await server.stop();
    await server.up();
    assert.ok(await mark() >= later, 'it stays ahead over the next restart');
  });

  it('keeps the server from starting when it is a day behind; reset-clock is the way out', async () => {
    await server.stop();
    await ahead(25 * hour);
    const refused = await server.run('gatehouse', ['serve']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /clock says 20\d\d-.*Z, but a server .* had 20\d\d-.*Z.*gatehouse reset-clock/s);
    const reset = await server.run('gatehouse', ['reset-clock']);
    assert.equal(reset.code, 0, reset.stderr);
    await server.up();
    assert.ok(Math.abs(await mark() - Date.now()) < minute);
  });
});
