import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileChange } from '@layers/core/diff';
import { layers } from '@layers/testing/command';
import { AFTER, archiveOf, BEFORE } from '@layers/testing/diff-archives';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type OpenReport,
  openReport,
  type PageOptions,
  startChromium,
  violationsOf,
  writeReport,
} from './report-browser.ts';

/** The page of `layers report A B` in a real browser. */
const folder = mkdtempSync(join(tmpdir(), 'layers-report-'));
const MARKUP = '<img src=x onerror=alert(1)>';
const [a, b, file] = ['a.tar', 'b.tar', 'comparison.html'].map((name) => join(folder, name));
const hostile = (size: number) => [
  { path: `d/${MARKUP}`, data: Buffer.alloc(size, 'x') },
  { path: 'd/a\u202egnp.exe', data: Buffer.alloc(size / 2, 'x') },
];
const config = (value: string) => ({
  config: { Labels: { [MARKUP]: value } },
  history: [
    { created_by: `RUN echo '</script><script>alert(2)</script>' ${value}` },
    { created_by: `COPY ${MARKUP} \u202e /` },
  ],
});
let browser: Browser;
const opened: OpenReport[] = [];

beforeAll(async () => {
  if (a === undefined || b === undefined || file === undefined) throw new Error('no names');
  const moved = { path: 'moved/', type: 'directory' as const };
  const content = Buffer.alloc(3000, 'm');
  writeFileSync(
    a,
    archiveOf(
      [
        BEFORE,
        [
          ...hostile(1000),
          { path: 'd/old', data: Buffer.from('of A only') },
          { path: `d/${MARKUP}-1`, data: content },
        ],
      ],
      undefined,
      config('1'),
    ),
  );
  writeFileSync(
    b,
    archiveOf(
      [BEFORE, [...AFTER, ...hostile(9000), moved, { path: `moved/${MARKUP}-2`, data: content }]],
      undefined,
      config('2'),
    ),
  );
  await writeReport(file, a, b);
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const { page, incidents } of opened.splice(0)) {
    expect(incidents).toEqual([]);
    await page.close();
  }
});

async function open(options: PageOptions = {}): Promise<Page> {
  const report = await openReport(browser, file ?? '', options);
  opened.push(report);
  return report.page;
}

const diff = () => JSON.parse(layers(['diff', '--json', a ?? '', b ?? '']).stdout);
const details = (page: Page): Locator => page.getByRole('complementary', { name: 'Details' });
const figure = (page: Page, label: string): Locator =>
  page.locator('.figures div').filter({ has: page.getByText(label, { exact: true }) });

describe('the page about two images', () => {
  it('begins with the totals of diff, and with what grew in words', async () => {
    const { totals } = diff();
    const page = await open();
    for (const [label, count] of Object.entries({
      added: totals.added,
      removed: totals.removed,
      changed: totals.changed,
      moved: totals.renamed,
    }))
      await expect.poll(() => figure(page, label).locator('dd').textContent()).toBe(String(count));
    await expect
      .poll(() => page.locator('.summary').textContent())
      .toMatch(/What changed.*B has .* more than A/s);
    const whole = details(page).locator('strong').first();
    const exact = `${totals.deltaBytes.toLocaleString('en')} bytes`;
    await expect.poll(() => whole.getAttribute('title')).toBe(exact);
  });

  it('has a table for each kind of change with as many rows as diff, as text', async () => {
    const { totals, files, config: settings } = diff();
    const page = await open();
    const rows = page.locator('tbody tr');
    const count = async (tab: string): Promise<number> => {
      const button = page.getByRole('tab', { name: tab, exact: true });
      await button.click();
      await expect.poll(() => button.getAttribute('aria-selected')).toBe('true');
      await expect
        .poll(() => page.getByRole('tabpanel').getAttribute('aria-labelledby'))
        .toBe(`tab-${tab.toLowerCase()}`);
      return rows.count();
    };
    expect(await count('Added')).toBe(totals.added);
    expect(await count('Removed')).toBe(totals.removed);
    expect(await count('Moved')).toBe(totals.renamed);
    expect(await count('Config')).toBe(settings.length);
    expect(await count('Grew')).toBe(
      files.filter(
        ({ change, sizeBytesA = 0, sizeBytesB = 0 }: FileChange) =>
          change === 'changed' && sizeBytesB > sizeBytesA,
      ).length,
    );
    await expect.poll(() => page.locator('tbody').textContent()).toContain(`/d/${MARKUP}`);
    await expect.poll(() => page.locator('tbody').textContent()).toContain('\\u{202e}');
    await page.locator('tbody a', { hasText: MARKUP }).first().click();
    await expect.poll(() => details(page).locator('h2').textContent()).toContain(MARKUP);
    await expect
      .poll(() => details(page).locator('.versions').textContent())
      .toMatch(/^changed file, .* → .*content/);
    expect(await page.locator('img, iframe, object').count()).toBe(0);
  });

  it('shows what one layer changed, in each colour, and has links to it', async () => {
    const page = await open();
    await page.getByRole('navigation', { name: 'Layers' }).locator('ol button').nth(1).click();
    await expect.poll(() => new URL(page.url()).hash).toBe('#/?layer=1');
    await expect.poll(() => details(page).locator('h2').textContent()).toContain('in layer 1');
    for (const colour of ['layer', 'change', 'package', 'growth']) {
      const button = page.locator('.choice', { hasText: 'colour' }).getByRole('button', { name: colour });
      await button.click();
      await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
    }
    await expect.poll(() => page.locator('.legend').textContent()).toMatch(/larger.*smaller/s);
    const linked = await open({ fragment: '#/etc?layer=1&table=added' });
    await expect.poll(() => details(linked).locator('h2').textContent()).toBe('/etc in layer 1');
  });

  it.each([
    ['light', { width: 1280 }],
    ['dark', { width: 1280, dark: true }],
    ['on a telephone', { width: 360 }],
  ])('is accessible, and not wider than the window: %s', async (_, options) => {
    const page = await open(options);
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await expect.poll(() => tab.getAttribute('aria-selected')).toBe('true');
      expect(await violationsOf(page)).toEqual([]);
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
    }
  });
});
