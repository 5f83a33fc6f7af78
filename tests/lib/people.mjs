// What people do first: sign up, sign in, sign out, through the JSON doors and through the pages.
import assert from 'node:assert/strict';

let serial = 0;

export const someone = (more = {}) => {
  serial++;
  return { email: `person${serial}.${process.pid}@example.org`, password: `a long walk ${serial} home ${process.pid}`, ...more };
};

export async function signUp(server, who = someone(), browser = server.browser()) {
  const answer = await browser.post('/api/auth/signup', { json: who });
  assert.equal(answer.status, 200, answer.text);
  return Object.assign(browser, { who, user: answer.json });
}

export const tryLogin = (browser, { email, password }, options) =>
  browser.post('/api/auth/login', { json: { email, password }, ...options });

export async function signIn(server, who, browser = server.browser()) {
  const answer = await tryLogin(browser, who);
  assert.equal(answer.status, 200, answer.text);
  return Object.assign(browser, { who, user: answer.json });
}

export async function signInOnPage(browser, who, path = '/login') {
  const page = await browser.page(path);
  assert.equal(page.status, 200, page.text);
  return browser.submit(page, /log ?in|sign in/i, { email: who.email, password: who.password });
}

// An answer that only someone who is signed in gets.
export async function isSignedIn(browser, options) {
  const { status } = await browser.get('/api/oauth/apps/mine', options);
  assert.ok([200, 401].includes(status), `status ${status}`);
  return status === 200;
}

// The cookie that carries the session: the one without which nobody is signed in.
export async function sessionCookie(browser) {
  for (const [name, value] of browser.cookies) {
    browser.cookies.delete(name);
    const without = await isSignedIn(browser);
    browser.cookies.set(name, value);
    if (!without)
      return { name, value };
  }
  throw new Error('no cookie carries the session');
}
