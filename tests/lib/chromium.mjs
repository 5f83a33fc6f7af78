// A real browser, with everything that it complains about written down.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

// Without what shows windows it takes half the processor time.
const programs = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

export const launchChromium = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? programs.find((p) => existsSync(p)) ?? programs[0],
  // its own sandbox needs rights that root in a container lacks
  args: process.getuid() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage'] : ['--disable-dev-shm-usage'],
});

// A context whose pages' complaints (script errors, policy violations, failed or foreign requests) land in `complaints`.
export async function visitor(browser, options = {}) {
  const context = await browser.newContext(options), complaints = [];
  context.setDefaultTimeout(30_000); // beside other tests, at a lower priority
  context.on('page', (page) => {
    page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
    page.on('console', (message) => {
      // the browser's own line about an answer of 4xx is no complaint about the page
      if (['error', 'warning'].includes(message.type()) && !/Failed to load resource.*status of 4\d\d/.test(message.text()))
        complaints.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!/^(http:\/\/(localhost|127\.0\.0\.1)[:/]|data:|about:|chrome-error:)/.test(request.url()))
        complaints.push(`asks for ${request.url()}`);
    });
  });
  return Object.assign(context, { complaints });
}

// A picture for whoever wants to look: of the whole page, in tests/browser/screenshots, with BROWSER_PICTURES=1. No test needs one,
// and they take as long as the tests.
const pictures = fileURLToPath(new URL('../browser/screenshots/', import.meta.url));
export const picture = process.env.BROWSER_PICTURES === '1' ? (page, name) => page.screenshot({ path: `${pictures}${name}.png`, fullPage: true })
  : async () => {};
