import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { examples } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { imagesFolder } from '@layers/testing/real-archives';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openReport, startChromium, violationsOf, writeReport } from './report-browser.ts';
import {
  archivesIn,
  choose,
  done,
  errorOf,
  type Inspected,
  inspect,
  layoutsIn,
  type OpenPage,
  openPage,
  saved,
  savedJson,
  servePage,
} from './web-browser.ts';

/** The page that reads images, in a real browser. */
const folder = mkdtempSync(join(tmpdir(), 'layers-web-'));
const demo = join(examples, 'demo.tar');
const file = fileURLToPath(new URL('../../apps/web/dist/index.html', import.meta.url));
let browser: Browser;
let served: { readonly url: string; readonly server: Server };
const opened: OpenPage[] = [];

beforeAll(async () => {
  browser = await startChromium();
  served = await servePage();
});
afterAll(async () => {
  await browser?.close();
  served?.server.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const { context, incidents } of opened.splice(0)) {
    expect(incidents).toEqual([]);
    await context.close();
  }
});

async function open(url: string = served.url): Promise<Page> {
  const page = await openPage(browser, url);
  opened.push(page);
  return page.page;
}

const images = imagesFolder ?? examples;
const archives = [images, join(images, 'field'), join(images, 'hostile')].flatMap((path) => archivesIn(path));
/** Images with the packages of distributions and of languages. */
const manyPackages = ['containerd-alpine-3.14.tar', 'docker25-npm7-whole-gzip.tar.gz', 'oci-zstd-layer.tar']
  .map((name) => join(images, name))
  .filter((path) => existsSync(path));
const layouts = layoutsIn(join(images, 'oci-layouts'));

describe('the documents are those of the command, byte for byte', () => {
  it.each([demo, ...archives])('%s', async (path) => {
    const page = await open();
    await choose(page, path);
    await expectSame(page, path);
  });

  it.each(layouts)('%s', async (path) => {
    const page = await open();
    await choose(page, path, '#directory');
    await expectSame(page, path);
  });
});

/** Compares each image, or the error. */
async function expectSame(page: Page, path: string): Promise<void> {
  const buttons = page.locator('.archives button');
  const count = await buttons.count();
  if (count === 0) {
    await expectSameError(page, inspect(path, 0));
    return;
  }
  for (let image = 0; image < count; image++) {
    await buttons.nth(image).click();
    await done(page, '#report h1, .archive-bar > div > .problem');
    const known = inspect(path, image);
    if (known.stdout === '') await expectSameError(page, known);
    else expect(await savedJson(page)).toBe(known.stdout);
  }
}

async function expectSameError(page: Page, known: Inspected): Promise<void> {
  expect(await page.locator('.problem p').first().textContent()).toBe(errorOf(known));
}

