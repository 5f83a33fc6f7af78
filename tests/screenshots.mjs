// Takes a picture of every page and state of lib/pages.mjs: `node tests/screenshots.mjs [NAME …]`, into tests/browser/screenshots,
// as NAME-WIDTH-SCHEME.png; and those that README and guides show, into docs/images. BUILD_DIR as for the tests.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium, visitor } from './lib/chromium.mjs';
import { cookiesOf, pages, pathOf, world } from './lib/pages.mjs';
import { root } from './lib/programs.mjs';

const folder = join(root, 'tests/browser/screenshots'), images = join(root, 'docs/images');
const looks = [['desktop', 'light'], ['desktop', 'dark'], ['phone', 'light'], ['phone', 'dark']];
const widths = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

// What README and guides show: of which page, how, and by which name. One dot a pixel, since no page may weigh more than 100 KB.
const shown = [
  ['consent', 'phone', 'light', 'authorize'],
  ['wizard-half', 'phone', 'light', 'wizard'],
  ['api-key-created', 'phone', 'light', 'api-key'],
];

const wanted = process.argv.slice(2);
const w = await world({ PLATFORM_NAME: 'Gatehouse' });
const chromium = await launchChromium();
try {
  mkdirSync(folder, { recursive: true });
  for (const entry of pages.filter(({ name }) => !wanted.length || wanted.includes(name))) {
    const context = await visitor(chromium, { deviceScaleFactor: 2, viewport: widths.desktop });
    if (entry.as)
      await context.addCookies(cookiesOf(w.people[entry.as], w.server.base));
    const page = await context.newPage();
    await page.goto(w.server.base + pathOf(entry, w));
    await entry.act?.(page);
    for (const [device, colorScheme] of looks) {
      await page.setViewportSize(widths[device]);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(folder, `${entry.name}-${device}-${colorScheme}.png`), fullPage: true });
      const name = shown.find(([of, on, inScheme]) => of === entry.name && on === device && inScheme === colorScheme)?.[3];
      if (name)
        await page.locator('.card').screenshot({ path: join(images, `${name}.png`), scale: 'css' });
    }
    await context.close();
    console.log(entry.name);
  }
} finally {
  await chromium.close();
  await w.server.close();
}
