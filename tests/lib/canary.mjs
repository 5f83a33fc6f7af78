// Every secret that a run meets is remembered here, so that the end of the run can look for it where it must never be:
// in the server's output, and in the bodies of its refusals.

// The random tail alone is searched for, so that a secret that was cut or bears another prefix is found as well.
const shapes = [
  /agpt_(?:xt|rt|secret)_([\w-]{43})/g,
  /[?&]code=([\w-]{43})(?![\w-])/g,
];
const secretMembers = new Set(['password', 'client_secret', 'code', 'code_verifier', 'refresh_token', 'access_token', 'token']);

export class Canary {
  secrets = new Map(); // text → where it came from
  cookies = new Map(); // these may stand in a page (a form's token), never in a log
  stored = new Map(); // what the vault keeps: in no answer, whatever its status, and in no page of the database
  leaks = [];
  refusals = [];

  add(text, from) {
    if (typeof text === 'string' && text.length >= 8 && !text.includes('@')) // an address is no secret, even as a bad password
      this.secrets.set(text.replace(/^agpt_(xt|rt|secret)_(?=.{20})/, ''), from);
  }

  // A secret of a credential. It is searched for as it was sent, and as JSON writes it.
  addStored(text, from) {
    this.add(text, from);
    this.stored.set(text, from);
  }

  addCookie(text) {
    if (text.length >= 20)
      this.cookies.set(text, 'cookie');
  }

  // What was sent, as an object of members.
  sent(members) {
    for (const [name, value] of Object.entries(members ?? {}))
      if (/^gh_l_/.test(value)) // a set-up link's form carries it, also when it is shown again
        this.addCookie(value);
      else if (secretMembers.has(name))
        this.add(value, `sent ${name}`);
  }

  received(request, response) {
    const text = response.text + '\n' + (response.headers.location ?? '');
    for (const [secret, from] of matches(text, this.stored))
      this.leaks.push(`the answer to ${request} gives back ${secret} (${from})`);
    for (const shape of shapes)
      for (const [, secret] of text.matchAll(shape))
        this.add(secret, `answer to ${request}`);
    if (response.status >= 400 && this.refusals.length < 20_000)
      this.refusals.push({ request, text: JSON.stringify(response.headers) + response.text });
  }

  // Finds in what the server wrote, and in its refusals; each finding is a sentence.
  search(output) {
    const found = [...this.leaks];
    for (const [secret, from] of matches(output, new Map([...this.secrets, ...this.cookies]))) {
      const at = output.indexOf(secret);
      found.push(`the output holds a secret (${from}): …${output.slice(Math.max(0, at - 120), at + 60)}…`);
    }
    for (const [secret, from] of matches(this.refusals.map((r) => r.text).join('\n'), this.secrets))
      found.push(`the answer to ${this.refusals.find((r) => r.text.includes(secret)).request} holds a secret (${from})`);
    return found;
  }
}

// What the vault keeps, in all bytes of a database.
export function searchStored(canary, bytes) {
  return [...matches(bytes, canary.stored)].map(([secret, from]) => `the database holds ${secret} (${from})`);
}

// Which of the secrets the text holds. There are thousands of tokens in a long run: they are looked up by every window
// of their length, in one pass; the few others are searched for one by one.
function* matches(text, secrets) {
  const tokens = new Set();
  for (const [secret, from] of secrets)
    if (/^[\w-]{43}$/.test(secret))
      tokens.add(secret);
    else if (text.includes(secret))
      yield [secret, from];
  for (const [run] of text.matchAll(/[\w-]{43,}/g))
    for (let i = 0; i + 43 <= run.length; i++) {
      const window = run.slice(i, i + 43);
      if (tokens.delete(window))
        yield [window, secrets.get(window)];
    }
}
