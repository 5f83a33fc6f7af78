// Every page and state of lib/pages.mjs: axe finds nothing, the HTML is valid, it fits, weighs little and asks nobody else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { HtmlValidate } from 'html-validate';
import { launchChromium, visitor } from '../lib/chromium.mjs';
import { cookiesOf, pages, pathOf, world } from '../lib/pages.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WEIGHT_MAX = 100 * 1024; // bytes, as they travel
const heavy = { reference: 'Swagger UI' }; // what weighs more, and why
const desktop = { width: 1280, height: 800 }, phone = { width: 360, height: 740 };
const looks = [['light', desktop], ['dark', phone], ['dark', desktop], ['light', phone]];

const validator = new HtmlValidate({
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    'no-redundant-for': 'off', // for and id on a field within its label does no harm
    'require-sri': 'off', // all files are this server's
    'text-content': 'off', // axe knows what has a name
    'tel-non-breaking': 'off', // no page has telephone numbers
    'no-inline-style': 'error',
    'prefer-native-element': ['error', { exclude: ['region'] }], // role="region" on a box that scrolls
  },
});

let w, chromium, contexts;
before(async () => {
  w = await world();
  chromium = await launchChromium();
  contexts = new Map();
});
after(async () => {
  await chromium?.close();
  await w?.server.close();
});

// One browser with one page for each person; the last document that it was sent is kept as text. A process that has compiled
// axe once has it at hand for the pages that follow.
async function contextOf(as) {
  if (!contexts.has(as)) {
    const context = await visitor(chromium, { viewport: desktop });
    if (as)
      await context.addCookies(cookiesOf(w.people[as], w.server.base));
    const page = await context.newPage();
    Object.assign(context, { page, devtools: await context.newCDPSession(page) });
    page.on('response', (response) => {
      if (response.request().isNavigationRequest() && response.status() !== 303 && response.status() !== 302)
        context.document = response.text().catch(() => null);
    });
    contexts.set(as, context);
  }
  return contexts.get(as);
}

// colours: whether contrast is looked at, too, which takes the longest
async function check(page, { foreign }, colours) {
  return page.evaluate(async ([leave, contrast]) => {
    const found = await window.axe.run({ exclude: leave ? [leave] : [] }, { resultTypes: ['violations'],
      rules: { 'color-contrast': { enabled: contrast } }, runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', ...leave ? [] : ['best-practice']] } });
    return found.violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 4).map((n) => `    ${n.html.slice(0, 300)} ${n.any.map((a) => a.message).join('; ').slice(0, 200)}`).join('\n')}`);
  }, [foreign, colours]);
}

describe('every page', () => {
  for (const entry of pages)
    it(entry.name, async () => {
      const context = await contextOf(entry.as), { page } = context;
      context.document = null;
      await page.setViewportSize(desktop);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await page.goto(w.server.base + pathOf(entry, w));
      await entry.act?.(page);
      await page.waitForLoadState();

      const html = await context.document;
      assert.ok(html, 'a document');
      if (!entry.foreign) {
        const { results } = await validator.validateString(html);
        assert.deepEqual(results.flatMap(({ messages }) => messages.map((m) => `${m.line}: ${m.ruleId}: ${m.message}`)), []);
      }
      const weight = await page.evaluate(() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .reduce((all, { encodedBodySize }) => all + encodedBodySize, 0));
      assert.ok(weight > 1000 && (weight < WEIGHT_MAX || heavy[entry.name]), `${weight} bytes`);

      const { exceptionDetails } = await context.devtools.send('Runtime.evaluate', { expression: axe }); // evaluate() would parse it thrice
      assert.equal(exceptionDetails, undefined);
      const faults = [];
      for (const [i, [colorScheme, viewport]] of looks.slice(0, entry.all ? 4 : 2).entries()) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0 && !entry.foreign)
          faults.push(`${over} px too wide`);
        for (const fault of i && entry.alike ? [] : await check(page, entry, !entry.alike))
          faults.push(`${colorScheme}, ${viewport.width}: ${fault}`);
      }
      assert.deepEqual(faults, [], faults.join('\n'));
      assert.deepEqual(context.complaints.splice(0).filter((c) => !entry.complaint?.test(c)), []);
    });
});
