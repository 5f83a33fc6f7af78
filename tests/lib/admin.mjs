// Administrators: made by the command line, and elevated as a person is who opens /admin.
import assert from 'node:assert/strict';
import { signIn } from './people.mjs';

// Enters the password again.
export async function elevate(browser) {
  const page = await browser.page('/admin/confirm');
  if (page.status === 303)
    return browser; // is so already
  assert.equal(page.status, 200, page.text);
  const done = await browser.submit(page, /continue/i, { password: browser.who.password });
  assert.equal(done.status, 303, done.text);
  return browser;
}

export async function makeAdmin(server, { elevated = true, ...more } = {}) {
  const who = await server.createUser({ admin: true, ...more });
  const browser = await signIn(server, who);
  return elevated ? elevate(browser) : browser;
}

// Posts a form of a page with the page's token.
export async function post(browser, path, form, from = path) {
  const page = await browser.page(from), csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1];
  assert.ok(csrf, `no form on ${from}: ${page.status} ${page.text.slice(0, 500)}`);
  return browser.post(path, { form: { csrf, ...form } });
}
