import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers } from '@layers/testing/command';
import { fleetArchive, HOSTILE_TAGS } from '@layers/testing/fleet-archive';
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

/** The page of `layers report --fleet` in a real browser. */
const folder = mkdtempSync(join(tmpdir(), 'layers-report-'));
const fleet = join(folder, 'fleet');
const file = join(folder, 'fleet.html');
let browser: Browser;
const opened: OpenReport[] = [];

beforeAll(async () => {
  const archive = join(folder, 'images.tar');
  writeFileSync(archive, fleetArchive());
  expect(layers(['fleet', 'scan', archive, '--fleet', fleet]).status).toBe(0);
  await writeReport(file, '--fleet', fleet);
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
  const report = await openReport(browser, file, options);
  opened.push(report);
  return report.page;
}

const answerOf = (...args: readonly string[]) =>
  JSON.parse(layers(['fleet', ...args, '--fleet', fleet, '--json']).stdout).rows;
const rowsOf = (question: string) => answerOf(question, '--top', '0');
const textOf = async (locator: Locator): Promise<string> => ((await locator.textContent()) ?? '').trim();
const details = (page: Page): Locator => page.getByRole('complementary', { name: 'Details' });
const selected = (page: Page): Promise<string> => textOf(details(page).locator('h2'));
const hint = (page: Page): Promise<string> => textOf(page.locator('.matrix-hint'));

describe('the page about a fleet', () => {
  it('begins with the sums of layers fleet, and with what to delete', async () => {
    const [images, stored] = rowsOf('summary');
    const page = await open();
    const figure = (label: string): Promise<string | null> =>
      page
        .locator('.figures div')
        .filter({ has: page.getByText(label, { exact: true }) })
        .getAttribute('title');
    expect(await figure('stored')).toContain(`${stored.stored_bytes.toLocaleString('en')} bytes`);
    expect(await figure('without sharing')).toContain(`${images.stored_bytes.toLocaleString('en')} bytes`);
    const summary = await textOf(page.locator('.summary'));
    expect(summary).toContain(`deleting ${rowsOf('exclusive')[0].name} frees most`);
    await page.locator('.summary a', { hasText: 'frees most' }).first().click();
    await expect.poll(() => selected(page)).toBe('team/web:1');
    expect(await textOf(page.getByRole('tab', { selected: true }))).toBe('Images');
  });

  it('has tables with as many rows as the questions, which lead to images', async () => {
    const page = await open();
    const rows = page.locator('tbody tr');
    for (const [tab, question] of [
      ['Images', 'top'],
      ['Duplicates', 'duplicates'],
      ['Bases', 'bases'],
      ['Stale', 'stale'],
      ['What if', 'whatif'],
      ['Repositories', 'timeline'],
    ] as const) {
      const button = page.getByRole('tab', { name: tab, exact: true });
      await button.click();
      await expect.poll(() => button.getAttribute('aria-selected')).toBe('true');
      await expect.poll(() => rows.count()).toBe(rowsOf(question).length);
    }
    await page.getByRole('tab', { name: 'Images' }).click();
    await page.getByRole('searchbox', { name: 'Filter the rows' }).fill('team/app:1.2');
    await expect.poll(() => rows.count()).toBe(1);
    await page.locator('tbody a').click();
    await expect.poll(() => selected(page)).toBe('team/app:1.2');
    expect(await textOf(details(page))).toContain('Tags: team/app:1.2, team/mirror:1.2');
    await details(page).locator('.children a').first().click();
    await expect.poll(() => selected(page)).toBe('team/app:1.2, layer 0');
    expect(await textOf(details(page))).toContain('in 3 images');
  });

  it('shows hostile names as text', async () => {
    const page = await open();
    for (const [name, shown] of [
      [HOSTILE_TAGS[0], HOSTILE_TAGS[0]],
      ['gnp.exe:2', 'a\\u{202e}gnp.exe:2'],
    ] as const) {
      await page.getByRole('searchbox', { name: 'Find an image' }).fill(name);
      await page.locator('.hits a').last().click();
      await expect.poll(() => selected(page)).toBe(shown);
    }
    expect(await page.locator('img, iframe, object, a[href^="javascript"]').count()).toBe(0);
  });

  it('has a picture that zooms into repositories and images, in each form', async () => {
    const page = await open();
    const canvas = page.locator('button.canvas');
    const pictures = new Set<string>();
    for (const [label, word] of [
      ['layers count', 'once'],
      ['colour', 'repository'],
      ['colour', 'base'],
      ['layers count', 'in each image'],
      ['colour', 'sharing'],
    ] as const) {
      const choice = page.locator('.picture .choice').filter({ has: page.getByText(label, { exact: true }) });
      const button = choice.getByRole('button', { name: word, exact: true });
      await button.click();
      await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
      await page.mouse.move(0, 0);
      pictures.add((await canvas.screenshot()).toString('base64'));
    }
    expect(pictures.size).toBeGreaterThan(3);
    await canvas.focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => selected(page)).toBe('team/app');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).hash).toBe('#/team%2Fapp?zoom=1');
    await expect.poll(() => textOf(page.locator('.crumbs'))).toContain('team/app');
    await expect.poll(() => page.locator('.layers [aria-pressed="true"]').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => selected(page)).toBe('team/app:1.2');
    await page.keyboard.press('Escape');
    await expect.poll(() => new URL(page.url()).hash).toBe('#/team%2Fapp/team%2Fapp%3A1.2');
  });

  it('has a matrix that says what two share, by pointer and by keys', async () => {
    const page = await open({ fragment: '#/?rows=images' });
    const matrix = page.locator('button.matrix');
    await matrix.focus();
    const texts: string[] = [];
    for (let row = 0; row < 7; row++)
      for (let column = 0; column < 7; column++) {
        // Along the first row, back along the second, and so on.
        await page.keyboard.press(
          row > 0 && column === 0 ? 'ArrowDown' : row % 2 === 0 ? 'ArrowRight' : 'ArrowLeft',
        );
        await expect
          .poll(() => hint(page), { interval: 5 })
          .not.toBe(texts.at(-1) ?? 'Point at a cell, or move with the arrow keys.');
        texts.push(await hint(page));
      }
    expect(new Set(texts).size).toBe(49);
    const shared = texts.filter(
      (text) => text.startsWith('team/app:1.0 (') && text.includes(' and team/app:1.1 ('),
    );
    const [{ bytes }] = answerOf(
      'sql',
      `SELECT sum(stored_bytes)::BIGINT AS bytes FROM layers WHERE layer IN (
        SELECT layer FROM image_layers JOIN tags USING (image) WHERE tag IN ('team/app:1.0', 'team/app:1.1')
        GROUP BY layer HAVING count(DISTINCT image) = 2)`,
    );
    expect(shared).toEqual([expect.stringContaining(`share ${(bytes / 1000).toPrecision(3)} kB`)]);
    expect(texts.some((text) => text.endsWith(' share nothing'))).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => selected(page)).not.toBe('All images');
    const before = await hint(page);
    const box = await matrix.boundingBox();
    await matrix.hover({ position: { x: (box?.width ?? 0) - 4, y: 4 } });
    await expect.poll(() => hint(page)).not.toBe(before);
    await page.locator('.sharing').getByRole('button', { name: 'repositories' }).click();
    await expect.poll(() => textOf(page.locator('.sharing h2'))).toBe('Which repositories share how much');
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
    }
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(page.url().replace(/#.*/, '#/team%2Fapp/team%2Fapp%3A1.0?zoom=1&table=images'));
    await expect.poll(() => selected(page)).toBe('team/app:1.0');
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
  });
});
