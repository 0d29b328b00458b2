// Makes the pictures of the page of apps/web in docs/images/, after a build. Needs Debian's Chromium.
//
//     node scripts/make-web-screenshots.mjs [FOLDER]

import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = process.argv[2] ?? join(root, 'docs/images');
const page = pathToFileURL(join(root, 'apps/web/dist/index.html')).href;
const archive = (name) => join(root, 'examples', name);

/** What is selected is in the fragment of the address. */
const PICTURES = [
  { name: 'light', width: 1280, height: 1000 },
  {
    name: 'dark',
    width: 1280,
    height: 1000,
    dark: true,
    fragment: '#/var/lib/bramble/recipes.db?colour=waste',
  },
  { name: 'narrow', width: 360, height: 1400 },
  { name: 'wide', width: 1920, height: 1080, fragment: '#/etc/bramble/bramble.conf', views: true },
  { name: 'two-images', width: 1280, height: 1000, compares: true },
];

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  for (const picture of PICTURES) await take(picture);
} finally {
  await browser.close();
}

async function take({ name, width, height, dark = false, fragment = '', views = false, compares = false }) {
  const colorScheme = dark ? 'dark' : 'light';
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
  });
  const tab = await context.newPage();
  await tab.goto(page + fragment);
  await tab.setInputFiles('#files', archive(compares ? 'two-images.tar' : 'demo.tar'));
  if (compares) await tab.getByRole('button', { name: 'Compare', exact: true }).click();
  await tab.locator('body:has(.status[hidden]):has(#report h1)').waitFor();
  if (views) {
    await tab.locator('.file-actions button').first().click();
    await tab.getByRole('region', { name: 'content' }).waitFor();
  }
  await tab.screenshot({ path: join(folder, `web-${name}.png`) });
  await context.close();
}
