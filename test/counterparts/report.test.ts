import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
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

/** The page of `layers report` in a real browser. */
const folder = mkdtempSync(join(tmpdir(), 'layers-report-'));
const demo = join(examples, 'demo.tar');
const file = join(folder, 'demo.html');
const inspect = JSON.parse(layers(['inspect', '--json', demo]).stdout);
let browser: Browser;
const opened: OpenReport[] = [];

beforeAll(async () => {
  await writeReport(file, demo);
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

const textOf = async (locator: Locator): Promise<string> => ((await locator.textContent()) ?? '').trim();
const details = (page: Page): Locator => page.getByRole('complementary', { name: 'Details' });
const fragmentOf = (page: Page): string => new URL(page.url()).hash;

describe('the page of a report', () => {
  it('begins with the figures of inspect, and with reasons and advice in words', async () => {
    const page = await open();
    expect(await textOf(page.locator('h1'))).toBe(inspect.image.tags[0]);
    const figures = await page.locator('.figures div').all();
    const shown = await Promise.all(figures.map((figure) => figure.getAttribute('title')));
    const exact = (bytes: number): string => `${bytes.toLocaleString('en')} bytes`;
    const { contentBytes, storedBytes, rootfsBytes, wastedBytes } = inspect.totals;
    expect(shown.slice(0, 4)).toEqual([contentBytes, storedBytes, rootfsBytes, wastedBytes].map(exact));
    const summary = page.locator('.summary');
    expect(await textOf(summary)).toMatch(/^Why it is this large.*Layer \d+ stores .*What to change.*saves/);
    const [advice] = JSON.parse(layers(['advise', '--json', demo]).stdout).advice;
    expect((await textOf(summary)).toLowerCase()).toContain(advice.problem.toLowerCase().replaceAll('`', ''));
    expect(await textOf(summary)).toMatch(/Together they save \d+ kB: no file counts twice\.$/);
    expect(await textOf(summary.locator('li code').first())).toBe('chown');
  });

  it('shows one layer alone, by a click on it', async () => {
    const page = await open();
    const whole = await details(page).locator('strong').first().getAttribute('title');
    expect(whole).toBe(`${inspect.totals.contentBytes.toLocaleString('en')} bytes`);
    for (const { layer, contentBytes, wastedBytes, causedWasteBytes } of inspect.layers) {
      await page.getByRole('navigation', { name: 'Layers' }).locator('ol button').nth(layer).click();
      await expect.poll(() => fragmentOf(page)).toBe(`#/?layer=${layer}`);
      await expect
        .poll(() => details(page).locator('strong').first().getAttribute('title'))
        .toBe(`${contentBytes.toLocaleString('en')} byte${contentBytes === 1 ? '' : 's'}`);
      const facts = await textOf(details(page).locator('.layer-facts p'));
      expect(facts.includes('; loses ')).toBe(wastedBytes > 0);
      expect(facts.includes('; causes ')).toBe(causedWasteBytes > 0);
    }
  });

  it('leads to a path from its address, from a search and from a table, and back', async () => {
    const page = await open({ fragment: '#/etc?table=files' });
    expect(await textOf(details(page).locator('h2'))).toBe('/etc');
    const [path = ''] = await page.locator('tbody a').allInnerTexts();
    const selected = (): Promise<string> => textOf(details(page).locator('h2'));
    await page.locator('tbody a').first().click();
    await expect.poll(selected).toBe(path);
    await page.goBack();
    await expect.poll(selected).toBe('/etc');
    await page.getByRole('searchbox', { name: 'Find a path' }).fill(path.slice(1));
    await page.locator('.hits a').first().click();
    await expect.poll(selected).toBe(path);
    await expect.poll(() => page.locator('.hits').count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Find a path' }).fill('no such path');
    await expect.poll(() => textOf(page.locator('.hits'))).toBe('Nothing found');
  });

  it.each([
    ['light', { width: 1280 }],
    ['on a telephone', { width: 360 }],
  ])('brings what a link selects into view: %s', async (_, options) => {
    const page = await open(options);
    /** Where the upper edge of an element is, as a part of the height of the window. */
    const heightOf = (selector: string): Promise<unknown> =>
      page.evaluate(`document.querySelector('${selector}').getBoundingClientRect().top / innerHeight`);
    const isLed = async (selector: string): Promise<void> => {
      await expect.poll(() => heightOf(selector)).toBeLessThan(0.5);
      expect(await heightOf(selector)).toBeGreaterThanOrEqual(0);
    };
    const step = page.locator('.summary .step a').first();
    await step.click();
    await isLed('.details h2');
    expect(await textOf(details(page).locator('h2'))).toMatch(/ in layer \d+$/);
    // The address stays the same.
    await step.click();
    await isLed('.details h2');
    await page.locator('.summary a', { hasText: 'is wasted' }).click();
    await isLed('.tables');
    expect(await textOf(page.getByRole('tab', { selected: true }))).toBe('Waste');
    const path = page.locator('tbody a').last();
    const name = await textOf(path);
    await path.click();
    await expect.poll(() => textOf(details(page).locator('h2'))).toBe(name);
    await isLed('.details h2');
    // What chooses the picture is where the picture is.
    await page.locator('.crumbs a').first().click();
    await expect.poll(() => textOf(details(page).locator('h2'))).not.toBe(name);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await heightOf('.crumbs')).toBeGreaterThanOrEqual(0);
    expect(await heightOf('.crumbs')).toBeLessThan(1);
  });

  it('has every form of the picture; a click selects, a double click zooms in, keys move', async () => {
    const page = await open();
    const canvas = page.locator('button.canvas');
    const box = await canvas.boundingBox();
    const middle = { x: (box?.width ?? 0) / 3, y: (box?.height ?? 0) / 2 };
    const pictures = new Set<string>();
    for (const grouping of ['directory', 'layer'])
      for (const shape of ['treemap', 'icicle'])
        for (const colour of ['layer', 'waste', 'change', 'package']) {
          for (const name of [grouping, shape, colour]) {
            const group = name === 'layer' && grouping === 'layer' && colour !== 'layer' ? 'by' : undefined;
            const buttons = page.locator('.choice', group === undefined ? {} : { hasText: group });
            await buttons.getByRole('button', { name, exact: true }).first().click();
          }
          await page.locator('.choice', { hasText: 'colour' }).getByRole('button', { name: colour }).click();
          pictures.add((await canvas.screenshot()).toString('base64'));
        }
    expect(pictures.size).toBeGreaterThan(8);

    await page.mouse.move(0, 0);
    await page.goto(page.url().replace(/#.*/, '#/'));
    const selected = (): Promise<string> => textOf(details(page).locator('h2'));
    await expect.poll(selected).toBe('All files');
    const shownHint = (): Promise<string> => textOf(page.locator('.hint'));
    const noHint = await shownHint();
    await canvas.hover({ position: middle });
    await expect.poll(shownHint).not.toBe(noHint);
    const hint = await shownHint();
    await canvas.click({ position: middle });
    await expect.poll(selected).not.toBe('All files');
    const clicked = await selected();
    expect(hint.startsWith(clicked)).toBe(true);
    await canvas.focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(selected).not.toBe(clicked);
    const above = await selected();
    expect(clicked.startsWith(above)).toBe(true);
    await page.keyboard.press('ArrowDown');
    await expect.poll(selected).not.toBe(above);
    await page.keyboard.press('Enter');
    await expect.poll(() => fragmentOf(page)).toMatch(/[?&]zoom=\d/);
    const zoomed = fragmentOf(page);
    await page.keyboard.press('Escape');
    await expect.poll(() => fragmentOf(page)).not.toBe(zoomed);
    await page.goto(page.url().replace(/#.*/, '#/'));
    await expect.poll(() => fragmentOf(page)).not.toMatch(/[?&]zoom=\d/);
    await canvas.dblclick({ position: middle });
    await expect.poll(() => fragmentOf(page)).toMatch(/[?&]zoom=\d/);
  });

  it('has tables that sort and filter, with as many rows as the documents', async () => {
    const page = await open();
    const waste = JSON.parse(layers(['waste', '--json', demo]).stdout).waste;
    const history = JSON.parse(layers(['history', '--json', demo]).stdout).history;
    const rows = page.locator('tbody tr');
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await expect.poll(() => tab.getAttribute('aria-selected')).toBe('true');
      expect(await rows.count()).toBeGreaterThan(0);
    }
    await page.getByRole('tab', { name: 'Waste' }).click();
    await expect.poll(() => rows.count()).toBe(waste.length);
    await page.getByRole('tab', { name: 'History' }).click();
    await expect.poll(() => rows.count()).toBe(history.length);
    const { advice } = JSON.parse(layers(['advise', '--json', demo]).stdout);
    await page.getByRole('tab', { name: 'Advice' }).click();
    await expect.poll(() => rows.count()).toBe(advice.length);
    const layersTab = page.getByRole('tab', { name: 'Layers' });
    await layersTab.click();
    await expect.poll(() => layersTab.getAttribute('aria-selected')).toBe('true');
    const column = (): Promise<string[]> => page.locator('tbody td:first-child').allInnerTexts();
    const before = await column();
    const title = page.locator('th').first();
    await title.getByRole('button').click();
    await expect.poll(() => title.getAttribute('aria-sort')).toBe('descending');
    expect(await column()).toEqual(before.toReversed());
    await page.getByRole('searchbox', { name: 'Filter the rows' }).fill('nothing has this');
    await expect.poll(() => rows.count()).toBe(0);
  });

  it.each([
    ['light', { width: 1280 }],
    ['dark', { width: 1280, dark: true }],
    ['light on a telephone', { width: 360 }],
    ['dark on a telephone', { width: 360, dark: true }],
  ])('is accessible, and not wider than the window: %s', async (_, options) => {
    const page = await open(options);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('searchbox', { name: 'Find a path' }).fill('e');
    await page.locator('.hits').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('searchbox', { name: 'Find a path' }).fill('');
    await page.locator('.hits').waitFor({ state: 'detached' });
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await expect.poll(() => tab.getAttribute('aria-selected')).toBe('true');
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
    }
  });

  it('prints without what cannot be clicked on paper', async () => {
    const page = await open();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('searchbox').first().isVisible()).toBe(false);
    expect(await page.locator('.summary').isVisible()).toBe(true);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
  });
});