describe('the page', () => {
  it('works without a server, and shows several archives at once', async () => {
    const page = await open(pathToFileURL(file).href);
    await choose(page, [demo, join(examples, 'two-images.tar'), fileURLToPath(import.meta.url)]);
    await expect
      .poll(() => page.locator('.archives b').allTextContents())
      .toEqual(['demo.tar', 'two-images.tar', basename(fileURLToPath(import.meta.url))]);
    expect(await page.locator('.archives button').count()).toBe(3);
    expect(await page.locator('.problem').count()).toBe(1);
    await page.locator('.archives button').nth(2).click();
    await page.getByRole('heading', { name: 'bramble-worker:2.0' }).waitFor();
  });

  it.each([demo, ...manyPackages])('shows what the report of the command shows: %s', async (path) => {
    const html = join(folder, 'report.html');
    await writeReport(html, '--show-values', path);
    const page = await open();
    await choose(page, path);
    const texts = async (shown: Page): Promise<string[]> => {
      const found: string[] = [];
      for (const tab of await shown.getByRole('tab').all()) {
        await tab.click();
        await expect.poll(() => tab.getAttribute('aria-selected')).toBe('true');
        found.push((await shown.locator('#table').textContent()) ?? '');
      }
      return [...found, ...(await shown.locator('.summary, .figures, .layers, .details').allTextContents())];
    };
    const report = await openReport(browser, html);
    expect(await texts(page)).toEqual(await texts(report.page));
    await report.page.close();
  });

  it('works without a network once it was opened', async () => {
    const page = await open();
    await page.context().setOffline(true);
    await page.reload();
    await choose(page, demo);
    expect(await savedJson(page)).toBe(inspect(demo, 0).stdout);
    opened[0]?.incidents.splice(0);
  });

  it('forbids requests, in the worker too', async () => {
    const page = await open();
    const request = `fetch('${served.url}').then(() => 'sent', () => 'refused')`;
    expect(await page.evaluate(request)).toBe('refused');
    const code = JSON.stringify(`${request}.then(postMessage)`);
    const answer = `new Promise((resolve) => {
      const worker = new Worker(URL.createObjectURL(new Blob([${code}])));
      worker.onmessage = ({ data }) => resolve(data);
    })`;
    expect(await page.evaluate(answer)).toBe('refused');
    const found = opened[0]?.incidents.splice(0) ?? [];
    expect(found.filter((incident) => !incident.includes('Content Security Policy'))).toEqual([]);
  });

  it('shows a file as text or in hexadecimal, and saves it, in each of its versions', async () => {
    const tar = join(folder, 'files.tar');
    const layers = [
      [
        { path: 'd/text', data: Buffer.from('first\n') },
        { path: 'd/bytes', data: Buffer.from([0, 1, 2, 0xff, 0x41]) },
      ],
      [{ path: 'd/text', data: Buffer.from('é\u202e first\nsecond\n') }],
    ];
    writeFileSync(tar, archiveOf(layers, { form: 'hybrid', compression: 'gzip' }));
    const page = await open();
    await choose(page, tar);
    const buttons = (word: string) => page.locator('.file-actions button', { hasText: word });
    const dialog = page.getByRole('dialog');
    await page.goto(`${served.url}#/d/text`);
    await buttons('View').nth(1).click();
    const content = dialog.getByRole('region', { name: 'content' });
    await expect.poll(() => content.textContent()).toBe('é\\u{202e} first\nsecond\n');
    expect(await saved(page, dialog.getByRole('button', { name: 'Save' }))).toBe('é\u202e first\nsecond\n');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await saved(page, buttons('Save').nth(0))).toBe('first\n');
    await page.goto(`${served.url}#/d/bytes`);
    await expect.poll(() => buttons('View').count()).toBe(1);
    await buttons('View').click();
    await dialog.getByText('00000000  00 01 02 ff 41').waitFor();
  });

  it('shows the names of a hostile image as text', async () => {
    const name = '<img src=x onerror=alert(1)>\u202e\u001b[31m';
    const tar = join(folder, 'hostile <b>.tar');
    const instruction = `RUN </script><script>alert(2)</script>${name}`;
    const files = [{ path: `d/${name}`, data: Buffer.alloc(5000, 'x') }];
    const history = [{ created_by: instruction }, { created_by: 'RUN rm' }];
    writeFileSync(tar, archiveOf([files, [{ path: `d/.wh.${name}` }]], { form: 'hybrid' }, { history }));
    const page = await open();
    await choose(page, tar);
    await page.goto(`${served.url}#/d/${encodeURIComponent(name)}`);
    const shown = '<img src=x onerror=alert(1)>\\u{202e}\\u{1b}[31m';
    await expect.poll(() => page.locator('.details h2').textContent()).toBe(`/d/${shown}`);
    await page.locator('.file-actions button').first().click();
    await expect.poll(() => page.getByRole('dialog').locator('h2').textContent()).toBe(`/d/${shown}`);
    expect(await page.locator('body img, body script, .archives b b').count()).toBe(0);
  });

  it('keeps the archives when reading is cancelled, and reads them again', async () => {
    const page = await open();
    await choose(page, join(examples, 'two-images.tar'));
    const first = page.locator('.archives button').first();
    await page.evaluate(`{
      document.querySelector('.archives button').click();
      [...document.querySelectorAll('.status button')][0].click();
    }`);
    await expect.poll(() => page.locator('.status').isHidden()).toBe(true);
    expect(await page.locator('#report h1').count()).toBe(0);
    expect(await page.locator('.archives button').count()).toBe(2);
    await first.click();
    await done(page, '#report h1');
    expect(await savedJson(page)).toBe(inspect(join(examples, 'two-images.tar'), 0).stdout);
  });

  it('keeps the report when reading contents is cancelled, and its files can be viewed', async () => {
    const page = await open();
    // The first report is cancelled as soon as it is there.
    await page.evaluate(`new MutationObserver((_, observer) => {
      if (document.querySelector('#report h1') === null) return;
      observer.disconnect();
      document.querySelector('.status button').click();
    }).observe(document.body, { childList: true, subtree: true })`);
    await choose(page, demo);
    await page.getByText('No advice was computed for this report.').waitFor();
    await page.goto(`${served.url}#/etc/bramble/release`);
    await page.locator('.file-actions button').first().click();
    await page.getByRole('dialog').getByText('Bramble 1.4.0').waitFor();
  });

  it('takes what is dropped', async () => {
    const page = await open();
    const bytes = Buffer.from('not an image').toString('base64');
    await page.evaluate(`{
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob('${bytes}'), (c) => c.charCodeAt(0))], 'note.txt'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }));
    }`);
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('note.txt');
  });

  it.each(['light', 'dark'] as const)('has nothing that axe refuses: %s', async (colorScheme) => {
    const page = await open();
    await page.emulateMedia({ colorScheme });
    expect(await violationsOf(page)).toEqual([]);
    opened[0]?.incidents.splice(0);
    await choose(page, demo);
    await page.goto(`${served.url}#/srv/bramble/public/app.js`);
    await page.locator('.file-actions').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.locator('.file-actions button').first().click();
    await page.getByRole('region', { name: 'content' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });
});
