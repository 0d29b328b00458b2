import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { examples } from '@layers/testing/command';
import { AFTER, archiveOf, BEFORE } from '@layers/testing/diff-archives';
import { imagesFolder } from '@layers/testing/real-archives';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openReport, startChromium, violationsOf, writeReport } from './report-browser.ts';
import {
  choose,
  compareImages,
  diff,
  done,
  errorOf,
  type OpenPage,
  openPage,
  savedJson,
  servePage,
} from './web-browser.ts';

/** Two images in the page that reads images, in a real browser. */
const folder = mkdtempSync(join(tmpdir(), 'layers-web-'));
const MARKUP = '<img src=x onerror=alert(1)>\u202e';
const [a, b, damaged] = ['a <b>.tar', 'b.tar', 'damaged.tar'].map((name) => join(folder, name));
let browser: Browser;
let served: { readonly url: string; readonly server: Server };
const opened: OpenPage[] = [];

beforeAll(async () => {
  const file = (size: number) => ({ path: `d/${MARKUP}`, data: Buffer.alloc(size, 'x') });
  writeFileSync(path(a), archiveOf([BEFORE, [file(1000)]]));
  writeFileSync(path(b), archiveOf([BEFORE, [...AFTER, file(9000)]]));
  const gzip = archiveOf([BEFORE, [file(50_000)]], { form: 'hybrid', compression: 'gzip' });
  // A byte of the deflate stream of the first layer.
  const at = gzip.indexOf(Buffer.from([0x1f, 0x8b, 8])) + 100;
  gzip[at] = (gzip[at] ?? 0) ^ 0xff;
  writeFileSync(path(damaged), gzip);
  for (const name of ['demo.tar', 'two-images.tar']) copyFileSync(join(examples, name), join(folder, name));
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

function path(name: string | undefined): string {
  if (name === undefined) throw new Error('no name');
  return name;
}

async function open(...paths: readonly string[]): Promise<Page> {
  const page = await openPage(browser, served.url);
  opened.push(page);
  await choose(page.page, [...paths]);
  await expect.poll(() => page.page.locator('.archives b').count()).toBe(paths.length);
  return page.page;
}

/** Pairs of archives of other programs, with other compressions and layers. */
const pairs = [
  ['docker20-alpine-modifiee.tar', 'docker20-alpine-modifiee2.tar'],
  ['oci-gzip-layer.tar', 'oci-zstd-layer.tar'],
  ['docker18-14-layers.tar', 'kaniko-14-layers.tar'],
  ['oci-uncompressed-layer.tar', 'docker25-npm7-whole-gzip.tar.gz'],
]
  .map((names) => names.map((name) => join(imagesFolder ?? examples, name)))
  .filter((names) => names.every((name) => existsSync(name)));

describe('two images in the page', () => {
  it.each([[a, b].map(path), ...pairs])(
    'have the document of the command, byte for byte: %s',
    async (...pair) => {
      const [first = '', second = ''] = pair;
      const page = await open(first, second);
      await compareImages(page, 0, 1);
      expect(await savedJson(page)).toBe(diff({ path: first }, { path: second }).stdout);
      await compareImages(page, 1, 0);
      expect(await savedJson(page)).toBe(diff({ path: second }, { path: first }).stdout);
    },
  );

  it('show what the report of the command shows', async () => {
    const html = join(folder, 'report.html');
    await writeReport(html, '--show-values', path(a), path(b));
    const page = await open(path(a), path(b));
    await compareImages(page, 0, 1);
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

  it('are chosen from all that were opened, and can be shown alone before and after', async () => {
    const [demo, two] = ['demo.tar', 'two-images.tar'].map((name) => join(folder, name));
    const page = await open(path(demo), path(two));
    const names = page.getByRole('combobox', { name: 'image B' }).locator('option');
    expect((await names.allTextContents()).map((text) => text.trim())).toEqual([
      'demo.tar bramble:1.4 linux/amd64',
      'two-images.tar bramble-web:2.0 linux/amd64',
      'two-images.tar bramble-worker:2.0 linux/amd64',
    ]);
    const title = (): Promise<string | null> => page.locator('#report h1').textContent();
    const pressed = (): Promise<string[]> => page.locator('[aria-pressed=true]').allTextContents();
    await page.locator('.archives button').nth(1).click();
    await done(page, '#report h1');
    await expect.poll(title).toBe('bramble-web:2.0');
    await compareImages(page, 1, 2);
    await expect.poll(title).toBe('bramble-web:2.0 → bramble-worker:2.0');
    expect((await pressed())[0]).toBe('Compare');
    expect(await savedJson(page)).toBe(diff({ path: path(two) }, { path: path(two), image: 1 }).stdout);
    await compareImages(page, 2, 0);
    await expect.poll(title).toBe('bramble-worker:2.0 → bramble:1.4');
    expect(await savedJson(page)).toBe(diff({ path: path(two), image: 1 }, { path: path(demo) }).stdout);
    await page.locator('.archives button').first().click();
    await done(page, '#report h1');
    await expect.poll(title).toBe('bramble:1.4');
    expect((await pressed())[0]).toContain('bramble:1.4');
  });

  it('are not offered where one image is there', async () => {
    const page = await open(join(folder, 'demo.tar'), join(folder, 'report.html'));
    await done(page, '#report h1');
    expect(await page.locator('.problem').count()).toBe(1);
    expect(await page.getByRole('combobox').count()).toBe(0);
  });

  it('have the error of the command where a layer is damaged', async () => {
    const page = await open(path(b), path(damaged));
    await compareImages(page, 0, 1);
    const known = diff({ path: path(b) }, { path: path(damaged) });
    if (known.stdout === '') {
      await expect
        .poll(() => page.locator('.archive-bar > div > .problem p').first().textContent())
        .toBe(errorOf(known));
    } else expect(await savedJson(page)).toBe(known.stdout);
  });

  it('can be cancelled, and compared again', async () => {
    const page = await open(path(a), path(b));
    await page.evaluate(`{
      document.querySelector('.pair button').click();
      document.querySelector('.status button').click();
    }`);
    await expect.poll(() => page.locator('.status').isHidden()).toBe(true);
    expect(await page.locator('#report h1').count()).toBe(0);
    await compareImages(page, 0, 1);
    expect(await savedJson(page)).toBe(diff({ path: path(a) }, { path: path(b) }).stdout);
  });

  it('show names as text, in links to paths too', async () => {
    const page = await open(path(a), path(b));
    await compareImages(page, 0, 1);
    await page.goto(`${served.url}#/d/${encodeURIComponent(MARKUP)}`);
    await expect
      .poll(() => page.locator('.details h2').textContent())
      .toBe('/d/<img src=x onerror=alert(1)>\\u{202e}');
    expect(await page.locator('body img, body script, .pair b').count()).toBe(0);
    expect(await page.locator('.pair option').first().textContent()).toContain(basename(path(a)));
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['dark', 360],
  ] as const)('have nothing that axe refuses, and fit: %s, %i px', async (colorScheme, width) => {
    const page = await open(path(a), path(b));
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsOf(page)).toEqual([]);
    await compareImages(page, 0, 1);
    expect(await violationsOf(page)).toEqual([]);
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});
