// The little HTML that a test needs: forms as a person without JavaScript would send them.

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

export const unescape = (text) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(+decimal) : entities[name] ?? all);

function attributes(tag) {
  const found = {};
  for (const [, name, double, single, bare] of tag.matchAll(/([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g))
    found[name.toLowerCase()] = unescape(double ?? single ?? bare ?? '');
  return found;
}

export const textOf = (html) => unescape(html.replace(/<wbr>/gi, '').replace(/<(style|script)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();

// [{ action, method, fields: [{ name, type, value }], buttons: [{ name, value, text, action }] }]
export function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head, inside]) => {
    const form = attributes(head), fields = [], buttons = [];
    for (const [, tag] of inside.matchAll(/<input\b((?:"[^"]*"|'[^']*'|[^>])*)>/gi)) {
      const input = attributes(tag), type = (input.type ?? 'text').toLowerCase();
      if (type === 'submit')
        buttons.push({ name: input.name, value: input.value, text: input.value ?? '', action: input.formaction });
      else if (input.name && !['checkbox', 'radio'].includes(type))
        fields.push({ name: input.name, type, value: input.value ?? '' });
      else if (input.name)
        fields.push({ name: input.name, type, value: input.value ?? 'on' });
    }
    for (const [, tag, text] of inside.matchAll(/<button\b((?:"[^"]*"|'[^']*'|[^>])*)>([\s\S]*?)<\/button>/gi)) {
      const button = attributes(tag);
      if ((button.type ?? 'submit') === 'submit')
        buttons.push({ name: button.name, value: button.value ?? '', text: textOf(text), action: button.formaction });
    }
    return { action: form.action || undefined, method: (form.method ?? 'get').toLowerCase(), fields, buttons };
  });
}

// A title or heading, for messages and for cards.
export const heading = (html) => textOf(/<h1\b[^>]*>([\s\S]*?)<\/h1>/i.exec(html)?.[1] ?? '');
